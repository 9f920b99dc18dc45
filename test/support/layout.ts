import { parse } from '../../src/ast/create.ts';
import type { Instruction, Run } from '../../src/ast/nodes.ts';
import { instructionView } from '../../src/cli/ast.ts';
import { planView } from '../../src/cli/plan.ts';
import { type Model, modelOf } from '../../src/model/index.ts';
import { planImage } from '../../src/model/plan.ts';
import { outlineOf, parseShell, type ShellWord } from '../../src/shell/index.ts';
import { BASE } from './plan.ts';

/**
 * All that BuildKit reads in a file and that the layout must leave as it is: its instructions and the image that it ends
 * with. Of a RUN that a shell reads the words count, with the blanks in their quotes, and not the blanks between them;
 * those of one command in any order, since packages are sorted.
 */
export const readingOf = (text: string): unknown => {
  const file = parse(text);
  const model = modelOf(file);
  const plan = planImage(file, { platform: 'linux/amd64', baseConfig: BASE });
  return {
    escape: file.escape,
    directives: file.directives.map(({ name, value }) => [name, value.text]),
    instructions: file.instructions.map((node) => viewOf(model, node)),
    plan: JSON.parse(JSON.stringify(planView('', plan)), withPlainHistory),
  };
};

/** BuildKit's own view without the lines; AS is compared in one letter case. */
const viewOf = (model: Model, node: Instruction): unknown => {
  const { start: _start, end: _end, args = [], ...view } = instructionView(node);
  if (node.kind === 'From') return { ...view, args: args.map((arg) => (/^as$/i.test(arg) ? 'AS' : arg)) };
  const words = node.kind === 'Run' && node.heredocs.length === 0 ? wordsOf(model, node) : undefined;
  return { ...view, args: words ?? args };
};

/** From the one line that BuildKit makes of the continued ones. */
const wordsOf = (model: Model, node: Run): readonly unknown[] | undefined => {
  if (node.command.kind === 'ExecForm' || model.scriptOf(node) === undefined) return undefined;
  const { text } = node.command;
  const script = parseShell(text, 0);
  if (script.problems.length > 0) return undefined;
  const commands = new Map<unknown, string[]>();
  for (const { word, command } of outlineOf(script).words)
    commands.set(command, [...(commands.get(command) ?? []), plainTextOf(word, text)]);
  return [...commands.values()].map((words) => words.toSorted());
};

/** A word as it is written, without what stands in its `$(…)`, whose words are told apart. */
const plainTextOf = ({ start, end, parts }: ShellWord, text: string): string => {
  let plain = '';
  let at = start;
  for (const part of parts) {
    if (part.kind !== 'Substitution' || part.style !== '$(') continue;
    plain += `${text.slice(at, part.start)}$()`;
    at = part.end;
  }
  return plain + text.slice(at, end);
};

/** The texts of RUNs as the words in them, which have been compared one by one. */
const withPlainHistory = (key: string, value: unknown): unknown =>
  typeof value === 'string' && /^\d*$/.test(key) && /^1 (?:RUN|\|\d)/.test(value)
    ? value.split(/[\s;&|()]+/).toSorted()
    : value;
