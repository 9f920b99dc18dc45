import type { Add, Command, Copy, Instruction, Word } from '../ast/nodes.ts';
import type { Model } from './index.ts';

/** An entry of an image's history: BuildKit's words for the step, and whether it makes a layer. */
export interface HistoryEntry {
  readonly text: string;
  readonly hasLayer: boolean;
}

/** What the instruction adds to the history; undefined for those that add nothing. */
export const historyOf = (model: Model, node: Instruction): HistoryEntry | undefined => {
  const text = textOf(model, node);
  return text === undefined ? undefined : { text, hasLayer: hasLayer(model, node) };
};

const hasLayer = (model: Model, node: Instruction): boolean => {
  if (node.kind === 'Run' || node.kind === 'Copy' || node.kind === 'Add') return true;
  return node.kind === 'Workdir' && workdirAfter(model, node) !== '/';
};

const workdirAfter = (model: Model, node: Extract<Instruction, { kind: 'Workdir' }>): string => {
  const path = model.expand(node.path, node).value ?? '';
  const before = model.stateBefore(node).workdir ?? '/';
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${before}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
};

const textOf = (model: Model, node: Instruction): string | undefined => {
  const valueOf = (word: Word) => model.expand(word, node).value ?? word.raw;
  switch (node.kind) {
    case 'Run':
      return `RUN ${[...argumentsOf(model, node), ...argvOf(model, node, node.command)].join(' ')} # buildkit`;
    case 'Copy':
    case 'Add':
      return copyText(model, node);
    case 'Env':
      return `ENV ${node.pairs.map(({ key, value }) => `${valueOf(key)}=${valueOf(value)}`).join(' ')}`;
    case 'Label':
      return `LABEL ${node.pairs.map(({ key, value }) => `${valueOf(key)}=${valueOf(value)}`).join(' ')}`;
    case 'Arg':
      return `ARG ${node.declarations.map(({ name, default: value }) => (value ? `${name.text}=${valueOf(value)}` : name.text)).join(' ')}`;
    case 'Workdir':
      return `WORKDIR ${workdirAfter(model, node)}`;
    case 'User':
      return `USER ${valueOf(node.user)}`;
    case 'Volume':
      return `VOLUME [${node.paths.map(valueOf).join(' ')}]`;
    case 'Stopsignal':
      return `STOPSIGNAL ${valueOf(node.signal)}`;
    case 'Cmd':
      return `CMD ${listed(argvOf(model, node, node.command))}`;
    case 'Entrypoint':
      return `ENTRYPOINT ${listed(argvOf(model, node, node.command))}`;
    case 'Shell':
      return `SHELL [${node.command.elements.map(({ value }) => value).join(' ')}]`;
    case 'Maintainer':
      return `MAINTAINER ${node.arguments.join(' ')}`;
    case 'Expose':
      return `EXPOSE [${node.ports
        .map((port) => valueOf(port))
        .map((port) => (port.includes('/') ? port : `${port}/tcp`))
        .sort()
        .join(' ')}]`;
    case 'Healthcheck':
      return `HEALTHCHECK ${node.arguments.join(' ')}`;
    default:
      return undefined;
  }
};

const DEFAULT_SHELL = ['/bin/sh', '-c'];

const argvOf = (model: Model, node: Instruction, command: Command): readonly string[] =>
  command.kind === 'ExecForm'
    ? command.elements.map(({ value }) => value)
    : [...(model.stateBefore(node).shell ?? DEFAULT_SHELL), runText(node, command.text)];

/** The script that a shell is given: of `RUN <<EOF` the body, else the text with the bodies behind it. */
export const runText = (node: Instruction, text: string): string => {
  const [heredoc, another] = node.heredocs;
  if (!heredoc || node.kind !== 'Run') return text;
  if (!another && heredoc.start === node.command.start && heredoc.end === node.command.end) return bodyOf(heredoc);
  return [text, ...node.heredocs.map((each) => `${each.content}${each.name}`)].join('\n');
};

const bodyOf = ({ content, stripTabs }: Instruction['heredocs'][number]): string =>
  stripTabs ? content.replace(/^\t+/gm, '') : content;

/** `|N a=b …`: the arguments that the RUN sees. */
const argumentsOf = (model: Model, node: Instruction): readonly string[] => {
  const set = buildArgumentsAt(model, node);
  return set.length === 0 ? [] : [`|${set.length}`, ...set.map(([name, value]) => `${name}=${value}`)];
};

/** What ARGs above in the stage, and in those that it is built on, give to a RUN. */
export const buildArgumentsAt = (model: Model, node: Instruction): readonly (readonly [string, string])[] => {
  const found: (readonly [string, string])[] = [];
  const { bindings } = model.stateBefore(node);
  for (const [name, { value, by, node: setter }] of bindings) {
    if (by === 'arg' && setter?.kind === 'Arg' && value !== undefined) found.push([name, value]);
  }
  return found;
};

const listed = (argv: readonly string[]): string => `[${argv.map((word) => JSON.stringify(word)).join(' ')}]`;

const copyText = (model: Model, node: Copy | Add): string => {
  const flags = node.flags
    .filter(({ name }) => name.text === 'chown' || name.text === 'chmod')
    .map(({ name, value }) => `--${name.text}=${(value && model.expand(value, node).value) ?? ''}`);
  const sources = node.sources.map((source) =>
    source.heredoc ? `<<${source.heredoc.name}` : (model.expand(source, node).value ?? source.raw),
  );
  const target = model.expand(node.destination, node).value ?? node.destination.raw;
  return `${[node.kind.toUpperCase(), ...flags, ...sources, target].join(' ')} # buildkit`;
};
