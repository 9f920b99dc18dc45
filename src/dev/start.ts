import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './rule-files.ts';

/** What a newcomer sees first: the examples linted, and, on Linux, one of them built. */
const run = (...args: readonly string[]): number => {
  console.log(`\n$ iechorlint ${args.join(' ')}\n`);
  const { status } = spawnSync(process.execPath, [join(ROOT, 'dist/cli.js'), ...args], { cwd: ROOT, stdio: 'inherit' });
  return status ?? 1;
};

const linted = run('--fail-on', 'never', 'examples');
const built = linted === 0 && process.platform === 'linux' ? run('--build', '-t', 'hello', 'examples/hello') : 0;
if (built === 0 && process.platform === 'linux') run('history', 'hello');
process.exitCode = linted || built;
