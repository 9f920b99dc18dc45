import type { SemanticTokensLegend } from 'vscode-languageserver/node';
import type { Flag, Instruction } from '../ast/nodes.ts';
import type { Word, WordPart } from '../ast/words.ts';
import { variablesIn } from '../model/index.ts';
import type { Range } from '../source/range.ts';
import type { OpenFile } from './open-file.ts';
import { scriptTokens } from './shell-tokens.ts';

const TYPES = [
  'keyword',
  'comment',
  'macro',
  'parameter',
  'property',
  'variable',
  'string',
  'number',
  'operator',
  'function',
  'namespace',
  'class',
] as const;
export type TokenType = (typeof TYPES)[number];

export const LEGEND: SemanticTokensLegend = { tokenTypes: [...TYPES], tokenModifiers: ['declaration'] };

export const typeNumber = (type: TokenType): number => TYPES.indexOf(type);

/** A piece of the text with what it is. */
export interface Token extends Range {
  readonly type: TokenType;
  readonly isDeclaration?: boolean;
}

/** All that is coloured in a range, in order and without overlaps; what is not here is plain. */
export const tokensIn = (open: OpenFile, range: Range): readonly Token[] => {
  const { file } = open;
  const tokens: Token[] = [];
  for (const { start, end } of file.comments) tokens.push({ type: 'comment', start, end });
  for (const { start, end } of file.directives) tokens.push({ type: 'macro', start, end });
  for (const node of file.instructions) {
    if (node.start <= range.end && node.lines && endOfAll(node) >= range.start)
      tokens.push(...instructionTokens(open, node));
  }
  return withoutOverlaps(tokens.filter((each) => each.start < range.end && each.end > range.start));
};

const endOfAll = ({ end, heredocs }: Instruction): number =>
  heredocs.at(-1)?.terminator?.end ?? Math.max(end, heredocs.at(-1)?.body.end ?? 0);

/** What stands inside another comes first there: a variable in a string splits the string. */
const withoutOverlaps = (tokens: readonly Token[]): readonly Token[] => {
  const ordered = tokens.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const open: Token[] = [];
  const flat: Token[] = [];
  let at = 0;
  const put = (token: Token, end: number) => {
    const start = Math.max(at, token.start);
    if (end > start) flat.push({ ...token, start, end });
    at = Math.max(at, end);
  };
  const closeUntil = (start: number) => {
    for (let last = open.at(-1); last && last.end <= start; last = open.at(-1)) {
      put(last, last.end);
      open.pop();
    }
  };
  for (const token of ordered) {
    closeUntil(token.start);
    const around = open.at(-1);
    if (around) put(around, token.start);
    open.push(token);
  }
  closeUntil(Number.POSITIVE_INFINITY);
  return flat;
};

const instructionTokens = (open: OpenFile, node: Instruction): readonly Token[] => [
  tokenAt('keyword', node.keyword),
  ...node.flags.flatMap(flagTokens),
  ...node.heredocs.flatMap(({ opener, terminator }) => [
    tokenAt('operator', opener),
    ...(terminator ? [tokenAt('operator', terminator)] : []),
  ]),
  ...argumentTokens(open, node),
];

const tokenAt = (type: TokenType, { start, end }: Range): Token => ({ type, start, end });

const flagTokens = ({ start, name, value }: Flag): readonly Token[] => [
  { type: 'parameter', start, end: name.end },
  ...(value ? wordTokens(value, 'string') : []),
];

const argumentTokens = (open: OpenFile, node: Instruction): readonly Token[] => {
  switch (node.kind) {
    case 'From':
      return [
        ...wordTokens(node.image, 'class'),
        ...(node.as ? [tokenAt('keyword', node.as)] : []),
        ...(node.name ? [{ ...tokenAt('namespace', node.name), isDeclaration: true }] : []),
      ];
    case 'Run':
    case 'Cmd':
    case 'Entrypoint':
    case 'Healthcheck':
      return commandTokens(open, node);
    case 'Shell':
      return node.command.elements.map((each) => tokenAt('string', each));
    case 'Env':
    case 'Label':
      return node.pairs.flatMap(({ key, value }) => [
        { ...tokenAt('property', key), isDeclaration: true },
        ...wordTokens(value, 'string'),
      ]);
    case 'Arg':
      return node.declarations.flatMap(({ name, default: value }) => [
        { ...tokenAt('variable', name), isDeclaration: true },
        ...(value ? wordTokens(value, 'string') : []),
      ]);
    case 'Onbuild':
      return instructionTokens(open, node.trigger);
    default:
      return wordsOf(node).flatMap((word) => wordTokens(word, undefined));
  }
};

const wordsOf = (node: Instruction): readonly Word[] => {
  switch (node.kind) {
    case 'Copy':
    case 'Add':
      return [...node.sources.filter(({ heredoc }) => !heredoc), node.destination];
    case 'Workdir':
      return [node.path];
    case 'User':
      return [node.user];
    case 'Stopsignal':
      return [node.signal];
    case 'Expose':
      return node.ports;
    case 'Volume':
      return node.paths;
    default:
      return [];
  }
};

type WithCommand = Extract<Instruction, { kind: 'Run' | 'Cmd' | 'Entrypoint' | 'Healthcheck' }>;

const commandTokens = ({ model }: OpenFile, node: WithCommand): readonly Token[] => {
  const type = node.kind === 'Healthcheck' ? [tokenAt('keyword', node.type)] : [];
  if (node.command?.kind === 'ExecForm')
    return [...type, ...node.command.elements.map((each) => tokenAt('string', each))];
  const script = model.scriptOf(node);
  return script ? [...type, ...scriptTokens(script)] : type;
};

/** A word, its variables apart; a plain one is a number, or of the type given. */
const wordTokens = (word: Word, type: TokenType | undefined): readonly Token[] => {
  const plain = /^\d+$/.test(word.text ?? '') ? 'number' : type;
  return [
    ...(plain === undefined ? quotedTokens(word.parts) : [tokenAt(plain, word)]),
    ...variablesIn(word).map((each) => tokenAt('variable', each)),
  ];
};

const quotedTokens = (parts: readonly WordPart[]): readonly Token[] =>
  parts.flatMap((part) => (part.kind === 'Quoted' ? [tokenAt('string', part)] : []));
