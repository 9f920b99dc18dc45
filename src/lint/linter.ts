import { parse } from '../ast/create.ts';
import type { Iechorfile, Instruction, InstructionKind, NodeOf } from '../ast/nodes.ts';
import { type Facts, NO_FACTS } from '../facts/index.ts';
import { type Inputs, type Model, modelOf, type StageInfo } from '../model/index.ts';
import type { Document } from '../source/document.ts';
import type { Range } from '../source/range.ts';
import { askedRules } from './asked.ts';
import { isCodeOf, severityIn } from './compat.ts';
import { type Diagnostic, type Fix, SAFETY_ORDER, type Safety, type Severity } from './diagnostic.ts';
import type { IgnoreOutcome } from './ignore-outcomes.ts';
import { withFailingChecks, withoutIgnored } from './ignoring.ts';
import { NO_OPTIONS, optionsOf } from './options.ts';
import { lend, placeIn, rangeOf, untold } from './places.ts';
import {
  type Compat,
  type Context,
  type InstructionHandlers,
  NO_POLICY,
  type OptionSetting,
  type Policy,
  type Problem,
  type Problems,
  type Rule,
  type Visitor,
  type Where,
} from './rule.ts';

/** How one rule runs. */
export interface RuleSetting {
  /** Outranks what the rule itself says of a place. */
  readonly severity?: Severity;
  readonly options?: Readonly<Record<string, OptionSetting>>;
  /** Say what that tool would say. */
  readonly as?: Compat;
  /** Only findings that have one of these codes. */
  readonly codes?: ReadonlySet<string>;
  /** No findings that have one of these codes. */
  readonly ignoredCodes?: ReadonlySet<string>;
}

/** Which rules run and how; a rule that is not in the map is off. */
export interface LintConfig {
  readonly rules: ReadonlyMap<Rule, RuleSetting>;
  /** All rules there are, for what comments name; those that run if it is left out. */
  readonly known?: readonly Rule[];
  /** False: comments that say what to ignore have no effect. */
  readonly inlineIgnores: boolean;
  readonly policy?: Policy;
  /** Build arguments and target, where the user names them. */
  readonly inputs?: Inputs;
}

/** The rules with nothing set. */
export const plainSettings = (rules: Iterable<Rule>): ReadonlyMap<Rule, RuleSetting> =>
  new Map(Array.from(rules, (rule) => [rule, {}]));

/** Every finding of one document, sorted by place. Pure. A rule that throws becomes a finding of `internal`; the others go on. */
export const lint = (document: Document, config: LintConfig, facts: Facts = NO_FACTS): readonly Diagnostic[] =>
  lintFile(document, parse(readableText(document)), config, facts);

/** What stands before a NUL is text; what follows is most likely none, and would be a finding on every line. */
const readableText = ({ text, defect }: Document): string => {
  const nul = defect?.kind === 'encoding' ? text.indexOf('\0') : -1;
  return nul < 0 ? text : text.slice(0, text.lastIndexOf('\n', nul) + 1);
};

/** As `lint`, for a document whose tree is there already. */
export const lintFile = (
  document: Document,
  file: Iechorfile,
  config: LintConfig,
  facts: Facts = NO_FACTS,
): readonly Diagnostic[] => {
  const walk: Walk = {
    document,
    file,
    model: modelOf(file, config.inputs),
    config,
    facts,
    diagnostics: [],
    told: new Set(),
    lent: [],
  };
  const hasText = document.defect === undefined || file.instructions.length > 0;
  const rules = [...config.rules.keys()];
  const asked = hasText ? askedRules(rules, file, walk.model, facts) : rules.filter(({ bytes }) => bytes);
  const visitors = visitorsOf(walk, asked);
  if (hasText) walkFile(walk, visitors);
  finish(walk, visitors);
  const found = lend(walk.diagnostics, walk.lent, file);
  const kept = config.inlineIgnores
    ? withoutIgnored(walk, found, (outcomes) => aboutIgnores(walk, visitors, outcomes))
    : found;
  return withFailingChecks(file, kept).toSorted(byPlace);
};

