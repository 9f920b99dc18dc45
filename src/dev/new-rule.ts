import { mkdirSync, writeFileSync } from 'node:fs';
import { ruleIndex } from './generate/rule-index.ts';
import { ROOT, rulePaths } from './rule-files.ts';
import { nextSteps, readNewRule, ruleSkeleton } from './rule-skeleton.ts';

/** Starts a rule: `npm run new-rule NAME [--category CATEGORY]`. A file that is there is never written over. */
const args = process.argv.slice(2);
// npm takes `--category=x` for itself and hands it on in the environment.
const { npm_config_category: category } = process.env;
const asked = readNewRule(category && category !== 'true' ? [...args, category] : args, rulePaths());
if (typeof asked === 'string') {
  console.error(asked);
  process.exitCode = 2;
} else {
  mkdirSync(`${ROOT}rules/${asked.category}`, { recursive: true });
  writeFileSync(`${ROOT}rules/${asked.category}/${asked.name}.ts`, ruleSkeleton(asked), { flag: 'wx' });
  writeFileSync(`${ROOT}rules/index.ts`, ruleIndex());
  process.stdout.write(nextSteps(asked));
}
