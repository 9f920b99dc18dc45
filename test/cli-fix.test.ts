import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defineRule, type Rule } from '../src/lint/index.ts';
import { folderWith, runIn } from './support/cli.ts';
import { markerRules } from './support/marker-rules.ts';

/** The bytes of a file after a call in a folder that holds it alone. */
const bytesAfter = async (bytes: string | Uint8Array, ...args: string[]) => {
  const cwd = folderWith({ Dockerfile: bytes });
  const outcome = await runIn(cwd, args);
  return { ...outcome, text: readFileSync(join(cwd, 'Dockerfile'), 'latin1'), names: readdirSync(cwd) };
};

const TEXT = 'FROM scratch\n# doubtful risky ugly\n';

describe('--fix', () => {
  it('applies what is safe, says so, and reports what remains', async () => {
    const { text, code, stdout, stderr, names } = await bytesAfter(TEXT, '--fix');
    expect(text).toBe('FROM scratch\n# certain risky neat\n');
    expect(code).toBe(1);
    expect(stdout).toMatch(/Dockerfile:2:11 {2}warning {2}risky/);
    expect(stdout).not.toMatch(/doubtful/);
    expect(stderr).toBe('iechorlint: applied 2 fixes in 1 file\n');
    expect(names).toEqual(['Dockerfile']);
  });

  it('applies the rest with --unsafe-fixes, and then nothing fails', async () => {
    const { text, code } = await bytesAfter(TEXT, '--fix', '--unsafe-fixes', '.');
    expect({ text, code }).toEqual({ text: 'FROM scratch\n# certain bold neat\n', code: 0 });
  });

  it('keeps a byte order mark, line ends and a missing last one', async () => {
    const { text } = await bytesAfter('\uFEFFFROM scratch\r\n# ugly é\r\n\n# x', '--fix');
    expect(Buffer.from(text, 'latin1').toString()).toBe('\uFEFFFROM scratch\r\n# neat é\r\n\n# x');
  });

  it.each([
    ['bytes that are not UTF-8', Buffer.from('FROM scratch\n# ugly \xff\n', 'latin1')],
    ['UTF-16', Buffer.from('\uFEFFFROM scratch\n# ugly\n', 'utf16le')],
    ['a NUL', 'FROM scratch\n# ugly \0\n'],
  ])('never writes %s', async (_name, bytes) => {
    const cwd = folderWith({ Dockerfile: bytes });
    const { stdout } = await runIn(cwd, ['--fix', '--format', 'compact']);
    expect(stdout).toMatch(/ugly/);
    expect(readFileSync(join(cwd, 'Dockerfile'))).toEqual(Buffer.from(bytes));
    const piped = await runIn(cwd, ['--fix', '-'], { stdin: bytes });
    expect(Buffer.from(piped.stdout)).toEqual(Buffer.from(Buffer.from(bytes).toString()));
  });

  it('leaves files alone in which there is nothing to fix', async () => {
    const cwd = folderWith({ Dockerfile: 'FROM scratch\n# broken\n' });
    const { mtimeNs, ino } = statSync(join(cwd, 'Dockerfile'), { bigint: true });
    const { stderr } = await runIn(cwd, ['--fix']);
    expect(stderr).toBe('');
    expect(statSync(join(cwd, 'Dockerfile'), { bigint: true })).toMatchObject({ mtimeNs, ino });
  });

  it('leaves a file alone that changed meanwhile, names it, and fixes the others', async () => {
    const cwd = folderWith({ Dockerfile: TEXT, 'Dockerfile.b': TEXT });
    const meddler: Rule = defineRule({
      ...(markerRules[0] ?? expect.unreachable()),
      name: 'meddler',
      check: ({ document }) => {
        if (document.path === 'Dockerfile') writeFileSync(join(cwd, 'Dockerfile'), `${TEXT}# mine\n`);
        return {};
      },
    });
    const { code, stderr, stdout } = await runIn(cwd, ['--fix'], {}, [meddler, ...markerRules]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^iechorlint: cannot write Dockerfile: it changed while it was being checked/);
    expect(stderr).toMatch(/applied 2 fixes in 1 file/);
    expect(stdout).toMatch(/Dockerfile:2:3 {2}warning {2}doubtful/);
    expect(readFileSync(join(cwd, 'Dockerfile'), 'utf8')).toBe(`${TEXT}# mine\n`);
    expect(readFileSync(join(cwd, 'Dockerfile.b'), 'utf8')).toMatch(/certain/);
  });

  it('fixes a file with two names once', async () => {
    const cwd = folderWith({ Dockerfile: TEXT });
    const { stderr } = await runIn(cwd, ['--fix', 'Dockerfile', './Dockerfile', '.']);
    expect(stderr).toBe('iechorlint: applied 2 fixes in 1 file\n');
  });
});

