import type { Rule } from '../../lint/index.ts';
import { escapeMarkup } from '../../report/markup.ts';
import { withCodeTables } from './code-tables.ts';
import { commandsPage } from './commands-page.ts';
import { pageOf, type Resolve, type Written } from './markdown.ts';
import { htmlOf, type Page } from './page.ts';
import { rulePage } from './rule-page.ts';
import { rulesIndex } from './rules-index.ts';
import { searchIndex } from './search-index.ts';

/** What the site is made of beside the rules and the commands; all of it markdown. */
export interface Sources {
  readonly start: string;
  readonly readme: string;
  readonly changelog: string;
  /** By name without ending, in the order in which they are listed. */
  readonly guides: ReadonlyMap<string, string>;
}

/** Every file of the site by its path, assets aside. */
export const siteOf = (rules: readonly Rule[], sources: Sources): ReadonlyMap<string, string> => {
  const guides = [...sources.guides].map(([name, text]) => pageOf(`guides/${name}.html`, withCodeTables(text, rules)));
  const written = [
    pageOf('index.html', sources.start),
    withContents(pageOf('manual.html', withoutFirstOutput(sources.readme), inRepository)),
    pageOf('changelog.html', sources.changelog, inRepository),
    ...guides,
  ];
  const pages: readonly Page[] = [
    ...written,
    guidesIndex(guides),
    rulesIndex(rules),
    commandsPage(),
    ...rules.map(rulePage),
  ];
  return new Map([
    ...pages.map((page) => [page.path, htmlOf(page)] as const),
    ['search-index.js', searchIndex(rules, written)],
  ]);
};

/** Where the links of pages of the repository lead here; its code is not on the site. */
const inRepository: Resolve = (href) => {
  const [file = '', anchor] = href.split('#');
  const path = { 'rules.md': 'rules/index.html', 'CHANGELOG.md': 'changelog.html', 'README.md': 'manual.html' }[file];
  if (path !== undefined) return anchor === undefined ? path : `${path}#${anchor}`;
  return /^(?:https?:|#)/.test(href) ? href : undefined;
};

/** The long report with which the README begins is what the first page has. */
const withoutFirstOutput = (readme: string): string =>
  readme.replace(/^# .*$/m, '# Manual').replace(/<!-- generated: [\s\S]*?<!-- end -->\n/, '');

const withContents = (page: Written): Written => ({
  ...page,
  body: `<nav class="contents" aria-label="Contents"><ul>${page.headings
    .filter(({ depth }) => depth > 1)
    .map(({ id, text, depth }) => `<li class="depth-${depth}"><a href="#${id}">${escapeMarkup(text)}</a></li>`)
    .join('')}</ul></nav>
${page.body}`,
});

const guidesIndex = (guides: readonly Written[]): Page => ({
  path: 'guides/index.html',
  title: 'Guides',
  description: 'How to begin, to come from other linters, to format and to build.',
  body: `<h1>Guides</h1>
<ul class="cards">${guides
    .map(
      ({ path, title, description }) =>
        `<li><a href="${path.replace(/^guides\//, '')}">${escapeMarkup(title)}</a><p>${escapeMarkup(description)}</p></li>`,
    )
    .join('\n')}</ul>`,
});
