import type { Range } from '../source/range.ts';
import type { Findings } from './commands.ts';
import type { Outline } from './outline.ts';
import type { Variables } from './variables.ts';

/** Something the shell would refuse to read. */
export interface ShellProblem extends Range {
  readonly message: string;
}

/** An operator or a name at its place. */
export interface ShellToken extends Range {
  readonly text: string;
}

// Words -------------------------------------------------------------------------------------------------------------

/** Plain text; `value` has quotes and escapes taken out. The range has the quotes where they are `'` or `$'`. */
export interface ShellLiteral extends Range {
  readonly kind: 'Literal';
  readonly value: string;
  readonly quoted: boolean;
  /** The quotes it stands in, where nothing is expanded in them. */
  readonly quotes?: "'" | "$'";
}

/** `*`, `?`, `[a-z]`, `{a,b}`, `@(a|b)` outside quotes; `value` is as written, `parts` what is expanded in it. */
export interface ShellPattern extends Range {
  readonly kind: 'Pattern';
  readonly value: string;
  readonly parts: readonly ShellWordPart[];
}

/** `$name`, `${name}`, `${name<operator>…}`; `quoted` within double quotes. In arithmetic it may be the bare name. */
export interface ShellVariable extends Range {
  readonly kind: 'Variable';
  readonly name: string;
  readonly nameRange: Range;
  /** What follows the name, such as `:-`, `##`, `/`, or `#` and `!` where they stand before it. */
  readonly operator: string | undefined;
  /** What follows the operator. */
  readonly operands: readonly ShellWord[];
  readonly quoted: boolean;
}

/** `$(…)`, `` `…` ``, `<(…)` or `>(…)`; no script where it is nested too deeply. */
export interface ShellSubstitution extends Range {
  readonly kind: 'Substitution';
  readonly style: '$(' | '`' | '<(' | '>(';
  readonly script: Script | undefined;
  readonly quoted: boolean;
}

/** `$((…))` or the inside of `((…))`: what is expanded in it, and the names it sets. */
export interface ShellArithmetic extends Range {
  readonly kind: 'Arithmetic';
  readonly parts: readonly ShellWordPart[];
  readonly assigns: readonly ShellToken[];
  readonly quoted: boolean;
}

export type ShellWordPart = ShellLiteral | ShellPattern | ShellVariable | ShellSubstitution | ShellArithmetic;

/** One word. `text` is its value where no expansion is in it (patterns stand as written); `raw` has its quotes. */
export interface ShellWord extends Range {
  readonly kind: 'Word';
  readonly raw: string;
  readonly text: string | undefined;
  /** Whether any of it stands in quotes. */
  readonly quoted: boolean;
  readonly parts: readonly ShellWordPart[];
}

/** `name=value`, `name+=value`, `name[index]=value` or `name=(…)`, whose values are the elements. */
export interface ShellAssignment extends Range {
  readonly kind: 'Assignment';
  readonly name: string;
  readonly nameRange: Range;
  readonly append: boolean;
  readonly index: ShellWord | undefined;
  readonly array: boolean;
  readonly values: readonly ShellWord[];
}

/** `2> file`, `<<< word` or `<<NAME`; the lines of the last are its body, which stands outside the range. */
export interface ShellRedirection extends Range {
  readonly kind: 'Redirection';
  readonly operator: string;
  readonly descriptor: number | undefined;
  readonly target: ShellWord | undefined;
  readonly body: ShellWord | undefined;
}

// Commands ----------------------------------------------------------------------------------------------------------

/** Assignments, words and redirections. `declared` are words such as `A=1` after `export`, in `words` too. */
export interface SimpleCommand extends Range {
  readonly kind: 'SimpleCommand';
  readonly assignments: readonly ShellAssignment[];
  readonly words: readonly ShellWord[];
  readonly declared: readonly ShellAssignment[];
  readonly redirections: readonly ShellRedirection[];
}

/** Statements inside a compound command; `conditional` when they may not run though all before them went well. */
export interface ShellBody extends Range {
  readonly role: 'condition' | 'body';
  readonly conditional: boolean;
  readonly statements: readonly ShellStatement[];
}

export type CompoundType =
  | 'subshell'
  | 'group'
  | 'if'
  | 'while'
  | 'until'
  | 'for'
  | 'select'
  | 'case'
  | 'test'
  | 'arithmetic'
  | 'function'
  | 'coproc';

/** `if`, `for`, `(…)` and the like; `name` is the loop variable or the function's name, `words` what it looks at. */
export interface CompoundCommand extends Range {
  readonly kind: 'CompoundCommand';
  readonly type: CompoundType;
  readonly name: ShellToken | undefined;
  readonly words: readonly ShellWord[];
  readonly bodies: readonly ShellBody[];
  readonly redirections: readonly ShellRedirection[];
}

/** Commands joined by `|` or `|&`; one command alone where it is negated or timed. */
export interface ShellPipeline extends Range {
  readonly kind: 'Pipeline';
  readonly negated: boolean;
  readonly commands: readonly ShellNode[];
  readonly operators: readonly ShellToken[];
}

/** Commands joined by `&&` and `||`. */
export interface AndOrList extends Range {
  readonly kind: 'AndOrList';
  readonly commands: readonly ShellNode[];
  readonly operators: readonly ShellToken[];
}

export type ShellNode = SimpleCommand | CompoundCommand | ShellPipeline | AndOrList;

/** A command and what ends it: `;`, `&` or a newline; nothing at the end of a script. */
export interface ShellStatement extends Range {
  readonly kind: 'Statement';
  readonly command: ShellNode;
  readonly terminator: ShellToken | undefined;
}

/** Shell text as a tree, its ranges absolute. `problems` are those of nested scripts too, held by the outermost. */
export interface Script extends Range {
  readonly kind: 'Script';
  /** The masked text it was read from; `text[0]` stands at `start`. */
  readonly text: string;
  readonly statements: readonly ShellStatement[];
  readonly problems: readonly ShellProblem[];
  readonly memo: ScriptMemo;
}

/**
 * What has been asked of a script before, filled by those who answer. A WeakMap would hold the same, but keeps all that
 * it knows of alive through the collector's quick rounds, which makes linting many files a fifth slower.
 */
export interface ScriptMemo {
  findings?: Findings;
  variables?: Variables;
  outline?: Outline;
}
