import { fileURLToPath } from 'node:url';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { parse } from '../ast/create.ts';
import type { Iechorfile, Instruction } from '../ast/nodes.ts';
import { MAX_FILE_SIZE } from '../cli/lint-options.ts';
import { type Inputs, type Model, modelOf } from '../model/index.ts';
import { decode, tooLarge } from '../source/decode.ts';
import type { Document } from '../source/document.ts';

/** A document of the editor, read. Offsets in `file` count without the byte order mark, those of the editor with it. */
export interface OpenFile {
  readonly source: TextDocument;
  readonly version: number;
  readonly document: Document;
  readonly file: Iechorfile;
  readonly model: Model;
}

/** Reads a document, each version of it once. */
export const readerOf = (): ((source: TextDocument, inputs: Inputs | undefined) => OpenFile) => {
  const known = new WeakMap<TextDocument, OpenFile>();
  return (source, inputs = NO_INPUTS) => {
    const before = known.get(source);
    if (before?.version === source.version && before.model.inputs === inputs) return before;
    const open = read(source, inputs);
    known.set(source, open);
    return open;
  };
};

const NO_INPUTS: Inputs = {};

const read = (source: TextDocument, inputs: Inputs): OpenFile => {
  const path = pathOf(source.uri) ?? source.uri;
  const bytes = Buffer.from(source.getText());
  const isRead = bytes.length <= MAX_FILE_SIZE;
  const document = isRead ? decode(path, bytes) : tooLarge(path, bytes.length, MAX_FILE_SIZE);
  const file = parse(document.text);
  return { source, version: source.version, document, file, model: modelOf(file, inputs) };
};

/** Where a document is on disk; undefined for one that has never been saved. */
export const pathOf = (uri: string): string | undefined => {
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined;
  }
};

/** The instruction that holds the offset, its heredocs included; of a trigger the trigger, where the offset is in it. */
export const instructionAt = ({ instructions }: Iechorfile, offset: number): Instruction | undefined => {
  let low = 0;
  let high = instructions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((instructions[middle]?.start ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  const node = instructions[low - 1];
  if (node === undefined || offset > endOf(node)) return undefined;
  return node.kind === 'Onbuild' && node.trigger.start <= offset ? node.trigger : node;
};

/** Where an instruction ends, its heredocs included. */
export const endOf = ({ end, heredocs }: Instruction): number => {
  const last = heredocs.at(-1);
  return Math.max(end, last?.terminator?.end ?? last?.body.end ?? end);
};
