import {
  Alternation,
  type BaseParser,
  type ILookaheadStrategy,
  type IProduction,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  type Rule,
  Terminal,
} from 'chevrotain';

/*
 * One token of lookahead decides everything in this grammar. Chevrotain's own strategy computes the same for any number
 * of tokens, which takes a third of the parser's start; it still validates the grammar in the tests.
 */

/** The tokens, by their number, that a production can begin with, and whether it can be empty. */
interface First {
  readonly tokens: ReadonlySet<number>;
  readonly isEmpty: boolean;
}

export const firstTokenLookahead = (): ILookaheadStrategy => {
  const known = new Map<string, First>();
  return {
    validate: () => [],
    buildLookaheadForAlternation({ rule, prodOccurrence }) {
      const choices: (number | undefined)[] = [];
      const alternation = find(rule, 'Alternation', prodOccurrence);
      for (const [choice, alternative] of definitionOf(alternation).entries()) {
        for (const token of firstOf(alternative, known).tokens) choices[token] ??= choice;
      }
      return choosing(choices);
    },
    buildLookaheadForOptional({ rule, prodOccurrence, prodType }) {
      const begins: boolean[] = [];
      for (const token of firstOfSequence(definitionOf(find(rule, prodType, prodOccurrence)), known).tokens) {
        begins[token] = true;
      }
      return beginning(begins);
    },
  };
};

/** What the next token, by its number, says; kept on the function, so that it can be written down. */
export type Choosing = ((this: BaseParser) => number | undefined) & {
  readonly choices: readonly (number | undefined)[];
};
export type Beginning = ((this: BaseParser) => boolean) & { readonly begins: readonly (boolean | undefined)[] };

export const choosing = (choices: readonly (number | undefined)[]): Choosing =>
  Object.assign(
    function (this: BaseParser) {
      return choices[this.LA(1).tokenTypeIdx];
    },
    { choices },
  );

export const beginning = (begins: readonly (boolean | undefined)[]): Beginning =>
  Object.assign(
    function (this: BaseParser) {
      return begins[this.LA(1).tokenTypeIdx] === true;
    },
    { begins },
  );

const KINDS = {
  Alternation,
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
} as const;

/** The production of that type and number in a rule. */
const find = (rule: Rule, type: string, occurrence: number): IProduction => {
  const pending: IProduction[] = [...rule.definition];
  for (let production = pending.pop(); production; production = pending.pop()) {
    if (isOf(production, type) && production.idx === occurrence) return production;
    pending.push(...definitionOf(production));
  }
  throw new Error(`${rule.name} has no ${type} ${occurrence}`);
};

const isOf = (production: IProduction, type: string): production is IProduction & { readonly idx: number } =>
  Object.entries(KINDS).some(([name, kind]) => name === type && production instanceof kind);

const definitionOf = (production: IProduction): readonly IProduction[] =>
  'definition' in production && !(production instanceof NonTerminal) && Array.isArray(production.definition)
    ? production.definition
    : [];

const firstOf = (production: IProduction, known: Map<string, First>): First => {
  if (production instanceof Terminal) {
    return { tokens: new Set([production.terminalType.tokenTypeIdx ?? -1]), isEmpty: false };
  }
  if (production instanceof NonTerminal) return firstOfRule(production.referencedRule, known);
  if (production instanceof Alternation) return union(production.definition.map((each) => firstOf(each, known)));
  const { tokens, isEmpty } = firstOfSequence(definitionOf(production), known);
  const mayBeAbsent =
    production instanceof Option || production instanceof Repetition || production instanceof RepetitionWithSeparator;
  return { tokens, isEmpty: isEmpty || mayBeAbsent };
};

const firstOfRule = (rule: Rule, known: Map<string, First>): First => {
  const before = known.get(rule.name);
  if (before) return before;
  const first = firstOfSequence(rule.definition, known);
  known.set(rule.name, first);
  return first;
};

const firstOfSequence = (productions: readonly IProduction[], known: Map<string, First>): First => {
  const tokens = new Set<number>();
  for (const production of productions) {
    const first = firstOf(production, known);
    for (const token of first.tokens) tokens.add(token);
    if (!first.isEmpty) return { tokens, isEmpty: false };
  }
  return { tokens, isEmpty: true };
};

const union = (firsts: readonly First[]): First => ({
  tokens: new Set(firsts.flatMap(({ tokens }) => [...tokens])),
  isEmpty: firsts.some(({ isEmpty }) => isEmpty),
});
