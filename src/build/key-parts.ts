import { createHash } from 'node:crypto';
import type { Instruction } from '../ast/nodes.ts';
import { expandedWords, type Model, variablesIn } from '../model/index.ts';
import type { Digest } from '../oci/image.ts';
import { isPattern, type Source, type SourceFile } from './files.ts';
import { clean, joined } from './tree.ts';

/** What a step's key was made of, as far as it is kept: names as they are, and of values marks alone. */
export interface KeyParts extends StepInputs {
  /** What FROM names at the bottom of the stage. */
  readonly base: string;
  /** The layers that the step stands on, and how many of them the base image has. */
  readonly below: readonly Digest[];
  readonly bases: number;
}

/** Whether a file that was read is whole. */
export const isKeyParts = (value: unknown): value is KeyParts =>
  typeof value === 'object' &&
  value !== null &&
  'values' in value &&
  isListOf(value.values, (each) => isListOf(each, isText)) &&
  'below' in value &&
  isListOf(value.below, isText) &&
  'files' in value &&
  isListOf(value.files, isFileList);

const isFileList = (value: unknown): value is FileList =>
  typeof value === 'object' && value !== null && 'of' in value && 'files' in value && isListOf(value.files, isText);

const isListOf = (value: unknown, isOne: (each: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(isOne);

const isText = (value: unknown): boolean => typeof value === 'string';

/** What of a step's key is its own. */
export interface StepInputs {
  readonly values: readonly NamedMark[];
  readonly files: readonly FileList[];
}

/** What something is called in a sentence, and the mark of its value. */
export type NamedMark = readonly [name: string, mark: string];

/** The files that a source stands for. */
export interface FileList {
  /** As the instruction names them. */
  readonly of: string;
  /** Of each `TYPE MODE OWNER MARK PATH`. */
  readonly files: readonly string[];
}

/** So short that a value that can be guessed fits among many others, and that another value is all but sure to be told. */
const MARK = 6;

export const markOf = (value: unknown): string =>
  createHash('sha256')
    .update(typeof value === 'string' ? value : JSON.stringify(value ?? null))
    .digest('hex')
    .slice(0, MARK);

/** An instruction as it is written, heredocs included. */
export const markOfText = ({ file }: Model, { start, end, heredocs }: Instruction): string =>
  markOf(file.text.slice(start, Math.max(end, ...heredocs.map((heredoc) => heredoc.end))));

/** The variables that an instruction names, as they are where it stands. */
export const namedVariables = (model: Model, node: Instruction): readonly NamedMark[] => {
  const { bindings } = model.stateBefore(node);
  const names = new Set(expandedWords(node).flatMap((word) => variablesIn(word).map(({ name }) => name)));
  return [...names].map((name) => {
    const binding = bindings.get(name);
    return [variableName(name, binding?.by !== 'env' && binding?.by !== 'base'), markOf(binding?.value)];
  });
};

export const variableName = (name: string, isArgument: boolean): string =>
  `${isArgument ? 'build argument' : 'variable'} ${name}`;

/** The files of a source under the names that they have where they come from. */
export const fileList = (
  source: string,
  { from, parents = false }: { readonly from: string | undefined; readonly parents?: boolean },
  sources: readonly Source[],
): FileList => {
  const root = from === undefined ? '' : '/';
  const place = parents ? '' : clean(source);
  const files = sources.flatMap(({ name, files: found }) => {
    const top = isPattern(place) ? name : place;
    return found.map((file) => lineOf(file, `${root}${file.path === '' ? top : joined(top, file.path)}` || '.'));
  });
  return { of: from === undefined ? source : `--from=${from} ${source}`, files };
};

const lineOf = (file: SourceFile, path: string): string => {
  const { type, mode, uid, gid } = file;
  return `${type} ${mode.toString(8)} ${uid}:${gid} ${markOfContent(file)} ${path}`;
};

const markOfContent = ({ type, digest, link, device, xattrs }: SourceFile): string => {
  if (xattrs)
    return markOf([digest?.(), Array.from(xattrs, ([name, value]) => [name, Buffer.from(value).toString('hex')])]);
  if (type !== 'file') return markOf(link ?? device);
  const known = digest?.() ?? '';
  return HEX.test(known) ? known.slice(0, MARK) : markOf(known);
};

const HEX = /^[0-9a-f]{64}$/;
