import { type Hover, MarkupKind } from 'vscode-languageserver/node';
import type { Flag, Instruction } from '../ast/nodes.ts';
import { factsOf, whyOf } from '../lint/document.ts';
import { ignoresIn } from '../lint/ignores.ts';
import type { Rule } from '../lint/rule.ts';
import type { Binding, StageInfo } from '../model/index.ts';
import { entryOf } from '../source/entry.ts';
import { isInside, type Range } from '../source/range.ts';
import { lineIndexOf } from '../source/text.ts';
import { editorRange } from './convert.ts';
import type { Findings } from './findings.ts';
import { type NameAt, nameAt } from './names.ts';
import { instructionAt, type OpenFile } from './open-file.ts';
import { ruleAddress } from './rule-page.ts';
import { BUILD_VARIABLES, FLAG_TEXTS, INSTRUCTIONS } from './texts.ts';
import { type Mention, variableTable } from './variables.ts';

/** What is known of what stands at the offset: findings first, then names, flags and instructions. */
export const hoverAt = (
  open: OpenFile,
  offset: number,
  found: Findings | undefined,
  rules: readonly Rule[],
): Hover | undefined => {
  const parts = [
    ...ruleParts(open, offset, found, rules),
    ...[namePart(open, offset) ?? flagPart(open, offset) ?? keywordPart(open, offset)].flatMap((part) => part ?? []),
  ];
  const [first] = parts;
  if (!first) return undefined;
  const value = parts.map(({ text }) => text).join('\n\n---\n\n');
  return { contents: { kind: MarkupKind.Markdown, value }, range: editorRange(open, first.range) };
};

interface Part {
  readonly range: Range;
  readonly text: string;
}

const ruleParts = (
  { file, model }: OpenFile,
  offset: number,
  found: Findings | undefined,
  rules: readonly Rule[],
): readonly Part[] => {
  const parts: Part[] = [];
  for (const { rule: name, range } of found?.diagnostics ?? []) {
    const rule = rules.find((each) => each.name === name);
    if (rule && range.start <= offset && offset <= range.end) parts.push({ range, text: ruleText(rule) });
  }
  for (const { names } of ignoresIn(file, model.inputs)) {
    const named = names.find((each) => isInside(offset, each));
    const rule = named && rules.find(({ name, codes }) => name === named.text || codes.includes(named.text));
    if (named && rule) parts.push({ range: named, text: ruleText(rule) });
  }
  return parts;
};

const ruleText = (rule: Rule): string => {
  const address = ruleAddress(rule.name);
  const title = address === undefined ? `**${rule.name}**` : `[**${rule.name}**](${address})`;
  const facts = factsOf(rule).map(([label, value]) => `${label}: ${value}`);
  return `${title}: ${rule.summary}.\n\n${whyOf(rule)}\n\n${facts.join('  \n')}`;
};

const namePart = (open: OpenFile, offset: number): Part | undefined => {
  const name = nameAt(open, offset);
  if (!name) return undefined;
  const text = name.kind === 'stage' ? stageText(open, name) : variableText(open, name.mention);
  return { range: name.range, text };
};

const stageText = ({ model, file }: OpenFile, { name, stage }: NameAt & { kind: 'stage' }): string => {
  const lines = lineIndexOf(file.text);
  const users = model.referencesTo(stage).map(({ node }) => lines.lineAt(node.start));
  const state = model.stateAfter(stage);
  const facts = [
    `Stage ${stage.index}, built on ${baseText(stage)}`,
    model.isInFinalImage(stage)
      ? 'in the final image'
      : model.isReached(stage)
        ? 'the final image takes from it'
        : 'not part of the build',
    ...(users.length > 0 ? [`used in line ${[...new Set(users)].join(', ')}`] : []),
    ...(state.workdir === undefined ? [] : [`ends in ${inCode(state.workdir)}`]),
    ...(state.user === undefined ? [] : [`as ${inCode(state.user)}`]),
  ];
  return `**${inCode(name)}**: ${facts.join(', ')}.`;
};

