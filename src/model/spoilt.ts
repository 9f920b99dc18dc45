import type { Arg, Iechorfile, Instruction } from '../ast/nodes.ts';
import type { Word } from '../ast/words.ts';
import type { Script } from '../shell/index.ts';
import type { Range } from '../source/range.ts';
import type { Model } from './index.ts';

/** Whether the words of the instruction are not those that were meant, which another finding says. */
export const isSpoilt = (model: Model, node: Instruction): boolean =>
  strayComment(model, node) !== undefined ||
  deadComment(model, node) !== undefined ||
  swallowedKeyword(model, node) !== undefined ||
  hasBrokenWords(node);

// Comments ----------------------------------------------------------------------------------------------------------

/** Where a `#` behind the arguments was to begin a comment, but is one more argument. */
export const strayComment = ({ file: { text } }: Model, node: Instruction): number | undefined => {
  if (node.json || node.heredocs.length > 0 || !node.arguments.some((argument) => argument.includes('#')))
    return undefined;
  switch (node.kind) {
    case 'Workdir':
      return inText(node.path, text);
    case 'User':
      return inText(node.user, text);
    case 'Stopsignal':
      return inText(node.signal, text);
    // The text of a label may well have such a sign.
    case 'Env':
      return node.pairs[0]?.legacy ? inText(node.pairs[0].value, text) : undefined;
    case 'Volume':
      return among(node.paths, 1);
    case 'Copy':
    case 'Add':
      return among([...node.sources, node.destination], 2);
    case 'Arg':
      return inDeclarations(node);
    default:
      return undefined;
  }
};

/** Where a `#` stands behind a blank and before another word. */
const inText = ({ parts }: Word, text: string): number | undefined => {
  for (const part of parts) {
    if (part.kind !== 'Literal') continue;
    const offset = text.slice(part.start, part.end).search(/(?<=[\t ])#(?:[\t ]|[A-Za-z])/);
    if (offset >= 0) return part.start + offset;
  }
  return undefined;
};

/** A word behind as many others as are needed. */
const among = (words: readonly Word[], needed: number): number | undefined =>
  words.find(({ raw }, index) => index >= needed && /^#[A-Za-z]*$/.test(raw))?.start;

const inDeclarations = ({ declarations }: Arg): number | undefined =>
  declarations.find(({ name }, index) => index > 0 && /^#/.test(name.text))?.start;

/** A comment in shell text that continued lines follow. */
export interface DeadComment {
  readonly start: number;
  /** It stands behind the escape character, so that no line is continued. */
  readonly endsInstruction: boolean;
}

/** The comment that hides continued lines from the shell, or keeps them from being continued. */
export const deadComment = (model: Model, node: Instruction): DeadComment | undefined => {
  if (!('command' in node) || node.json || node.heredocs.length > 0 || !node.arguments.at(-1)?.includes('#'))
    return undefined;
  const script = model.scriptOf(node);
  const start = script && commentStart(script);
  if (start === undefined) return undefined;
  const { text } = model.file;
  const newline = text.indexOf('\n', start);
  const isContinued = /\n[\t ]*[^\s#]/.test(text.slice(newline < 0 ? text.length : newline, node.end));
  return isContinued || endsEarly(start, node, model.file) ? { start, endsInstruction: !isContinued } : undefined;
};

/** The first `#` that begins a word outside quotes, or stands behind an escape, where the shell reads nothing behind it. */
const commentStart = (script: Script): number | undefined => {
  for (const match of script.text.matchAll(/'[^']*'|"[^"\\]*(?:\\.[^"\\]*)*"|\\[\t ]+#|\\.|(?<=^|[\s;&|()])#/gs)) {
    if (!match[0].endsWith('#') || /^["']/.test(match[0])) continue;
    const hash = script.start + match.index + match[0].length - 1;
    const isRead = match[0] === '#' && script.statements.some(({ end }) => end > hash);
    return isRead && script.problems.length === 0 ? undefined : hash;
  }
  return undefined;
};

/** Whether an escape before the `#` was to continue the line, so that the next one is no instruction. */
const endsEarly = (hash: number, node: Instruction, file: Iechorfile): boolean => {
  if (!/[\t ][\\`][\t ]+$/.test(file.text.slice(node.start, hash))) return false;
  const next = file.instructions.find(({ start }) => start > node.end);
  return next?.kind === 'Invalid' && next.lines.first === node.lines.last + 1;
};

// Instructions ------------------------------------------------------------------------------------------------------

const KEYWORDS =
  /\n(ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)[\t ]/g;

/** The keyword of an instruction that has become a part of this one, because the line above it is continued. */
export const swallowedKeyword = (model: Model, node: Instruction): Range | undefined => {
  if (node.lines.first === node.lines.last || node.kind === 'Invalid') return undefined;
  const end = node.heredocs[0]?.body.start ?? node.end;
  const inner = node.kind === 'Onbuild' ? node.trigger.keyword.start : undefined;
  const text = model.file.text.slice(node.start, end);
  // Several rules ask, mostly for nothing, and going through all matches begins with a new expression.
  if (text.search(KEYWORDS) < 0) return undefined;
  for (const match of text.matchAll(KEYWORDS)) {
    const [, keyword = ''] = match;
    const start = node.start + match.index + 1;
    if (start === inner || (node.kind === 'Healthcheck' && keyword === 'CMD')) continue;
    const range = { start, end: start + keyword.length };
    if (isWord(range, keyword, node, model)) return range;
  }
  return undefined;
};

/** Whether it stands as a word of its own where a shell reads the text; where another one does, nobody knows. */
const isWord = (range: Range, keyword: string, node: Instruction, model: Model): boolean => {
  if (node.kind !== 'Run' && node.kind !== 'Cmd' && node.kind !== 'Entrypoint' && node.kind !== 'Healthcheck')
    return true;
  return model
    .commandsOf(node)
    .some(({ word, arguments: words }) =>
      [word, ...words].some((each) => each?.start === range.start && each.raw === keyword),
    );
};

// Words -------------------------------------------------------------------------------------------------------------

/** Whether blanks have parted what quotes or the brackets of an array were to hold together. */
const hasBrokenWords = (node: Instruction): boolean => {
  if (node.kind !== 'Copy' && node.kind !== 'Add') return false;
  if (!node.json && node.arguments[0]?.startsWith('[')) return true;
  return [...node.sources, node.destination].some(({ parts }) =>
    parts.some((part) => part.kind === 'Quoted' && !part.closed),
  );
};
