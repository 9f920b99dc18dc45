import type { HadolintPin, UnpinnedInstall } from '../model/index.ts';
import type { Problem } from './rule.ts';

/** That an install names no version; `codes` are those of its package manager elsewhere. */
export const unpinnedProblem = (
  { manager, packages: [first, ...more] }: UnpinnedInstall,
  codes: Readonly<Record<string, readonly string[]>>,
): Problem => ({
  at: first,
  codes: codes[manager.name] ?? [],
  message: `${more.length === 0 ? `\`${first.raw}\` is` : `\`${first.raw}\` and ${more.length} more are`} installed in whatever version there is`,
  help: first.text?.startsWith('git+')
    ? `Name a tag or a commit behind \`${manager.name === 'npm' ? '#' : '@'}\`.`
    : `Name the version, as in \`${manager.pin?.example}\`.`,
});

/** The same where hadolint says so. */
export const unpinnedForHadolint = ({ code, word }: HadolintPin): Problem => ({
  at: word,
  codes: [code],
  message: `\`${word.raw}\` is installed in whatever version there is`,
});
