import { CATEGORIES, type Rule } from '../../lint/index.ts';
import { escapeMarkup } from '../../report/markup.ts';
import type { Page } from './page.ts';
import { prose } from './rule-page.ts';

/** The page that lists all rules, by category. */
export const rulesIndex = (rules: readonly Rule[]): Page => {
  const sections = CATEGORIES.flatMap((category) => {
    const own = rules.filter((rule) => rule.category === category).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return own.length === 0 ? [] : [{ category, own }];
  });
  const off = rules.filter(({ off }) => off).length;
  return {
    path: 'rules/index.html',
    title: 'Rules',
    description: `${rules.length} rules in ${sections.length} categories.`,
    body: `<h1>Rules</h1>
<p class="lead">${rules.length} rules, ${off} of them off unless a preset, a configuration or <code>--select</code> asks for them. A rule goes by its name and by the ids that other tools have for the same check.</p>
<p class="chips">${sections.map(({ category, own }) => `<a href="#${category}">${category} <span>${own.length}</span></a>`).join(' ')}</p>
${sections.map(({ category, own }) => sectionHtml(category, own)).join('\n')}`,
  };
};

const sectionHtml = (category: string, rules: readonly Rule[]): string => `<h2 id="${category}">${category}</h2>
<div class="wide"><table class="rules"><thead><tr><th>Rule</th><th>What it finds</th><th>Severity</th><th>Fix</th><th>Elsewhere</th></tr></thead>
<tbody>${rules.map(rowHtml).join('\n')}</tbody></table></div>`;

const MOST_CODES = 4;

const rowHtml = ({ name, summary, severity, off, fix, codes }: Rule): string => {
  const shown = codes.slice(0, MOST_CODES).map((code) => `<code>${escapeMarkup(code)}</code>`);
  const more = codes.length > MOST_CODES ? ' …' : '';
  return `<tr><td><a href="${name}.html">${name}</a></td><td>${prose(summary)}</td><td><span class="${severity}">${severity}</span>${off ? ' (off)' : ''}</td><td>${fix?.safety ?? ''}</td><td>${shown.join(' ')}${more}</td></tr>`;
};
