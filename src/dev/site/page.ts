import { escapeMarkup } from '../../report/markup.ts';

/** One page of the site: where it is, `/` between folders, and what is on it. */
export interface Page {
  readonly path: string;
  readonly title: string;
  /** A sentence for lists of pages. */
  readonly description: string;
  /** HTML. */
  readonly body: string;
}

/** A link in a list; `path` is that of its page, with an anchor where it is to a part of one. */
export interface Entry {
  readonly path: string;
  readonly title: string;
}

const NAVIGATION: readonly Entry[] = [
  { path: 'index.html', title: 'Start' },
  { path: 'guides/index.html', title: 'Guides' },
  { path: 'rules/index.html', title: 'Rules' },
  { path: 'manual.html', title: 'Manual' },
  { path: 'commands.html', title: 'Commands' },
];

/** The page as a file: it needs no server, and without scripts all but the search works. */
export const htmlOf = ({ path, title, description, body }: Page): string => {
  const root = '../'.repeat(path.split('/').length - 1);
  const isHome = path === 'index.html';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${escapeMarkup(description)}">
<title>${escapeMarkup(isHome ? title : `${title} – iechorlint`)}</title>
<link rel="stylesheet" href="${root}style.css">
<script src="${root}search-index.js" defer></script>
<script src="${root}search.js" defer></script>
</head>
<body data-root="${root}">
<a class="skip" href="#content">Skip to the content</a>
<header>
<a class="name" href="${root}index.html">iechorlint</a>
<nav aria-label="Site">${NAVIGATION.map((entry) => navigationLink(entry, path, root)).join('')}</nav>
<div class="search" role="search" hidden>
<input id="query" type="search" placeholder="Search rules, codes, options" aria-label="Search" aria-controls="found" autocomplete="off">
<ol id="found" aria-label="Found" hidden></ol>
</div>
</header>
<main id="content">
${body}
</main>
</body>
</html>
`;
};

const navigationLink = (entry: Entry, path: string, root: string): string => {
  const folder = entry.path.replace(/[^/]*$/, '');
  const isHere = path === entry.path || (folder !== '' && path.startsWith(folder));
  return `<a href="${root}${entry.path}"${isHere ? ' aria-current="page"' : ''}>${entry.title}</a>`;
};
