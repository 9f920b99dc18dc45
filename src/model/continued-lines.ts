import type { Command, Iechorfile, Instruction, Run } from '../ast/nodes.ts';
import { outlineOf, type Script, type ShellWord } from '../shell/index.ts';
import type { Range } from '../source/range.ts';
import type { Model } from './index.ts';

/** A line below the first of a continued instruction; empty ones are left out. */
export interface ContinuedLine {
  /** The white space that it begins with. */
  readonly indent: Range;
  readonly comment: boolean;
  /** Whether the white space may be more or less, though not nothing, without a word becoming another. */
  readonly loose: boolean;
}

/** The lines that continue an instruction. */
export const continuedLines = (model: Model, node: Instruction): readonly ContinuedLine[] => {
  const { text, escape } = model.file;
  const end = endOfText(node);
  const lines: ContinuedLine[] = [];
  let solid: readonly Range[] | undefined;
  // Where the text of the line before ends, which a comment between leaves as it is.
  let before = node.start;
  for (let start = node.start; start < end; ) {
    const newline = text.indexOf('\n', start);
    const next = newline < 0 || newline >= end ? end : newline + 1;
    const first = start === node.start ? start : endOfBlanks(text, start, next);
    const comment = text[first] === '#' && start !== node.start;
    if (start !== node.start && /\S/.test(text.slice(first, next))) {
      solid ??= solidRanges(model, node);
      const isGap = first > start || isBlank(text[before - 1]) || isJoint(text[before - 1], text[first]);
      const loose = comment || (isGap && isFree({ start: before, end: first }, solid));
      lines.push({ indent: { start, end: first }, comment, loose });
    }
    if (!comment && /\S/.test(text.slice(first, next))) before = endOfOwn(text, start, next, escape);
    start = next;
  }
  return lines;
};

/** Where heredocs begin, whose lines are nobody's to indent. */
const endOfText = ({ heredocs, end }: Instruction): number => heredocs[0]?.body.start ?? end;

const endOfBlanks = (text: string, start: number, end: number): number => {
  let at = start;
  while (at < end && isBlank(text[at])) at++;
  return at;
};

/** Where a line's own text ends, before its escape. */
const endOfOwn = (text: string, start: number, end: number, escape: string): number => {
  const own = text.slice(start, end).trimEnd();
  return start + (own.endsWith(escape) ? own.length - 1 : own.length);
};

const isBlank = (character: string | undefined): boolean => character === ' ' || character === '\t';

/** Whether two characters of a shell text mean the same with white space between them. */
const isJoint = (before = '', after = ''): boolean => /[;&|]/.test(before) && !/[;&|()<>]/.test(after);

/** Whether white space at the gap stands between words. */
export const isFree = (gap: Range, solid: readonly Range[]): boolean =>
  !solid.some(({ start, end }) => start < gap.end && end > gap.start);

/** What must stay as it is in an instruction, white space too. */
export const solidRanges = (model: Model, node: Instruction): readonly Range[] => [
  ...node.flags,
  ...solidArguments(model, node),
];

const solidArguments = (model: Model, node: Instruction): readonly Range[] => {
  switch (node.kind) {
    case 'Run':
      return solidRun(model, node);
    case 'Cmd':
    case 'Entrypoint':
    case 'Shell':
      return solidCommand(node.command);
    case 'Healthcheck':
      return node.command ? [node.type, ...solidCommand(node.command)] : [node.type];
    case 'From':
      return [node.image, ...(node.as ? [node.as] : []), ...(node.name ? [node.name] : [])];
    case 'Copy':
    case 'Add':
      return [...node.sources, node.destination];
    case 'Env':
    case 'Label':
      return node.pairs;
    case 'Arg':
      return node.declarations;
    case 'Expose':
      return node.ports;
    case 'Volume':
      return node.paths;
    default:
      return [node];
  }
};

