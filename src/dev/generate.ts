import { readFileSync, writeFileSync } from 'node:fs';
import { generateCstDts } from 'chevrotain';
import { IechorfileParser } from '../../grammar/iechorfile.ts';
import { decisionsOf, tableText } from '../../grammar/prepared.ts';
import { VOCABULARY } from '../../grammar/tokens.ts';
import { schemaText } from './generate/config-schema.ts';
import { ruleIndex } from './generate/rule-index.ts';
import { rulePages } from './generate/rule-pages.ts';
import { loadRules, ROOT } from './rule-files.ts';

/** Files that follow from others; `--check` writes nothing and exits 1 when one of them is out of date. */
const check = process.argv.includes('--check');

/** Whether the file has the text, be it now. */
const settle = (path: string, text: string): boolean => {
  if (readFileSync(ROOT + path, { encoding: 'utf8', flag: 'a+' }) === text) return true;
  if (check) {
    console.error(`${path} is out of date: run \`npm run generate\`.`);
    process.exitCode = 1;
    return false;
  }
  writeFileSync(ROOT + path, text);
  console.log(`wrote ${path}`);
  return true;
};

const hasIndex = settle('rules/index.ts', ruleIndex());
settle('grammar/lookahead-table.ts', tableText(decisionsOf(new IechorfileParser(true, false), VOCABULARY)));
settle('grammar/cst.d.ts', generateCstDts(new IechorfileParser(false).getGAstProductions()));

// A rule that cannot be loaded keeps the page as it was, and is named.
const files = await loadRules();
const broken = files.filter(({ rule }) => !rule);
for (const { path, error } of broken) console.error(`${path} cannot be loaded: ${String(error)}`);
if (broken.length) process.exitCode = 1;
else {
  const rules = files.flatMap(({ rule }) => rule ?? []);
  settle('rules.md', rulePages(rules));
  settle('schema.json', schemaText(rules));
  // The command line imports the index, which may name a rule that is gone.
  if (hasIndex) {
    const { readmeWithOutput } = await import('./generate/readme.ts');
    settle('README.md', await readmeWithOutput(readFileSync(`${ROOT}README.md`, 'utf8'), ROOT, rules));
    const { manPage } = await import('./generate/man-page.ts');
    settle('man/iechorlint.1', manPage());
  }
}
