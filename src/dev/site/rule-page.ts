import { factsOf, oneLine, whyOf } from '../../lint/document.ts';
import { type Diagnostic, type Example, NO_POLICY, type Rule } from '../../lint/index.ts';
import { lint } from '../../lint/linter.ts';
import { escapeLine } from '../../report/escape.ts';
import { escapeMarkup, withCode } from '../../report/markup.ts';
import { documentOf } from '../../source/document.ts';
import { codeBlock } from './code.ts';
import { codeLink } from './code-links.ts';
import type { Page } from './page.ts';

/** The page of a rule: what it finds and why, how it is called elsewhere, and its examples with what it says of them. */
export const rulePage = (rule: Rule): Page => ({
  path: `rules/${rule.name}.html`,
  title: rule.name,
  description: `${oneLine(rule.summary)}.`,
  body: [
    `<p class="trail"><a href="index.html">Rules</a> / <a href="index.html#${rule.category}">${rule.category}</a></p>`,
    `<h1>${rule.name}</h1>`,
    `<p class="lead">${prose(rule.summary)}.</p>`,
    ...(rule.why ? [`<p>${prose(whyOf(rule))}</p>`] : []),
    factList(rule),
    '<h2 id="examples">Examples</h2>',
    ...rule.examples.map((example) => exampleHtml(rule, example)),
    ...(rule.options ? [optionsHtml(rule)] : []),
    '<h2 id="ignore">To leave it out</h2>',
    ignoreHtml(rule),
  ].join('\n'),
});

/** Words with code in backticks. */
export const prose = (text: string): string => withCode(escapeLine(oneLine(text)), escapeMarkup);

const factList = (rule: Rule): string => {
  const codes = rule.codes.map(codeLink).join(', ');
  const rows = factsOf(rule)
    .filter(([label]) => label !== 'Options')
    .map(([label, value]) => [label, label === 'Also known as' ? codes || '–' : prose(value)] as const);
  return `<dl class="facts">${rows.map(([label, value]) => `<div><dt>${label}</dt><dd>${value}</dd></div>`).join('')}</dl>`;
};

const exampleHtml = (rule: Rule, example: Example): string => {
  const { title, bad, good } = example;
  const parts = title === undefined ? [] : [`<h3>${prose(title)}</h3>`];
  const setting = settingOf(example);
  if (setting !== '') parts.push(`<p class="setting">${setting}</p>`);
  if (bad !== undefined) parts.push(badHtml(rule, example, bad));
  if (good !== undefined) parts.push(verdict('good', 'Right'), codeBlock(good));
  return `<section class="example">\n${parts.join('\n')}\n</section>`;
};

const badHtml = (rule: Rule, example: Example, bad: string): string => {
  const findings = findingsIn(rule, example, bad);
  return [
    verdict('bad', 'Wrong'),
    codeBlock(
      bad,
      findings.map(({ range }) => range),
    ),
    ...findings.map(findingHtml),
  ].join('\n');
};

const verdict = (kind: 'bad' | 'good', word: string): string => `<p class="verdict ${kind}">${word}</p>`;

/** What the rule says of its own example; nothing where it needs more than the text. */
const findingsIn = (rule: Rule, { path, policy, options, as }: Example, bad: string): readonly Diagnostic[] => {
  const setting = { ...(options ? { options } : {}), ...(as ? { as } : {}) };
  const config = { rules: new Map([[rule, setting]]), inlineIgnores: true, policy: { ...NO_POLICY, ...policy } };
  return lint(documentOf(bad, path), config).filter(({ rule: name }) => name === rule.name);
};

const findingHtml = ({ severity, message, help }: Diagnostic): string =>
  `<p class="finding"><b class="${severity}">${severity}</b> ${prose(message)}${help === undefined ? '' : `<br><span class="help">${prose(help)}</span>`}</p>`;

/** What beside the text an example depends on. */
const settingOf = ({ path, as, policy, options, context }: Example): string =>
  [
    ...(path === undefined ? [] : [`In a file called <code>${escapeMarkup(path)}</code>.`]),
    ...(as === undefined ? [] : [`With the preset <code>${as}</code>, which says what that tool says.`]),
    ...(policy === undefined ? [] : ['With what a team has settled in its configuration.']),
    ...(options === undefined ? [] : [`With ${Object.entries(options).map(optionHtml).join(' and ')}.`]),
    ...(context === undefined
      ? []
      : [`With these files in the build context: ${context.files.map(codeOf).join(', ')}.`]),
  ].join(' ');

const codeOf = (text: string): string => `<code>${escapeMarkup(escapeLine(text))}</code>`;

const optionHtml = ([name, value]: readonly [string, unknown]): string => codeOf(`${name}: ${JSON.stringify(value)}`);

const optionsHtml = ({ name, options = {} }: Rule): string => {
  const rows = Object.entries(options).map(
    ([option, { default: value, description }]) =>
      `<tr><td><code>${option}</code></td><td><code>${escapeMarkup(JSON.stringify(value))}</code></td><td>${prose(description)}</td></tr>`,
  );
  const [[first = '', spec] = []] = Object.entries(options);
  const sample = `rules:\n  ${name}: { options: { ${first}: ${JSON.stringify(spec?.default)} } }`;
  return `<h2 id="options">Options</h2>
<table><thead><tr><th>Option</th><th>Default</th><th>What it says</th></tr></thead><tbody>${rows.join('')}</tbody></table>
<pre><code>${escapeMarkup(sample)}</code></pre>`;
};

const ignoreHtml = ({ name, always }: Rule): string =>
  always
    ? `<p>With ${codeOf(`--ignore ${name}`)}: it runs whatever is selected, for it says what could not be read.</p>`
    : `<p>For one instruction by a comment above it, for a run by ${codeOf(`--ignore ${name}`)}, for good in the configuration:</p>
<pre><code><span class="comment"># iechorlint ignore=${name} -- why</span></code></pre>
<pre><code>rules:\n  ${name}: off</code></pre>`;
