import { describe, expect, it } from 'vitest';
import { limitEntries, limitsWritten } from '../src/build/sandbox/limits.ts';
import { limitsOf } from '../src/cli/limit-options.ts';
import { run } from './support/cli.ts';

const limitsIn = (...ulimit: readonly string[]) => limitsOf({ operands: [], options: { ulimit } });

describe('--shm-size and --ulimit', () => {
  it.each([
    ['128m', 134_217_728],
    ['1GiB', 1_073_741_824],
    ['5000', 8192],
    ['1.5k', 4096],
  ])('of memory: %s', (text, bytes) => {
    expect(limitsOf({ operands: [], options: { 'shm-size': [text] } })?.sharedMemory).toBe(bytes);
  });

  it('has the last limit of each name, and one number for both', () => {
    expect(limitsIn()).toBeUndefined();
    expect(limitsIn('nofile=1', 'core=-1', 'cpu=1:-1', 'nofile=2:3')?.resources).toEqual([
      { name: 'nofile', soft: 2, hard: 3 },
      { name: 'core', soft: undefined, hard: undefined },
      { name: 'cpu', soft: 1, hard: undefined },
    ]);
  });

  it('gives container runtimes the number that means no limit, whatever else is written', () => {
    const limits = limitsIn('core=5:-1') ?? { sharedMemory: undefined, resources: [] };
    const args = ['"soft":"unlimited"'];
    const text = limitsWritten(JSON.stringify({ args, rlimits: limitEntries(limits) }));
    expect(text).toContain('{"type":"RLIMIT_CORE","soft":5,"hard":18446744073709551615}');
    expect(JSON.parse(text).args).toEqual(args);
  });

  it.each([
    [['--shm-size', '1x'], '--shm-size is a size such as 128m or 1g, not `1x`'],
    [['--shm-size', '0'], '--shm-size is a size such as 128m or 1g, not `0`'],
    [['--ulimit', 'nofil=1'], '--ulimit knows no `nofil` (did you mean `nofile`?); it is one of core, cpu, '],
    [['--ulimit', 'nofile'], '--ulimit takes NAME=SOFT or NAME=SOFT:HARD, not `nofile`'],
    [['--ulimit', 'nofile=1:2:3'], '--ulimit takes NAME=SOFT or NAME=SOFT:HARD, not `nofile=1:2:3`'],
    [['--ulimit', 'nofile=2:1'], '--ulimit nofile=2:1: the soft limit is above the hard one'],
    [['--ulimit', 'nofile=-1:1'], '--ulimit nofile=-1:1: the soft limit is above the hard one'],
    [['--ulimit', 'nofile=-2'], '--ulimit nofile=-2: a limit cannot be -2; -1 means none'],
    [['--ulimit', `nofile=${'9'.repeat(20)}`], `a limit cannot be ${'9'.repeat(20)}`],
  ])('%j is refused', async (args, message) => {
    const { code, stderr } = await run({ Dockerfile: 'FROM scratch\n' }, 'build', ...args, '.');
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});
