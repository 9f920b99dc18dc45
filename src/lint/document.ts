import type { Need } from '../facts/index.ts';
import type { Example, OptionSchema, Rule } from './rule.ts';

/** A line of the table that stands under a rule's name. */
export type Fact = readonly [label: string, value: string];

/** A piece of a file that shows the problem, or how it is written well. */
export interface Snippet {
  readonly verdict: 'Wrong' | 'Right';
  readonly title: string | undefined;
  readonly code: string;
}

/** What is known of a rule at a glance; codes and flags in backticks. */
export const factsOf = ({ category, severity, off, codes, fix, needs, options }: Rule): readonly Fact[] => [
  ['Category', category],
  ['Severity', off ? `${severity}, off by default` : severity],
  ['Also known as', codes.map((code) => `\`${code}\``).join(', ') || '–'],
  ['Fix', fix ? fixFact(fix) : 'none'],
  ...(needs ?? []).map((need) => ['Needs', HOW_TO_GIVE[need]] as const),
  ...(options ? [['Options', optionsFact(options)] as const] : []),
];

const optionsFact = (options: OptionSchema): string =>
  Object.entries(options)
    .map(([name, { default: value, description }]) => `\`${name}\` (\`${JSON.stringify(value)}\`): ${description}`)
    .join('. ');

const HOW_TO_GIVE: Readonly<Record<Need, string>> = {
  context: 'the build context: `--context DIR`',
  shellcheck: 'the program shellcheck: `--shellcheck=on`',
};

const fixFact = ({ safety, note }: NonNullable<Rule['fix']>): string =>
  note === undefined ? HOW_TO_FIX[safety] : `${HOW_TO_FIX[safety]}. ${oneLine(note)}`;

const HOW_TO_FIX = {
  safe: '`--fix`',
  unsafe: '`--fix --unsafe-fixes`',
  manual: 'shown, not applied',
} as const;

/** Why the rule matters, in one line. */
export const whyOf = ({ why }: Rule): string => oneLine(why);

export const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

export const snippetsOf = ({ examples }: Rule): readonly Snippet[] => examples.flatMap(snippetsIn);

const snippetsIn = ({ title, bad, good }: Example): readonly Snippet[] => {
  const snippets: Snippet[] = [];
  if (bad !== undefined) snippets.push({ verdict: 'Wrong', title, code: shown(bad) });
  if (good !== undefined)
    snippets.push({ verdict: 'Right', title: bad === undefined ? title : undefined, code: shown(good) });
  return snippets;
};

// A carriage return at the end of a line shows nowhere and would spoil the line ends of the page.
const shown = (code: string): string => code.replaceAll('\r\n', '\n').replace(/\n*$/, '');

/** The rule as a section of a markdown page, its heading of the given level. */
export const markdownOf = (rule: Rule, level = 2): string => {
  const facts = factsOf(rule);
  const parts = [
    `${'#'.repeat(level)} ${rule.name}`,
    `${rule.summary}.`,
    tableOf(
      facts.map(([label]) => label),
      [facts.map(([, value]) => value)],
    ),
    ...(rule.why ? [whyOf(rule)] : []),
    ...snippetsOf(rule).map(snippetMarkdown),
  ];
  return `${parts.join('\n\n')}\n`;
};

/** A markdown table; a `|` in a cell is escaped. */
export const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
};

const snippetMarkdown = ({ verdict, title, code }: Snippet): string => {
  const fence = fenceFor(code);
  const lead = title === undefined ? `**${verdict}:**` : `**${verdict}.** ${title}:`;
  return `${lead}\n\n${fence}dockerfile\n${code}\n${fence}`;
};

/** A fence longer than any that stands in the code. */
const fenceFor = (code: string): string => {
  let longest = 2;
  for (const [ticks] of code.matchAll(/`+/g)) longest = Math.max(longest, ticks.length);
  return '`'.repeat(longest + 1);
};
