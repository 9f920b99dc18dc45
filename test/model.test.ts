import { describe, expect, it } from 'vitest';
import { parse } from '../src/ast/create.ts';
import { type Model, modelOf, type State } from '../src/model/index.ts';
import { configOf, refusalIn, valueOfV } from './support/plan.ts';

const model = (text: string): Model => modelOf(parse(text));

/** Each stage as `index:name`, and what it is built on. */
const stagesOf = (text: string): readonly string[] =>
  model(text).stages.map(({ index, name, base }) => {
    const on = base.kind === 'stage' ? `stage ${base.stage.index}` : base.kind === 'image' ? base.text : base.kind;
    return `${index}:${name ?? ''} on ${on}`;
  });

/** What the last stage takes, its own FROM left out: the index of a stage, or the text. */
const takenBy = (text: string): readonly (string | number | undefined)[] =>
  (model(text).stages.at(-1)?.references ?? [])
    .filter(({ kind }) => kind !== 'from')
    .map(({ stage, text: name, outOfRange }) => (outOfRange ? 'out of range' : (stage?.index ?? name)));

describe('stages', () => {
  it.each([
    ['FROM a\nFROM b AS C\n', ['0: on a', '1:c on b']],
    ['FROM a AS b\nFROM b\n', ['0:b on a', '1: on stage 0']],
    ['FROM a AS B\nFROM b\n', ['0:b on a', '1: on stage 0']],
    ['FROM a AS b\nFROM B\n', ['0:b on a', '1: on B']],
    ['FROM a AS b\nFROM c AS b\nFROM b\n', ['0:b on a', '1:b on c', '2: on stage 1']],
    ['FROM b\nFROM a AS b\n', ['0: on b', '1:b on a']],
    ['FROM b AS b\n', ['0:b on b']],
    ['FROM scratch\nFROM Scratch\n', ['0: on scratch', '1: on Scratch']],
    ['ARG X=b\nFROM a AS b\nFROM $X\nFROM "b"\n', ['0:b on a', '1: on stage 0', '2: on stage 0']],
    ['ARG X\nFROM $X\nFROM a:${X:-1}\n', ['0: on unknown', '1: on unknown']],
    ['RUN x\nFROM a\n', ['-1: on unknown', '0: on a']],
    ['RUN x\n', ['-1: on unknown']],
    ['ARG x\n', []],
  ])('%j', (text, stages) => {
    expect(stagesOf(text)).toEqual(stages);
  });

  it.each([
    ['FROM a\nFROM b\nCOPY --from=0 x y\n', [0]],
    ['FROM a\nFROM b\nCOPY --from=+0 x y\n', [0]],
    ['FROM a\nFROM b\nCOPY --from=1 x y\n', [1]],
    ['FROM a\nFROM b\nCOPY --from=2 x y\n', ['out of range']],
    ['FROM a\nFROM b\nCOPY --from=-1 x y\n', ['out of range']],
    ['FROM a AS Build\nFROM b\nCOPY --from=bUILD x y\n', [0]],
    ['FROM a AS c\nFROM b\nCOPY --from="c" x y\n', [0]],
    ['FROM a AS c\nFROM b AS c\nFROM d\nCOPY --from=c x y\n', [1]],
    ['FROM a\nCOPY --from=nginx:1 x y\n', ['nginx:1']],
    ['FROM a AS b\nFROM c\nRUN --mount=type=bind,from=B,target=/x y\n', [0]],
    ['FROM a AS b\nFROM c\nRUN --mount=from=b,target=/x --mount=from=d,target=/y y\n', [0, 'd']],
    ['FROM a AS b\nFROM c\nONBUILD COPY --from=b x y\n', [0]],
    ['FROM a AS b\nFROM c\nADD --from=b x y\n', []],
  ])('%j takes from %j', (text, taken) => {
    expect(takenBy(text)).toEqual(taken);
  });

  it('a stage that is defined below is found, as BuildKit finds it to refuse it', () => {
    const { stages } = model('FROM a\nCOPY --from=late x y\nFROM b AS late\n');
    expect(stages[0]?.references.at(-1)?.stage).toBe(stages[1]);
  });

  it('are reached through FROM, COPY and mounts, and are in the image through FROM alone', () => {
    const text =
      'FROM a AS base\nFROM base AS tools\nFROM b AS copied\nCOPY --from=deep x y\nFROM c AS deep\nFROM d AS unused\nFROM base AS mid\nFROM mid\nCOPY --from=copied x y\nRUN --mount=from=tools,target=/t z\n';
    const { stages, isReached, isInFinalImage, referencesTo } = model(text);
    const names = (test: (stage: Model['stages'][number]) => boolean) => stages.filter(test).map(({ name }) => name);
    expect(names(isReached)).toEqual(['base', 'tools', 'copied', 'deep', 'mid', undefined]);
    expect(names(isInFinalImage)).toEqual(['base', 'mid', undefined]);
    const [base] = stages;
    expect(base && referencesTo(base).map(({ kind }) => kind)).toEqual(['from', 'from']);
  });

  it('a target changes what is reached', () => {
    const { stages, final, isReached } = modelOf(parse('FROM a AS one\nFROM b AS two\n'), { target: 'ONE' });
    expect(final?.name).toBe('one');
    expect(stages.map(isReached)).toEqual([true, false]);
  });

  it('many that are built on one another take no stack', () => {
    let text = 'FROM a AS s0\n';
    for (let index = 1; index < 5000; index++) text += `FROM s${index - 1} AS s${index}\nENV V=${index}\n`;
    expect(valueOfV(text)).toBe('4999');
    const { stages, isInFinalImage } = model(text);
    expect(stages.every(isInFinalImage)).toBe(true);
  });
});

