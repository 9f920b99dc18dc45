import { CATEGORIES, type Rule } from '../lint/rule.ts';
import { ALL_FLAGS } from './arguments.ts';
import { COMMAND_NAMES, isCommandName } from './command-names.ts';
import { COMMANDS } from './commands.ts';
import { tokensOf } from './tokens.ts';

/** What may stand for the last word of a line being typed; nothing where that is a path, which the shell completes. */
export const completionsOf = (line: readonly string[], rules: readonly Rule[]): readonly string[] => {
  // bash and zsh hand over the program's name too.
  const words = /(^|[\\/])iechorlint$/.test(line[0] ?? '') ? line.slice(1) : line;
  const current = words.at(-1) ?? '';
  return candidatesAfter(words.slice(0, -1), current, rules).filter((candidate) => candidate.startsWith(current));
};

const candidatesAfter = (typed: readonly string[], current: string, rules: readonly Rule[]): readonly string[] => {
  if (typed.includes('--')) return [];
  const first = firstOperandOf(typed);
  const before = typed.at(-1) ?? '';
  const { flags } = COMMANDS[first !== undefined && isCommandName(first) && first !== 'completion' ? first : 'lint'];
  if (before === '--select' || before === '--ignore') return [...ruleNames(rules), ...CATEGORIES, 'all'];
  const flag = before.startsWith('--') ? flags[before.slice(2)] : undefined;
  if (flag?.type === 'string') return flag.choices ?? [];
  if (current.startsWith('-')) return [...Object.keys(flags), 'help', 'version'].map((name) => `--${name}`);
  if (first === 'explain') return ruleNames(rules);
  return first === undefined ? COMMAND_NAMES : [];
};

const ruleNames = (rules: readonly Rule[]): readonly string[] => rules.map(({ name }) => name);

const firstOperandOf = (typed: readonly string[]): string | undefined => {
  for (const token of tokensOf(typed, ALL_FLAGS)) if (token.kind === 'operand') return token.text;
  return undefined;
};