const aboutIgnores = (walk: Walk, visitors: Visitors, outcomes: readonly IgnoreOutcome[]): readonly Diagnostic[] => {
  const about: Walk = { ...walk, diagnostics: [] };
  for (const each of visitors) if (each.visitor.ignores) collect(about, each, () => each.visitor.ignores?.(outcomes));
  return about.diagnostics;
};

interface Walk {
  readonly document: Document;
  readonly file: Iechorfile;
  readonly model: Model;
  readonly config: LintConfig;
  readonly facts: Facts;
  readonly diagnostics: Diagnostic[];
  /** Line and code of what was said for hadolint. */
  readonly told: Set<string>;
  /** What we would say where a rule makes that tool's findings itself. */
  readonly lent: Diagnostic[];
}

interface ActiveRule {
  readonly rule: Rule;
  readonly setting: RuleSetting;
  readonly visitor: Visitor;
  /** Whether it only lends to another visitor of its rule. */
  readonly isLender: boolean;
}

type Visitors = readonly ActiveRule[];

const byPlace = (a: Diagnostic, b: Diagnostic): number =>
  a.range.start - b.range.start || a.range.end - b.range.end || (a.rule < b.rule ? -1 : Number(a.rule > b.rule));

const visitorsOf = (walk: Walk, rules: Iterable<Rule>): Visitors => {
  const { file, model, document, config, facts } = walk;
  const plain: Context = {
    file,
    model,
    document,
    policy: config.policy ?? NO_POLICY,
    as: undefined,
    options: NO_OPTIONS,
    facts,
  };
  const visitors: ActiveRule[] = [];
  for (const rule of rules) {
    const setting = config.rules.get(rule) ?? {};
    const { as } = setting;
    const context = as || rule.options ? { ...plain, as, options: optionsOf(rule, setting.options) } : plain;
    try {
      visitors.push({ rule, setting, visitor: rule.check(context), isLender: false });
      if (as && rule.reproduces === as)
        visitors.push({ rule, setting, visitor: rule.check({ ...context, as: undefined }), isLender: true });
    } catch (error) {
      walk.diagnostics.push(internal(walk, rule, error));
    }
  }
  return visitors;
};

const walkFile = (walk: Walk, visitors: Visitors): void => {
  const handlers = handlersOf(visitors);
  for (const node of walk.file.globals) visit(walk, handlers, node, { stage: undefined, onbuild: false });
  for (const stage of walk.model.stages) {
    walkStage(walk, handlers, stage, false);
    const triggers = walk.model.triggersOf(stage);
    if (triggers)
      walkStage(walk, handlersOf(visitorsOf(walk, new Set(visitors.map(({ rule }) => rule)))), triggers, true);
  }
};

/** The rules that want each kind of node. */
type Handlers = ReadonlyMap<string, Visitors>;

const handlersOf = (visitors: Visitors): Handlers => {
  const handlers = new Map<string, ActiveRule[]>();
  for (const each of visitors) {
    for (const kind in each.visitor) {
      const list = handlers.get(kind);
      if (list) list.push(each);
      else handlers.set(kind, [each]);
    }
  }
  return handlers;
};

const walkStage = (walk: Walk, handlers: Handlers, stage: StageInfo, onbuild: boolean): void => {
  const where: Where = { stage, onbuild };
  const isFinal = walk.model.isInFinalImage(stage);
  for (const each of handlers.get('Stage') ?? []) {
    if (!isFinal && isAboutFinal(each)) continue;
    collect(walk, each, () => each.visitor.Stage?.(stage.node, where));
  }
  if (stage.node.from) visit(walk, handlers, stage.node.from, where, isFinal);
  for (const node of stage.node.instructions) visit(walk, handlers, node, where, isFinal);
};

/** Other tools weigh all stages alike. */
const isAboutFinal = ({ rule, setting }: ActiveRule): boolean => rule.scope === 'final' && setting.as === undefined;

// The hot loop: no function is made for a node and a rule.
const visit = (walk: Walk, handlers: Handlers, node: Instruction, where: Where, isFinal = true): void => {
  for (const each of handlers.get(node.kind) ?? []) {
    if (!isFinal && isAboutFinal(each)) continue;
    try {
      add(walk, each, handle(node.kind, each.visitor, node, where));
    } catch (error) {
      walk.diagnostics.push(internal(walk, each.rule, error));
    }
  }
};

