import type { Comment, Iechorfile, Instruction } from '../ast/nodes.ts';
import type { Inputs } from '../model/index.ts';
import type { Range } from '../source/range.ts';
import type { Ignore, IgnoreName } from './ignores.ts';

/** One option of BuildKit's `check=skip=A,B;error=true`, with the range from its name to its end. */
interface CheckOption extends Range {
  readonly key: string;
  readonly values: readonly IgnoreName[];
}

/** What BUILDKIT_DOCKERFILE_CHECK says in a build; it stands in for the directive of the file. */
const givenTo = ({ buildArgs }: Inputs): string | undefined => buildArgs?.get('BUILDKIT_DOCKERFILE_CHECK');

/** Whether the build fails where one of its checks finds something. */
export const isErrorOnCheck = ({ directives }: Iechorfile, inputs: Inputs): boolean => {
  const text = givenTo(inputs) ?? directives.find(({ name }) => name === 'check')?.value.text;
  if (text === undefined) return false;
  return optionsIn(text, 0).some(({ key, values: [first] }) => key === 'error' && isTrue(first?.text));
};

/** The checks that a build argument leaves out, or `all`. */
export const checksLeftOut = (inputs: Inputs): readonly string[] => {
  const options = optionsIn(givenTo(inputs) ?? '', 0);
  return options.find(({ key }) => key === 'skip')?.values.map(({ text }) => text) ?? [];
};

/** What `# check=skip=…` leaves out, at the head of the file and above instructions. */
export const checkIgnores = (file: Iechorfile, inputs: Inputs): readonly Ignore[] => {
  const ignores: Ignore[] = [];
  const directive = file.directives.find(({ name }) => name === 'check');
  if (directive && givenTo(inputs) === undefined) {
    const { text, start } = directive.value;
    const options = optionsIn(text, start);
    const end = endOfLine(file, directive);
    ignores.push(...skipsIn(options, { ...directive, end }, { scope: 'file', reason: behindBlank(text) }));
  }
  for (const node of file.instructions) if (node.comments.length > 0) ignores.push(...skipsAbove(node));
  return ignores;
};

const endOfLine = ({ text }: Iechorfile, { end }: Range): number => {
  const newline = text.indexOf('\n', end);
  return text.slice(0, newline < 0 ? text.length : newline).trimEnd().length;
};

const COMMENT = /^[\t ]*check[\t ]*=[\t ]*(\S[^\n]*)$/i;

/** Of the comments above an instruction the first that is a check counts, and none where it cannot be read. */
const skipsAbove = ({ comments }: Instruction): readonly Ignore[] => {
  const last = comments.findLastIndex(({ text }) => text.trim() === '');
  for (const comment of comments.slice(last + 1)) {
    const [, value] = COMMENT.exec(comment.text) ?? [];
    if (value === undefined) continue;
    const options = optionsIn(value, placeOf(comment, value));
    return options.every(isReadable) ? skipsIn(options, comment, { scope: 'next', reason: behindBlank(value) }) : [];
  }
  return [];
};

const placeOf = ({ start, text }: Comment, value: string): number => start + 1 + text.length - value.length;

const behindBlank = (value: string): string | undefined => /^\S+[\t ]+(\S.*)$/.exec(value)?.[1];

const skipsIn = (
  options: readonly CheckOption[],
  { start, end }: Range,
  { scope, reason }: Pick<Ignore, 'scope' | 'reason'>,
): readonly Ignore[] => {
  const skip = options.find(({ key }) => key === 'skip');
  if (!skip) return [];
  const clause = options.length > 1 ? withSemicolon(skip, options) : undefined;
  return [{ tool: 'buildkit', scope, names: skip.values, inside: false, reason, clause, flaw: undefined, start, end }];
};

const withSemicolon = (option: CheckOption, [first]: readonly CheckOption[]): Range =>
  option === first ? { start: option.start, end: option.end + 1 } : { start: option.start - 1, end: option.end };

/** At most three options; a blank ends the value. */
const optionsIn = (text: string, start: number): readonly CheckOption[] => {
  const [value = ''] = text.split(' ', 1);
  const [one = '', two, ...rest] = value.split(';');
  const parts = [one, ...(two === undefined ? [] : [two]), ...(rest.length > 0 ? [rest.join(';')] : [])];
  const options: CheckOption[] = [];
  let at = start;
  for (const part of parts) {
    options.push(optionOf(part, at));
    at += part.length + 1;
  }
  return options;
};

const optionOf = (part: string, start: number): CheckOption => {
  const [key = ''] = part.split('=', 1);
  const values: IgnoreName[] = [];
  let at = start + key.length + 1;
  for (const text of part.slice(key.length + 1).split(',')) {
    if (text) values.push({ text, start: at, end: at + text.length });
    at += text.length + 1;
  }
  return { key: key.toLowerCase(), values, start, end: start + part.length };
};

const isReadable = ({ key, values: [first] }: CheckOption): boolean =>
  key === 'skip' || key === 'experimental' || (key === 'error' && (isTrue(first?.text) || isFalse(first?.text)));

const isTrue = (text: string | undefined): boolean => /^(?:1|t|T|TRUE|true|True)$/.test(text ?? '');

const isFalse = (text: string | undefined): boolean => /^(?:0|f|F|FALSE|false|False)$/.test(text ?? '');