describe('standard input', () => {
  const stdin = TEXT;

  it('is read for -, under the name given', async () => {
    const { stdout, code } = await runIn('/', ['-', '--stdin-filename', 'api/Dockerfile'], { stdin });
    expect(stdout).toMatch(/api\/Dockerfile:2:3/);
    expect(code).toBe(1);
    expect((await runIn('/', ['-'], { stdin })).stdout).toMatch(/<stdin>:2:3/);
    expect((await runIn('/', ['-'], {})).code).toBe(0);
  });

  it('is fixed on its way to standard output, findings go to standard error', async () => {
    const { stdout, stderr, code } = await runIn('/', ['--fix', '-'], { stdin });
    expect(stdout).toBe('FROM scratch\n# certain risky neat\n');
    expect(stderr).toMatch(/applied 2 fixes.*<stdin>:2:11 {2}warning {2}risky/s);
    expect(code).toBe(1);
  });

  it('goes through unchanged where there is nothing to fix, and in full where it is too large', async () => {
    const large = `# ugly\n${'x'.repeat(100_000)}`;
    for (const text of ['', 'FROM scratch', '\uFEFFFROM scratch\r\n', large])
      expect((await runIn('/', ['--fix', '-', '--max-file-size', '1k'], { stdin: text })).stdout).toBe(text);
  });
});

describe('--diff', () => {
  it('prints what --fix would do, changes nothing, and gives 1 if anything would', async () => {
    const { text, code, stdout, stderr } = await bytesAfter(TEXT, '--diff');
    expect(text).toBe(TEXT);
    expect(code).toBe(1);
    expect(stdout).toBe(
      '--- a/Dockerfile\n+++ b/Dockerfile\n@@ -1,2 +1,2 @@\n FROM scratch\n-# doubtful risky ugly\n+# certain risky neat\n',
    );
    expect(stderr).toBe('iechorlint: 1 file would change\n');
  });

  it('wins over --fix, knows --unsafe-fixes, and can be written to a file', async () => {
    const cwd = folderWith({ Dockerfile: TEXT });
    const { code, stdout } = await runIn(cwd, ['--fix', '--diff', '--unsafe-fixes', '--output-file', 'x.patch']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(readFileSync(join(cwd, 'x.patch'), 'utf8')).toMatch(/\+# certain bold neat\n$/);
    expect(readFileSync(join(cwd, 'Dockerfile'), 'utf8')).toBe(TEXT);
  });

  it('says where a patch shows less than there is, and cannot be applied', async () => {
    for (const hidden of ['ENV API_TOKEN=abcdef123456', '# \u202e']) {
      const { stderr, stdout } = await bytesAfter(`FROM scratch\n${hidden}\n# ugly\n`, '--diff', '-q');
      expect(stderr).toMatch(/Dockerfile: the patch hides secrets or control characters/);
      expect(stdout).not.toMatch(/abcdef|\u202e/);
    }
    const { stderr } = await bytesAfter('\uFEFFFROM scratch\r\n# ugly\t\r\n# x', '--diff');
    expect(stderr).toBe('iechorlint: 1 file would change\n');
  });

  it('gives 0 where nothing would change, whatever is found', async () => {
    const { code, stdout } = await bytesAfter('FROM scratch\n# broken\n', '--diff');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  });

  it('shows standard input too, and only that', async () => {
    const { stdout, code } = await runIn('/', ['--diff', '-', '--stdin-filename', 'Dockerfile'], { stdin: TEXT });
    expect(stdout).toMatch(/^--- a\/Dockerfile\n/);
    expect(code).toBe(1);
  });
});

describe('files that are hard to read', () => {
  it('are one finding each, and linted as far as they decode', async () => {
    const { rules } = await import('../rules/index.ts');
    const cwd = folderWith({
      'Dockerfile.latin1': Buffer.from('FROM alpine\nENV A="\xe9"\nRUNN x\n', 'latin1'),
      'Dockerfile.nul': 'FROM alpine\nENV A=\0\nRUNN x\n',
      'Dockerfile.utf16': Buffer.from('\uFEFFFROM alpine\nRUNN x\n', 'utf16le'),
    });
    chmodSync(cwd, 0o755);
    const { stdout } = await runIn(
      cwd,
      ['--format', 'json', '--select', 'encoding,syntax', '--ignore', 'syntax-directive-missing'],
      {},
      rules,
    );
    const found = JSON.parse(stdout).files.map(({ diagnostics }: { diagnostics: { rule: string; start: object }[] }) =>
      diagnostics.map(({ rule, start }) => ({ rule, start })),
    );
    expect(found).toMatchObject([
      [
        { rule: 'encoding', start: { line: 2, column: 8 } },
        { rule: 'syntax', start: { line: 3 } },
      ],
      // What follows a NUL is most likely no text.
      [{ rule: 'encoding', start: { line: 2, column: 7 } }],
      [
        { rule: 'encoding', start: { line: 1, column: 1 } },
        { rule: 'syntax', start: { line: 2 } },
      ],
    ]);
  });
});
