import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { loadRules, ROOT } from './rule-files.ts';
import { siteOf } from './site/site.ts';
import { readSources } from './site/sources.ts';

/** Writes the site to `docs/site`, to be opened from there or put on any server. */
const out = `${ROOT}docs/site/`;
const files = await loadRules();
for (const { path, error } of files)
  if (error !== undefined) throw new Error(`${path} cannot be loaded`, { cause: error });
const pages = siteOf(
  files.flatMap(({ rule }) => rule ?? []),
  readSources((path) => readFileSync(ROOT + path, 'utf8')),
);
rmSync(out, { recursive: true, force: true });
for (const [path, text] of pages) {
  mkdirSync(dirname(out + path), { recursive: true });
  writeFileSync(out + path, text);
}
cpSync(`${ROOT}docs/assets`, out, { recursive: true });
console.log(`wrote ${pages.size} pages; open docs/site/index.html`);