const handle = <K extends InstructionKind>(
  kind: K,
  handlers: InstructionHandlers,
  node: NodeOf<K>,
  where: Where,
): Problems | undefined => handlers[kind]?.(node, where);

const finish = (walk: Walk, visitors: Visitors): void => {
  for (const each of visitors) if (each.visitor.done) collect(walk, each, () => each.visitor.done?.());
};

const collect = (walk: Walk, active: ActiveRule, run: () => Problems | undefined): void => {
  try {
    add(walk, active, run());
  } catch (error) {
    walk.diagnostics.push(internal(walk, active.rule, error));
  }
};

const add = (walk: Walk, active: ActiveRule, problems: Problems | undefined): void => {
  if (!problems) return;
  for (const problem of problems) {
    const codes = codesIn(active, problem);
    if (!codes) continue;
    const range = placeOf(walk, active, problem);
    if (active.isLender) {
      walk.lent.push(diagnosticOf(walk, active, problem, codes, range));
      continue;
    }
    const left = active.setting.as === 'hadolint' ? untold(walk.told, codes, walk.file, range, problem) : codes;
    if (left) walk.diagnostics.push(diagnosticOf(walk, active, problem, left, range));
  }
};

/** The ids under which the problem is told; undefined where the rule is not to tell it. */
const codesIn = ({ rule, setting }: ActiveRule, problem: Problem): readonly string[] | undefined => {
  const { as, codes: wanted, ignoredCodes } = setting;
  if (problem.only !== undefined && problem.only !== as) return undefined;
  const all = problem.codes ?? rule.codes;
  const codes = as === undefined ? all : all.filter((code) => isCodeOf(as, code));
  if (as !== undefined && codes.length === 0 && !rule.always) return undefined;
  if (wanted && !codes.some((code) => wanted.has(code))) return undefined;
  return ignoredCodes && codes.some((code) => ignoredCodes.has(code)) ? undefined : codes;
};

const placeOf = ({ document, file }: Walk, { setting: { as } }: ActiveRule, { at, anchors }: Problem): Range => {
  const { length } = document.text;
  const anchor = as && anchors?.[as];
  return anchor ? rangeOf(anchor, length) : placeIn(as, file, rangeOf(at, length));
};

const diagnosticOf = (
  walk: Walk,
  { rule, setting }: ActiveRule,
  problem: Problem,
  codes: readonly string[],
  range: Range,
): Diagnostic => {
  const fix = problem.fix && walk.document.defect === undefined ? fixOf(rule, problem.fix) : undefined;
  const { length } = walk.document.text;
  return {
    path: walk.document.path,
    rule: rule.name,
    codes,
    severity: severityOf(rule, setting, problem, codes),
    range,
    message: problem.message,
    ...(problem.help ? { help: problem.help } : {}),
    ...(problem.related?.length
      ? { related: problem.related.map(({ range, message }) => ({ range: rangeOf(range, length), message })) }
      : {}),
    ...(fix ? { fix } : {}),
  };
};

const severityOf = (rule: Rule, { severity, as }: RuleSetting, problem: Problem, [code]: readonly string[]): Severity =>
  severity ?? (as && code !== undefined ? severityIn(as, code) : undefined) ?? problem.severity ?? rule.severity;

/** A rule's word for one place may lower the safety it declares, never raise it. */
const fixOf = (rule: Rule, { title, edits, safety }: NonNullable<Problem['fix']>): Fix => {
  const declared: Safety = rule.fix?.safety ?? 'manual';
  const own = safety ?? declared;
  return { title, edits, safety: SAFETY_ORDER.indexOf(own) > SAFETY_ORDER.indexOf(declared) ? own : declared };
};

const internal = (walk: Walk, rule: Rule, error: unknown): Diagnostic => ({
  path: walk.document.path,
  rule: 'internal',
  codes: [],
  severity: 'error',
  range: { start: 0, end: 0 },
  message: `The rule \`${rule.name}\` failed: ${error instanceof Error ? error.message : String(error)}`,
  help: `Please report this with the file; \`--ignore ${rule.name}\` leaves the rule out until then.`,
});
