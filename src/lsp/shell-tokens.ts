import type { CompoundCommand, Script, ShellNode, ShellStatement, ShellWord } from '../shell/index.ts';
import { outlineOf } from '../shell/index.ts';
import type { Range } from '../source/range.ts';
import type { Token, TokenType } from './tokens.ts';

/** What is coloured in shell text. */
export const scriptTokens = (script: Script): readonly Token[] => {
  const { words, expansions, nodes } = outlineOf(script);
  const tokens: Token[] = [];
  for (const { word, role } of words) tokens.push(...wordTokens(word, role === 'name'));
  for (const { part } of expansions) if (part.kind === 'Variable') tokens.push(at('variable', part));
  for (const { node } of nodes) tokens.push(...nodeTokens(script, node));
  tokens.push(
    ...commentTokens(
      script,
      words.map(({ word }) => word),
    ),
  );
  return tokens;
};

const at = (type: TokenType, { start, end }: Range): Token => ({ type, start, end });

/** A heredoc's body is a word of the shell too, and a string. */
const wordTokens = (word: ShellWord, isName: boolean): readonly Token[] => {
  if (isName && word.text !== undefined && !word.quoted) return [at('function', word)];
  if (!isName && /^--?[A-Za-z][\w-]*$/.test(word.text ?? '') && !word.quoted) return [at('parameter', word)];
  if (/^\d+$/.test(word.text ?? '') && !word.quoted) return [at('number', word)];
  return word.quoted ? quotes(word) : [];
};

/** The quoted pieces of a word; where one part alone is quoted, the rest is plain. */
const quotes = (word: ShellWord): readonly Token[] => {
  const isWhole = /^["'].*["']$/s.test(word.raw);
  if (isWhole) return [at('string', word)];
  return word.parts.flatMap((part) => (part.kind === 'Literal' && part.quoted ? [at('string', part)] : []));
};

const nodeTokens = (script: Script, node: ShellNode): readonly Token[] => {
  if (node.kind === 'AndOrList' || node.kind === 'Pipeline') return node.operators.map((each) => at('operator', each));
  const redirections = node.redirections.flatMap(({ start, operator, target }) => {
    const end = target ? target.start : start;
    const found = script.text.slice(start - script.start, end - script.start).trimEnd();
    return found.includes(operator) ? [at('operator', { start, end: start + found.length })] : [];
  });
  if (node.kind === 'CompoundCommand') return [...redirections, ...keywords(script, node)];
  const assignments = node.assignments.map(({ nameRange }) => at('variable', nameRange));
  return [...redirections, ...assignments];
};

const KEYWORD =
  /(?<![\w$./-])(?:if|then|elif|else|fi|for|select|while|until|do|done|case|in|esac|function|coproc)(?![\w./-])/g;

/** The words of the syntax: what stands in a compound command besides its own words and statements. */
const keywords = (script: Script, node: CompoundCommand): readonly Token[] => {
  const own: Range[] = [...node.words, ...node.redirections];
  for (const { statements } of node.bodies) own.push(...statements.map(commandRange));
  const tokens: Token[] = node.name ? [at(node.type === 'function' ? 'function' : 'variable', node.name)] : [];
  if (node.name) own.push(node.name);
  for (const { start, end } of gapsIn(node, own)) {
    const text = script.text
      .slice(start - script.start, end - script.start)
      .replace(/#.*/g, (comment) => ' '.repeat(comment.length));
    for (const { index, 0: word } of text.matchAll(KEYWORD))
      tokens.push(at('keyword', { start: start + index, end: start + index + word.length }));
  }
  return tokens;
};

const commandRange = ({ command }: ShellStatement): Range => command;

const gapsIn = (whole: Range, own: readonly Range[]): readonly Range[] => {
  const gaps: Range[] = [];
  let start = whole.start;
  for (const range of own.toSorted((a, b) => a.start - b.start)) {
    if (range.start > start) gaps.push({ start, end: range.start });
    start = Math.max(start, range.end);
  }
  return start < whole.end ? [...gaps, { start, end: whole.end }] : gaps;
};

/** Comments are in no tree: a `#` at the start of a word, outside of all words. */
const commentTokens = (script: Script, words: readonly ShellWord[]): readonly Token[] => {
  if (!script.text.includes('#')) return [];
  const tokens: Token[] = [];
  for (const { start, end } of gapsIn(script, words)) {
    const text = script.text.slice(start - script.start, end - script.start);
    for (const { index, 0: comment } of text.matchAll(/(?<=^|[\s;&|()])#[^\n]*/g))
      tokens.push(at('comment', { start: start + index, end: start + index + comment.length }));
  }
  return tokens;
};
