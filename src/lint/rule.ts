import type { Iechorfile, InstructionKind, NodeOf, Stage } from '../ast/nodes.ts';
import type { Facts, Need, ShellcheckComment } from '../facts/index.ts';
import type { Model, StageInfo } from '../model/index.ts';
import type { Document } from '../source/document.ts';
import type { Range } from '../source/range.ts';
import type { Edit, Related, Safety, Severity } from './diagnostic.ts';
import type { IgnoreOutcome } from './ignore-outcomes.ts';

export const CATEGORIES = [
  'ordering',
  'cache',
  'security',
  'correctness',
  'multi-stage',
  'syntax',
  'size',
  'reproducibility',
  'maintainability',
  'style',
  'shell',
  'labels',
  'image',
] as const;
export type Category = (typeof CATEGORIES)[number];

/** What a rule says of one place. The engine adds path, rule, codes and severity. */
export interface Problem {
  readonly at: Range | { readonly range: Range };
  readonly message: string;
  readonly help?: string;
  readonly related?: readonly Related[];
  /** Overrides the rule's severity for this finding. */
  readonly severity?: Severity;
  /** The ids of other tools at this place, where they are not all of the rule's. */
  readonly codes?: readonly string[];
  /** Where other tools report it, if elsewhere. */
  readonly anchors?: { readonly [Tool in Compat]?: Range | { readonly range: Range } };
  /** Told only where that tool is reproduced: it reports here what is no problem. */
  readonly only?: Compat;
  /** `safety` where it differs from what the rule declares (never safer). */
  readonly fix?: { readonly title: string; readonly edits: readonly Edit[]; readonly safety?: Safety } | undefined;
}

export type Problems = Iterable<Problem>;

/** A tool whose findings a run can reproduce instead of ours. */
export type Compat = 'hadolint' | 'buildkit';

/**
 * Handlers by kind of instruction; `Stage` comes before its FROM and instructions, `done` after the last stage. The
 * triggers of a stage are walked after it as a stage of their own, with a fresh visitor whose `done` is not called.
 */
export interface Visitor extends InstructionHandlers {
  readonly Stage?: (node: Stage, where: Where) => Problems | undefined;
  readonly done?: () => Problems | undefined;
  /** After all rules, where the file has comments that say what to ignore: what each of them did. */
  readonly ignores?: (outcomes: readonly IgnoreOutcome[]) => Problems | undefined;
}

export type Handler<K extends InstructionKind> = (node: NodeOf<K>, where: Where) => Problems | undefined;

export type InstructionHandlers = { readonly [K in InstructionKind]?: Handler<K> };

/** Where the walk is. `stage` is undefined for the ARGs before the first FROM; `onbuild` is true in triggers. */
export interface Where {
  readonly stage: StageInfo | undefined;
  readonly onbuild: boolean;
}

export interface Context {
  readonly file: Iechorfile;
  readonly model: Model;
  /** The file as it came: its name and what was wrong with its bytes. */
  readonly document: Document;
  /** The tool that is reproduced; undefined: ours. Most rules need `only`, `codes` and `anchors` of a problem instead. */
  readonly as: Compat | undefined;
  readonly policy: Policy;
  readonly options: Options;
  /** What the rule `needs` is there. */
  readonly facts: Facts;
}

/** What the value of a label is. */
export const LABEL_KINDS = ['text', 'rfc3339', 'semver', 'hash', 'url', 'spdx', 'email'] as const;
export type LabelKind = (typeof LABEL_KINDS)[number];

/** What a team has settled, from its configuration. */
export interface Policy {
  /** Registries that images may come from, `*` for any characters; undefined: any. */
  readonly trustedRegistries: readonly string[] | undefined;
  /** The labels that an image has to have; undefined: nothing is settled. */
  readonly labels: ReadonlyMap<string, LabelKind> | undefined;
  /** Whether an image may have no other labels than those. */
  readonly strictLabels: boolean;
}

export const NO_POLICY: Policy = { trustedRegistries: undefined, labels: undefined, strictLabels: false };

/** What can be set of one rule, by option name. */
export type OptionSchema = Readonly<Record<string, OptionSpec>>;

export type OptionSpec =
  | { readonly type: 'number'; readonly default: number; readonly description: string }
  | { readonly type: 'boolean'; readonly default: boolean; readonly description: string }
  | { readonly type: 'strings'; readonly default: readonly string[]; readonly description: string };

