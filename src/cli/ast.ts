import { parse } from '../ast/create.ts';
import type { Iechorfile, Instruction } from '../ast/nodes.ts';
import { refusalOf } from '../model/validate.ts';
import { forEachDocument } from './documents.ts';
import type { Io } from './io.ts';
import { printJson } from './print-json.ts';

export interface AstArguments {
  readonly files: readonly string[];
  readonly format: 'json' | 'jsonl';
}

/** `iechorlint ast`: the tree of each file, or with `jsonl` BuildKit's own view of it, one line a file. */
export const run = async ({ files, format }: AstArguments, io: Io): Promise<number> =>
  forEachDocument(files, io, ({ path, text }) => {
    const file = parse(text);
    if (format === 'jsonl') io.stdout.write(`${buildkitView(path, file)}\n`);
    else printJson({ path, ...file }, io);
  });

export interface InstructionView {
  readonly cmd: string;
  readonly start: number;
  readonly end: number;
  readonly flags?: readonly string[];
  readonly json?: boolean;
  readonly args?: readonly string[];
  readonly heredocs?: readonly string[];
}

/** One JSON object in the form that BuildKit's parser is compared in. */
const buildkitView = (path: string, file: Iechorfile): string => {
  const err = refusalOf(file);
  return JSON.stringify({
    path,
    escape: file.escape,
    insts: file.instructions.map(instructionView),
    ...(err ? { err } : {}),
  });
};

/** An instruction as BuildKit's parser reads it. */
export const instructionView = (node: Instruction): InstructionView => ({
  cmd: node.keyword.text.toLowerCase(),
  start: node.lines.first,
  end: node.lines.last,
  ...(node.flags.length ? { flags: node.flags.map(({ text }) => latin1(text)) } : {}),
  ...(node.json ? { json: true } : {}),
  ...argumentsView(node),
  ...(node.heredocs.length ? { heredocs: node.heredocs.flatMap(({ name, content }) => [name, content]) } : {}),
});

const argumentsView = (node: Instruction): { args?: readonly string[] } => {
  if (node.kind === 'Onbuild') return { args: ['', '<child>', childText(node.trigger)] };
  return node.arguments.length ? { args: node.arguments } : {};
};

const childText = (node: Instruction): string => {
  const own = node.kind === 'Onbuild' ? ['', '<child>', childText(node.trigger)] : node.arguments;
  return [node.keyword.text, ...own].join(' ');
};

// BuildKit reads flags byte by byte, so that each byte of a character becomes a character of its own.
const latin1 = (text: string): string => {
  if (!/[^\0-\x7f]/.test(text)) return text;
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
};
