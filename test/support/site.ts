import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { parse } from 'parse5';
import { siteOf } from '../../src/dev/site/site.ts';
import { readSources } from '../../src/dev/site/sources.ts';
import type { Rule } from '../../src/lint/index.ts';

/** The site of these rules, with the texts of the repository. */
export const siteWith = (rules: readonly Rule[]): ReadonlyMap<string, string> =>
  siteOf(
    rules,
    readSources((path) => readFileSync(path, 'utf8')),
  );

/** Where a browser would find mistakes in the page, as `code line`. */
export const markupErrorsIn = (html: string): readonly string[] => {
  const errors: string[] = [];
  parse(html, {
    onParseError: ({ code, startLine }) => {
      errors.push(`${code} ${startLine}`);
    },
  });
  return errors;
};

const attributesIn = (html: string, name: string): readonly string[] =>
  Array.from(html.matchAll(new RegExp(`<[a-z][^<>]* ${name}="([^"]*)"`, 'g')), ([, value = '']) => value);

export const idsIn = (html: string): readonly string[] => attributesIn(html, 'id');

/** The links and addresses of files of a page that lead to nothing on the site. */
export const deadLinksIn = (path: string, site: ReadonlyMap<string, string>): readonly string[] => {
  const html = site.get(path) ?? '';
  const known = new Set([...site.keys(), ...readdirSync('docs/assets')]);
  return [...attributesIn(html, 'href'), ...attributesIn(html, 'src')].filter((address) => {
    if (/^https:\/\//.test(address)) return false;
    const [file = '', anchor] = address.split('#');
    const target = file === '' ? path : posix.join(posix.dirname(path), file);
    if (!known.has(target)) return true;
    return anchor !== undefined && !idsIn(site.get(target) ?? '').includes(anchor);
  });
};