/** The text of a shell is kept in the image as it is. */
const solidCommand = (command: Command): readonly Range[] =>
  command.kind === 'ExecForm' ? command.elements : [command];

const solidRun = (model: Model, node: Run): readonly Range[] => {
  if (node.command.kind === 'ExecForm') return node.command.elements;
  const script = node.heredocs.length > 0 ? undefined : model.scriptOf(node);
  return script === undefined || script.problems.length > 0 ? [node.command] : solidWords(script);
};

/** The words of a script, but not what stands between the words of a `$(…)`. */
const solidWords = (script: Script): readonly Range[] =>
  outlineOf(script).words.flatMap(({ word }) => solidPieces(word));

const solidPieces = (word: ShellWord): readonly Range[] => {
  const pieces: Range[] = [];
  let { start } = word;
  for (const part of word.parts) {
    if (part.kind !== 'Substitution' || part.style !== '$(' || part.script === undefined) continue;
    pieces.push({ start, end: part.script.start });
    start = part.script.end;
  }
  return [...pieces, { start, end: word.end }];
};

/** How far lines are indented: in columns, and whether by tabs. */
export interface Indentation {
  readonly columns: number;
  readonly tabs: boolean;
}

/** How wide a tab counts. */
export const TAB = 4;

export const columnsOf = (blanks: string): number => {
  let columns = 0;
  for (const blank of blanks) columns = blank === '\t' ? (Math.floor(columns / TAB) + 1) * TAB : columns + 1;
  return columns;
};

export const blanksOf = ({ columns, tabs }: Indentation): string =>
  tabs ? '\t'.repeat(Math.floor(columns / TAB)) + ' '.repeat(columns % TAB) : ' '.repeat(columns);

/** The indentation of the least indented line; undefined where there is none, or one that may not move. */
export const indentationOf = ({ text }: Iechorfile, lines: readonly ContinuedLine[]): Indentation | undefined => {
  let least: Indentation | undefined;
  for (const { indent, comment, loose } of lines) {
    if (!loose) return undefined;
    // What closes a list may stand at the margin.
    if (comment || text[indent.end] === ']') continue;
    const blanks = text.slice(indent.start, indent.end);
    const columns = columnsOf(blanks);
    if (least === undefined || columns < least.columns) least = { columns, tabs: blanks.startsWith('\t') };
  }
  return least;
};

/** Whether the lines begin below a word of the first line, which is as good as any other column. */
export const isAligned = ({ text }: Iechorfile, node: Instruction, { columns, tabs }: Indentation): boolean => {
  const first = node.keyword.text.length + 1;
  // The first word of a command is where most lines begin that are below no word.
  if (tabs || columns < first || (node.kind === 'Run' && columns === first)) return false;
  const line = text.slice(node.start, node.start + columns + 1);
  return !line.includes('\n') && /[\t "[]\S$/.test(line);
};

const USUAL: Indentation = { columns: 4, tabs: false };
const MOST_COLUMNS = 8;

/** The indentation that most continued instructions of the file have. */
export const usualIndentation = (model: Model): Indentation => {
  const votes = new Map<string, { readonly indentation: Indentation; count: number }>();
  for (const node of model.file.instructions) {
    const indentation = indentationOf(model.file, continuedLines(model, node));
    if (!indentation || !mayBeUsual(indentation) || isAligned(model.file, node, indentation)) continue;
    const key = blanksOf(indentation);
    const vote = votes.get(key) ?? { indentation, count: 0 };
    vote.count++;
    votes.set(key, vote);
  }
  const most = Math.max(0, ...[...votes.values()].map(({ count }) => count));
  const winners = [...votes.values()].filter(({ count }) => count === most).map(({ indentation }) => indentation);
  return winners.find(({ columns, tabs }) => columns === USUAL.columns && !tabs) ?? winners[0] ?? USUAL;
};

const mayBeUsual = ({ columns }: Indentation): boolean => columns > 0 && columns <= MOST_COLUMNS;
