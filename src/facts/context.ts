import { cleanPath, leavesRoot, type Model } from '../model/index.ts';
import { nearest } from '../source/nearest.ts';
import { excluderOf, hasExceptions, type IgnoreFile } from './ignore.ts';

/** The files that a build can copy. */
export interface BuildContext {
  readonly ignoreFile: IgnoreFile | undefined;
  /** What became of each path that was looked for, by `cleanPath`. */
  readonly fates: ReadonlyMap<string, Fate>;
  /** What was most likely meant by a path that is absent: the path of another name in its folder. */
  readonly meant: ReadonlyMap<string, string>;
}

/** Sent to the builder, left out by the ignore file, or not there at all. */
export type Fate = 'sent' | 'ignored' | 'absent';

/** How the files of a context are looked at; paths have `/` between folders. */
export interface Lookup {
  /** Undefined where nothing is; a link is `unknown`, for it may lead anywhere. */
  readonly kindOf: (path: string) => 'file' | 'folder' | 'unknown' | undefined;
  /** The names in a folder; undefined where it cannot be read. */
  readonly namesIn: (folder: string) => readonly string[] | undefined;
}

/** A source of COPY or ADD, from the root of the context. */
export interface ContextPath {
  readonly path: string;
  readonly at: { readonly start: number; readonly end: number };
  readonly raw: string;
  readonly hasWildcard: boolean;
  /** Whether it goes above the context, and is cut there. */
  readonly isOutside: boolean;
}

/** What an instruction copies from the context, as far as the file tells. */
export const contextPaths = (model: Model, node: Model['file']['instructions'][number]): readonly ContextPath[] => {
  if ((node.kind !== 'Copy' && node.kind !== 'Add') || node.flags.some(({ name }) => name.text === 'from')) return [];
  const paths: ContextPath[] = [];
  for (const source of node.sources) {
    const value = source.heredoc ? undefined : model.expand(source, node).value;
    if (!value || /:\/\/|^git@/.test(value)) continue;
    const path = cleanPath(`/${value}`).slice(1) || '.';
    const hasWildcard = /[*?[\\]/.test(value);
    paths.push({ path, at: source, raw: source.raw, hasWildcard, isOutside: leavesRoot(value) });
  }
  return paths;
};

/** Looks for everything that the file copies. */
export const contextOf = (model: Model, ignoreFile: IgnoreFile | undefined, lookup: Lookup): BuildContext => {
  const fates = new Map<string, Fate>();
  const meant = new Map<string, string>();
  for (const node of model.file.instructions) {
    for (const { path, hasWildcard } of contextPaths(model, node)) {
      if (hasWildcard || fates.has(path)) continue;
      const fate = fateOf(path, ignoreFile, lookup);
      const near = fate === 'absent' ? nearPath(path, ignoreFile, lookup) : undefined;
      fates.set(path, fate);
      if (near !== undefined) meant.set(path, near);
    }
  }
  return { ignoreFile, fates, meant };
};

const nearPath = (path: string, ignoreFile: IgnoreFile | undefined, lookup: Lookup): string | undefined => {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const paths = (lookup.namesIn(folder) ?? []).map((name) => `${folder}${name}`);
  const sent = ignoreFile ? paths.filter((each) => excluderOf(ignoreFile, each) === undefined) : paths;
  const near = nearest(path.slice(folder.length), sent.map((each) => each.slice(folder.length)).toSorted());
  return near === undefined ? undefined : `${folder}${near}`;
};

const fateOf = (path: string, ignoreFile: IgnoreFile | undefined, lookup: Lookup): Fate => {
  const kind = kindOf(path, lookup);
  if (kind === undefined) return 'absent';
  if (!ignoreFile || ignoreFile.defect || kind === 'unknown') return 'sent';
  const isRoot = path === '.';
  if (!isRoot && excluderOf(ignoreFile, path) === undefined) return 'sent';
  if (isRoot && lookup.namesIn('')?.length === 0) return 'sent';
  if (!isRoot && (kind === 'file' || !hasExceptions(ignoreFile))) return 'ignored';
  return isSentInPart(isRoot ? '' : `${path}/`, ignoreFile, lookup, { left: MANY }) ? 'sent' : 'ignored';
};

/** Through a link it is not told where a path leads. */
const kindOf = (path: string, lookup: Lookup): ReturnType<Lookup['kindOf']> => {
  for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1))
    if (lookup.kindOf(path.slice(0, slash)) === 'unknown') return 'unknown';
  return lookup.kindOf(path);
};

/** In larger folders something is taken to be left. */
const MANY = 20_000;

const isSentInPart = (folder: string, ignoreFile: IgnoreFile, lookup: Lookup, budget: { left: number }): boolean => {
  const names = lookup.namesIn(folder);
  if (!names) return true;
  for (const name of names) {
    if (budget.left-- <= 0) return true;
    const path = `${folder}${name}`;
    if (excluderOf(ignoreFile, path) === undefined) return true;
    if (!hasExceptions(ignoreFile) || lookup.kindOf(path) !== 'folder') continue;
    if (isSentInPart(`${path}/`, ignoreFile, lookup, budget)) return true;
  }
  return false;
};
