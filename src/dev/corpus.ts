import { readFileSync, writeFileSync } from 'node:fs';
import { countFindings } from './counts.ts';

/** Lints the real files and says how the counts per rule differ from those committed; `--write` commits the new ones. */
const COMMITTED = 'test/corpus.json';

const before: Record<string, number> = JSON.parse(readFileSync(COMMITTED, { encoding: 'utf8', flag: 'a+' }) || '{}');
const now = countFindings();
if (Object.keys(now).length === 0) console.log('skipped: there is no corpus beside the checkout');
let differs = false;
for (const rule of [...new Set([...Object.keys(before), ...Object.keys(now)])].toSorted()) {
  const [old, next] = [before[rule] ?? 0, now[rule] ?? 0];
  if (old === next) continue;
  differs = true;
  console.log(
    `${rule.padEnd(40)}${String(old).padStart(7)} → ${String(next).padStart(7)}  ${next > old ? '+' : ''}${next - old}`,
  );
}
if (process.argv.includes('--write')) writeFileSync(COMMITTED, `${JSON.stringify(now, undefined, 2)}\n`);
else if (differs) console.log(`\n\`npm run corpus -- --write\` takes these counts over into ${COMMITTED}.`);
