import type { CstNode, IToken } from 'chevrotain';
import type { Range } from '../source/range.ts';
import { flagAt, type Line, type Piece, pieceOf, tokenAt } from './line.ts';
import type { Comment, Flag, Heredoc, Invalid, Token } from './nodes.ts';

/** What a line brings besides its own words. */
export interface Attached {
  readonly heredocs: readonly Heredoc[];
  readonly comments: readonly Comment[];
}

/** What stands below an instruction's node, by the names of the grammar. */
export interface Children {
  readonly keyword: IToken | undefined;
  readonly tokens: ReadonlyMap<string, readonly IToken[]>;
  readonly nodes: ReadonlyMap<string, CstNode>;
}

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
  const first = children.keyword;
  const { line: logical } = line;
  const piece = first ? pieceOf(first) : { start: logical.start, end: logical.start };
  const flags: Flag[] = [];
  let place = piece.end;
  for (const [name, list] of children.tokens) {
    if (!FLAG_TOKENS.has(name)) continue;
    for (const token of list) {
      if (!name.endsWith('End')) flags.push(flagOf(line, token));
      place = Math.max(place, pieceOf(token).end);
    }
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

const FLAG_TOKENS = new Set(['Flag', 'FlagsEnd', 'OnbuildFlag', 'OnbuildFlagsEnd']);

const SHARED_RULES: ReadonlySet<string> = new Set([
  'flags',
  'command',
  'paths',
  'words',
  'text',
  'pairs',
  'declarations',
]);

/** The children of an instruction's node, those of the rules that several instructions share among them. */
export const childrenOf = (node: CstNode | undefined): Children => {
  const tokens = new Map<string, IToken[]>();
  const nodes = new Map<string, CstNode>();
  if (node) gather(node, tokens, nodes);
  // The first token of every instruction's rule is its keyword.
  const [first] = tokens.values();
  return { keyword: first?.[0], tokens, nodes };
};

const gather = (node: CstNode, tokens: Map<string, IToken[]>, nodes: Map<string, CstNode>): void => {
  for (const name in node.children) {
    for (const element of node.children[name] ?? []) {
      if ('image' in element) listIn(tokens, name).push(element);
      else if (SHARED_RULES.has(name)) gather(element, tokens, nodes);
      else nodes.set(name, element);
    }
  }
};

const listIn = (tokens: Map<string, IToken[]>, name: string): IToken[] => {
  const list = tokens.get(name) ?? [];
  if (list.length === 0) tokens.set(name, list);
  return list;
};

const NO_TOKENS: readonly IToken[] = [];

export const tokens = (children: Children, name: string): readonly IToken[] => children.tokens.get(name) ?? NO_TOKENS;

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
