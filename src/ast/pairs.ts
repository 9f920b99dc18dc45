import type { IToken } from 'chevrotain';
import { invalid, missing, nodeOf, plain, quotedPieces, restWord } from './arguments.ts';
import { type Draft, tokens } from './draft.ts';
import { addProblem, fileRange, type Line, type Piece, pieceOf, tokenAt, wordAt } from './line.ts';
import type { ArgDeclaration, Instruction, Pair } from './nodes.ts';

/** ENV and LABEL. */
export const pairs =
  (kind: 'Env' | 'Label') =>
  (draft: Draft): Instruction => {
    const [key] = tokens(draft.children, 'LegacyKey');
    if (key) return legacyPair(draft, kind, key);
    const list: Pair[] = [];
    const values: string[] = [];
    for (const piece of quotedPieces(draft)) {
      const raw = draft.line.text.slice(piece.start, piece.end);
      const equals = raw.indexOf('=');
      if (equals < 0) {
        addProblem(
          draft.line,
          fileRange(draft.line, piece),
          `Syntax error - can't find = in "${raw}". Must be of the form: name=value`,
          {
            phase: 'parse',
            help: 'Quote a value that has blanks in it: `name="two words"`.',
          },
        );
        continue;
      }
      if (equals === 0)
        addProblem(draft.line, fileRange(draft.line, piece), `${kind.toUpperCase()} names can not be blank`, {
          help: 'Leave no blank before the `=`.',
        });
      else list.push(pairAt(draft.line, piece, piece.start + equals));
      values.push(raw.slice(0, equals), raw.slice(equals + 1), '=');
    }
    const name = kind.toUpperCase();
    if (!values.length)
      return missing(draft, `${name} requires at least one argument`, `Write \`${name} name=value\`.`, plain(values));
    return nodeOf(kind, draft, plain(values), { pairs: list });
  };

const pairAt = (line: Line, piece: Piece, equals: number): Pair => {
  const { start, end } = fileRange(line, piece);
  const key = wordAt(line, { start: piece.start, end: equals });
  const value = wordAt(line, { start: equals + 1, end: piece.end });
  return { kind: 'Pair', start, end, key, value, legacy: false };
};

const legacyPair = (draft: Draft, kind: 'Env' | 'Label', token: IToken): Instruction => {
  const name = kind.toUpperCase();
  const key = wordAt(draft.line, pieceOf(token));
  const value = restWord(draft);
  if (!value) {
    addProblem(draft.line, key, `${name} must have two arguments`, {
      phase: 'parse',
      help: `Write \`${name} ${token.image}=value\`.`,
    });
    return invalid(draft);
  }
  const pair: Pair = { kind: 'Pair', start: key.start, end: value.end, key, value, legacy: true };
  return nodeOf(kind, draft, plain([key.raw, value.raw, '']), { pairs: [pair] });
};

/** ARG. */
export const arg = (draft: Draft): Instruction => {
  const declarations: ArgDeclaration[] = [];
  const values: string[] = [];
  for (const piece of quotedPieces(draft)) {
    const raw = draft.line.text.slice(piece.start, piece.end);
    values.push(raw);
    const equals = raw.indexOf('=');
    if (equals === 0)
      addProblem(draft.line, fileRange(draft.line, piece), 'ARG names can not be blank', {
        help: 'Leave no blank before the `=`.',
      });
    else declarations.push(declarationAt(draft.line, piece, equals));
  }
  if (!values.length)
    return missing(
      draft,
      'ARG requires at least one argument',
      'Write `ARG name` or `ARG name=default`.',
      plain(values),
    );
  return nodeOf('Arg', draft, plain(values), { declarations });
};

const declarationAt = (line: Line, piece: Piece, equals: number): ArgDeclaration => {
  const nameEnd = equals < 0 ? piece.end : piece.start + equals;
  const { start, end } = fileRange(line, piece);
  const name = tokenAt(line, { start: piece.start, end: nameEnd });
  const value = equals < 0 ? undefined : wordAt(line, { start: nameEnd + 1, end: piece.end });
  return { kind: 'ArgDeclaration', start, end, name, default: value };
};
