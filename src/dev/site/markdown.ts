import { Marked, type Tokens } from 'marked';
import { escapeMarkup } from '../../report/markup.ts';
import { codeBlock } from './code.ts';
import type { Page } from './page.ts';

/** A heading of a page, to be listed and searched. */
export interface Heading {
  readonly id: string;
  readonly text: string;
  readonly depth: number;
}

/** A page that was written as markdown. */
export interface Written extends Page {
  readonly headings: readonly Heading[];
}

/** Where a link of the source leads on the site; undefined: to nothing that is there. */
export type Resolve = (href: string) => string | undefined;

/** The page of a markdown text, named by its first heading and described by its first paragraph. */
export const pageOf = (path: string, source: string, resolve: Resolve = (href) => href): Written => {
  const headings: Heading[] = [];
  const marked = new Marked({ renderer: rendererOf(headings, resolve) });
  const body = String(marked.parse(source, { async: false })).trim();
  const title = headings.find(({ depth }) => depth === 1)?.text ?? path;
  const paragraph = marked.lexer(source).find((token) => token.type === 'paragraph')?.raw ?? title;
  return { path, title, description: plainText(paragraph), body, headings };
};

const plainText = (markdown: string): string =>
  markdown
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*`]/g, '')
    .replace(/\s+/g, ' ')
    .trim();

// The library hands its parser over as `this`.
const rendererOf = (headings: Heading[], resolve: Resolve) => ({
  heading(this: Parsing, { tokens, depth, text }: Tokens.Heading): string {
    const id = slugIn(headings, plainText(text));
    headings.push({ id, text: plainText(text), depth });
    return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
  },
  code({ text, lang }: Tokens.Code): string {
    if (lang === 'dockerfile') return `${codeBlock(text)}\n`;
    const html = lang === 'diff' ? diffHtml(text) : escapeMarkup(text);
    return `<pre><code>${html}</code></pre>\n`;
  },
  table(this: Parsing, { header, rows }: Tokens.Table): string {
    const row = (cells: readonly Tokens.TableCell[], tag: string) =>
      `<tr>${cells.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join('')}</tr>`;
    const body = rows.map((cells) => row(cells, 'td')).join('');
    return `<div class="wide"><table><thead>${row(header, 'th')}</thead><tbody>${body}</tbody></table></div>\n`;
  },
  link(this: Parsing, { href, tokens }: Tokens.Link): string {
    const html = this.parser.parseInline(tokens);
    const address = resolve(href);
    return address === undefined ? html : `<a href="${escapeMarkup(address)}">${html}</a>`;
  },
});

interface Parsing {
  readonly parser: { parseInline(tokens: Tokens.Generic[]): string };
}

/** As on the page of a repository, so that its links lead here too. */
const slugIn = (headings: readonly Heading[], text: string): string => {
  const slug = text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, '')
    .replace(/\s/g, '-');
  const same = headings.filter(({ id }) => id === slug || id.replace(/-\d+$/, '') === slug).length;
  return same === 0 ? slug : `${slug}-${same}`;
};

const diffHtml = (text: string): string =>
  text
    .split('\n')
    .map((line) => {
      const kind = /^\+(?!\+\+)/.test(line) ? 'added' : /^-(?!--)/.test(line) ? 'removed' : undefined;
      return kind ? `<span class="${kind}">${escapeMarkup(line)}</span>` : escapeMarkup(line);
    })
    .join('\n');
