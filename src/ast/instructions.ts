import type { CstNode, IToken } from 'chevrotain';
import { readJsonArray, skipSpaces } from '../../grammar/index.ts';
import type { Range } from '../source/range.ts';
import { checkInstruction } from './check.ts';
import { addProblem, fileRange, flagAt, type Line, type Piece, pieceOf, tokenAt, wordAt, wordOfJson } from './line.ts';
import type {
  ArgDeclaration,
  Command,
  Comment,
  CopySource,
  ExecForm,
  Flag,
  Heredoc,
  Instruction,
  InstructionKind,
  JsonString,
  Pair,
  Token,
  Word,
} from './nodes.ts';
import { unknownInstruction } from './unknown.ts';

/** What a line brings besides its own words. */
export interface Attached {
  readonly heredocs: readonly Heredoc[];
  readonly comments: readonly Comment[];
}

type Children = Readonly<Record<string, readonly (CstNode | IToken)[] | undefined>>;

/** All that a builder of one instruction needs. */
interface Draft {
  readonly line: Line;
  readonly children: Children;
  readonly keyword: Token;
  readonly flags: readonly Flag[];
  readonly heredocs: readonly Heredoc[];
  /** Where an argument would stand that is missing. */
  readonly place: Piece;
  readonly base: Omit<Extract<Instruction, { kind: 'Invalid' }>, 'kind' | 'arguments' | 'json'>;
}

/** The instruction of a line; `node` is undefined for a line that holds nothing but an escape. */
export const instructionOf = (line: Line, node: CstNode | undefined, attached: Attached): Instruction => {
  const inner = firstNode(node?.children);
  const draft = draftOf(line, inner?.children ?? {}, attached);
  const build = BUILDERS[inner?.name ?? 'unknown'] ?? unknown;
  const instruction = build(draft);
  checkInstruction(line, instruction);
  return instruction;
};

const firstNode = (children: Children | undefined): CstNode | undefined => {
  for (const list of Object.values(children ?? {})) {
    const node = list?.[0];
    if (node && 'children' in node) return node;
  }
  return undefined;
};