const baseText = ({ base, node }: StageInfo): string => {
  if (base.kind === 'image') return inCode(base.text);
  if (base.kind === 'stage') return `the stage ${inCode(base.stage.name ?? String(base.stage.index))}`;
  return base.kind === 'scratch' ? 'nothing' : inCode(node.from?.image.raw ?? '');
};

const variableText = (open: OpenFile, mention: Mention): string => {
  const { model, file } = open;
  const { name, node } = mention;
  const isGlobal = node.kind === 'From' || file.globals.some((each) => each === node);
  const state = isGlobal ? model.globals : mention.isSetting ? model.stateLeftBy(node) : model.stateBefore(node);
  const setting = variableTable(model).settingOf(mention);
  const place = setting && setting !== mention ? `, set in line ${lineIndexOf(file.text).lineAt(setting.start)}` : '';
  const known = entryOf(BUILD_VARIABLES, name);
  const text = `**${inCode(name)}**${valueText(state.bindings.get(name))}${place}.`;
  return known === undefined ? text : `${text}\n\n${known}.`;
};

const valueText = (binding: Binding | undefined): string => {
  if (!binding) return ' is not set in this file';
  const { value, by } = binding;
  const kind = { env: 'ENV', arg: 'ARG', base: 'of the base image', predefined: 'of the build' }[by];
  if (value === undefined) return ` (${kind}): the file does not tell its value`;
  return value === '' ? ` (${kind}) is empty` : ` (${kind}) is ${inCode(value)}`;
};

/** In as many backticks as it takes, cut where it is very long. */
const inCode = (text: string): string => {
  const line = text.replace(/\s+/g, ' ');
  const short = line.length > 300 ? `${line.slice(0, 299)}…` : line;
  const longest = Math.max(0, ...Array.from(short.matchAll(/`+/g), ([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 ? `${fence} ${short} ${fence}` : `${fence}${short}${fence}`;
};

const flagPart = ({ file }: OpenFile, offset: number): Part | undefined => {
  const flag = instructionAt(file, offset)?.flags.find((each) => isOnName(each, offset));
  const text = flag && entryOf(FLAG_TEXTS, flag.name.text);
  return flag && text !== undefined ? { range: flag.name, text: `\`--${flag.name.text}\`: ${text}` } : undefined;
};

const isOnName = ({ start, name }: Flag, offset: number): boolean => start <= offset && offset <= name.end;

const keywordPart = (open: OpenFile, offset: number): Part | undefined => {
  const node = instructionAt(open.file, offset);
  const trigger = node && [node, ...open.file.instructions].find((each) => isInside(offset, each.keyword));
  const text = trigger && entryOf(INSTRUCTIONS, trigger.keyword.text.toUpperCase());
  if (!trigger || !text) return undefined;
  const effect = effectOf(open, trigger);
  const parts = [`\`\`\`dockerfile\n${text.form}\n\`\`\``, text.text, ...(effect === undefined ? [] : [effect])];
  return { range: trigger.keyword, text: parts.join('\n\n') };
};

/** What it does here. */
const effectOf = ({ model }: OpenFile, node: Instruction): string | undefined => {
  const before = model.stateBefore(node);
  const after = model.stateLeftBy(node);
  if (node.kind === 'Run') {
    const { dialect, argv = dialect === 'cmd' ? ['cmd', '/S', '/C'] : ['/bin/sh', '-c'] } = model.shellOf(node);
    const where = before.workdir === undefined ? '' : `, in ${inCode(before.workdir)}`;
    const who = before.user === undefined ? '' : ` as ${inCode(before.user)}`;
    const reader = node.command.kind === 'ExecForm' ? 'without a shell' : `by ${inCode(argv.join(' '))}`;
    return `Here: ${reader}${who}${where}.`;
  }
  if (node.kind === 'Workdir') return after.workdir === undefined ? undefined : `Here: ${inCode(after.workdir)}.`;
  if (node.kind !== 'From') return undefined;
  const { value } = model.expand(node.image, node);
  return value === undefined || value === node.image.raw ? undefined : `Here: ${inCode(value)}.`;
};
