import { type FileTree, type FindOptions, isPattern, type Source, type SourceFile } from './files.ts';
import { matches } from './glob.ts';
import type { Matched, PathFilter } from './path-filter.ts';
import { clean, joined, nameOf, resolveIn } from './tree.ts';

/** Files to look through; paths have no `/` at their start, `` is the root. */
export interface Files {
  /** The file itself, links not followed, under the path that it is to have. */
  file(path: string, as: string): SourceFile | undefined;
  /** The names in a directory, sorted; none where it is no directory. */
  names(folder: string): readonly string[];
  /** What is left out as if it were not there. */
  readonly ignored?: PathFilter | undefined;
}

/** Sources are found in the files as BuildKit finds them. */
export const searched = (files: Files): FileTree => ({
  find(pattern, options) {
    const isWild = isPattern(pattern);
    return pathsOf(files, clean(pattern)).flatMap((path) => {
      const source = sourceAt(files, path, options);
      if (!source && isWild && files.file(path, '')?.type === 'symlink')
        throw new Error(`/${path} is a link that leads nowhere`);
      return source ?? [];
    });
  },
  has: (path) => isThere(files, resolved(files, clean(path))),
});

/** The paths that a pattern means. Links are followed in what stands before its first wildcard, and not behind. */
const pathsOf = (files: Files, pattern: string): readonly string[] => {
  const parts = pattern.split('/');
  const wild = parts.findIndex(isPattern);
  if (wild < 0) return [pattern];
  let found = [resolved(files, parts.slice(0, wild).join('/'))];
  for (const part of parts.slice(wild))
    found = found.flatMap((folder) =>
      files
        .names(folder)
        .filter((name) => matches(part, name))
        .map((name) => joined(folder, name)),
    );
  return found.filter((path) => isThere(files, path));
};

const sourceAt = (files: Files, path: string, options: FindOptions): Source | undefined => {
  const real = resolved(files, path);
  if (!isThere(files, real)) return undefined;
  const found: SourceFile[] = [];
  const ignored = files.ignored && matchedAt(files.ignored, real);
  if (!files.ignored && !options.excludes && !options.includes) takeAll(files, real, '', found);
  else visit({ files, real, options, found }, '', { ignored, excluded: undefined, included: undefined });
  const [first] = found;
  return first && { name: nameOf(path), isFolder: first.type === 'directory', files: found };
};

/** Where a path leads when links are followed inside the root; what is missing stays as it is written. */
const resolved = (files: Files, path: string): string => resolveIn({ entry: (at) => files.file(at, '') }, path);

const isThere = (files: Files, path: string): boolean => {
  if (path === '') return true;
  const file = files.file(path, '');
  if (!file) return false;
  const found = files.ignored && matchedAt(files.ignored, path);
  if (!files.ignored || !found?.isMatched) return true;
  if (file.type !== 'directory' || !files.ignored.mayDiffer(path, found)) return false;
  return files.names(path).some((name) => isThere(files, joined(path, name)));
};

const matchedAt = (filter: PathFilter, path: string): Matched | undefined => {
  let found: Matched | undefined;
  for (let end = path.indexOf('/'); path !== ''; end = path.indexOf('/', end + 1)) {
    found = filter.match(end < 0 ? path : path.slice(0, end), found);
    if (end < 0) break;
  }
  return found;
};

interface Walk {
  readonly files: Files;
  /** Where the source is. */
  readonly real: string;
  readonly options: FindOptions;
  readonly found: SourceFile[];
}

/** What the filters say of a path. */
interface Verdicts {
  readonly ignored: Matched | undefined;
  readonly excluded: Matched | undefined;
  readonly included: Matched | undefined;
}

const takeAll = (files: Files, path: string, below: string, found: SourceFile[]): void => {
  const file = files.file(path, below);
  if (!file) return;
  found.push(file);
  if (file.type !== 'directory') return;
  for (const name of files.names(path)) takeAll(files, joined(path, name), joined(below, name), found);
};

const visit = (walk: Walk, below: string, verdicts: Verdicts): boolean => {
  const { files, found, options } = walk;
  const isSource = below === '';
  const isTaken =
    (isSource || (!verdicts.excluded?.isMatched && (verdicts.included?.isMatched ?? true))) &&
    (!verdicts.ignored?.isMatched || (isSource && walk.real === ''));
  const path = isSource ? walk.real : walk.real === '' ? below : `${walk.real}/${below}`;
  if (!isTaken && isHopeless(walk, path, below, verdicts)) return false;
  const file = files.file(path, below);
  if (!file) return false;
  const { type } = file;
  if (!isTaken && type !== 'directory') return false;
  const at = found.length;
  const isSeen = !verdicts.excluded?.isMatched && (verdicts.included?.isMatched ?? true);
  found.push(isTaken || isSeen ? file : { ...file, isImplied: true });
  if (type !== 'directory') return true;
  let hasTaken = false;
  for (const name of files.names(path)) {
    const inside = isSource ? name : `${below}/${name}`;
    const next = nextVerdicts(files, options, path === '' ? name : `${path}/${name}`, inside, verdicts);
    hasTaken = visit(walk, inside, next) || hasTaken;
  }
  if (!isTaken && !hasTaken) found.length = at;
  return isTaken || hasTaken;
};

const nextVerdicts = (
  { ignored }: Files,
  { excludes, includes }: FindOptions,
  path: string,
  below: string,
  above: Verdicts,
): Verdicts => ({
  ignored: ignored?.match(path, above.ignored),
  excluded: excludes?.match(below, above.excluded),
  included: includes?.match(below, above.included),
});

/** Whether nothing in what is left out can be taken. */
const isHopeless = ({ files, options }: Walk, path: string, below: string, verdicts: Verdicts): boolean => {
  const { ignored, excluded, included } = verdicts;
  if (ignored?.isMatched && !files.ignored?.mayDiffer(path, ignored)) return true;
  if (excluded?.isMatched && !options.excludes?.mayDiffer(below, excluded)) return true;
  return included !== undefined && !included.isMatched && !options.includes?.mayDiffer(below, included);
};
