import type { Instruction } from '../ast/nodes.ts';
import { maskBody, parseShell, type Script, type ShProgram } from '../shell/index.ts';
import { entryOf } from '../source/entry.ts';
import { instructionsBefore } from './chain.ts';
import type { Model } from './index.ts';
import { bodyScript, commandIn, droppedLines, scriptOf } from './scripts.ts';
import type { StageInfo } from './stages.ts';

/** What hadolint hands to ShellCheck, and as which shell's; `sh` is POSIX there. */
export interface HadolintScript {
  readonly script: Script;
  readonly shell: 'sh' | ShProgram | 'other';
}

/**
 * The shell text of a RUN as hadolint sees it: of SHELL it knows nothing in a trigger, it does not look at the first line
 * of a heredoc, and takes what Windows runs for `sh`. Undefined where it runs no ShellCheck.
 */
export const hadolintScript = (model: Model, node: Instruction): HadolintScript | undefined => {
  if (node.kind !== 'Run') return undefined;
  const { said } = model.shellOf(node);
  const argv = said === undefined ? rememberedShell(model, node) : [said];
  if (/pwsh|powershell|cmd/.test(argv.join(' '))) return undefined;
  const script = model.scriptOf(node) ?? scriptAsSh(model, node);
  return script && { script, shell: entryOf(SHELLS, argv[0]?.replace(/^.*\//, '') ?? 'sh') ?? 'other' };
};

const SHELLS: Readonly<Record<string, HadolintScript['shell']>> = {
  sh: 'sh',
  bash: 'bash',
  dash: 'dash',
  ash: 'busybox',
  busybox: 'busybox',
};

const rememberedShell = (model: Model, node: Instruction): readonly string[] => {
  const stage = model.stageOf(node);
  const before = stage?.onbuildOf ? triggersBefore(stage, node) : instructionsBefore(model, node);
  const shell = before.findLast((each) => each.kind === 'Shell');
  return shell?.command.elements.map(({ value }) => value) ?? [];
};

const triggersBefore = ({ node: { instructions } }: StageInfo, { start }: Instruction): readonly Instruction[] =>
  instructions.filter((each) => each.start < start);

const scriptAsSh = (model: Model, node: Instruction): Script | undefined => {
  const { file } = model;
  const command = commandIn(node);
  const heredoc = command && bodyScript(node, command);
  if (heredoc) return parseShell(maskBody(file.text, heredoc.body), heredoc.body.start);
  return scriptOf(file, node, { dialect: 'posix', argv: undefined }, () => droppedLines(file));
};
