import { parse } from '../ast/create.ts';
import type { Iechorfile, Instruction } from '../ast/nodes.ts';
import { refusalOf } from '../model/validate.ts';

/** BuildKit's own view of a file, one JSON object: the form that its parser's output is compared in. */
export const buildkitView = (path: string, file: Iechorfile): string => {
  const err = refusalOf(file);
  return JSON.stringify({
    path,
    escape: file.escape,
    insts: file.instructions.map(instructionView),
    ...(err ? { err } : {}),
  });
};

const instructionView = (node: Instruction) => ({
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

export const astOf = (text: string): Iechorfile => parse(text);
