import { ConfigError } from '../config/error.ts';
import { hintFor, wordsOf } from '../config/select.ts';
import { type Fact, factsOf, type Snippet, snippetsOf, whyOf } from '../lint/document.ts';
import { CATEGORIES, type Rule } from '../lint/rule.ts';
import { escapeLine, escapeText } from '../report/escape.ts';
import { wrap } from '../report/prose.ts';
import type { Io } from './io.ts';
import type { PluginOptions } from './plugin-options.ts';
import { type Terminal, terminalOf } from './terminal.ts';

/** `iechorlint explain`: what a rule finds, why, and what to write instead; all of them where a code has several. */
export const run = async (
  { rule, ...options }: PluginOptions & { readonly rule: string },
  io: Io,
  rules: readonly Rule[],
): Promise<number> => {
  const whole = hasExamples(rules) ? rules : (await import('./whole-rules.ts')).rules;
  const known = options.plugins ? undefined : rulesCalled(rule, whole);
  const found = known?.length ? known : await foundWithPlugins(rule, whole, options, io);
  const terminal = terminalOf(io);
  io.stdout.write(`${found.map((each) => pageOf(each, terminal).join('\n')).join('\n\n')}\n`);
  return 0;
};

const foundWithPlugins = async (
  called: string,
  own: readonly Rule[],
  options: PluginOptions,
  io: Io,
): Promise<readonly Rule[]> => {
  const { pluginRules } = await import('./plugin-rules.ts');
  const { rules, notices } = await pluginRules(options, io, own);
  const all = [...own, ...rules];
  const found = rulesCalled(called, all);
  if (found.length === 0) throw new ConfigError(unknownRule(called, all), ...notices);
  return found;
};

// The bundle's rules come without their examples.
const hasExamples = (rules: readonly Rule[]): boolean => rules.some(({ examples }) => examples.length > 0);

const rulesCalled = (called: string, rules: readonly Rule[]): readonly Rule[] => {
  const wanted = called.trim().toLowerCase();
  return rules.filter(({ name, codes }) => name === wanted || codes.some((code) => code.toLowerCase() === wanted));
};

const unknownRule = (called: string, rules: readonly Rule[]): string => {
  if (CATEGORIES.some((category) => category === called.trim().toLowerCase())) {
    return `\`${called}\` is a category; \`iechorlint rules\` lists its rules.`;
  }
  return `No rule or code is called \`${called}\`.${hintFor(called, rules.flatMap(wordsOf))}`;
};

const pageOf = (rule: Rule, terminal: Terminal): readonly string[] => {
  const { paint, width } = terminal;
  const reason = whyOf(rule);
  return [
    paint.bold(rule.name),
    ...wrap(`${rule.summary}.`, width),
    '',
    ...factLines(factsOf(rule), terminal),
    ...(reason ? ['', ...wrap(reason, width)] : []),
    ...snippetsOf(rule).flatMap((snippet) => ['', ...snippetLines(snippet, terminal)]),
    '',
    ...wrap(howToIgnore(rule), width).map((line) => paint.dim(line)),
  ];
};

const factLines = (facts: readonly Fact[], { paint, width }: Terminal): readonly string[] => {
  const margin = Math.max(...facts.map(([label]) => label.length)) + 4;
  return facts.flatMap(([label, value]) =>
    wrap(value, width - margin).map((line, index) =>
      index === 0 ? `  ${paint.dim(label.padEnd(margin - 2))}${line}` : ' '.repeat(margin) + line,
    ),
  );
};

const snippetLines = ({ verdict, title, code }: Snippet, { paint, width }: Terminal): readonly string[] => {
  const colored = verdict === 'Wrong' ? paint.red : paint.green;
  const [first = '', ...more] = wrap(title === undefined ? `${verdict}:` : `${verdict}. ${escapeLine(title)}:`, width);
  const lead = colored(verdict) + first.slice(verdict.length);
  return [
    lead,
    ...more,
    '',
    ...escapeText(code)
      .split('\n')
      .map((line) => (line ? `    ${line}` : '')),
  ];
};

const howToIgnore = ({ name, always }: Rule): string =>
  always
    ? `To leave it out: \`--ignore ${name}\`.`
    : `To leave it out: \`--ignore ${name}\`, or \`# iechorlint ignore=${name}\` above the instruction.`;