describe('references that are refused', () => {
  it.each([
    ['ARG x\n', 'dockerfile contains no stages to build'],
    ['FROM $X\n', 'base name ($X) should not be blank'],
    ['FROM ""\n', 'base name ("") should not be blank'],
    ['FROM B\n', 'failed to parse stage name "B": invalid reference format'],
    ['FROM a\nCOPY --from=0 x y\n', 'circular dependency detected on stage: 0'],
    ['FROM a AS b\nCOPY --from=b x y\n', 'circular dependency detected on stage: b'],
    ['FROM a AS b\nRUN --mount=from=b,target=/x y\n', 'circular dependency detected on stage: b'],
    ['FROM a\nCOPY --from=1 x y\n', 'invalid stage index 1'],
    [
      'FROM a AS b\nCOPY --from=C x y\nFROM a AS c\nFROM b\n',
      'cannot copy from stage "c", it needs to be defined before current stage "b"',
    ],
    ['FROM a\nCOPY --from=B:x/ x y\n', 'failed to parse stage name "B:x/": invalid reference format'],
    ['ARG X=${Y?no}\nFROM a\n', 'failed to process "${Y?no}": Y: no'],
  ])('%j', (text, reason) => {
    expect(refusalIn(text)).toBe(reason);
  });

  it('a later stage in a stage that is not built is not', () => {
    expect(refusalIn('FROM a AS b\nCOPY --from=c x y\nFROM a AS c\n')).toBeUndefined();
  });

  it('a variable, which names no image', () => {
    expect(refusalIn('ARG X=a\nFROM b\nCOPY --from=$X x y\n')).toContain('$X');
  });

  it('a target that does not exist', () => {
    expect(refusalIn('FROM a AS b\n', { target: 'c' })).toBe('target stage "c" could not be found');
    expect(configOf('FROM a AS b\nENV V=1\nFROM c\n', { target: 'B' }).env.get('V')).toBe('1');
  });

  it('what stands in a stage that is not built is not', () => {
    expect(refusalIn('FROM a AS unused\nWORKDIR ${X?no}\nFROM b\n')).toBeUndefined();
    expect(refusalIn('FROM a AS used\nWORKDIR ${X?no}\nFROM used\n')).toContain('X: no');
  });
});

describe('the state before an instruction', () => {
  /** That before the last instruction. */
  const stateIn = (text: string): State => {
    const file = parse(text);
    const last = file.instructions.at(-1);
    if (!last) throw new Error('there is no instruction');
    return modelOf(file).stateBefore(last);
  };

  it('is that of all above, and not of itself', () => {
    expect(stateIn('FROM a\nUSER x\nWORKDIR /a\nWORKDIR b\nUSER y\n')).toMatchObject({ user: 'x', workdir: '/a/b' });
  });

  it('comes from the stage below', () => {
    const state = stateIn(
      'FROM a AS b\nUSER x\nWORKDIR /a\nSHELL ["bash", "-c"]\nEXPOSE 1\nFROM b AS c\nFROM c\nRUN y\n',
    );
    expect(state).toMatchObject({ user: 'x', workdir: '/a', shell: ['bash', '-c'] });
    expect([...state.ports]).toEqual([['1/tcp', true]]);
    expect(state.setBy.user?.keyword.start).toBe(12);
  });

  it('knows nothing of an image, and all of scratch', () => {
    expect(stateIn('FROM a\nRUN x\n')).toMatchObject({ workdir: undefined, user: undefined, complete: false });
    expect(stateIn('FROM scratch\nRUN x\n')).toMatchObject({ workdir: '/', complete: true });
  });

  it('of a FROM is the start of its stage', () => {
    expect(stateIn('FROM a AS b\nUSER x\nFROM b\n').user).toBe('x');
    expect(stateIn('FROM a AS b\nUSER x\nFROM c\n').user).toBeUndefined();
  });

  it.each([
    ['WORKDIR a\n', '/a'],
    ['WORKDIR /a/../b/\nWORKDIR ./c//d\n', '/b/c/d'],
    ['WORKDIR /a\nWORKDIR ..\n', '/'],
  ])('%j ends in %s', (lines, workdir) => {
    expect(configOf(`FROM scratch\n${lines}`).workdir).toBe(workdir);
  });
});

