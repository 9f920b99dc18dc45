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
  return diagnostics.filter((diagnostic) => !areas.some((area) => isIgnored(diagnostic, area)));
};

interface Area {
  readonly names: ReadonlySet<string>;
  readonly range: Range;
}

const ALWAYS = new Set(['syntax', 'encoding', 'internal', 'file-too-large']);

const isIgnored = (diagnostic: Diagnostic, { names, range }: Area): boolean => {
  if (ALWAYS.has(diagnostic.rule)) return false;
  const { start } = diagnostic.range;
  if (start < range.start || start > range.end) return false;
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

/** Inside a continued instruction the line below; elsewhere the instruction below, its continued lines included. */
const nextRange = (comment: Comment, file: Iechorfile): Range | undefined => {
  if (!comment.inside) return instructionAfter(comment, file);
  let start = file.text.indexOf('\n', comment.end) + 1;
  for (let next = commentAt(file, start); next; next = commentAt(file, start))
    start = file.text.indexOf('\n', next.end) + 1;
  const end = file.text.indexOf('\n', start);
  return start > 0 ? { start, end: end < 0 ? file.text.length : end } : undefined;
};

const commentAt = (file: Iechorfile, lineStart: number): Comment | undefined =>
  file.comments.find(
    ({ start, inside }) => inside && start >= lineStart && file.text.slice(lineStart, start).trim() === '',
  );

const instructionAfter = (comment: Range, file: Iechorfile): Instruction | undefined =>
  file.instructions.find(({ start }) => start > comment.start);

/** Above a FROM the whole stage, within a stage all of it. */
const stageRange = (comment: Comment, model: Model): Range | undefined => {
  const next = model.stages.find(({ node }) => node.end > comment.start);
  return next?.node;
};
