import { parse } from '../ast/create.ts';
import type { Iechorfile, Instruction, InstructionKind } from '../ast/nodes.ts';
import { type Facts, NO_FACTS } from '../facts/index.ts';
import { type Model, modelOf, type StageInfo } from '../model/index.ts';
import { once } from '../model/memo.ts';
import type { Document } from '../source/document.ts';
import type { Range } from '../source/range.ts';
import { askedRules } from './asked.ts';
import { brokenScriptsIn, withoutGuess } from './broken-scripts.ts';
import type { Diagnostic } from './diagnostic.ts';
import { codesIn, diagnosticOf, internal, placeOf, type RunningRule } from './finding.ts';
import type { IgnoreOutcome } from './ignore-outcomes.ts';
import { withChecksOfBuild, withoutIgnored } from './ignoring.ts';
import { isAboutScript, keepLast, type LastInScript } from './last-in-script.ts';
import { NO_OPTIONS, optionsOf } from './options.ts';
import { lend, untold } from './places.ts';
import { type Context, NO_POLICY, type Problems, type Rule, type Visitor, type Where } from './rule.ts';
import type { LintConfig } from './setting.ts';
import { superseded } from './supersede.ts';

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
  const steps = lintInSteps(document, file, config, facts);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
};

/** As `lintFile`, with a rest after some instructions, so that who has to answer others meanwhile can. */
export function* lintInSteps(
  document: Document,
  file: Iechorfile,
  config: LintConfig,
  facts: Facts = NO_FACTS,
): Generator<undefined, readonly Diagnostic[]> {
  const walk = walkOf(document, file, config, facts);
  const hasText = document.defect === undefined || file.instructions.length > 0;
  const asked = hasText
    ? askedRules(config.rules, file, walk.model, facts)
    : [...config.rules.keys()].filter(({ bytes }) => bytes);
  yield;
  const visitors = visitorsOf(walk, asked);
  const handlers = handlersOf(visitors);
  if (hasText) yield* walkFile(walk, visitors, handlers);
  yield;
  for (const each of handlers.ofEnd) collect(walk, each, () => each.visitor.done?.());
  return conclude(walk, visitors);
}

const walkOf = (document: Document, file: Iechorfile, config: LintConfig, facts: Facts): Walk => {
  const model = modelOf(file, config.inputs);
  return {
    document,
    file,
    model,
    config,
    facts,
    diagnostics: [],
    told: new Set(),
    lent: [],
    lastInScript: new Map(),
    brokenScripts: once(() => brokenScriptsIn(file, model)),
  };
};

/** What is left of the findings when comments and other tools have had their say. */
const conclude = (walk: Walk, visitors: Visitors): readonly Diagnostic[] => {
  for (const { diagnostic } of walk.lastInScript.values()) walk.diagnostics.push(diagnostic);
  const found = superseded(lend(walk.diagnostics, walk.lent, walk.file));
  const kept = walk.config.inlineIgnores
    ? withoutIgnored(walk, found, (outcomes) => aboutIgnores(walk, visitors, outcomes))
    : found;
  return withChecksOfBuild(walk, kept).toSorted(byPlace);
};

/** What some instructions alone give rise to. */
export interface PartOfLint {
  readonly diagnostics: readonly Diagnostic[];
  /** The names of the rules that have been asked of these instructions: those that look at one after the other. */
  readonly rules: ReadonlySet<string>;
  /** The names of those that have been asked of the whole file: what says that it cannot be read is quickly asked. */
  readonly wholly: ReadonlySet<string>;
}

/** Asks of the instructions alone that are wanted, for a quick answer while somebody types. */
export const lintPart = (
  document: Document,
  file: Iechorfile,
  config: LintConfig,
  isWanted: (node: Instruction) => boolean,
): PartOfLint => {
  const walk = walkOf(document, file, config, NO_FACTS);
  const asked = [...config.rules.keys()].filter(({ needs }) => needs === undefined);
  const all = visitorsOf(walk, asked);
  const visitors = all.filter(({ visitor: { Stage, done, ignores } }) => !(Stage || done || ignores));
  const whole = all.filter(({ rule, visitor }) => rule.always && visitor.done);
  const handlers = handlersOf(visitors);
  for (const node of file.instructions) {
    if (!isWanted(node)) continue;
    const stage = walk.model.stageOf(node);
    visit(walk, handlers, node, { stage, onbuild: false }, stage === undefined || walk.model.isInFinalImage(stage));
  }
  for (const each of whole) collect(walk, each, () => each.visitor.done?.());
  return { diagnostics: conclude(walk, []), rules: namesIn(visitors), wholly: namesIn(whole) };
};

const namesIn = (visitors: Visitors): ReadonlySet<string> => new Set(visitors.map(({ rule }) => rule.name));

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
  /** What reproduces ShellCheck, as hadolint tells it. */
  readonly lastInScript: LastInScript;
  /** What we would say where a rule makes that tool's findings itself. */
  readonly lent: Diagnostic[];
  readonly brokenScripts: () => readonly Range[];
}