const draftOf = (line: Line, children: Children, attached: Attached): Draft => {
  const first = keywordToken(children);
  const { line: logical } = line;
  const piece = first ? pieceOf(first) : { start: logical.start, end: logical.start };
  const flags = [...tokens(children, 'Flag'), ...tokens(children, 'OnbuildFlag')].map((token) => flagOf(line, token));
  const ends = [
    ...tokens(children, 'FlagsEnd'),
    ...tokens(children, 'OnbuildFlagsEnd'),
    ...tokens(children, 'Flag'),
    ...tokens(children, 'OnbuildFlag'),
  ];
  const place = Math.max(piece.end, ...ends.map((token) => pieceOf(token).end));
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

const KEYWORD_TOKENS = [
  'Add',
  'Arg',
  'Cmd',
  'Copy',
  'Entrypoint',
  'Env',
  'Expose',
  'From',
  'Healthcheck',
  'Label',
  'Maintainer',
  'Onbuild',
  'Run',
  'Shell',
  'Stopsignal',
  'User',
  'Volume',
  'Workdir',
  'Unknown',
] as const;

const keywordToken = (children: Children): IToken | undefined => {
  for (const name of KEYWORD_TOKENS) {
    const [token] = tokens(children, name);
    if (token) return token;
  }
  return undefined;
};

const tokens = (children: Children, name: string): readonly IToken[] => {
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

// Arguments -----------------------------------------------------------------------------------------------------------

type Values = { readonly arguments: readonly string[]; readonly json: boolean };

const NO_VALUES: Values = { arguments: [], json: false };

const plain = (...values: readonly string[]): Values => ({ arguments: values, json: false });

const invalid = ({ base }: Draft, values: Values = NO_VALUES): Instruction => ({ kind: 'Invalid', ...base, ...values });

const missing = (draft: Draft, message: string, help: string, values: Values = NO_VALUES): Instruction => {
  addProblem(draft.line, draft.keyword, message, { help });
  return invalid(draft, values);
};

const hasMixedArray = (draft: Draft): boolean => {
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

const restWord = (draft: Draft): Word | undefined => {
  const [rest] = tokens(draft.children, 'Rest');
  return rest && wordAt(draft.line, pieceOf(rest));
};

const execFormOf = (draft: Draft): ExecForm | undefined => {
  const [node] = draft.children.execForm ?? [];
  if (!node || !('children' in node)) return undefined;
  const [open] = tokens(node.children, 'LeftBracket');
  const [close] = tokens(node.children, 'RightBracket');
  if (!open || !close) return undefined;
  const whole = { start: open.startOffset, end: close.startOffset + 1 };
  const reading = readJsonArray(draft.line.text.slice(whole.start, whole.end));
  const values = reading.kind === 'strings' ? reading.values : [];
  const elements = tokens(node.children, 'JsonString').map(
    (token, index): JsonString => ({
      kind: 'JsonString',
      ...fileRange(draft.line, pieceOf(token)),
      value: values[index] ?? '',
    }),
  );
  return { kind: 'ExecForm', ...fileRange(draft.line, whole), elements };
};

const commandOf = (draft: Draft): { command: Command; values: Values } => {
  const exec = execFormOf(draft);
  if (exec) return { command: exec, values: { arguments: exec.elements.map(({ value }) => value), json: true } };
  const rest = restOf(draft) ?? { ...fileRange(draft.line, draft.place), text: '' };
  return { command: { kind: 'ShellForm', ...rest }, values: rest.text ? plain(rest.text) : NO_VALUES };
};

const pathsOf = (draft: Draft): { words: readonly Word[]; values: Values } => {
  const exec = execFormOf(draft);
  if (exec) {
    const words = exec.elements.map((element) => wordOfJson(element, draft.line.escape));
    return { words, values: { arguments: exec.elements.map(({ value }) => value), json: true } };
  }
  return wordsOf(draft);
};

const wordsOf = (draft: Draft): { words: readonly Word[]; values: Values } => {
  const words = tokens(draft.children, 'Word').map((token) => wordAt(draft.line, pieceOf(token)));
  return { words, values: plain(...words.map(({ raw }) => raw)) };
};

/** Quoted words; an escape at the very end of the line is dropped. */
const quotedPieces = (draft: Draft): readonly Piece[] => {
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

// Builders ------------------------------------------------------------------------------------------------------------

const from = (draft: Draft): Instruction => {
  const { words, values } = wordsOf(draft);
  const [image, as, name] = words;
  const takes = words.length === 1 || (words.length === 3 && isAs(as));
  const help = 'Write `FROM image` or `FROM image AS name`.';
  if (!takes)
    addProblem(
      draft.line,
      image && !isAs(image) ? image : draft.keyword,
      'FROM requires either one or three arguments',
      { help },
    );
  if (!image) return invalid(draft, values);
  const named = takes && as && name;
  return {
    kind: 'From',
    ...draft.base,
    ...values,
    image,
    as: named ? { start: as.start, end: as.end, text: as.raw } : undefined,
    name: named ? { start: name.start, end: name.end, text: name.raw } : undefined,
  };
};

// Go folds the long s as well.
const isAs = (word: Word | undefined): boolean => /^a[sſ]$/iu.test(word?.raw ?? '');

const command =
  (kind: 'Run' | 'Cmd' | 'Entrypoint') =>
  (draft: Draft): Instruction => {
    if (hasMixedArray(draft)) return invalid(draft);
    const { command, values } = commandOf(draft);
    return { kind, ...draft.base, ...values, command };
  };

const shell = (draft: Draft): Instruction => {
  if (hasMixedArray(draft)) return invalid(draft);
  const { command, values } = commandOf(draft);
  const help = 'Write it as JSON, such as `SHELL ["/bin/bash", "-c"]`.';
  if (command.kind === 'ExecForm' && command.elements.length)
    return { kind: 'Shell', ...draft.base, ...values, command };
  if (values.arguments.length) return missing(draft, 'SHELL requires the arguments to be in JSON form', help, values);
  return missing(draft, 'SHELL requires at least one argument', help, values);
};

const copy =
  (kind: 'Copy' | 'Add') =>
  (draft: Draft): Instruction => {
    if (hasMixedArray(draft)) return invalid(draft);
    const { words, values } = pathsOf(draft);
    const name = kind.toUpperCase();
    const destination = words.at(-1);
    if (!destination || words.length < 2) {
      const message = `${name} requires at least two arguments, but only one was provided. Destination could not be determined`;
      return missing(draft, message, `Write \`${name} source destination\`.`, values);
    }
    const sources = words.slice(0, -1).map((word) => sourceOf(draft, word, values.json));
    return { kind, ...draft.base, ...values, sources, destination };
  };

const sourceOf = (draft: Draft, word: Word, json: boolean): CopySource => {
  const heredoc = json
    ? undefined
    : draft.heredocs.find(({ opener }) => opener.start === word.start && opener.end === word.end);
  // The last heredoc of a name is the one that counts.
  return { ...word, heredoc: heredoc && draft.heredocs.findLast(({ name }) => name === heredoc.name) };
};

const pairs =
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
      return missing(
        draft,
        `${name} requires at least one argument`,
        `Write \`${name} name=value\`.`,
        plain(...values),
      );
    return { kind, ...draft.base, ...plain(...values), pairs: list };
  };

const pairAt = (line: Line, piece: Piece, equals: number): Pair => ({
  kind: 'Pair',
  ...fileRange(line, piece),
  key: wordAt(line, { start: piece.start, end: equals }),
  value: wordAt(line, { start: equals + 1, end: piece.end }),
  legacy: false,
});

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
  return { kind, ...draft.base, ...plain(key.raw, value.raw, ''), pairs: [pair] };
};

const arg = (draft: Draft): Instruction => {
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
      plain(...values),
    );
  return { kind: 'Arg', ...draft.base, ...plain(...values), declarations };
};

const declarationAt = (line: Line, piece: Piece, equals: number): ArgDeclaration => {
  const nameEnd = equals < 0 ? piece.end : piece.start + equals;
  return {
    kind: 'ArgDeclaration',
    ...fileRange(line, piece),
    name: tokenAt(line, { start: piece.start, end: nameEnd }),
    default: equals < 0 ? undefined : wordAt(line, { start: nameEnd + 1, end: piece.end }),
  };
};

const one = (draft: Draft, example: string, make: (word: Word, values: Values) => Instruction): Instruction => {
  const word = restWord(draft);
  if (word) return make(word, plain(word.raw));
  return missing(draft, `${draft.keyword.text.toUpperCase()} requires exactly one argument`, `Write \`${example}\`.`);
};

const workdir = (draft: Draft): Instruction =>
  one(draft, 'WORKDIR /path', (path, values) => ({ kind: 'Workdir', ...draft.base, ...values, path }));
const user = (draft: Draft): Instruction =>
  one(draft, 'USER name', (word, values) => ({ kind: 'User', ...draft.base, ...values, user: word }));
const stopsignal = (draft: Draft): Instruction =>
  one(draft, 'STOPSIGNAL SIGTERM', (signal, values) => ({ kind: 'Stopsignal', ...draft.base, ...values, signal }));
const maintainer = (draft: Draft): Instruction =>
  one(draft, 'LABEL org.opencontainers.image.authors="name"', ({ start, end, raw }, values) => ({
    kind: 'Maintainer',
    ...draft.base,
    ...values,
    name: { start, end, text: raw },
  }));

const expose = (draft: Draft): Instruction => {
  const { words: ports, values } = wordsOf(draft);
  if (!ports.length) return missing(draft, 'EXPOSE requires at least one argument', 'Write `EXPOSE 8080`.');
  return { kind: 'Expose', ...draft.base, ...values, ports };
};

const volume = (draft: Draft): Instruction => {
  if (hasMixedArray(draft)) return invalid(draft);
  const { words: paths, values } = pathsOf(draft);
  if (!paths.length) return missing(draft, 'VOLUME requires at least one argument', 'Write `VOLUME /path`.', values);
  return { kind: 'Volume', ...draft.base, ...values, paths };
};

const healthcheck = (draft: Draft): Instruction => {
  if (hasMixedArray(draft)) return invalid(draft);
  const [token] = tokens(draft.children, 'HealthcheckType');
  const help = 'Write `HEALTHCHECK CMD command` or `HEALTHCHECK NONE`.';
  if (!token) return missing(draft, 'HEALTHCHECK requires at least one argument', help);
  const type = tokenAt(draft.line, pieceOf(token));
  const { command, values } = commandOf(draft);
  const none = type.text.toLowerCase() === 'none' && !values.arguments.length && !values.json;
  return {
    kind: 'Healthcheck',
    ...draft.base,
    arguments: [type.text, ...values.arguments],
    json: values.json,
    type,
    command: none ? undefined : command,
  };
};

const onbuild = (draft: Draft): Instruction => {
  const [node] = draft.children.instruction ?? [];
  if (!node || !('children' in node))
    return missing(draft, 'ONBUILD requires at least one argument', 'Write `ONBUILD RUN command`.');
  const line: Line = { ...draft.line, trigger: true };
  const trigger = instructionOf(line, node, { heredocs: draft.heredocs, comments: [] });
  const { text } = draft.line;
  const start = skipSpaces(text, draft.place.start, line.line.end);
  return {
    kind: 'Onbuild',
    ...draft.base,
    arguments: [],
    json: false,
    trigger,
    text: text.slice(start, line.line.end),
  };
};

const unknown = (draft: Draft): Instruction => {
  unknownInstruction(draft.line, draft.keyword);
  return invalid(draft, plain(''));
};

const BUILDERS: Readonly<Record<string, (draft: Draft) => Instruction>> = {
  from,
  run: command('Run'),
  cmd: command('Cmd'),
  entrypoint: command('Entrypoint'),
  shell,
  copy: copy('Copy'),
  add: copy('Add'),
  env: pairs('Env'),
  label: pairs('Label'),
  arg,
  workdir,
  user,
  stopsignal,
  maintainer,
  expose,
  volume,
  healthcheck,
  onbuild,
  unknown,
};

/** The kind of instruction that a keyword names, in any case. */
export const kindOfKeyword = (keyword: string): InstructionKind => {
  const name = keyword.toLowerCase();
  const kind = KEYWORD_TOKENS.find((token) => token.toLowerCase() === name);
  return kind === undefined || kind === 'Unknown' ? 'Invalid' : kind;
};
