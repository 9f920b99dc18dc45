import type { Range } from '../source/range.ts';
import type { ShellAssignment, ShellRedirection, ShellToken, ShellWord, SimpleCommand } from './nodes.ts';
import {
  hasOption,
  type OptionStyle,
  type OptionValue,
  optionValues,
  type SortedArguments,
  sortArguments,
  styleOf,
} from './options.ts';
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

/** The words that are run, of a simple command that may have wrappers before them. */
export const commandOf = (
  words: readonly ShellWord[],
  whole: SimpleCommand,
  wrappers: readonly Wrapper[],
  place: Omit<CommandPlace, 'whole' | 'wrappers'>,
): ShellCommand => new Invocation(words, whole, wrappers, place);

/** Most commands are never asked for more than their name, so their arguments are sorted when first asked for. */
class Invocation implements ShellCommand {
  readonly connector: ShellToken | undefined;
  readonly conditional: boolean;
  readonly isolated: boolean;
  readonly pipeline: CommandPipeline | undefined;
  readonly segment: number;
  readonly wrappers: readonly Wrapper[];
  readonly whole: Range;
  readonly start: number;
  readonly end: number;
  readonly name: string | undefined;
  readonly word: ShellWord | undefined;
  readonly arguments: readonly ShellWord[];
  readonly assignments: readonly ShellAssignment[];
  readonly redirections: readonly ShellRedirection[];
  private known: SortedInvocation | undefined;

  constructor(
    words: readonly ShellWord[],
    whole: SimpleCommand,
    wrappers: readonly Wrapper[],
    place: Omit<CommandPlace, 'whole' | 'wrappers'>,
  ) {
    const word = words[0];
    this.connector = place.connector;
    this.conditional = place.conditional;
    this.isolated = place.isolated;
    this.pipeline = place.pipeline;
    this.segment = place.segment;
    this.wrappers = wrappers;
    this.whole = whole;
    this.start = word ? word.start : whole.start;
    this.end = words.at(-1)?.end ?? whole.end;
    this.name = programName(word);
    this.word = word;
    this.arguments = words.slice(1);
    this.assignments = whole.assignments;
    this.redirections = whole.redirections;
    this.known = undefined;
  }

  get operands(): readonly ShellWord[] {
    return this.sorted().operands;
  }

  has(...wanted: readonly string[]): boolean {
    const { options, style } = this.sorted();
    return options.length > 0 && hasOption(options, wanted, style);
  }

  option(...wanted: readonly string[]): OptionValue | undefined {
    return this.optionValues(...wanted).at(-1);
  }

  optionValues(...wanted: readonly string[]): readonly OptionValue[] {
    const { options, style } = this.sorted();
    return options.length > 0 ? optionValues(options, wanted, style) : [];
  }

  operandsWith(...valued: readonly string[]): readonly ShellWord[] {
    const { style } = this.sorted();
    return sortArguments(this.arguments, { ...style, valued: new Set([...style.valued, ...valued]) }).operands;
  }

  private sorted(): SortedInvocation {
    if (this.known) return this.known;
    const style = styleOf(this.name, this.arguments);
    const { options, operands } = sortArguments(this.arguments, style);
    this.known = { options, operands, style };
    return this.known;
  }
}

interface SortedInvocation extends SortedArguments {
  readonly style: OptionStyle;
}

/** The first operand, such as `install`. */
export const subcommandOf = (command: ShellCommand): string | undefined => command.operands[0]?.text;

/** Whether the command is that program with these first operands. */
export const isInvocation = (command: ShellCommand, name: string, ...subcommands: readonly string[]): boolean =>
  command.name === name && startsWith(command.operands, subcommands);

/** Whether the words begin with these. */
export const startsWith = (words: readonly ShellWord[], texts: readonly string[]): boolean => {
  for (let index = 0; index < texts.length; index++) if (words[index]?.text !== texts[index]) return false;
  return true;
};

/** The commands that read what this one writes. */
export const pipedInto = (command: ShellCommand): readonly ShellCommand[] =>
  command.pipeline?.segments[command.segment + 1] ?? [];
