import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { runIn } from './support/cli.ts';

const { parse } = vi.hoisted(() => ({ parse: vi.fn<(text: string) => void>() }));

vi.mock(import('../src/ast/create.ts'), async (original) => {
  const real = await original();
  return {
    ...real,
    parse: (text: string) => {
      parse(text);
      return real.parse(text);
    },
  };
});

const folder = mkdtempSync(join(tmpdir(), 'iechorlint-parse-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  parse.mockClear();
});

describe.runIf(process.platform === 'linux')('a build', () => {
  const FILE = '# remark\nFROM scratch\nARG V=1\nCOPY a /$V\n';
  const called = (...more: string[]) => runIn(folder, ['--build', ...more, '--store', join(folder, 'store'), '.']);

  it.each([[], ['--plan']])('parses its file once, for the linter and for itself: %s', async (...more) => {
    writeFileSync(join(folder, 'a'), 'a');
    writeFileSync(join(folder, 'iEchorfile'), FILE);
    const { code, stderr, stdout } = await called(...more);
    expect(stderr + stdout).toContain('Here is remark');
    expect(code).toBe(0);
    expect(parse.mock.calls).toEqual([[FILE]]);
  });
});
