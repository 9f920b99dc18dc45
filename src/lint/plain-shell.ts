import type { Iechorfile } from '../ast/nodes.ts';
import type { Bashism, ShellRedirection, ShellWord } from '../model/index.ts';
import type { Range } from '../source/range.ts';
import type { Edit } from './diagnostic.ts';
import { insertAfter, insertBefore, remove, replace } from './edits.ts';

/** What to write in place of what bash alone has. */
export interface PlainShellFix {
  readonly title: string;
  readonly edits: readonly Edit[];
  /** Whether it does the same where the shell does have what is replaced. */
  readonly isExact: boolean;
}

/** The same in words that every shell reads; undefined where there are none, or the text is not there as it is. */
export const plainShellFix = (bashism: Bashism, file: Iechorfile): PlainShellFix | undefined => {
  const { feature, redirection, command } = bashism;
  const [, first, second] = command?.words ?? [];
  switch (feature) {
    case 'source':
      return first && !second ? sourceFix(bashism, first, file) : undefined;
    case 'testEquals':
      return textOf(bashism, file) === '=='
        ? { title: 'Write `=`', edits: [replace(bashism, '=')], isExact: true }
        : undefined;
    case 'redirectBoth':
    case 'redirectToFile':
      return redirection && redirectionFix(redirection, file);
    case 'pipeBoth':
      return { title: 'Write `2>&1 |`', edits: [replace(bashism, '2>&1 |')], isExact: true };
    case 'functionKeyword':
    case 'functionKeywordParentheses':
      return functionFix(bashism, feature === 'functionKeyword', file);
    case 'echoOption':
      return command?.words.length === 3 && command.words[0] ? echoFix(command.words[0], bashism, file) : undefined;
    default:
      return undefined;
  }
};

/** `.` looks for a name without a slash in PATH alone. */
const sourceFix = (name: Range, operand: ShellWord, file: Iechorfile): PlainShellFix | undefined => {
  if (textOf(name, file) !== 'source') return undefined;
  const isPath = /^[^$`]*\//.test(operand.raw) || /^"?\$\{?\w+\}?"?\//.test(operand.raw);
  if (!isPath && operand.text === undefined) return undefined;
  const edits = [replace(name, '.'), ...(isPath ? [] : [insertBefore(operand, './')])];
  return { title: isPath ? 'Write `.`' : 'Write `. ./`', edits, isExact: isPath };
};

const redirectionFix = (
  { operator, target, ...range }: ShellRedirection,
  file: Iechorfile,
): PlainShellFix | undefined => {
  if (!target || !textOf(range, file).startsWith(operator)) return undefined;
  const edits = [
    replace({ start: range.start, end: range.start + operator.length }, '>'),
    insertAfter(target, ' 2>&1'),
  ];
  return { title: 'Write `> … 2>&1`', edits, isExact: true };
};

const functionFix = (head: Range, needsParentheses: boolean, file: Iechorfile): PlainShellFix | undefined => {
  const keyword = /^function[\t ]+(?=\S)/.exec(textOf(head, file))?.[0];
  if (keyword === undefined) return undefined;
  const edits = [remove({ start: head.start, end: head.start + keyword.length })];
  return {
    title: 'Leave out `function`',
    edits: needsParentheses ? [...edits, insertAfter(head, '()')] : edits,
    isExact: true,
  };
};

const echoFix = (name: Range, option: Range, file: Iechorfile): PlainShellFix | undefined => {
  const letters = textOf(option, file);
  if (textOf(name, file) !== 'echo' || !/^-(?:e|ne|en)$/.test(letters)) return undefined;
  const format = letters === '-e' ? "'%b\\n'" : "'%b'";
  return {
    title: `Write \`printf ${format}\``,
    edits: [replace(name, 'printf'), replace(option, format)],
    isExact: true,
  };
};

const textOf = ({ start, end }: Range, { text }: Iechorfile): string => text.slice(start, end);
