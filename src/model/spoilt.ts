import type { Arg, Instruction, Word } from '../ast/nodes.ts';
import type { Range } from '../source/range.ts';
import type { Model } from './index.ts';

/** Whether the words of the instruction are not those that were meant, which another finding says. */
export const isSpoilt = (model: Model, node: Instruction): boolean =>
  strayComment(model, node) !== undefined || swallowedKeyword(model, node) !== undefined || hasBrokenWords(node);

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

// Instructions ------------------------------------------------------------------------------------------------------

const KEYWORDS =
  /\n(ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)[\t ]/g;

/** The keyword of an instruction that has become a part of this one, because the line above it is continued. */
export const swallowedKeyword = (model: Model, node: Instruction): Range | undefined => {
  if (node.lines.first === node.lines.last || node.kind === 'Invalid') return undefined;
  const end = node.heredocs[0]?.body.start ?? node.end;
  const inner = node.kind === 'Onbuild' ? node.trigger.keyword.start : undefined;
  for (const match of model.file.text.slice(node.start, end).matchAll(KEYWORDS)) {
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
