import type { Range } from '../source/range.ts';
import type { Word } from './words.ts';

/** A piece of the text with the value that BuildKit reads there: continuations joined, nothing else changed. */
export interface Token extends Range {
  readonly text: string;
}

// Pieces of instructions --------------------------------------------------------------------------------------------

/** `--name=value`. `text` is the flag as BuildKit reads it: quotes and escapes removed. */
export interface Flag extends Range {
  readonly kind: 'Flag';
  readonly name: Token;
  readonly value: Word | undefined;
  readonly text: string;
}

/** One string of a JSON array; `value` is decoded, the range includes the quotes. */
export interface JsonString extends Range {
  readonly kind: 'JsonString';
  readonly value: string;
}

/** Shell text: `text` has the continuations joined; the file's own text is at the range. */
export interface ShellForm extends Range {
  readonly kind: 'ShellForm';
  readonly text: string;
}

/** A JSON array of strings, the range from `[` to `]`. */
export interface ExecForm extends Range {
  readonly kind: 'ExecForm';
  readonly elements: readonly JsonString[];
}

export type Command = ShellForm | ExecForm;

/** `<<NAME` and the lines that belong to it. */
export interface Heredoc extends Range {
  readonly kind: 'Heredoc';
  readonly name: string;
  /** The opener, such as `<<-"EOF"`; the node's own range is this too. */
  readonly opener: Range;
  /** The body's lines without the terminator's; empty at its place when there are none. */
  readonly body: Range;
  /** The body as written, line ends and leading tabs kept. */
  readonly content: string;
  readonly terminator: Range | undefined;
  readonly stripTabs: boolean;
  /** False when the name is quoted: the body is taken as it is. */
  readonly expand: boolean;
}

/** A key and its value in ENV or LABEL. */
export interface Pair extends Range {
  readonly kind: 'Pair';
  readonly key: Word;
  readonly value: Word;
  /** True for the old form `ENV key value…`. */
  readonly legacy: boolean;
}

/** `NAME` or `NAME=default`, one of an ARG's. */
export interface ArgDeclaration extends Range {
  readonly kind: 'ArgDeclaration';
  readonly name: Token;
  readonly default: Word | undefined;
}

// Instructions ------------------------------------------------------------------------------------------------------

interface InstructionBase extends Range {
  readonly keyword: Token;
  readonly flags: readonly Flag[];
  /** The argument values that BuildKit's parser makes, quotes kept. */
  readonly arguments: readonly string[];
  /** Whether those were taken from a JSON array. */
  readonly json: boolean;
  readonly heredocs: readonly Heredoc[];
  /** First and last line, from 1: continuations, comments in them and heredoc bodies included. */
  readonly lines: { readonly first: number; readonly last: number };
  /** Comments above it since the previous instruction. */
  readonly comments: readonly Comment[];
}

export interface From extends InstructionBase {
  readonly kind: 'From';
  readonly image: Word;
  readonly as: Token | undefined;
  readonly name: Token | undefined;
}
export interface Run extends InstructionBase {
  readonly kind: 'Run';
  readonly command: Command;
}
export interface Cmd extends InstructionBase {
  readonly kind: 'Cmd';
  readonly command: Command;
}
export interface Entrypoint extends InstructionBase {
  readonly kind: 'Entrypoint';
  readonly command: Command;
}
export interface Shell extends InstructionBase {
  readonly kind: 'Shell';
  readonly command: ExecForm;
}
/** A source of COPY or ADD; `heredoc` when the word opens one. */
export interface CopySource extends Word {
  readonly heredoc: Heredoc | undefined;
}
export interface Copy extends InstructionBase {
  readonly kind: 'Copy';
  readonly sources: readonly CopySource[];
  readonly destination: Word;
}
export interface Add extends InstructionBase {
  readonly kind: 'Add';
  readonly sources: readonly CopySource[];
  readonly destination: Word;
}
export interface Env extends InstructionBase {
  readonly kind: 'Env';
  readonly pairs: readonly Pair[];
}
export interface Label extends InstructionBase {
  readonly kind: 'Label';
  readonly pairs: readonly Pair[];
}
export interface Arg extends InstructionBase {
  readonly kind: 'Arg';
  readonly declarations: readonly ArgDeclaration[];
}
export interface Workdir extends InstructionBase {
  readonly kind: 'Workdir';
  readonly path: Word;
}
export interface User extends InstructionBase {
  readonly kind: 'User';
  readonly user: Word;
}
export interface Stopsignal extends InstructionBase {
  readonly kind: 'Stopsignal';
  readonly signal: Word;
}
export interface Maintainer extends InstructionBase {
  readonly kind: 'Maintainer';
  readonly name: Token;
}
export interface Expose extends InstructionBase {
  readonly kind: 'Expose';
  readonly ports: readonly Word[];
}
export interface Volume extends InstructionBase {
  readonly kind: 'Volume';
  readonly paths: readonly Word[];
}
/** `type` as written, `NONE` or `CMD` in any case; no command with NONE. */
export interface Healthcheck extends InstructionBase {
  readonly kind: 'Healthcheck';
  readonly type: Token;
  readonly command: Command | undefined;
}
export interface Onbuild extends InstructionBase {
  readonly kind: 'Onbuild';
  readonly trigger: Instruction;
  /** The trigger as the image configuration keeps it: its text with the continuations joined, and its heredocs. */
  readonly text: string;
}
/** What cannot be read as any instruction; why stands in the file's `problems`. */
export interface Invalid extends InstructionBase {
  readonly kind: 'Invalid';
}

