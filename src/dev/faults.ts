/**
 * `npx tsx src/dev/faults.ts [COUNT] [SEED] [USER]`: as root, kills builds of `dist/cli.js` at random moments, and says what
 * of it is wrong afterwards. With USER, who has numbers in /etc/subuid, it is that user who builds.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { killBuilds } from './killed-builds.ts';
import { sceneOf, userNamed } from './scene.ts';

const [count = '50', seed = '1', name] = process.argv.slice(2);
const user = name === undefined ? undefined : userNamed(name);
if (name !== undefined && !user) throw new Error(`${name} is no user with numbers in /etc/subuid`);
const folder = mkdtempSync(join(tmpdir(), 'iechorlint-faults-'));
try {
  const scene = sceneOf(folder, resolve('dist/cli.js'), user);
  const { killed, finished, problems } = await killBuilds(scene, Number(count), Number(seed));
  console.log(
    `${name ?? 'root'}, seed ${seed}: ${killed} builds killed, ${finished} done before, ${problems.length} problems`,
  );
  for (const problem of problems) console.log(`  ${problem}`);
  process.exitCode = problems.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
