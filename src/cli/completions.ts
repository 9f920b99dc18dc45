import { PRESETS } from '../config/select.ts';
import { CATEGORIES, type Rule } from '../lint/rule.ts';
import { ALL_FLAGS } from './arguments.ts';
import { COMMAND_NAMES, isCommandName } from './command-names.ts';
import { COMMANDS } from './commands.ts';
import { tokensOf } from './tokens.ts';

/** What may stand for the last word of a line being typed; nothing where that is a path, which the shell completes. */
export const completionsOf = (line: readonly string[], rules: readonly Rule[]): readonly string[] => {
  // bash and zsh hand over the program's name too, and bash takes `=` for a word of its own.
  const words = (/(^|[\\/])iechorlint$/.test(line[0] ?? '') ? line.slice(1) : line).filter((word) => word !== '=');
  const current = words.at(-1) ?? '';
  const equals = current.startsWith('--') ? current.indexOf('=') : -1;
  if (equals < 0) return candidatesAfter(words.slice(0, -1), current, rules);
  const flag = current.slice(0, equals);
  const values = candidatesAfter([...words.slice(0, -1), flag], current.slice(equals + 1), rules);
  return values.map((value) => `${flag}=${value}`);
};

const candidatesAfter = (typed: readonly string[], current: string, rules: readonly Rule[]): readonly string[] => {
  if (typed.includes('--')) return [];
  const first = firstOperandOf(typed);
  const before = typed.at(-1) ?? '';
  const { flags } = COMMANDS[first !== undefined && isCommandName(first) && first !== 'completion' ? first : 'lint'];
  const matching = (words: readonly string[]) => words.filter((word) => word.startsWith(current));
  if (before === '--select' || before === '--ignore') return selectorsAfter(current, rules);
  const flag = before.startsWith('--') ? flags[before.slice(2)] : undefined;
  if (flag?.type === 'string') return matching(flag.choices ?? []);
  if (current.startsWith('-')) return matching([...Object.keys(flags), 'help', 'version'].map((name) => `--${name}`));
  if (first === 'explain') return matching(ruleNames(rules));
  return first === undefined ? matching(COMMAND_NAMES) : [];
};

/** A list goes on behind its last comma. */
const selectorsAfter = (current: string, rules: readonly Rule[]): readonly string[] => {
  const done = current.slice(0, current.lastIndexOf(',') + 1);
  const selectors = [...ruleNames(rules), ...CATEGORIES, ...PRESETS].map((selector) => done + selector);
  return selectors.filter((selector) => selector.startsWith(current));
};

const ruleNames = (rules: readonly Rule[]): readonly string[] => rules.map(({ name }) => name);

const firstOperandOf = (typed: readonly string[]): string | undefined => {
  for (const token of tokensOf(typed, ALL_FLAGS)) if (token.kind === 'operand') return token.text;
  return undefined;
};
