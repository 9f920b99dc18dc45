import { PRESETS } from '../config/select.ts';
import { CATEGORIES, type Rule } from '../lint/rule.ts';
import { ALL_FLAGS } from './arguments.ts';
import { COMMAND_NAMES, isCommandName } from './command-names.ts';
import { COMMANDS, type Flag } from './commands.ts';
import { SHELLS, type Shell } from './completion-scripts.ts';
import { tokensOf } from './tokens.ts';

/** A word that may stand there, and what it means where that can be said. */
interface Candidate {
  readonly word: string;
  readonly meaning: string;
}

/** The lines that a shell's script asks for: `line` is the shell's name and the words typed so far, the program's first. */
export const completionLines = ([shell, ...line]: readonly string[], rules: readonly Rule[]): readonly string[] => {
  const style = SHELLS.find((name) => name === shell);
  return style === undefined ? [] : completionsOf(line, rules).map(LINES[style]);
};

const LINES: Readonly<Record<Shell, (candidate: Candidate) => string>> = {
  bash: ({ word }) => word,
  zsh: ({ word, meaning }) => `${word.replaceAll(':', '\\:')}${meaning && `:${meaning}`}`,
  fish: ({ word, meaning }) => `${word}${meaning && `\t${meaning}`}`,
};

/** What may stand for the last word of a line being typed; nothing where that is a path, which the shell completes. */
const completionsOf = ([, ...typed]: readonly string[], rules: readonly Rule[]): readonly Candidate[] => {
  // bash takes `=` for a word of its own.
  const words = typed.filter((word) => word !== '=');
  const current = words.at(-1) ?? '';
  const equals = current.startsWith('--') ? current.indexOf('=') : -1;
  if (equals < 0) return candidatesAfter(words.slice(0, -1), current, rules);
  const flag = current.slice(0, equals);
  const values = candidatesAfter([...words.slice(0, -1), flag], current.slice(equals + 1), rules);
  return values.map(({ word, meaning }) => ({ word: `${flag}=${word}`, meaning }));
};

const candidatesAfter = (typed: readonly string[], current: string, rules: readonly Rule[]): readonly Candidate[] => {
  if (typed.includes('--')) return [];
  const first = firstOperandOf(typed);
  const before = typed.at(-1) ?? '';
  const { flags } = COMMANDS[first !== undefined && isCommandName(first) ? first : 'lint'];
  const matching = (all: readonly Candidate[]) => all.filter(({ word }) => word.startsWith(current));
  if (before === '--select' || before === '--ignore' || before === '--fix-rule') return selectorsAfter(current, rules);
  const flag = before.startsWith('--') ? flags[before.slice(2)] : undefined;
  if (flag?.type === 'string') return matching((flag.choices ?? []).map(plain));
  if (current.startsWith('-')) return matching(flagsOf(flags));
  if (first === 'explain') return matching(rules.map(ruleCandidate));
  if (first === 'completion') return matching(SHELLS.map(plain));
  return first === undefined ? matching(COMMAND_NAMES.map((word) => ({ word, meaning: COMMANDS[word].describe }))) : [];
};

const plain = (word: string): Candidate => ({ word, meaning: '' });

const flagsOf = (flags: Readonly<Record<string, Flag>>): readonly Candidate[] => [
  ...Object.entries(flags).map(([name, { describe }]) => ({ word: `--${name}`, meaning: describe })),
  { word: '--help', meaning: 'Show this help' },
  { word: '--version', meaning: 'Show the version' },
];

/** A list goes on behind its last comma. */
const selectorsAfter = (current: string, rules: readonly Rule[]): readonly Candidate[] => {
  const done = current.slice(0, current.lastIndexOf(',') + 1);
  const selectors = [...rules.map(ruleCandidate), ...CATEGORIES.map(plain), ...PRESETS.map(plain)];
  return selectors
    .map(({ word, meaning }) => ({ word: done + word, meaning }))
    .filter(({ word }) => word.startsWith(current));
};

const ruleCandidate = ({ name, summary }: Rule): Candidate => ({ word: name, meaning: summary });

const firstOperandOf = (typed: readonly string[]): string | undefined => {
  for (const token of tokensOf(typed, ALL_FLAGS)) if (token.kind === 'operand') return token.text;
  return undefined;
};
