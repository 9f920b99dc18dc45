import type { Range } from '../source/range.ts';
import type { ShellAssignment, ShellRedirection, ShellToken, ShellWord } from './nodes.ts';
import { hasOption, type OptionValue, optionValues, sortArguments, spellingOf, styleOf } from './options.ts';
import { programName, type Wrapper } from './wrappers.ts';

/** Commands that stand in one pipeline, by segment; a segment holds several where it is a group or a loop. */
export interface CommandPipeline extends Range {
  readonly segments: readonly (readonly ShellCommand[])[];
}

/** Where and how a command runs. */
export interface CommandPlace {
  /** What stands between it and what runs before it; undefined for the first of a script or of a body. */
  readonly connector: ShellToken | undefined;
  /** Whether it may not run though all went well before it: in a branch, a loop, a function, behind `||` or a test. */
  readonly conditional: boolean;
  /** Whether what it does to the shell (directory, variables) is lost: subshell, substitution, pipeline, background. */
  readonly isolated: boolean;
  readonly pipeline: CommandPipeline | undefined;
  /** Which segment of the pipeline it stands in. */
  readonly segment: number;
  /** From the outermost to the innermost. */
  readonly wrappers: readonly Wrapper[];
  /** The simple command with its wrappers, assignments and redirections. */
  readonly whole: Range;
}

/** One program that is run, as rules see it; the range is from its name to its last word. */
export interface ShellCommand extends Range, CommandPlace {
  /** Without folder; undefined where a variable decides, or where there are assignments or redirections alone. */
  readonly name: string | undefined;
  readonly word: ShellWord | undefined;
  readonly arguments: readonly ShellWord[];
  /** The arguments that are neither options nor the values of known options. */
  readonly operands: readonly ShellWord[];
  /** `NAME=value` before it; behind `env` or `sudo` it is an argument of the wrapper. */
  readonly assignments: readonly ShellAssignment[];
  readonly redirections: readonly ShellRedirection[];
  /** Whether any of the options is given, be it in a cluster such as `-qy` or with a value behind `=`. */
  has(...options: readonly string[]): boolean;
  /** The value of the last of these options that has one. */
  option(...options: readonly string[]): OptionValue | undefined;
  /** All values of these options, in order. */
  optionValues(...options: readonly string[]): readonly OptionValue[];
  /** The operands where these options take a value too. */
  operandsWith(...valued: readonly string[]): readonly ShellWord[];
}

/** What a command is made of. */
export interface CommandParts {
  readonly words: readonly ShellWord[];
  readonly assignments: readonly ShellAssignment[];
  readonly redirections: readonly ShellRedirection[];
}

export const commandOf = (parts: CommandParts, place: CommandPlace): ShellCommand => {
  const [word, ...rest] = parts.words;
  const name = programName(word);
  const style = styleOf(name, subcommandGuess(rest));
  const { options, operands } = sortArguments(rest, style);
  // No accessor here: it would give every command a hidden class of its own, which holds on to it for long.
  return {
    connector: place.connector,
    conditional: place.conditional,
    isolated: place.isolated,
    pipeline: place.pipeline,
    segment: place.segment,
    wrappers: place.wrappers,
    whole: place.whole,
    start: word?.start ?? place.whole.start,
    end: rest.at(-1)?.end ?? word?.end ?? place.whole.end,
    name,
    word,
    arguments: rest,
    assignments: parts.assignments,
    redirections: parts.redirections,
    operands,
    has: (...wanted) => hasOption(options, wanted, style),
    option: (...wanted) => optionValues(options, wanted, style).at(-1),
    optionValues: (...wanted) => optionValues(options, wanted, style),
    operandsWith: (...valued) =>
      sortArguments(rest, { ...style, valued: new Set([...style.valued, ...valued]) }).operands,
  };
};

const subcommandGuess = (words: readonly ShellWord[]): string | undefined =>
  words.find((word) => !spellingOf(word).startsWith('-'))?.text;

/** The first operand, such as `install`. */
export const subcommandOf = (command: ShellCommand): string | undefined => command.operands[0]?.text;

/** Whether the command is that program with these first operands. */
export const isInvocation = (command: ShellCommand, name: string, ...subcommands: readonly string[]): boolean =>
  command.name === name && subcommands.every((subcommand, index) => command.operands[index]?.text === subcommand);

/** The commands that read what this one writes. */
export const pipedInto = (command: ShellCommand): readonly ShellCommand[] =>
  command.pipeline?.segments[command.segment + 1] ?? [];
