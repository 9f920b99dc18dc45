import type { Range } from '../source/range.ts';
import { nestedScriptsOf } from './commands.ts';
import { visitExpansions, wordsOf } from './expansions.ts';
import type {
  Script,
  ShellAssignment,
  ShellNode,
  ShellStatement,
  ShellVariable,
  ShellWord,
  SimpleCommand,
} from './nodes.ts';
import { sortArguments, styleOf } from './options.ts';

/** A place where the value of a variable is used. */
export interface VariableUse extends Range {
  readonly name: string;
  readonly nameRange: Range;
  /** As in `ShellVariable`; undefined also where a command names the variable, such as `export NAME`. */
  readonly operator: string | undefined;
  readonly quoted: boolean;
}

/** A place where a variable gets a value; `command`: only for the command behind it. */
export interface VariableAssignment extends Range {
  readonly name: string;
  readonly scope: 'script' | 'command';
}

/** The variables with a name (not `$1`, `$?` and the like) in a script and the scripts inside it. */
export interface Variables {
  readonly uses: readonly VariableUse[];
  readonly assigned: readonly VariableAssignment[];
  /** Whether the script reads another file (`.`, `source`) or evaluates text, which may set any variable. */
  readonly opaque: boolean;
}

interface Findings {
  readonly uses: VariableUse[];
  readonly assigned: VariableAssignment[];
  opaque: boolean;
}

export const variablesOf = (script: Script): Variables => {
  if (script.memo.variables) return script.memo.variables;
  const found: Findings = { uses: [], assigned: [], opaque: false };
  walk(script.statements, found);
  for (const nested of nestedScriptsOf(script)) {
    if (!nested.expanded) walk(nested.script.statements, found);
  }
  script.memo.variables = found;
  return found;
};

const NAME = /^[A-Za-z_]\w*$/;

const walk = (statements: readonly ShellStatement[], found: Findings): void => {
  for (const { command } of statements) walkNode(command, found);
};

const walkNode = (node: ShellNode, found: Findings): void => {
  readWords(wordsOf(node), found);
  if (node.kind === 'SimpleCommand') readSimple(node, found);
  else if (node.kind !== 'CompoundCommand') for (const command of node.commands) walkNode(command, found);
  else {
    const loop = node.type === 'for' || node.type === 'select' || node.type === 'coproc';
    if (loop && node.name && NAME.test(node.name.text)) assign(node.name, node.name.text, found);
    for (const body of node.bodies) walk(body.statements, found);
  }
};

const assign = (range: Range, name: string, found: Findings, scope: VariableAssignment['scope'] = 'script'): void => {
  found.assigned.push({ start: range.start, end: range.end, name, scope });
};

const readWords = (words: readonly ShellWord[], found: Findings): void => {
  if (words.every(({ text }) => text !== undefined)) return;
  visitExpansions(words, {
    variable: (variable) => readVariable(variable, found),
    arithmetic({ assigns }) {
      for (const { text, ...range } of assigns) assign(range, text, found);
    },
    substitution({ script }) {
      if (script) walk(script.statements, found);
    },
  });
};

const readVariable = (variable: ShellVariable, found: Findings): void => {
  const { name, nameRange, operator, quoted, start, end } = variable;
  if (!NAME.test(name)) return;
  found.uses.push({ start, end, name, nameRange, operator, quoted });
  if (operator === '=' || operator === ':=') assign(nameRange, name, found);
};

// Commands that set variables ---------------------------------------------------------------------------------------

const readSimple = (node: SimpleCommand, found: Findings): void => {
  const scope = node.words.length === 0 ? 'script' : 'command';
  for (const assignment of node.assignments) readAssignment(assignment, scope, found);
  for (const assignment of node.declared) readAssignment(assignment, 'script', found);
  const name = node.words[0]?.text;
  if (name === undefined) return;
  if (name === '.' || name === 'source' || name === 'eval') found.opaque = true;
  else if (BUILTINS.has(name)) readBuiltin(name, node.words.slice(1), found);
};

const BUILTINS = new Set('read mapfile readarray printf getopts let local declare typeset export readonly'.split(' '));

const readAssignment = (assignment: ShellAssignment, scope: 'script' | 'command', found: Findings): void => {
  const { name, nameRange, append } = assignment;
  if (append) found.uses.push({ ...nameRange, name, nameRange, operator: undefined, quoted: false });
  assign(nameRange, name, found, scope);
};

const readBuiltin = (name: string, words: readonly ShellWord[], found: Findings): void => {
  const { options, operands } = sortArguments(words, styleOf(name));
  const values = (...wanted: readonly string[]) =>
    options.flatMap(({ spelling, value }) => (value && wanted.includes(spelling) ? value : []));
  if (name === 'read') assignNames([...operands, ...values('-a')], found);
  else if (name === 'mapfile' || name === 'readarray') assignNames(operands, found);
  else if (name === 'printf') assignNames(values('-v'), found);
  else if (name === 'getopts') assignNames(operands.slice(1, 2), found);
  else if (name === 'let') assignNames(operands, found);
  else if (name === 'local' || name === 'declare' || name === 'typeset') assignNames(withoutValue(operands), found);
  else if (name === 'export' || name === 'readonly') useNames(operands, found);
};

/** Those with a value are assignments of their own. */
const withoutValue = (words: readonly ShellWord[]): readonly ShellWord[] =>
  words.filter(({ raw }) => !raw.includes('='));

/** The name that a word such as `A` or, for `let`, `A=1` begins with. */
const assignNames = (words: readonly ShellWord[], found: Findings): void => {
  for (const { text = '', start } of words) {
    const name = /^[A-Za-z_]\w*(?==|$)/.exec(text)?.[0];
    if (name !== undefined) assign({ start, end: start + name.length }, name, found);
  }
};

const useNames = (words: readonly ShellWord[], found: Findings): void => {
  for (const { text = '', start, end, quoted } of words) {
    if (NAME.test(text))
      found.uses.push({ start, end, name: text, nameRange: { start, end }, operator: undefined, quoted });
  }
};
