import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Real files that lie beside the checkout; nothing of them is in the project. */
export const CORPUS = join('..', 'shared', 'corpus');

/** The files of one part of the corpus in a fixed order, with `/` between folders; none where the corpus is absent. */
export const corpusFiles = (part: 'dev' | 'rare' | 'templates' | 'fuzz'): readonly string[] => {
  const folder = join(CORPUS, part);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => statSync(path).isFile())
    .map((path) => path.replaceAll('\\', '/'))
    .toSorted();
};
