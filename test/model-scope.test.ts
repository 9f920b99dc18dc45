import { describe, expect, it } from 'vitest';
import { parse } from '../src/ast/create.ts';
import { modelOf } from '../src/model/index.ts';
import { configOf, refusalIn, valueOfV } from './support/plan.ts';

/* Which names a place of a file knows, and what they stand for; with the configuration of every base image, as in a build. */

const buildArgs = new Map([
  ['GIVEN', 'given'],
  ['TARGETARCH', 'mine'],
]);

describe('ENV and ARG', () => {
  it.each([
    ['a name that nothing sets is empty', 'FROM a\nENV V=[$X]\n', '[]'],
    ['the base image sets some', 'FROM a\nENV V=$BASE\n', 'from-base'],
    ['all pairs of one ENV see the state before it', 'FROM a\nENV X=1\nENV X=2 V=$X\n', '1'],
    ['the defaults of one ARG see one another', 'FROM a\nARG X=1 Y=$X$X\nENV V=$Y\n', '11'],
    ['names are expanded in ENV', 'FROM a\nARG X=V\nENV $X=1\n', '1'],
    ['and not in ARG', 'FROM a\nENV X=V\nARG $X=1\nENV V=[$V]\n', '[]'],
    ['quotes are taken out of values', "FROM a\nENV V=\"a 'b'\"'$X'c\\ d\n", "a 'b'$Xc d"],
    ['the old form is expanded too', 'FROM a\nENV X 1\nENV V  a $X  "b"\n', 'a 1  b'],
    ['ARG after ENV counts below', 'FROM a\nENV X=env\nARG X=arg\nENV V=$X\n', 'arg'],
    ['and leaves the environment of the image', 'FROM a\nENV V=env\nARG V=arg\n', 'env'],
    ['ENV after ARG counts below', 'FROM a\nARG X=arg\nENV X=env\nENV V=$X\n', 'env'],
    ['ARG without a value leaves what was set', 'FROM a\nENV X=env\nARG X\nENV V=$X\n', 'env'],
    ['ARG is not in the image', 'FROM a\nARG V=1\n', undefined],
  ])('%s', (_title, text, value) => {
    expect(valueOfV(text)).toBe(value);
  });

  it.each([
    ['a build argument wins over the default', 'FROM a\nARG GIVEN=own\nENV V=$GIVEN\n', 'given'],
    ['and over the global', 'ARG GIVEN=global\nFROM a\nARG GIVEN\nENV V=$GIVEN\n', 'given'],
    ['it does nothing where no ARG asks for it', 'FROM a\nENV V=[$GIVEN]\n', '[]'],
    ['the own default wins over the global', 'ARG X=global\nFROM a\nARG X=own\nENV V=$X\n', 'own'],
    ['the global counts where there is no default', 'ARG X=global\nFROM a\nARG X\nENV V=$X\n', 'global'],
    ['and is not seen without ARG', 'ARG X=global\nFROM a\nENV V=[$X]\n', '[]'],
    ['globals see those above', 'ARG X=1\nARG Y=$X$X\nFROM a\nARG Y\nENV V=$Y\n', '11'],
    ['predefined ones want an ARG in a stage', 'FROM a\nENV V=[$TARGETOS]\n', '[]'],
    ['which need not say more', 'FROM a\nARG TARGETOS\nENV V=$TARGETOS\n', 'linux'],
    ['a build argument overrides them', 'FROM a\nARG TARGETARCH\nENV V=$TARGETARCH\n', 'mine'],
    ['as does a global', 'ARG TARGETVARIANT=x\nFROM a\nARG TARGETVARIANT\nENV V=$TARGETVARIANT\n', 'x'],
    ['the target has a name', 'FROM a\nARG TARGETSTAGE\nENV V=$TARGETSTAGE\n', 'default'],
    ['proxies are not seen without ARG', 'FROM a\nENV V=[$http_proxy]\n', '[]'],
  ])('%s', (_title, text, value) => {
    expect(valueOfV(text, { buildArgs })).toBe(value);
  });

  it.each([
    ['the whole platform', 'linux/arm/v7', 'linux/arm/v7 linux arm v7'],
    ['without a variant', 'windows/amd64', 'windows/amd64 windows amd64 '],
  ])('predefined arguments tell %s', (_title, platform, value) => {
    const text =
      'FROM a\nARG TARGETPLATFORM TARGETOS TARGETARCH TARGETVARIANT\nENV V="$TARGETPLATFORM $TARGETOS $TARGETARCH $TARGETVARIANT"\n';
    expect(valueOfV(text, { platform })).toBe(value);
  });

  it('PATH is there from the start', () => {
    const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
    expect(valueOfV('FROM scratch\nENV V=$PATH\n')).toBe(path);
    expect(configOf('FROM scratch\n').env.get('PATH')).toBe(path);
    expect(valueOfV('FROM a\nENV V=$PATH\n')).toBe('/usr/bin:/bin');
  });
});

