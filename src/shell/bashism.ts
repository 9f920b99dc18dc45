import type { Range } from '../source/range.ts';
import type { BashFeature, ShProgram } from './bashism-features.ts';
import type { Script, ShellRedirection, SimpleCommand } from './nodes.ts';

/** A place where a script asks for more than POSIX promises. */
export interface Bashism extends Range {
  readonly feature: BashFeature;
  /** Where it is a detail that decides who has it, such as an option. */
  readonly knownTo?: readonly ShProgram[];
  readonly command?: SimpleCommand;
  readonly redirection?: ShellRedirection;
  /** Whether the failure of the command surely ends the script. */
  readonly decisive: boolean;
}

/** Where the walk is. */
export interface BashismWalk {
  readonly script: Script;
  readonly found: Bashism[];
  readonly decisive: boolean;
}

/** The text of the script at the range. */
export const textAt = ({ script }: BashismWalk, { start, end }: Range): string =>
  script.text.slice(start - script.start, end - script.start);

type Details = Partial<Omit<Bashism, keyof Range | 'feature'>>;

/** Adds a place to what was found. */
export const note = (walk: BashismWalk, feature: BashFeature, { start, end }: Range, details: Details = {}): void => {
  walk.found.push({ feature, start, end, decisive: walk.decisive, ...details });
};
