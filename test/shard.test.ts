import { describe, expect, it } from 'vitest';
import { targetsOfShard } from '../src/cli/shard.ts';
import { folderWith, runIn, saying } from './support/cli.ts';

const targets = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ path: `services/s${at}/Dockerfile`, file: '' }));

const shardsOf = (all: ReturnType<typeof targets>, count: number) =>
  Array.from({ length: count }, (_, at) => targetsOfShard(all, `${at + 1}/${count}`));

describe('shards', () => {
  it.each([1, 2, 3, 7, 8, 64])('are %i parts that have every file once', (count) => {
    const all = targets(500);
    const shards = shardsOf(all, count);
    expect(
      shards
        .flat()
        .map(({ path }) => path)
        .sort(),
    ).toEqual(all.map(({ path }) => path).sort());
  });

  it('have about as many files each', () => {
    for (const shard of shardsOf(targets(4000), 8)) {
      expect(shard.length).toBeGreaterThan(400);
      expect(shard.length).toBeLessThan(600);
    }
  });

  it('keep their files when others come and go', () => {
    const [few] = shardsOf(targets(100), 8);
    const [many] = shardsOf(targets(200), 8);
    expect(many).toEqual(expect.arrayContaining([...(few ?? [])]));
  });
});

describe('--shard', () => {
  const files = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`${at}/Dockerfile`, saying('ugly')]));

  it('checks one part, and all parts together find what is there', async () => {
    const cwd = folderWith(files);
    const found: string[] = [];
    for (const part of [1, 2, 3]) {
      const { stdout, stderr } = await runIn(cwd, ['--format', 'compact', '--shard', `${part}/3`, '.']);
      const lines = stdout.split('\n').filter((line) => line.includes('ugly'));
      expect(stderr).toBe(`iechorlint: shard ${part}/3: ${lines.length} of 20 files\n`);
      found.push(...lines);
    }
    const { stdout } = await runIn(cwd, ['--format', 'compact', '.']);
    expect(found.sort()).toEqual(
      stdout
        .split('\n')
        .filter((line) => line.includes('ugly'))
        .sort(),
    );
  });

  it('gives each SARIF report an id of its own', async () => {
    const { stdout } = await runIn(folderWith(files), ['--format', 'sarif', '--shard', '2/3']);
    expect(JSON.parse(stdout).runs[0].automationDetails).toEqual({ id: 'iechorlint/2-of-3/' });
    const whole = await runIn(folderWith(files), ['--format', 'sarif']);
    expect(JSON.parse(whole.stdout).runs[0]).not.toHaveProperty('automationDetails');
  });

  it.each(['0/8', '9/8', '1', '1/0', 'a/b', '1/8/2', '-1/8'])('is not %s', async (text) => {
    const { code, stderr } = await runIn(folderWith(files), [`--shard=${text}`]);
    expect(stderr).toBe(`iechorlint: --shard takes a part and the number of parts, from 1/8 to 8/8, not \`${text}\`\n`);
    expect(code).toBe(2);
  });

  it.each([
    [['-', '--shard', '1/2'], '--shard shares out files, and standard input is none; leave out -'],
    [
      ['--baseline', 'b', '--update-baseline', '--shard', '1/2'],
      '--update-baseline writes what all files have; leave out --shard',
    ],
  ])('makes no sense in %j', async (args, message) => {
    const { code, stderr } = await runIn(folderWith(files), args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: `iechorlint: ${message}\n` });
  });
});
