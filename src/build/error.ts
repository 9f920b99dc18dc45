import type { Range } from '../source/range.ts';

/** A build that cannot go on; the range is of the instruction that it is about. */
export class BuildError extends Error {
  readonly range: Range;
  /** The exit code of the step's own program. */
  readonly exitCode: number | undefined;

  constructor(message: string, range: Range, exitCode?: number) {
    super(message);
    this.name = 'BuildError';
    this.range = range;
    this.exitCode = exitCode;
  }
}