/** Every kind of instruction with its node. */
export interface InstructionMap {
  readonly From: From;
  readonly Run: Run;
  readonly Cmd: Cmd;
  readonly Entrypoint: Entrypoint;
  readonly Shell: Shell;
  readonly Copy: Copy;
  readonly Add: Add;
  readonly Env: Env;
  readonly Label: Label;
  readonly Arg: Arg;
  readonly Workdir: Workdir;
  readonly User: User;
  readonly Stopsignal: Stopsignal;
  readonly Maintainer: Maintainer;
  readonly Expose: Expose;
  readonly Volume: Volume;
  readonly Healthcheck: Healthcheck;
  readonly Onbuild: Onbuild;
  readonly Invalid: Invalid;
}

export type InstructionKind = keyof InstructionMap;
/** The node type of a kind. */
export type NodeOf<K extends InstructionKind> = InstructionMap[K];
export type Instruction = InstructionMap[InstructionKind];

// Files -------------------------------------------------------------------------------------------------------------

/** A whole comment line; `text` is what follows the `#`. */
export interface Comment extends Range {
  readonly kind: 'Comment';
  readonly text: string;
  /** True inside a continued instruction. */
  readonly inside: boolean;
}

/** `# name=value` at the head of the file; `name` in lower case. */
export interface Directive extends Range {
  readonly kind: 'Directive';
  readonly name: 'syntax' | 'escape' | 'check';
  readonly key: Token;
  readonly value: Token;
}

export interface Stage extends Range {
  readonly kind: 'Stage';
  /** Undefined for what stands before the first FROM, ARG aside. */
  readonly from: From | undefined;
  /** Without the FROM. */
  readonly instructions: readonly Instruction[];
}

/** Something BuildKit refuses. `parse` stops its reader, `semantic` its instruction reader, `trigger` only a build that runs the ONBUILD. */
export interface SyntaxProblem extends Range {
  readonly phase: 'parse' | 'semantic' | 'trigger';
  readonly message: string;
  /** What to write instead. */
  readonly help: string | undefined;
  /** A replacement that a person may want, such as the nearest known name. */
  readonly suggestion: { readonly range: Range; readonly text: string } | undefined;
  /** BuildKit's own line for it, where it names one. */
  readonly line: number | undefined;
}

/** An empty line inside a continuation. */
export interface EmptyContinuation extends Range {
  readonly kind: 'EmptyContinuation';
}

export interface Iechorfile {
  readonly kind: 'Iechorfile';
  /** The text that all ranges count in, the byte order mark taken off. */
  readonly text: string;
  readonly escape: '\\' | '`';
  readonly directives: readonly Directive[];
  /** ARGs before the first FROM. */
  readonly globals: readonly Arg[];
  readonly stages: readonly Stage[];
  /** Every instruction in order, FROM included. */
  readonly instructions: readonly Instruction[];
  readonly comments: readonly Comment[];
  readonly emptyContinuations: readonly EmptyContinuation[];
  readonly problems: readonly SyntaxProblem[];
}