export type OptionSetting = number | boolean | readonly string[];

/** The options of a rule as they are set, or their defaults. A name that its schema has not, or with another type, throws. */
export interface Options {
  number(name: string): number;
  flag(name: string): boolean;
  strings(name: string): readonly string[];
}

/** How a configuration may have a rule's fixes: unsafe ones as safe ones, none, or safe ones as unsafe ones. */
export const RULE_FIXES = ['always', 'never', 'unsafe-only'] as const;
export type RuleFix = (typeof RULE_FIXES)[number];

/** The sets of rules that came one after the other; whoever names one gets no rule that came later. */
export const RULESETS = ['2027.1'] as const;
export type Ruleset = (typeof RULESETS)[number];

/** `bad` is reported; `good` is silent. Both: the fix turns the one into the other. */
export interface Example {
  readonly title?: string;
  readonly bad?: string;
  readonly good?: string;
  /** The file's name, where the rule looks at it. */
  readonly path?: string;
  /** What that tool would say, which differs from what we do. */
  readonly as?: Compat;
  readonly policy?: Partial<Policy>;
  readonly options?: Readonly<Record<string, OptionSetting>>;
  /** The files of the build context, and its `.dockerignore`. */
  readonly context?: { readonly files: readonly string[]; readonly ignore?: string };
  /** What ShellCheck says where the text `at` stands, and what to write instead. */
  readonly shellcheck?: readonly (Pick<ShellcheckComment, 'code' | 'level' | 'message'> & {
    readonly at: string;
    readonly instead?: string;
  })[];
  /** Rules that run beside it, by name, where what they find matters to it. */
  readonly beside?: readonly string[];
}

/** How a variation that the test harness tries does not apply to the rule, each with its reason. */
export interface Exceptions {
  readonly crlf?: string;
  readonly lowerCase?: string;
  readonly laterStage?: string;
  readonly onbuild?: string;
}

export interface When {
  /** One of these instructions, also as a trigger. */
  readonly instructions?: readonly InstructionKind[];
  /** One of these programs, run or as a wrapper of what is run. */
  readonly programs?: readonly string[];
  /** What the text of the file must hold. */
  readonly text?: RegExp;
}

export interface Rule {
  /** The problem in a few kebab-case words. */
  readonly name: string;
  /** Ids of the same check in other tools. */
  readonly codes: readonly string[];
  /** Further ids that it may give to a problem, in upper case. */
  readonly codesLike?: RegExp;
  readonly category: Category;
  /** A clause, no full stop. */
  readonly summary: string;
  /** One or two sentences: why it matters. */
  readonly why: string;
  readonly severity: Severity;
  /** Off unless selected, as `strict` does. */
  readonly off?: boolean;
  /** Means something only with values that a team has settled, so `strict` has it not either; named: these switch it on. */
  readonly policy?: boolean | 'registries' | 'labels';
  /** The first ruleset that has it; nothing: it was there from the first on. */
  readonly since?: Ruleset;
  readonly options?: OptionSchema;
  /** What a file must have for the rule to say anything: no rule is asked in vain. Nothing: it is asked of every file. */
  readonly when?: When;
  /** Facts beyond the file without which the rule is silent. */
  readonly needs?: readonly Need[];
  readonly fix?: { readonly safety: Safety; readonly note?: string };
  /** Runs whatever is selected: it says what could not be read. */
  readonly always?: boolean;
  /** `final`: matters only in a stage whose layers are in the final image. */
  readonly scope?: 'final' | 'any';
  /**
   * The tools whose findings it makes itself where `Context.as` names one. What we say of the same instruction lends them
   * words and fix.
   */
  readonly reproduces?: Compat | readonly Compat[];
  /** Looks at the document's bytes alone, so it runs also where there is no text to read. */
  readonly bytes?: boolean;
  /**
   * `ignores`: it is about ignore comments, runs after the other rules, and no comment is unused for want of its findings.
   * `format`: it is about the layout alone, and `iechorlint format` applies its fix.
   */
  readonly tags?: readonly string[];
  readonly examples: readonly Example[];
  readonly exceptions?: Exceptions;
  readonly check: (context: Context) => Visitor;
}

export const defineRule = (rule: Rule): Rule => rule;
