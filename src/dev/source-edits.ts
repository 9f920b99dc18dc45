import { parseSync } from 'rolldown/utils';

/** What takes the place of a part of a source. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Any node of a syntax tree. */
export type Node = Readonly<Record<string, unknown>> & {
  readonly type: string;
  readonly start: number;
  readonly end: number;
};

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value;

export const isFunction = ({ type }: Node): boolean => /Function(?:Declaration|Expression)$/.test(type);

/** The tree of a file; throws where it is no JavaScript or TypeScript. */
export const programOf = (source: string, path: string) => {
  const { program, errors } = parseSync(path, source);
  const [error] = errors;
  if (error) throw new Error(`${path}: ${error.message}`);
  return program;
};

/** The source with the edits, none of which overlaps another. */
export const withEdits = (source: string, edits: readonly Edit[]): string => {
  let text = '';
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (edit.start < at) throw new Error(`two edits overlap at ${source.slice(edit.start, edit.end)}`);
    text += source.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return text + source.slice(at);
};
