import type { Rule } from '../lint/rule.ts';
import type { Unreadable } from '../report/index.ts';
import type { Target } from './discover.ts';
import type { Io } from './io.ts';
import type { LintOptions } from './lint-options.ts';
import { readTarget, type Source } from './read.ts';
import { say } from './say.ts';
import type { RunSettings } from './settings.ts';

/** One run of `lint` on its way. */
export interface Run {
  readonly options: LintOptions;
  readonly io: Io;
  readonly rules: readonly Rule[];
  readonly settings: RunSettings;
  /** The release of ShellCheck that is asked; undefined: none. */
  readonly shellcheck: string | undefined;
  readonly targets: readonly Target[];
  readonly unreadable: Unreadable[];
  /** What else went wrong; each has been told. */
  readonly failures: string[];
}

/** A file of the run that could be read. */
export interface Input {
  readonly target: Target;
  readonly source: Source;
}

/** Reads one file after the other; one that cannot be read is told, and the others go on. */
export function* inputsOf(run: Run): Generator<Input> {
  for (const target of run.targets) {
    const source = readTarget(target, run.io, run.options.maxFileSize);
    if (typeof source !== 'string') yield { target, source };
    else refuse(run, { path: target.path, message: source });
  }
}

export const refuse = (run: Run, unreadable: Unreadable): void => {
  run.unreadable.push(unreadable);
  say(run.io, `cannot read ${unreadable.path}: ${unreadable.message}`);
};

export const fail = (run: Run, text: string): void => {
  run.failures.push(text);
  say(run.io, text);
};

/** What is worth a line, but not where findings alone are wanted. */
export const tell = (run: Run, text: string): void => {
  if (!run.options.quiet) say(run.io, text);
};

export const exitCodeOf = (run: Run, hasFound: boolean): number => {
  if (run.unreadable.length > 0 || run.failures.length > 0) return 2;
  return hasFound ? 1 : 0;
};
