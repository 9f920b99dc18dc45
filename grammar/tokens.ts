import { createToken, type IMultiModeLexerDefinition, type IToken, Lexer, type TokenType } from 'chevrotain';
import type { Escape } from './directives.ts';
import { isFlagGap, scanFlag } from './flags.ts';
import { readJsonArray } from './json.ts';
import { isBlank, isSpace, skipBlanks, skipSpaces } from './space.ts';

/*
 * One mode for each family of instructions. A keyword at the start of a line switches to its family's mode, the line
 * end switches back; modes never nest. Every mode takes any text, so the lexer never fails: what is wrong with an
 * instruction is found when the tree is made.
 */

// The escape character is fixed by the file's head before lexing begins.
let escape: Escape = '\\';

type Match = [string] | null;
type Pattern = (text: string, offset: number, matched: IToken[]) => Match;

const custom = (name: string, pattern: Pattern, options: { push_mode?: string; pop_mode?: boolean } = {}): TokenType =>
  createToken({ name, pattern, line_breaks: false, ...options });

// A line may hold a million words: its end is searched once.
let currentLine = { text: '', start: 0, end: 0 };

const lineEnd = (text: string, offset: number): number => {
  const { start, end } = currentLine;
  if (currentLine.text === text && start <= offset && offset <= end) return end;
  const newline = text.indexOf('\n', offset);
  currentLine = { text, start: offset, end: newline < 0 ? text.length : newline };
  return currentLine.end;
};

const taken = (text: string, start: number, end: number): Match => (end > start ? [text.slice(start, end)] : null);

export const Newline = createToken({ name: 'Newline', pattern: /\n/, line_breaks: true });
/** The line end in every mode but the first, to which it goes back. */
export const EndOfLine = createToken({ name: 'EndOfLine', pattern: /\n/, line_breaks: true, pop_mode: true });

