import type { Range } from '../source/range.ts';
import { digestOfSources } from './copy.ts';
import { BuildError } from './error.ts';
import type { FileTree, Source } from './files.ts';

/** Sources by what they hold; of those in which nothing has changed no more need be known. */
export interface Sources {
  readonly digest: () => string;
  /** Throws where they are not what the digest says any more. */
  readonly all: () => readonly Source[];
  /** As they are found now. */
  readonly found: () => readonly Source[];
}

export const theseSources = (sources: readonly Source[]): Sources => ({
  digest: () => digestOfSources(sources),
  all: () => sources,
  found: () => sources,
});

/** What `look` finds in the tree for an instruction, by a name that tells all that decides what it looks for. */
export const sourcesIn = (
  tree: FileTree,
  name: string,
  noCache: boolean,
  at: Range,
  look: () => readonly Source[],
): Sources => {
  if (noCache || !tree.remembered) return theseSources(look());
  let sources: readonly Source[] | undefined;
  const found = () => {
    sources ??= look();
    return sources;
  };
  let isSame = false;
  const digest = tree.remembered(name, () => {
    isSame = true;
    return digestOfSources(found());
  });
  const all = () => {
    if (!isSame && digestOfSources(found()) !== digest) throw new BuildError('what is copied changed meanwhile', at);
    isSame = true;
    return found();
  };
  return { digest: () => digest, all, found };
};