interface ActiveRule extends RunningRule {
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
      if (as && [rule.reproduces].flat().includes(as))
        visitors.push({ rule, setting, visitor: rule.check({ ...context, as: undefined }), isLender: true });
    } catch (error) {
      walk.diagnostics.push(internal(walk.document.path, rule, error));
    }
  }
  return visitors;
};

/** BuildKit looks at triggers where they run. */
const rulesOfTriggers = (visitors: Visitors): ReadonlySet<Rule> =>
  new Set(visitors.flatMap(({ rule, setting }) => (setting.as === 'buildkit' ? [] : rule)));

function* walkFile(walk: Walk, visitors: Visitors, handlers: Handlers): Generator<undefined, void> {
  for (const node of walk.file.globals) visit(walk, handlers, node, { stage: undefined, onbuild: false });
  for (const stage of walk.model.stages) {
    yield* walkStage(walk, handlers, stage, false);
    const triggers = walk.model.triggersOf(stage);
    if (!triggers) continue;
    yield* walkStage(walk, handlersOf(visitorsOf(walk, rulesOfTriggers(visitors))), triggers, true);
  }
}

/** What the rules do, and where. Found once for a file: to look for a handler costs more than most handlers do. */
interface Handlers {
  readonly byKind: ReadonlyMap<string, readonly Handling[]>;
  /** The rules that have something to do at the start of a stage, and those at the end. */
  readonly ofStage: Visitors;
  readonly ofEnd: Visitors;
}

interface Handling {
  readonly active: ActiveRule;
  // As a method, it may be called with any node; the map sees to it that it is one of its kind.
  handle(node: Instruction, where: Where): Problems | undefined;
}

const handlersOf = (visitors: Visitors): Handlers => {
  const byKind = new Map<string, Handling[]>();
  const ofStage: ActiveRule[] = [];
  const ofEnd: ActiveRule[] = [];
  for (const active of visitors) {
    for (const kind in active.visitor) {
      if (kind === 'Stage') ofStage.push(active);
      if (kind === 'done') ofEnd.push(active);
      const handle = isInstructionKind(kind) ? active.visitor[kind] : undefined;
      if (!handle) continue;
      const list = byKind.get(kind);
      if (list) list.push({ active, handle });
      else byKind.set(kind, [{ active, handle }]);
    }
  }
  return { byKind, ofStage, ofEnd };
};

/** Everything else that a visitor may have is none. */
const isInstructionKind = (key: string): key is InstructionKind =>
  key !== 'Stage' && key !== 'done' && key !== 'ignores';

function* walkStage(walk: Walk, handlers: Handlers, stage: StageInfo, onbuild: boolean): Generator<undefined, void> {
  const where: Where = { stage, onbuild };
  const isFinal = walk.model.isInFinalImage(stage);
  for (const each of handlers.ofStage) {
    if (!isFinal && isAboutFinal(each)) continue;
    collect(walk, each, () => each.visitor.Stage?.(stage.node, where));
  }
  if (stage.node.from) visit(walk, handlers, stage.node.from, where, isFinal);
  let count = 0;
  for (const node of stage.node.instructions) {
    visit(walk, handlers, node, where, isFinal);
    if (++count % BETWEEN_RESTS === 0) yield;
  }
}

/** How many instructions are looked at between two rests, each of which takes some time itself. */
const BETWEEN_RESTS = 8;

/** Other tools weigh all stages alike. */
const isAboutFinal = ({ rule, setting }: ActiveRule): boolean => rule.scope === 'final' && setting.as === undefined;

// The hot loop: no function is made for a node and a rule.
const visit = (walk: Walk, handlers: Handlers, node: Instruction, where: Where, isFinal = true): void => {
  const list = handlers.byKind.get(node.kind);
  if (!list) return;
  for (const each of list) {
    if (!isFinal && isAboutFinal(each.active)) continue;
    try {
      const problems = each.handle(node, where);
      if (problems) add(walk, each.active, problems);
    } catch (error) {
      walk.diagnostics.push(internal(walk.document.path, each.active.rule, error));
    }
  }
};

const collect = (walk: Walk, active: ActiveRule, run: () => Problems | undefined): void => {
  try {
    add(walk, active, run());
  } catch (error) {
    walk.diagnostics.push(internal(walk.document.path, active.rule, error));
  }
};

const add = (walk: Walk, active: ActiveRule, problems: Problems | undefined): void => {
  // Most rules find nothing, of which it takes less time to see that it is an empty list than to go through it.
  if (!problems || (Array.isArray(problems) && problems.length === 0)) return;
  for (const told of problems) {
    const codes = codesIn(active, told);
    if (!codes) continue;
    const problem = withoutGuess(walk.brokenScripts, active.rule, told);
    const range = placeOf(walk.file, walk.document.text.length, active, problem);
    if (active.isLender) {
      walk.lent.push(diagnosticOf(walk.document, active, problem, codes, range));
      continue;
    }
    if (active.setting.as === 'hadolint' && isAboutScript(codes)) {
      keepLast(walk.lastInScript, walk.file, problem, diagnosticOf(walk.document, active, problem, codes, range));
      continue;
    }
    const left = active.setting.as === 'hadolint' ? untold(walk.told, codes, walk.file, range, problem) : codes;
    if (left) walk.diagnostics.push(diagnosticOf(walk.document, active, problem, left, range));
  }
};
