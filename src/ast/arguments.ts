import { readJsonArray } from '../../grammar/index.ts';
import { childrenOf, type Draft, tokens } from './draft.ts';
import { addProblem, fileRange, type Piece, pieceOf, tokenAt, wordAt, wordOfJson } from './line.ts';
import type { Command, ExecForm, Instruction, JsonString, Token } from './nodes.ts';
import type { Word } from './words.ts';

/** Argument values as BuildKit's parser makes them, and whether they were a JSON array. */
export type Values = { readonly arguments: readonly string[]; readonly json: boolean };

export const NO_VALUES: Values = { arguments: [], json: false };

export const plain = (values: readonly string[]): Values => ({ arguments: values, json: false });

/** A node with what all have and what it has of its own, written out since spreading takes several times as long. */
export const nodeOf = <K extends string, T extends object>(kind: K, { base }: Draft, values: Values, own: T) =>
  Object.assign(
    {
      kind,
      start: base.start,
      end: base.end,
      keyword: base.keyword,
      flags: base.flags,
      heredocs: base.heredocs,
      comments: base.comments,
      lines: base.lines,
      arguments: values.arguments,
      json: values.json,
    },
    own,
  );

export const invalid = (draft: Draft, values: Values = NO_VALUES): Instruction => nodeOf('Invalid', draft, values, {});

export const missing = (draft: Draft, message: string, help: string, values: Values = NO_VALUES): Instruction => {
  addProblem(draft.line, draft.keyword, message, { help });
  return invalid(draft, values);
};

export const hasMixedArray = (draft: Draft): boolean => {
  const [mixed] = tokens(draft.children, 'MixedArray');
  if (!mixed) return false;
  addProblem(
    draft.line,
    fileRange(draft.line, pieceOf(mixed)),
    'when using JSON array syntax, arrays must be comprised of strings only',
    {
      phase: 'parse',
      help: 'Quote every element, such as `["echo", "1"]`.',
    },
  );
  return true;
};

const restOf = (draft: Draft): Token | undefined => {
  const [rest] = tokens(draft.children, 'Rest');
  return rest && tokenAt(draft.line, pieceOf(rest));
};

export const restWord = (draft: Draft): Word | undefined => {
  const [rest] = tokens(draft.children, 'Rest');
  return rest && wordAt(draft.line, pieceOf(rest));
};

const execFormOf = (draft: Draft): ExecForm | undefined => {
  const node = draft.children.nodes.get('execForm');
  if (!node) return undefined;
  const inner = childrenOf(node);
  const [open] = tokens(inner, 'LeftBracket');
  const [close] = tokens(inner, 'RightBracket');
  if (!open || !close) return undefined;
  const whole = { start: open.startOffset, end: close.startOffset + 1 };
  const reading = readJsonArray(draft.line.text.slice(whole.start, whole.end));
  const values = reading.kind === 'strings' ? reading.values : [];
  const elements = tokens(inner, 'JsonString').map((token, index): JsonString => {
    const { start, end } = fileRange(draft.line, pieceOf(token));
    return { kind: 'JsonString', start, end, value: values[index] ?? '' };
  });
  const { start, end } = fileRange(draft.line, whole);
  return { kind: 'ExecForm', start, end, elements };
};

export const commandOf = (draft: Draft): { command: Command; values: Values } => {
  const exec = execFormOf(draft);
  if (exec) return { command: exec, values: { arguments: exec.elements.map(({ value }) => value), json: true } };
  const rest = restOf(draft) ?? { ...fileRange(draft.line, draft.place), text: '' };
  return { command: { kind: 'ShellForm', ...rest }, values: rest.text ? plain([rest.text]) : NO_VALUES };
};

export const pathsOf = (draft: Draft): { words: readonly Word[]; values: Values } => {
  const exec = execFormOf(draft);
  if (exec) {
    const words = exec.elements.map((element) => wordOfJson(element, draft.line.escape));
    return { words, values: { arguments: exec.elements.map(({ value }) => value), json: true } };
  }
  return wordsOf(draft);
};

export const wordsOf = (draft: Draft): { words: readonly Word[]; values: Values } => {
  const words = tokens(draft.children, 'Word').map((token) => wordAt(draft.line, pieceOf(token)));
  return { words, values: plain(words.map(({ raw }) => raw)) };
};

/** Quoted words; an escape at the very end of the line is dropped. */
export const quotedPieces = (draft: Draft): readonly Piece[] => {
  const { line } = draft;
  const pieces: Piece[] = [];
  for (const token of tokens(draft.children, 'QuotedWord')) {
    const piece = pieceOf(token);
    const dangling = piece.end === line.line.end && endsInEscape(token.image, line.escape);
    const end = dangling ? piece.end - 1 : piece.end;
    if (end > piece.start) pieces.push({ start: piece.start, end });
  }
  return pieces;
};

const endsInEscape = (word: string, escape: string): boolean => {
  let quote = '';
  for (let at = 0; at < word.length; at++) {
    const char = word[at] ?? '';
    if (char === quote) quote = '';
    else if (char === escape && quote !== "'") {
      if (++at === word.length) return true;
    } else if (!quote && (char === '"' || char === "'")) quote = char;
  }
  return false;
};
