import type { Comment, Iechorfile, Instruction } from '../ast/nodes.ts';
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
  if (!file.text.includes('iechorlint')) return diagnostics;
  const areas = file.comments.flatMap((comment) => areaOf(comment, file, model) ?? []);
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

const areaOf = (comment: Comment, file: Iechorfile, model: Model): Area | undefined => {
  const ignore = ignoreOf(comment);
  if (!ignore) return undefined;
  if (ignore.scope === 'file') return { names: ignore.names, range: { start: 0, end: file.text.length } };
  const range = ignore.scope === 'stage' ? stageRange(comment, model) : nextRange(comment, file);
  return range && { names: ignore.names, range };
};

/** Inside a continued instruction the line below, further comments left out; elsewhere the instruction below. */
const nextRange = (comment: Comment, file: Iechorfile): Range | undefined => {
  if (!comment.inside) return firstAfter(file.instructions, comment.start);
  const lines = /(?:\n[\t\v\f\r ]*(?:#[^\n]*)?(?=\n|$))*\n/y;
  lines.lastIndex = comment.end;
  const start = lines.test(file.text) ? lines.lastIndex : file.text.length;
  const end = file.text.indexOf('\n', start);
  return { start, end: end < 0 ? file.text.length : end };
};

/** Above a FROM the whole stage, within a stage all of it. */
const stageRange = (comment: Comment, model: Model): Range | undefined => {
  const stages = model.stages.map(({ node }) => node);
  return stages.find(({ end }) => end > comment.start);
};

/** The first of the nodes, which are in order, that starts behind the offset. */
const firstAfter = (nodes: readonly Instruction[], offset: number): Instruction | undefined => {
  let low = 0;
  let high = nodes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((nodes[middle]?.start ?? 0) > offset) high = middle;
    else low = middle + 1;
  }
  return nodes[low];
};
