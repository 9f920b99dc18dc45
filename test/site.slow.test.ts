import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { rules } from '../rules/index.ts';
import { folderWith } from './support/cli.ts';
import { siteWith } from './support/site.ts';

const BROWSER = ['chromium', 'google-chrome'].find((name) => spawnSync(name, ['--version']).status === 0);
if (BROWSER === undefined) console.warn('SKIPPED: the site in a browser, there is none');

/** The page as scripts have made it, from a file. */
const pageAt = (address: string): string => {
  const folder = folderWith({});
  for (const [path, text] of siteWith(rules)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  cpSync('docs/assets', folder, { recursive: true });
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--virtual-time-budget=3000', '--dump-dom'];
  const { stdout } = spawnSync(BROWSER ?? '', [...flags, pathToFileURL(folder).href + address], { encoding: 'utf8' });
  return stdout;
};

describe.skipIf(BROWSER === undefined)('the site in a browser, without a server', { timeout: 60_000 }, () => {
  it('finds a rule by the code of another tool, from a page in a folder too', () => {
    for (const [page, root] of [
      ['/index.html', ''],
      ['/rules/index.html', '../'],
    ]) {
      const first = /<ol id="found"[^>]*>(.*?)<\/li>/s.exec(pageAt(`${page}?q=dl3000`))?.[1];
      expect(first).toContain(`<a href="${root}rules/relative-workdir.html" data-chosen="">relative-workdir<small>`);
    }
  });

  it('says so where there is nothing, and takes what is searched for as text', () => {
    const html = pageAt('/index.html?q=%3Cimg%20src=x%3E');
    expect(html).toContain('Nothing is called so');
    expect(html).not.toContain('<img');
  });
});
