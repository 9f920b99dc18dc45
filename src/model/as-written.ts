import type { Word } from '../ast/words.ts';

/** The word without its quotes, as a tool reads it that expands no variables. */
export const asWritten = ({ raw }: Pick<Word, 'raw'>): string => raw.replace(/^(["'])(.*)\1$/s, '$2');

/** Whether a path as it is written begins at a root or with a variable, which may hold one. */
export const mayBeAbsolute = (path: string): boolean => /^(?:[/$]|[a-z]:)/i.test(path);

/** Tag and digest of an image as they are written, be they variables. */
export const versionAsWritten = (image: string): { readonly tag: string | undefined; readonly digest: boolean } => {
  const [name = '', ...digest] = image.split('@');
  return { tag: /(?:^|\/)[^/:]*:([^/]*)$/.exec(name)?.[1], digest: digest.length > 0 };
};
