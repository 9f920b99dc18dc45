import type { CstNode, IToken } from 'chevrotain';
import type { Range } from '../source/range.ts';
import { flagAt, type Line, type Piece, pieceOf, tokenAt } from './line.ts';
import type { Comment, Flag, Heredoc, Invalid, Token } from './nodes.ts';

/** What a line brings besides its own words. */
export interface Attached {
  readonly heredocs: readonly Heredoc[];
  readonly comments: readonly Comment[];
}

export type Children = Readonly<Record<string, readonly (CstNode | IToken)[] | undefined>>;

/** All that a builder of one instruction needs. */
export interface Draft {
  readonly line: Line;
  readonly children: Children;
  readonly keyword: Token;
  readonly flags: readonly Flag[];
  readonly heredocs: readonly Heredoc[];
  /** Where an argument would stand that is missing. */
  readonly place: Piece;
  readonly base: Omit<Invalid, 'kind' | 'arguments' | 'json'>;
}

export const draftOf = (line: Line, children: Children, attached: Attached): Draft => {
  const first = keywordToken(children);
  const { line: logical } = line;
  const piece = first ? pieceOf(first) : { start: logical.start, end: logical.start };
  const flags = [...tokens(children, 'Flag'), ...tokens(children, 'OnbuildFlag')].map((token) => flagOf(line, token));
  let place = piece.end;
  for (const name of FLAG_TOKENS) {
    const last = tokens(children, name).at(-1);
    if (last) place = Math.max(place, pieceOf(last).end);
  }
  const keyword = tokenAt(line, piece);
  const whole: Range = line.trigger ? { start: keyword.start, end: logical.source.end } : logical.source;
  return {
    line,
    children,
    keyword,
    flags,
    heredocs: attached.heredocs,
    place: { start: place, end: place },
    base: {
      start: whole.start,
      end: whole.end,
      keyword,
      flags,
      heredocs: attached.heredocs,
      comments: attached.comments,
      lines: { first: logical.firstLine, last: logical.lastLine },
    },
  };
};

const FLAG_TOKENS = ['Flag', 'FlagsEnd', 'OnbuildFlag', 'OnbuildFlagsEnd'] as const;

/** The first token of every instruction's rule is its keyword. */
const keywordToken = (children: Children): IToken | undefined => {
  for (const list of Object.values(children)) {
    const first = list?.[0];
    return first && 'image' in first ? first : undefined;
  }
  return undefined;
};

const SHARED_RULES = ['flags', 'command', 'paths', 'words', 'text', 'pairs', 'declarations'] as const;

/** The children of an instruction's node, those of the rules that several instructions share among them. */
export const childrenOf = (node: CstNode | undefined): Children => {
  let children: Children = node?.children ?? {};
  for (const name of SHARED_RULES) {
    const [shared] = children[name] ?? [];
    if (shared && 'children' in shared) children = { ...children, ...shared.children };
  }
  return children;
};

export const tokens = (children: Children, name: string): readonly IToken[] => {
  const found: IToken[] = [];
  for (const element of children[name] ?? []) if ('image' in element) found.push(element);
  return found;
};

const flagOf = (line: Line, token: IToken): Flag => {
  const piece = pieceOf(token);
  return flagAt(line, piece, unquotedFlag(token.image, line.escape));
};

// The lexer has found its end already; what is left is to take quotes and escapes out.
const unquotedFlag = (image: string, escape: string): string => {
  if (!/["'\\`]/.test(image)) return image;
  let text = '';
  let quote = '';
  for (let at = 0; at < image.length; at++) {
    const char = image[at] ?? '';
    if (char === quote) quote = '';
    else if (!quote && (char === '"' || char === "'")) quote = char;
    else if (char === escape) text += image[++at] ?? '';
    else text += char;
  }
  return text;
};
