import type { Comment, Iechorfile, Stage } from '../ast/nodes.ts';
import type { Model } from '../model/index.ts';
import type { Range } from '../source/range.ts';
import type { Diagnostic } from './diagnostic.ts';

/** `# iechorlint ignore=NAME,CODE -- reason`, also `ignore-stage=` and `ignore-file=`. */
interface Ignore {
  readonly scope: 'next' | 'stage' | 'file';
  readonly names: ReadonlySet<string>;
  readonly comment: Comment;
}

const PRAGMA = /^[\t ]*iechorlint[\t ]+(ignore(?:-stage|-file)?)[\t ]*=[\t ]*([^\n]*?)(?:[\t ]+--[^\n]*)?$/i;

/** Leaves out what a comment says to ignore. `syntax`, `encoding` and `internal` stay: they say that the file was not read. */
export const suppress = (file: Iechorfile, model: Model, diagnostics: readonly Diagnostic[]): readonly Diagnostic[] => {
  if (diagnostics.length === 0 || !/iechorlint/i.test(file.text)) return diagnostics;
  const areas = areasOf(file, model);
  if (areas.length === 0) return diagnostics;
  const waiting = areas.toSorted((a, b) => b.range.start - a.range.start);
  const kept: Diagnostic[] = [];
  let open: Area[] = [];
  // Both in order of place, so that each finding meets only the areas that reach it.
  for (const diagnostic of diagnostics.toSorted((a, b) => a.range.start - b.range.start)) {
    const { start } = diagnostic.range;
    for (let next = waiting.at(-1); next && next.range.start <= start; next = waiting.at(-1)) {
      open.push(next);
      waiting.pop();
    }
    open = open.filter(({ range }) => range.end >= start);
    if (!open.some((area) => isIgnored(diagnostic, area))) kept.push(diagnostic);
  }
  return kept;
};

interface Area {
  readonly names: ReadonlySet<string>;
  readonly range: Range;
}

const ALWAYS = new Set(['syntax', 'encoding', 'internal', 'file-too-large']);

const isIgnored = (diagnostic: Diagnostic, { names }: Area): boolean => {
  if (ALWAYS.has(diagnostic.rule)) return false;
  return (
    names.has('all') || names.has(diagnostic.rule) || diagnostic.codes.some((code) => names.has(code.toLowerCase()))
  );
};

const ignoreOf = (comment: Comment): Ignore | undefined => {
  const [, key = '', list = ''] = PRAGMA.exec(comment.text) ?? [];
  if (!key) return undefined;
  const names = new Set(
    list
      .split(',')
      .map((name) => name.trim().toLowerCase())
      .filter(Boolean),
  );
  const suffix = key.toLowerCase().slice('ignore'.length);
  return { scope: suffix === '-stage' ? 'stage' : suffix === '-file' ? 'file' : 'next', names, comment };
};

/** From the last comment to the first, since one above another inside an instruction counts for the same line. */
const areasOf = (file: Iechorfile, model: Model): readonly Area[] => {
  const stages = model.stages.map(({ node }) => node);
  const areas: Area[] = [];
  let below: Comment | undefined;
  let line: Range | undefined;
  for (const comment of file.comments.toReversed()) {
    if (!below || !isAbove(comment, below, file.text))
      line = comment.inside ? lineBelow(comment, file.text) : undefined;
    below = comment;
    const ignore = ignoreOf(comment);
    const range = ignore && rangeOf(ignore, line, file, stages);
    if (range) areas.push({ names: ignore.names, range });
  }
  return areas;
};

const rangeOf = (
  { scope, comment }: Ignore,
  line: Range | undefined,
  file: Iechorfile,
  stages: readonly Stage[],
): Range | undefined => {
  if (scope === 'file') return { start: 0, end: file.text.length };
  // Above a FROM the whole stage, within a stage all of it.
  if (scope === 'stage') return first(stages, ({ end }) => end > comment.start);
  return line ?? first(file.instructions, ({ start }) => start > comment.start);
};

/** Whether both are inside one instruction with nothing but blank lines between. */
const isAbove = (comment: Comment, below: Comment, text: string): boolean =>
  comment.inside && below.inside && text.slice(comment.end, below.start).trim() === '';

/** The next line that is not blank. */
const lineBelow = ({ end: above }: Comment, text: string): Range => {
  const blank = /\r*(?:\n[\t\v\f\r ]*(?=\n|$))*\n/y;
  blank.lastIndex = above;
  const start = blank.test(text) ? blank.lastIndex : text.length;
  const end = text.indexOf('\n', start);
  return { start, end: end < 0 ? text.length : end };
};

/** The first for which it holds, where it holds for all behind that too. */
const first = <T>(nodes: readonly T[], holds: (node: T) => boolean): T | undefined => {
  let low = 0;
  let high = nodes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const node = nodes[middle];
    if (node !== undefined && holds(node)) high = middle;
    else low = middle + 1;
  }
  return nodes[low];
};
