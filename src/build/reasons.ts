import type { FileList, KeyParts, NamedMark } from './key-parts.ts';

/** Why a step is not taken from the cache. */
export interface Reason {
  /**
   * `first`: nothing like it was built here before; `asked`: to be built anew; `pruned`: it was built, and is gone;
   * `waits`: what it depends on has to be built first.
   */
  readonly kind: 'first' | 'asked' | 'pruned' | 'instruction' | 'input' | 'base' | 'above' | 'waits' | 'unknown';
  /** On one line, such as `COPY src: src/app.ts changed`. */
  readonly text: string;
}

/** What is other than when the same step was made last; `lineOf` tells which line has made a layer. */
export const changeBetween = (
  keyword: string,
  before: KeyParts,
  after: KeyParts,
  lineOf: (layer: number) => number | undefined,
): Reason => {
  const values = changedValues(before.values, after.values);
  if (values.length > 0) return { kind: 'input', text: `${keyword}: ${listed(values)}` };
  for (const list of after.files) {
    const earlier = before.files.find(({ of }) => of === list.of);
    const changes = changedFiles(earlier, list);
    if (changes.length > 0) return { kind: 'input', text: `${keyword} ${list.of}: ${listed(changes)}` };
  }
  return changeBelow(keyword, before, after, lineOf) ?? { kind: 'unknown', text: `${keyword}: what it reads changed` };
};

const changedValues = (before: readonly NamedMark[], after: readonly NamedMark[]): readonly string[] => {
  const known = new Map(before);
  const names = new Set(after.map(([name]) => name));
  const changes = [
    ...after.flatMap(([name, mark]) => {
      if (!known.has(name)) return `${name} was added`;
      return known.get(name) === mark ? [] : `${name} changed`;
    }),
    ...before.flatMap(([name]) => (names.has(name) ? [] : `${name} was removed`)),
  ];
  // What follows from a variable is no news beside it.
  const variables = changes.filter((change) => !change.startsWith('the '));
  return variables.length > 0 ? variables : changes;
};

const changedFiles = (before: FileList | undefined, after: FileList): readonly string[] => {
  const known = new Map((before?.files ?? []).map((line) => [pathIn(line), line]));
  const changes = after.files.flatMap((line) => {
    const path = pathIn(line);
    const earlier = known.get(path);
    known.delete(path);
    if (earlier === undefined) return `${path} was added`;
    return earlier === line ? [] : changeOfFile(path, earlier.split(' '), line.split(' '));
  });
  return [...changes, ...Array.from(known.keys(), (path) => `${path} was removed`)];
};

const pathIn = (line: string): string => line.split(' ').slice(4).join(' ');

const changeOfFile = (
  path: string,
  [type = '', mode = '', owner = '', mark]: readonly string[],
  [newType = '', newMode = '', newOwner = '', newMark]: readonly string[],
): string => {
  if (type !== newType) return `${path} was a ${type} and is a ${newType}`;
  if (mark !== newMark) return `${path} changed`;
  if (mode !== newMode) return `the mode of ${path} changed from ${mode} to ${newMode}`;
  return `the owner of ${path} changed from ${owner} to ${newOwner}`;
};

const changeBelow = (
  keyword: string,
  before: KeyParts,
  after: KeyParts,
  lineOf: (layer: number) => number | undefined,
): Reason | undefined => {
  if (before.base !== after.base)
    return { kind: 'base', text: `${keyword}: the base image is ${after.base}, and was ${before.base}` };
  const count = Math.max(before.below.length, after.below.length);
  const first = Array.from({ length: count }, (_, at) => at).find((at) => before.below[at] !== after.below[at]);
  if (first === undefined) return undefined;
  if (first < Math.max(before.bases, after.bases))
    return { kind: 'base', text: `${keyword}: the base image ${after.base} changed` };
  const line = lineOf(first);
  return {
    kind: 'above',
    text: `${keyword}: ${line === undefined ? 'a step above was removed' : `line ${line} made another layer`}`,
  };
};

const MOST_LISTED = 3;

const listed = (changes: readonly string[]): string => {
  const shown = changes.slice(0, changes.length > MOST_LISTED + 1 ? MOST_LISTED : changes.length);
  const more = changes.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};