const Spaces = createToken({
  name: 'Spaces',
  pattern: /[\t\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/,
  group: Lexer.SKIPPED,
  line_breaks: false,
});
const Blanks = createToken({ name: 'Blanks', pattern: /[\t\v\f\r ]+/, group: Lexer.SKIPPED, line_breaks: false });

// Keywords ------------------------------------------------------------------------------------------------------------

const keyword = (name: string, mode: string | undefined): TokenType =>
  createToken({
    name,
    pattern: new RegExp(`${name}(?![^\\t\\v\\f\\r \\n])`, 'i'),
    ...(mode ? { push_mode: mode } : {}),
  });

const ONBUILD = /onbuild(?![^\t\v\f\r \n])/iy;

// BuildKit refuses an ONBUILD in an ONBUILD, so that a bound on how many are read costs nobody anything.
const MAX_NESTED = 100;

const isNestedTooDeep = (matched: IToken[]): boolean =>
  matched.at(-1)?.tokenType === Onbuild &&
  matched.length >= MAX_NESTED &&
  matched.slice(-MAX_NESTED).every(({ tokenType }) => tokenType === Onbuild);

export const Add = keyword('Add', 'paths');
export const Arg = keyword('Arg', 'declarations');
export const Cmd = keyword('Cmd', 'command');
export const Copy = keyword('Copy', 'paths');
export const Entrypoint = keyword('Entrypoint', 'command');
export const Env = keyword('Env', 'pairs');
export const Expose = keyword('Expose', 'words');
export const From = keyword('From', 'words');
export const Healthcheck = keyword('Healthcheck', 'healthcheck');
export const Label = keyword('Label', 'pairs');
export const Maintainer = keyword('Maintainer', 'text');
// ONBUILD stays in the line mode: the trigger's own keyword follows.
export const Onbuild = custom('Onbuild', (text, offset, matched) => {
  ONBUILD.lastIndex = offset;
  const match = ONBUILD.exec(text);
  return match && !isNestedTooDeep(matched) ? [match[0]] : null;
});
export const Run = keyword('Run', 'command');
export const Shell = keyword('Shell', 'command');
export const Stopsignal = keyword('Stopsignal', 'text');
export const User = keyword('User', 'text');
export const Volume = keyword('Volume', 'paths');
export const Workdir = keyword('Workdir', 'text');
export const Unknown = createToken({
  name: 'Unknown',
  pattern: /[^\t\v\f\r \n]+/,
  push_mode: 'text',
});

const isKeyword = (token: IToken | undefined): boolean => token !== undefined && KEYWORDS.has(token.tokenType);

// Flags ---------------------------------------------------------------------------------------------------------------

const flagPattern =
  (isStop: boolean, onbuild: boolean): Pattern =>
  (text, offset, matched) => {
    if (text.charCodeAt(offset) !== 45) return null;
    const last = matched.at(-1);
    if (last?.tokenType !== Flag && last?.tokenType !== OnbuildFlag && !isKeyword(last)) return null;
    if (onbuild && last?.tokenType !== Onbuild && last?.tokenType !== OnbuildFlag) return null;
    if (!last || !isFlagGap(text, last.startOffset + last.image.length, offset)) return null;
    const flag = scanFlag(text, offset, lineEnd(text, offset), escape);
    return flag && (flag.text === '--') === isStop ? taken(text, offset, flag.end) : null;
  };

export const Flag = custom('Flag', flagPattern(false, false));
export const FlagsEnd = custom('FlagsEnd', flagPattern(true, false));
export const OnbuildFlag = custom('OnbuildFlag', flagPattern(false, true));
export const OnbuildFlagsEnd = custom('OnbuildFlagsEnd', flagPattern(true, true));

/** Whether nothing but keyword and flags stands before the offset. */
const isFirstArgument = (matched: IToken[]): boolean => {
  const last = matched.at(-1);
  return isKeyword(last) || last?.tokenType === Flag || last?.tokenType === FlagsEnd;
};

// Arguments -----------------------------------------------------------------------------------------------------------

/** All that is left of the line. */
export const Rest = custom('Rest', (text, offset, matched) => {
  const code = text.charCodeAt(offset);
  if (isBlank(code) || (isSpace(code) && matched.at(-1)?.tokenType !== LegacyKey)) return null;
  return taken(text, offset, lineEnd(text, offset));
});

const jsonPattern =
  (kind: 'strings' | 'mixed'): Pattern =>
  (text, offset, matched) => {
    if (text.charCodeAt(offset) !== 91) return null;
    const last = matched.at(-1);
    if (!isFirstArgument(matched) && last?.tokenType !== HealthcheckType) return null;
    const rest = text.slice(offset, lineEnd(text, offset));
    if (readJsonArray(rest).kind !== kind) return null;
    return kind === 'strings' ? ['['] : [rest];
  };

/** `[`, only where all that follows on the line is one JSON array of strings. */
export const LeftBracket = custom('LeftBracket', jsonPattern('strings'), { pop_mode: true, push_mode: 'json' });
/** A JSON array that holds other things than strings. */
export const MixedArray = custom('MixedArray', jsonPattern('mixed'));
export const JsonString = createToken({ name: 'JsonString', pattern: /"(?:[^"\\\n]|\\[^\n])*"/, line_breaks: false });
export const Comma = createToken({ name: 'Comma', pattern: /,/ });
export const RightBracket = createToken({ name: 'RightBracket', pattern: /\]/ });

/** A word between blanks; quotes and escapes mean nothing here. */
export const Word = custom('Word', (text, offset, matched) => {
  if (isFirstArgument(matched) && isSpace(text.charCodeAt(offset))) return null;
  let at = offset;
  for (let code = text.charCodeAt(at); at < text.length && code !== 10 && !isBlank(code); code = text.charCodeAt(at))
    at++;
  return taken(text, offset, at);
});

