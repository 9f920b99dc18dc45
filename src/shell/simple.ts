import type { Range } from '../source/range.ts';
import type { ShellAssignment, ShellRedirection, SimpleCommand } from './nodes.ts';
import { rangeOf, type Source } from './source.ts';
import type { Bash } from './unbash.ts';
import { bodyWord, declaredWord, delimiterWord, wordOf } from './words.ts';

/** A simple command with its words, assignments and redirections. */
export const simpleOf = (command: Bash.Command, source: Source): SimpleCommand => {
  const assignments: ShellAssignment[] = [];
  const declared: ShellAssignment[] = [];
  const redirections: ShellRedirection[] = [];
  const words = command.name ? [wordOf(command.name, source)] : [];
  for (const item of command.prefix) {
    if (item.type === 'Assignment') assignments.push(assignmentOf(item, source));
    else redirections.push(redirectionOf(item, source));
  }
  for (const item of command.suffix) {
    if (item.type === 'Word') words.push(wordOf(item, source));
    else if (item.type === 'Assignment') {
      const assignment = assignmentOf(item, source);
      declared.push(assignment);
      words.push(declaredWord(assignment, item.text, source));
    } else redirections.push(redirectionOf(item, source));
  }
  const { start } = rangeOf(command, source);
  const end = Math.max(start, endOf(words), endOf(assignments), endOf(redirections));
  return { kind: 'SimpleCommand', start, end, assignments, words, declared, redirections };
};

const endOf = (ranges: readonly Range[]): number => ranges.at(-1)?.end ?? 0;

const assignmentOf = (assignment: Bash.Assignment, source: Source): ShellAssignment => {
  const { name, value, index, pos } = assignment;
  const array = value.type === 'ArrayValue';
  const values = array ? value.elements : [value];
  const { start, end } = rangeOf(assignment, source);
  return {
    kind: 'Assignment',
    start,
    end,
    name,
    nameRange: rangeOf({ pos, end: pos + name.length }, source),
    append: assignment.append === true,
    index: index && wordOf(index, source),
    array,
    values: values.map((word) => wordOf(word, source)),
  };
};

export const redirectionOf = (redirection: Bash.Redirection, source: Source): ShellRedirection => {
  const { operator, descriptor } = redirection;
  const { start, end } = rangeOf(redirection, source);
  const own = descriptor?.type === 'FileDescriptor' ? descriptor.value : undefined;
  if (redirection.type !== 'HereDoc') {
    const target = redirection.target && wordOf(redirection.target, source);
    return { kind: 'Redirection', start, end, operator, descriptor: own, target, body: undefined };
  }
  const { delimiter } = redirection;
  const target = delimiter && delimiterWord(delimiter, source);
  const body = bodyWord(redirection.body, delimiter?.quoted === true, source);
  return { kind: 'Redirection', start, end, operator, descriptor: own, target, body };
};
