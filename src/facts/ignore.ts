import { cleanPath } from '../model/index.ts';
import { type IgnorePattern, readPattern } from './ignore-pattern.ts';

/** What an ignore file leaves out of the build context. */
export interface IgnoreFile {
  /** For messages. */
  readonly path: string;
  readonly patterns: readonly IgnorePattern[];
  /** Why BuildKit refuses the whole file. */
  readonly defect: { readonly line: number; readonly message: string } | undefined;
}

/** The ignore files of a build in the order in which they are looked for: beside the file, then at the top of the context. */
export const IGNORE_ENDINGS = ['.iechorignore', '.dockerignore', '.containerignore'] as const;

/** Reads an ignore file as BuildKit does. */
export const readIgnoreFile = (path: string, text: string): IgnoreFile => {
  const patterns: IgnorePattern[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const trimmed = raw.startsWith('#') ? '' : raw.trim();
    if (trimmed === '') continue;
    const isException = trimmed.startsWith('!');
    const rest = isException ? trimmed.slice(1).trim() : trimmed;
    const pattern = rest === '' ? '`!` alone is no pattern' : readPattern(patternText(rest), isException, index + 1);
    if (typeof pattern === 'string') return { path, patterns, defect: { line: index + 1, message: pattern } };
    patterns.push(pattern);
  }
  return { path, patterns, defect: undefined };
};

const patternText = (text: string): string => {
  const clean = cleanPath(text);
  return clean.length > 1 && clean.startsWith('/') ? clean.slice(1) : clean;
};

/** The pattern that leaves a path of the context out, if it is left out: the last that decides, also over a folder above it. */
export const excluderOf = ({ patterns }: IgnoreFile, path: string): IgnorePattern | undefined => {
  const paths = withFolders(path);
  let excluder: IgnorePattern | undefined;
  for (const pattern of patterns) {
    if (pattern.isException !== (excluder !== undefined)) continue;
    if (paths.some((each) => pattern.expression.test(each))) excluder = pattern.isException ? undefined : pattern;
  }
  return excluder;
};

/** A path and the folders above it. */
const withFolders = (path: string): readonly string[] => {
  const paths = [path];
  for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) paths.push(path.slice(0, slash));
  return paths;
};

export const hasExceptions = ({ patterns }: IgnoreFile): boolean => patterns.some(({ isException }) => isException);
