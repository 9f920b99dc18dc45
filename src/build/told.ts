import type { Instruction } from '../ast/nodes.ts';
import { BuildError } from './error.ts';
import type { Store } from './store.ts';

/** What the system says about a file becomes a failure of the step; what it says about the store does not. */
export const told = async <T>(node: Instruction, { folder }: Store, work: () => T | Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BuildError || !(error instanceof Error) || MISTAKES.has(error.name)) throw error;
    if (isOfStore(error, folder)) throw error;
    throw new BuildError(wordsFor(error), node);
  }
};

/** Errors of ours. */
const MISTAKES: ReadonlySet<string> = new Set(['TypeError', 'ReferenceError', 'RangeError']);

const wordsFor = (error: Error & { readonly code?: unknown; readonly path?: unknown }): string => {
  const { code, path, message } = error;
  if (code === 'EACCES' || code === 'EPERM')
    return `${path} may not be read by this user: change its mode, or leave it out by an ignore file`;
  if (code === 'ENAMETOOLONG') return `the path ${inImage(String(path))} is too long for a layer`;
  return code === 'ENOENT' ? `${path} was there when the build began, and is gone` : message;
};

/** The beginning of a path as a step knows it. */
const inImage = (path: string): string => `${path.replace(/^.*?\/run-\w+\/(?:upper|files-\w+)\//, '/').slice(0, 60)}…`;

const isOfStore = (error: Error, folder: string): boolean =>
  ('code' in error && /^(?:ENOSPC|EDQUOT|EROFS|EIO|EMFILE)$/.test(String(error.code))) ||
  ('path' in error && String(error.path).startsWith(`${folder}/`) && !isTooDeep(error));

/** No path of ours is so long: it is a step that has made it. */
const isTooDeep = (error: Error): boolean => 'code' in error && error.code === 'ENAMETOOLONG';