/** A word that ends at a space outside quotes, such as `a="b c"`. */
const quotedWordEnd = (text: string, offset: number): number => {
  const end = lineEnd(text, offset);
  let quote = '';
  for (let at = offset; at < end; at++) {
    const char = text[at] ?? '';
    if (char === quote) quote = '';
    else if (char === escape && quote !== "'") at++;
    else if (quote) continue;
    else if (char === '"' || char === "'") quote = char;
    else if (isSpace(text.charCodeAt(at))) return at;
  }
  return end;
};

export const QuotedWord = custom('QuotedWord', (text, offset) =>
  isSpace(text.charCodeAt(offset)) ? null : taken(text, offset, quotedWordEnd(text, offset)),
);

/** The key of `ENV key value`: the first quoted word has no `=`; the key itself ends at the first blank. */
export const LegacyKey = custom(
  'LegacyKey',
  (text, offset, matched) => {
    if (!isFirstArgument(matched) || isSpace(text.charCodeAt(offset))) return null;
    if (text.slice(offset, quotedWordEnd(text, offset)).includes('=')) return null;
    const end = lineEnd(text, offset);
    let at = offset;
    while (at < end && !isBlank(text.charCodeAt(at))) at++;
    return skipBlanks(text, at, end) > at ? taken(text, offset, at) : taken(text, offset, end);
  },
  { pop_mode: true, push_mode: 'text' },
);

export const HealthcheckType = custom(
  'HealthcheckType',
  (text, offset) => {
    let at = offset;
    const end = lineEnd(text, offset);
    while (at < end && skipSpaces(text, at, end) === at) at++;
    return taken(text, offset, at);
  },
  { pop_mode: true, push_mode: 'command' },
);

// Modes ---------------------------------------------------------------------------------------------------------------

// Categories would say the same and make every step of the parser slower.
const KEYWORDS: ReadonlySet<TokenType> = new Set([
  Add,
  Arg,
  Cmd,
  Copy,
  Entrypoint,
  Env,
  Expose,
  From,
  Healthcheck,
  Label,
  Maintainer,
  Onbuild,
  Run,
  Shell,
  Stopsignal,
  User,
  Volume,
  Workdir,
  Unknown,
]);

const definition: IMultiModeLexerDefinition = {
  defaultMode: 'line',
  modes: {
    line: [Newline, Spaces, OnbuildFlag, OnbuildFlagsEnd, ...KEYWORDS],
    command: [EndOfLine, Spaces, Flag, FlagsEnd, LeftBracket, MixedArray, Rest],
    text: [EndOfLine, Flag, FlagsEnd, Rest, Blanks, Spaces],
    paths: [EndOfLine, Flag, FlagsEnd, LeftBracket, MixedArray, Word, Blanks, Spaces],
    words: [EndOfLine, Flag, FlagsEnd, Word, Blanks, Spaces],
    pairs: [EndOfLine, Spaces, Flag, FlagsEnd, LegacyKey, QuotedWord],
    declarations: [EndOfLine, Spaces, Flag, FlagsEnd, QuotedWord],
    healthcheck: [EndOfLine, Spaces, Flag, FlagsEnd, HealthcheckType],
    json: [EndOfLine, Spaces, JsonString, Comma, RightBracket],
  },
};

/** Every token type, for the parser. */
export const VOCABULARY: readonly TokenType[] = [...new Set(Object.values(definition.modes).flat())];

let lexer: Lexer | undefined;

// Chevrotain checks the definition at every start unless told not to; a unit test runs the checks.
export const createLexer = (skipValidations: boolean): Lexer =>
  new Lexer(definition, {
    positionTracking: 'onlyOffset',
    skipValidations,
    lineTerminatorsPattern: /\n/g,
    lineTerminatorCharacters: ['\n'],
    // Next to patterns of ours no first character tells a token, so that none need be computed at every start.
    safeMode: true,
  });

/** Tokens of spliced text. */
export const tokenize = (text: string, escapeCharacter: Escape): IToken[] => {
  escape = escapeCharacter;
  lexer ??= createLexer(true);
  return lexer.tokenize(text).tokens;
};