describe('stages inherit', () => {
  it.each([
    ['ENV', 'FROM a AS b\nENV X=1\nFROM b\nENV V=$X\n', '1'],
    ['ARG', 'FROM a AS b\nARG X=1\nFROM b\nENV V=$X\n', '1'],
    ['through several stages', 'FROM a AS b\nENV X=1\nFROM b AS c\nFROM c\nENV V=$X\n', '1'],
    [
      'nothing from a stage that they only copy from',
      'FROM a AS b\nENV X=1\nFROM a\nCOPY --from=b x y\nENV V=[$X]\n',
      '[]',
    ],
    ['nothing that comes later', 'FROM a AS b\nFROM b AS c\nENV X=1\nFROM b\nENV V=[$X]\n', '[]'],
  ])('%s', (_title, text, value) => {
    expect(valueOfV(text)).toBe(value);
  });
});

describe('what is expanded', () => {
  it.each([
    ['WORKDIR', 'ENV X=/x\nWORKDIR $X/y', { workdir: '/x/y' }],
    ['USER', 'ENV X=me\nUSER ${X}:"g"', { user: 'me:g' }],
    ['STOPSIGNAL', 'ENV X=INT\nSTOPSIGNAL SIG$X', { stopsignal: 'SIGINT' }],
    ['EXPOSE, into words', 'ENV X="80 81"\nEXPOSE $X 8${Y:-2}/udp', { ports: ['80/tcp', '81/tcp', '2/udp'] }],
    ['VOLUME, also in JSON', 'ENV X=/x\nVOLUME ["$X", "\'/q\'"]', { volumes: ['/x', '/q'] }],
    ['LABEL, names too', 'ENV X=k\nLABEL $X=$X', { labels: new Map([['k', 'k']]) }],
    ['not CMD', 'ENV X=x\nCMD echo $X', { cmd: ['/bin/sh', '-c', 'echo $X'] }],
    ['not ENTRYPOINT', 'ENV X=x\nENTRYPOINT ["$X"]', { entrypoint: ['$X'] }],
    ['not SHELL', 'ENV X=x\nSHELL ["$X"]', { shell: ['$X'] }],
    ['not HEALTHCHECK', 'HEALTHCHECK CMD a $X', { healthcheck: { Test: ['CMD-SHELL', 'a $X'] } }],
    ['not ONBUILD', 'ENV X=x\nONBUILD ENV V=$X', { onbuild: ['ENV V=$X'] }],
  ])('%s', (_title, lines, expected) => {
    expect(configOf(`FROM a\n${lines}\n`)).toMatchObject(expected);
  });

  it.each([
    ["ENV V='x", 'looking for matching single-quote'],
    ['ENV V="x', 'looking for matching double-quote'],
    ['EXPOSE "1 2"', 'looking for matching double-quote'],
    ['WORKDIR ${X', 'unsupported modifier'],
    ['USER ${X?must be given}', 'X: must be given'],
    ['COPY ${X:?no} /y', 'X: no'],
    ['COPY --chown=${X?no} x /y', 'X: no'],
    ['LABEL a=${X^}', 'unsupported modifier (^)'],
    ['ARG Y=${X?no}', 'X: no'],
    ['RUN --mount=target=/x,id=${X?no} y', 'X: no'],
    ['STOPSIGNAL nope', 'invalid signal: nope'],
    ['VOLUME $X', 'VOLUME specified can not be an empty string'],
  ])('%s is refused', (line, reason) => {
    expect(refusalIn(`FROM a\n${line}\n`)).toContain(reason);
  });

  it.each([
    'RUN echo ${X?no} "',
    'CMD echo "',
    'HEALTHCHECK CMD echo "',
    'MAINTAINER "x',
    'ONBUILD ENV a="x',
    'COPY --exclude=${X?no} x /y',
  ])('%s is not', (line) => {
    expect(refusalIn(`FROM a\n${line}\n`)).toBeUndefined();
  });
});

describe('without the configuration of the base', () => {
  const valueIn = (lines: string): string | undefined => {
    const text = `${lines}\nWORKDIR $X\n`;
    const file = parse(text);
    const node = file.instructions.at(-1);
    if (node?.kind !== 'Workdir') throw new Error('the last line is no WORKDIR');
    return modelOf(file).expand(node.path, node).value;
  };

  it.each([
    ['a name that the file sets is known', 'FROM a\nENV X=/x', '/x'],
    ['another is not', 'FROM a', undefined],
    ['an ARG with a default is', 'FROM a\nARG X=/x', '/x'],
    ['one without is not', 'FROM a\nARG X', undefined],
    ['a global is', 'ARG X=/x\nFROM a\nARG X', '/x'],
    ['what hangs on something unknown is unknown', 'FROM a\nENV X=/$Y', undefined],
    ['all is known from scratch', 'FROM scratch', ''],
    ['and in stages built on it', 'FROM scratch AS a\nENV Y=1\nFROM a\nENV X=/$Y$Z', '/1'],
  ])('%s', (_title, lines, value) => {
    expect(valueIn(lines)).toBe(value);
  });

  it('FROM sees globals and nothing else', () => {
    const file = parse('ARG X=img\nFROM $X\nENV X=other\nFROM $X:$TARGETARCH$Y\n');
    const [, first, , second] = file.instructions;
    const model = modelOf(file);
    if (first?.kind !== 'From' || second?.kind !== 'From') throw new Error('no FROM');
    expect(model.expand(first.image, first).value).toBe('img');
    expect(model.expand(second.image, second)).toMatchObject({ value: undefined, unset: [{ name: 'Y' }] });
  });
});
