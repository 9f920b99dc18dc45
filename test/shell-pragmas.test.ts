import { describe, expect, it } from 'vitest';
import { parse } from '../src/ast/create.ts';
import { hadolintScript, modelOf } from '../src/model/index.ts';

/** The dialects of all RUNs, triggers among them. */
const dialectsIn = (text: string): readonly string[] => {
  const file = parse(text);
  const model = modelOf(file);
  const runs = file.instructions.map((node) => (node.kind === 'Onbuild' ? node.trigger : node));
  return runs.filter(({ kind }) => kind === 'Run').map((node) => model.shellOf(node).dialect);
};

const SHELL = 'SHELL ["/bin/bash", "-c"]\n';

describe('a comment that says which shell there is', () => {
  it.each([
    ['# hadolint shell=powershell\nFROM a\nRUN x\nFROM b\nRUN x\n', ['powershell', 'powershell']],
    ['# hadolint shell = powershell.exe # a reason\r\nFROM a\r\nRUN x\r\n', ['powershell']],
    ['FROM a\nRUN x\n# hadolint shell=/bin/bash\nRUN x\nFROM b\nRUN x\n', ['posix', 'bash', 'posix']],
    ['# hadolint shell=bash\nFROM a\n# hadolint shell=dash\nRUN x\nFROM b\nRUN x\n', ['posix', 'bash']],
    ['# tally shell=cmd.exe\nFROM a\nRUN x\n', ['cmd']],
    ['# iechorlint shell=bash\nRUN x\n', ['bash']],
    ['# hadolint shell=nu\nRUN x\n', ['other']],
    ['#hadolint shell=bash\nARG V\nFROM a\nONBUILD RUN x\n', ['bash']],
    ['FROM a AS base\n# hadolint shell=bash\nRUN x\nFROM base\nRUN x\nONBUILD RUN x\n', ['bash', 'bash', 'bash']],
    // Whichever comes later counts.
    [`FROM a\n# hadolint shell=dash\n${SHELL}RUN x\n`, ['bash']],
    [`FROM a\n${SHELL}# hadolint shell=dash\nRUN x\n`, ['posix']],
    [`# hadolint shell=dash\nFROM a\n${SHELL}RUN x\n`, ['bash']],
    [`FROM a AS base\n# hadolint shell=dash\nRUN x\nFROM base\n${SHELL}RUN x\n`, ['posix', 'bash']],
    [`FROM a AS base\n${SHELL}RUN x\nFROM base\n# hadolint shell=dash\nRUN x\n`, ['bash', 'posix']],
    // It is no comment of the file there.
    ['FROM a\nRUN a \\\n# hadolint shell=bash\n b\nRUN x\n', ['posix', 'posix']],
    ['FROM a\nRUN <<E\n# hadolint shell=bash\nE\nRUN x\n', ['posix', 'posix']],
    ['FROM a\n# hadolint shell\nRUN x\n', ['posix']],
  ])('%j', (text, dialects) => {
    expect(dialectsIn(text)).toEqual(dialects);
  });

  it.each([
    ['# hadolint shell=powershell\nFROM a\nRUN x\n', undefined],
    ['# hadolint shell=bash\nFROM a\nRUN x\n', 'bash'],
    ['FROM a\n# hadolint shell=ash\nRUN x\n', 'busybox'],
    [`FROM a\n${SHELL}# hadolint shell=sh\nRUN x\n`, 'sh'],
    [`FROM a\n# hadolint shell=sh\n${SHELL}RUN x\n`, 'bash'],
  ])('holds as hadolint sees the file: %j', (text, shell) => {
    const file = parse(text);
    const run = file.instructions.find(({ kind }) => kind === 'Run');
    expect(run && hadolintScript(modelOf(file), run)?.shell).toBe(shell);
  });

  it('is nothing to a build', () => {
    const file = parse('FROM a\n# hadolint shell=bash\nRUN x\n');
    const [stage] = modelOf(file).stages;
    expect(stage && modelOf(file).stateAfter(stage).shell).toBeUndefined();
  });
});
