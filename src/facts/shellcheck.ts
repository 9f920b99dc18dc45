import { hadolintScript, isPreprocessed, type Model, type ShProgram, scriptReader } from '../model/index.ts';
import type { Range } from '../source/range.ts';

type Node = Model['file']['instructions'][number];

/** What ShellCheck says of the scripts in one file. */
export interface ShellcheckReport {
  readonly version: string;
  /** The text of the file that was looked at; of another one nothing is said. */
  readonly text: string;
  readonly comments: readonly ShellcheckComment[];
}

/** One comment, at its place in the file. */
export interface ShellcheckComment extends Range {
  /** Such as `SC2086`. */
  readonly code: string;
  readonly level: 'error' | 'warning' | 'info' | 'style';
  readonly message: string;
  readonly edits: readonly { readonly range: Range; readonly text: string }[] | undefined;
}

/** The text for ShellCheck of one instruction, and where each of its characters stands in the file. */
export interface ShellcheckScript {
  readonly text: string;
  /** How much of the text stands before the script itself. */
  readonly preamble: number;
  readonly positions: readonly number[];
}

/** Where the scripts are for, and for what release of ShellCheck. */
export interface ShellcheckTarget {
  readonly version: string;
  /** As hadolint would hand them over. */
  readonly asHadolint: boolean;
}

/** Every script of a file; none of a template, which the shell does not see as it stands. */
export const shellcheckScripts = (model: Model, target: ShellcheckTarget): readonly ShellcheckScript[] => {
  if (isPreprocessed(model.file)) return [];
  return model.file.instructions.flatMap((node) => {
    const inner = node.kind === 'Onbuild' ? node.trigger : node;
    return scriptOf(model, inner, target) ?? [];
  });
};

/** Files that are not here, a `#!` behind the first line, and `else if` on lines that the builder has joined. */
const DISABLED = 'SC1090,SC1091,SC1128,SC1075';

const scriptOf = (model: Model, node: Node, target: ShellcheckTarget): ShellcheckScript | undefined => {
  const peer = target.asHadolint ? hadolintScript(model, node) : undefined;
  const script = target.asHadolint ? peer?.script : model.scriptOf(node);
  const dialect = peer ? dialectOf(peer.shell, target.version) : ownDialect(model, node, target.version);
  if (!script || dialect === undefined || isNoScript(script.text)) return undefined;
  const { text, positions } = joined(script.text, script.start, isJoined(model, node));
  const preamble = `# shellcheck shell=${dialect} disable=${DISABLED}\n${variables(model, node)}`;
  return { text: `${preamble}${text}\n`, preamble: preamble.length, positions };
};

/** A template, or what was to be an array. */
const isNoScript = (text: string): boolean => /\{[{%]|^\[[^\s[]/.test(text);

/** Where it is not known what `sh` is, nothing is said of what bash alone has. */
const ownDialect = (model: Model, node: Node, version: string): string | undefined => {
  const { isSh, program } = scriptReader(model, node);
  if (!isSh && program === undefined) return undefined;
  return dialectOf(program ?? 'bash', version);
};

/** Before its release 0.10 ShellCheck did not know the ash of busybox, which has more in common with bash than with dash. */
const dialectOf = (shell: ShProgram | 'sh' | 'other', version: string): string | undefined => {
  if (shell === 'other') return undefined;
  const isOld = /^0\.[0-9](?:\.|$)/.test(version);
  return shell === 'busybox' && isOld ? 'bash' : shell;
};

/** Names that the build gives a value: anything may be in them. */
const variables = (model: Model, node: Node): string => {
  const names = Array.from(model.stateBefore(node).bindings, ([name]) => name).filter((name) =>
    /^[A-Za-z_]\w*$/.test(name),
  );
  return names.length === 0 ? '' : `read -r ${names.join(' ')}\nexport ${names.join(' ')}\n`;
};

/** Whether the builder joins the lines before the shell reads them; in a heredoc the shell does. */
const isJoined = ({ file }: Model, node: Node): boolean =>
  !/^<<-?["']?\w+["']?\s*$/.test(
    'command' in node && node.command ? file.text.slice(node.command.start, node.command.end) : '',
  );

/** The text as the shell gets it: without joints, and without what fills a gap. */
const joined = (masked: string, start: number, joins: boolean): Pick<ShellcheckScript, 'text' | 'positions'> => {
  let text = '';
  const positions: number[] = [];
  for (let at = 0; at < masked.length; at++) {
    const character = masked[at] ?? '';
    if (character === '\uFFFF') continue;
    if (joins && character === '\\' && masked[at + 1] === '\n') {
      at++;
      continue;
    }
    text += character;
    positions.push(start + at);
  }
  return { text, positions };
};
