import { describe, expect, it } from 'vitest';
import { rules } from '../rules/index.ts';
import { folderWith, runIn } from './support/cli.ts';

const TWO_STAGES = 'FROM alpine:3.22 AS build\nRUN make\nFROM build AS final\nWORKDIR app\nUSER 5:5\nCMD ["x"]\n';

const lint = async (files: Readonly<Record<string, string>>, ...args: string[]) =>
  runIn(folderWith(files), args, {}, rules);

describe('a target that no file has', () => {
  const files = { Dockerfile: TWO_STAGES, 'b.Dockerfile': 'FROM alpine:3.22 AS other\nUSER 5:5\n' };

  it('is told with the nearest stage', async () => {
    const { code, stderr } = await lint(files, '--target', 'finl', 'Dockerfile');
    expect(stderr).toBe(
      'iechorlint: --target finl: there is no such stage (did you mean `final`?); there is build, final\n',
    );
    expect(code).toBe(2);
  });

  it('or that there is none with a name', async () => {
    const { stderr } = await lint({ Dockerfile: 'FROM scratch\n' }, '--target', 'x');
    expect(stderr).toBe('iechorlint: --target x: there is no such stage; none has a name\n');
  });

  it('but not where one of them has it, or nothing is there to have it', async () => {
    expect((await lint(files, '--target', 'OTHER')).stderr).toBe('');
    expect((await lint(files, '--target', 'build', 'Dockerfile')).stderr).toBe('');
    expect((await lint({ a: '' }, '--target', 'x')).stderr).not.toContain('stage');
  });
});

describe('--fix-rule with a rule whose fixes are unsafe', () => {
  const SAID = 'iechorlint: 1 fix of these rules is unsafe and left out; add --unsafe-fixes to apply it\n';

  it.each(['--fix', '--diff'])('says with %s what they need', async (option) => {
    const { stderr } = await lint({ Dockerfile: TWO_STAGES }, option, '--fix-rule', 'relative-workdir');
    expect(stderr).toContain(SAID);
    const both = await lint({ Dockerfile: TWO_STAGES }, option, '--unsafe-fixes', '--fix-rule', 'relative-workdir');
    expect(both.stderr).not.toContain('left out');
    const other = await lint({ Dockerfile: TWO_STAGES }, option, '--fix-rule', 'shell-form-command');
    expect(other.stderr).not.toContain('left out');
    expect((await lint({ Dockerfile: TWO_STAGES }, option)).stderr).not.toContain('left out');
  });
});

describe('a heredoc where COPY wants a place', () => {
  it('is one mistake, not two', async () => {
    const { stdout } = await lint({ Dockerfile: 'FROM alpine:3.22\nCOPY a b <<EOF\nx\nEOF\n' }, '--format', 'compact');
    expect(stdout.match(/error \S+/g)).toEqual(['error syntax:']);
  });
});

describe('an instruction that a stray backslash has swallowed', () => {
  it('is not deleted with what has swallowed it', async () => {
    const text = 'FROM alpine:3.22\nLABEL a=1 \\\n\nARG VERSION\nLABEL a=1\nUSER 5:5\n';
    const { stdout } = await lint({ Dockerfile: text }, '--diff', '--select', 'label-duplicate-key');
    expect(stdout).toBe('');
  });
});

describe('what does not help', () => {
  it.each([
    ['undefined-arg-in-from', 'junk\nFROM alpine:${V}\nARG V=3\n'],
    ['undefined-arg-in-from', 'ARG VERS*ON=3\nFROM alpine:$VERSION\n'],
    [
      'copy-from-unknown-stage',
      'FROM golang:1.26 x\nRUN go build -o /a .\nFROM alpine:3.22\nCOPY --from=build /a /a\n',
    ],
  ])('is not offered as a fix of %s', async (rule, text) => {
    const { stdout } = await lint({ Dockerfile: text }, '--select', rule, '--format', 'json');
    const [{ diagnostics }] = JSON.parse(stdout).files;
    const found = diagnostics.filter((each: { rule: string }) => each.rule === rule);
    expect(found).toHaveLength(1);
    expect(found[0].fix).toBeUndefined();
  });
});

describe('a shell command that begins a line', () => {
  it.each(['export A=1', 'cd /app', 'unset A', 'chmod +x a'])('%s is taken for no instruction', async (line) => {
    const text = `FROM alpine:3.22\nRUN make &&\n${line} &&\\\n  make\n`;
    const { stdout } = await lint({ Dockerfile: text }, '--select', 'syntax', '--unsafe-fixes', '--diff');
    expect(stdout).not.toContain(`-${line}`);
    const { stdout: shown } = await lint({ Dockerfile: text }, '--select', 'syntax');
    expect(shown).toContain('If this belongs to the instruction above');
  });
});