describe('CMD, ENTRYPOINT and SHELL', () => {
  it.each([
    ['the shell form runs in the shell', 'CMD a b', { cmd: ['/bin/sh', '-c', 'a b'] }],
    ['in the one that SHELL names', 'SHELL ["bash", "-c"]\nCMD a', { cmd: ['bash', '-c', 'a'] }],
    ['the last one counts', 'CMD a\nCMD ["b"]', { cmd: ['b'] }],
    ['ENTRYPOINT takes the CMD of the base away', 'ENTRYPOINT ["e"]', { entrypoint: ['e'], cmd: undefined }],
    ['but not one of the stage', 'CMD ["c"]\nENTRYPOINT ["e"]', { entrypoint: ['e'], cmd: ['c'] }],
    [
      'HEALTHCHECK in exec form',
      'HEALTHCHECK --retries=2 CMD ["a"]',
      { healthcheck: { Test: ['CMD', 'a'], Retries: 2 } },
    ],
    ['HEALTHCHECK NONE', 'HEALTHCHECK CMD a\nHEALTHCHECK NONE', { healthcheck: { Test: ['NONE'] } }],
    [
      'its durations are nanoseconds',
      'HEALTHCHECK --interval=1m2.5s --timeout=0 CMD a',
      { healthcheck: { Test: ['CMD-SHELL', 'a'], Interval: 62.5e9 } },
    ],
  ])('%s', (_title, lines, expected) => {
    expect(configOf(`FROM a\n${lines}\n`)).toMatchObject(expected);
  });

  it('ENTRYPOINT takes away the CMD of the stage below', () => {
    expect(configOf('FROM a AS b\nCMD ["c"]\nFROM b\nENTRYPOINT ["e"]\n').cmd).toBeUndefined();
  });

  it.each([
    ['FROM a\nRUN x\n', 'posix'],
    ['FROM a\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN x\n', 'bash'],
    ['FROM a AS b\nSHELL ["pwsh", "-c"]\nFROM b\nRUN x\n', 'powershell'],
    ['FROM a AS b\nSHELL ["pwsh", "-c"]\nFROM a\nRUN x\n', 'posix'],
    ['FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN x\n', 'cmd'],
    ['FROM mcr.microsoft.com/windows/nanoserver:1809 AS b\nFROM b\nRUN x\n', 'cmd'],
    ['FROM a\nSHELL ["C:\\\\x\\\\PowerShell.EXE"]\nRUN x\n', 'powershell'],
    ['FROM a\nSHELL ["python", "-c"]\nRUN x\n', 'other'],
  ])('%j runs in %s', (text, dialect) => {
    const file = parse(text);
    const run = file.instructions.at(-1);
    expect(run && modelOf(file).shellOf(run).dialect).toBe(dialect);
  });
});

describe('ONBUILD', () => {
  it('is kept as it is written, continuations joined', () => {
    expect(configOf('FROM a\nONBUILD  run  a \\\n  b\nONBUILD --x COPY c d\n'.replace('--x ', '')).onbuild).toEqual([
      'run  a   b',
      'COPY c d',
    ]);
  });

  it('runs first in the child, in order, once', () => {
    const text = 'FROM a AS b\nONBUILD ENV X=1\nONBUILD ENV Y=$X\nENV V=no\nFROM b AS c\nENV V=$X$Y\nFROM c\n';
    expect(valueOfV(text)).toBe('11');
    expect(configOf(text).onbuild).toEqual([]);
    expect(valueOfV('FROM a AS b\nONBUILD ENV V=on\nFROM b AS c\nENV V=own\nFROM c\n')).toBe('own');
  });

  it('does nothing in its own stage', () => {
    expect(valueOfV('FROM a\nONBUILD ENV V=1\n')).toBeUndefined();
  });

  it('triggers are a stage of their own, built on the end of theirs', () => {
    const file = parse('FROM a\nUSER x\nONBUILD USER y\nONBUILD RUN z\nUSER w\n');
    const { stages, triggersOf, stateBefore, stageOf } = modelOf(file);
    const [stage] = stages;
    const child = stage && triggersOf(stage);
    const [user, run] = child?.node.instructions ?? [];
    expect(child?.onbuildOf).toBe(stage);
    expect(user && stateBefore(user).user).toBe('w');
    expect(run && stateBefore(run).user).toBe('y');
    expect(run && stageOf(run)).toBe(child);
    expect(stage && modelOf(parse('FROM a\n')).triggersOf(stage)).toBeUndefined();
  });
});
