import { describe, expect, it } from 'vitest';
import { rules } from '../rules/index.ts';
import { folderWith, run, runIn } from './support/cli.ts';

const jsonOf = async (file: string, ...args: string[]) => {
  const { code, stdout, stderr } = await run({ Dockerfile: file }, 'build', ...args, '.');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
};

const outlineOf = (file: string, ...args: string[]) => jsonOf(file, '--call=outline,format=json', ...args);

const linesOf = (...lines: number[]) => ({ ranges: lines.map((line) => ({ start: { line }, end: { line } })) });

const ARGS = `ARG distribution=debian
ARG release=13
ARG unneeded=x\${release}
# image to start from
# image-like words do not describe it
ARG image="\${distribution}-slim"

FROM \${image} AS tools
# PLAIN
ARG PLAIN=1
# LEVEL is a number, \\u001b[31m
ARG LEVEL=2 \\
  SECOND=3
RUN make

FROM alpine\${unneeded} AS other
ARG NOT_NEEDED=1

FROM scratch AS middle
ARG release
ARG HERE=\${release}.1 THERE=\${HERE}
ARG NOTHING

# Result is another name
#
# result has what is needed
FROM middle AS result
COPY --from=tools /a /

FROM other
`;

describe('--call outline', () => {
  it('has the arguments that the target uses, with values and descriptions', async () => {
    const outline = await outlineOf(ARGS, '--target', 'result', '--build-arg', 'LEVEL=9');
    expect(outline.name).toBe('result');
    expect(outline.description).toBe('has what is needed');
    expect(Buffer.from(outline.sources[0], 'base64').toString()).toBe(ARGS);
    expect(outline.args).toEqual([
      { name: 'distribution', value: 'debian', location: linesOf(1) },
      { name: 'release', value: '13', location: linesOf(2) },
      { name: 'image', description: 'to start from', value: 'debian-slim', location: linesOf(6) },
      { name: 'PLAIN', value: '1', location: linesOf(10) },
      { name: 'LEVEL', description: 'is a number, \\u001b[31m', value: '9', location: linesOf(12, 13) },
      { name: 'SECOND', value: '3', location: linesOf(12, 13) },
      { name: 'HERE', value: '13.1', location: linesOf(21) },
      { name: 'THERE', value: '13.1', location: linesOf(21) },
      { name: 'NOTHING', location: linesOf(22) },
    ]);
  });

  it('has the last value of an argument that is declared again', async () => {
    const file = `ARG A=1
ARG B=2
ARG UNUSED=3
ARG A=\${A}\${B}
ARG C=\${A}4
ARG A=\${A}5\${C}
FROM scratch
ARG A
ARG X=1
ARG Y=\${X}2
ARG X=\${X}3\${Y}
`;
    const { args } = await outlineOf(file);
    expect(args.map(({ name, value }: Record<string, string>) => `${name}=${value}`)).toEqual([
      'B=2',
      'C=124',
      'A=125124',
      'Y=12',
      'X=1312',
    ]);
  });

  it('has secrets, keys and caches of all stages that the target needs', async () => {
    const file = `
FROM busybox AS first
RUN --mount=type=secret,target=/etc/token,required=true --mount=type=ssh --mount=type=cache,target=/root/.cache true

FROM alpine AS second
RUN --mount=type=secret,id=unneeded --mount=type=ssh,id=unneeded true

FROM scratch AS third
ARG NUMBER
WORKDIR /w
RUN --mount=type=secret,id=part\${NUMBER} --mount=type=secret,source=named,target=/t --mount=type=cache,target=c true

FROM third AS target
COPY --from=first /f /
RUN --mount=type=ssh,id=other,required --mount=type=cache,id=named,target=/n <<EOT
true
EOT

FROM second
`;
    const outline = await outlineOf(file, '--build-arg', 'NUMBER=7', '--target', 'TARGET');
    expect(outline.secrets).toEqual([
      { name: 'token', required: true, location: linesOf(3) },
      { name: 'part7', location: linesOf(11) },
      { name: 'named', location: linesOf(11) },
    ]);
    expect(outline.ssh).toEqual([
      { name: 'default', location: linesOf(3) },
      { name: 'other', required: true, location: linesOf(15, 16, 17) },
    ]);
    expect(outline.cache).toEqual([
      { ID: '/root/.cache', location: linesOf(3) },
      { ID: '/w/c', location: linesOf(11) },
      { ID: 'named', location: linesOf(15, 16, 17) },
    ]);
  });

  it('is a table for people, in which nothing secret stands', async () => {
    const file = `# app is what\u200b runs
FROM scratch AS app
ARG NPM_TOKEN=abcdefghijk
ARG LONG_NAME
# V of 漢字
ARG V=漢字 W=x
RUN --mount=type=secret,id=a,required --mount=type=cache,target=/c true
`;
    const { code, stdout } = await run({ Dockerfile: file }, '--build', '--call', 'outline');
    expect(code).toBe(0);
    expect(stdout).toBe(`TARGET:        app
DESCRIPTION:   is what\\u{200b} runs

BUILD ARG   VALUE   DESCRIPTION
NPM_TOKEN   ****
LONG_NAME
V           漢字    of 漢字
W           x

SECRET   REQUIRED
a        true

CACHE MOUNT
/c
`);
  });

  it('runs nothing, wants no image and leaves no store', async () => {
    const folder = folderWith({ Dockerfile: 'FROM no-such.invalid/image\nRUN exit 1\n' });
    const { code, stdout } = await runIn(folder, ['build', '--call', 'outline', '--store', 'store', '.']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'TARGET:   (default)\n' });
    const stdin = 'FROM scratch AS piped\n';
    expect((await runIn(folder, ['build', '--call', 'outline', '-'], { stdin })).stdout).toBe('TARGET:   piped\n');
    expect((await runIn(folder, ['build', '--call', 'targets', '-f', 'Dockerfile'])).code).toBe(0);
    expect((await runIn(folder, ['images', '--store', 'store'])).stdout).not.toContain('no-such');
  });
});

describe('--call targets', () => {
  const FILE = `
# build makes the program
FROM alpine:\${V} AS Build
RUN true

FROM --platform=$BUILDPLATFORM busybox \\
  AS second

FROM alpine

# program is what build makes
FROM second AS program
`;

  it('lists the stages with what they are for', async () => {
    const { targets, sources } = await jsonOf(FILE, '--call', 'targets,format=json');
    expect(sources).toEqual([Buffer.from(FILE).toString('base64')]);
    expect(targets).toEqual([
      { name: 'build', description: 'makes the program', base: 'alpine:${V}', location: linesOf(3) },
      { name: 'second', base: 'busybox', platform: '$BUILDPLATFORM', location: linesOf(6, 7) },
      { base: 'alpine', location: linesOf(9) },
      {
        name: 'program',
        default: true,
        description: 'is what build makes',
        base: 'second',
        location: linesOf(12),
      },
    ]);
    expect(
      (await run({ Dockerfile: FILE }, 'build', '--call', 'targets', '.')).stdout,
    ).toBe(`TARGET              DESCRIPTION
build               makes the program
second

program (default)   is what build makes
`);
  });

  it('and outline say why a file has none', async () => {
    for (const method of ['targets', 'outline']) {
      const { code, stderr } = await run({ Dockerfile: 'FROM scratch\nCOPY\n' }, 'build', '--call', method, '.');
      expect({ method, code }).toEqual({ method, code: 1 });
      expect(stderr).toMatch(/^iechorlint: Dockerfile:.*COPY requires/);
    }
  });
});

describe('--call check', () => {
  const check = (file: string, ...args: string[]) =>
    runIn(
      folderWith({ Dockerfile: file, '.dockerignore': 'ignored', '.iechorlint.yaml': 'presets: [strict]\n' }),
      ['build', ...args, '.'],
      {},
      rules,
    );
  const FOUND = 'FROM scratch as Stage\nCOPY ignored /\n';

  it('says what BuildKit finds, whatever the configuration wants, and is 1 where there is something', async () => {
    const clean = { code: 0, stdout: 'Check complete, no warnings found.\n', stderr: '' };
    expect(await check('FROM debian:12\nRUN cd /x && sudo ls\n', '--check')).toEqual(clean);
    const { code, stdout } = await check(FOUND, '--call=check');
    expect(code).toBe(1);
    for (const rule of ['stage-name-casing', 'copy-ignored-file']) expect(stdout).toContain(rule);
    expect((await check(`# check=skip=all\n${FOUND}`, '--check')).code).toBe(0);
    expect((await check(FOUND, '--call=check,ignorestatus=true')).code).toBe(0);
  });

  it('says nothing in the log of a CI system that is a command there, nor does a build', async () => {
    const folder = folderWith({ Dockerfile: 'FROM scratch\nX##[group] y\n' });
    for (const args of [['--check'], ['--plan', '--store', folderWith({})]]) {
      const { code, stdout, stderr } = await runIn(
        folder,
        ['build', ...args, '.'],
        { env: { TF_BUILD: 'True' } },
        rules,
      );
      expect(code).toBe(1);
      expect(stdout + stderr).toContain('\\u{23}');
      expect(stdout + stderr).not.toContain('##[');
    }
  });

  it('has them as JSON, and what no build gets past', async () => {
    const { code, stdout } = await check(`${FOUND}CMD ls \\\n  -l\nNONSENSE\n`, '--call', 'lint,format=json');
    const { warnings, sources, buildError } = JSON.parse(stdout);
    expect(code).toBe(1);
    expect(sources[0]).toMatchObject({ filename: 'Dockerfile', language: 'Dockerfile' });
    expect(warnings).toContainEqual(
      expect.objectContaining({
        ruleName: 'JSONArgsRecommended',
        url: 'https://docs.docker.com/go/dockerfile/rule/json-args-recommended/',
        location: linesOf(3, 4),
      }),
    );
    expect(buildError).toMatchObject({ message: expect.stringContaining('NONSENSE'), location: linesOf(5) });
  });
});

describe('--call', () => {
  it('makes nothing a command that a file says', async () => {
    const file = 'FROM scratch\n# a ##[group]x\nARG a=##[error]y\n# b ##vso[task]z\nFROM scratch AS b\n';
    for (const method of ['outline', 'targets']) {
      const { stdout } = await run({ Dockerfile: file }, 'build', '--call', method, '.');
      expect(stdout).toContain('\\u{23}#');
      expect(stdout).not.toMatch(/##\w*\[/);
    }
  });

  it('says what there is to ask', async () => {
    const { stdout } = await run({}, 'build', '--call', 'subrequests.describe');
    for (const name of ['outline', 'targets']) expect(stdout).toMatch(new RegExp(`^${name} +1\\.0\\.0 `, 'm'));
    const asked = await jsonOf('', '--call', 'subrequests.describe,format=json');
    expect(asked).toContainEqual(expect.objectContaining({ name: 'frontend.outline', type: 'rpc', version: '1.0.0' }));
  });

  it.each([
    [['--call', 'outlin'], '--call cannot be `outlin` (did you mean `outline`?); it is check, outline, targets, '],
    [['--call', 'outline,json'], '--call takes format=json and ignorestatus=true behind the method, not `json`'],
    [['--call', 'outline,format=xml'], '--call takes format=json and ignorestatus=true'],
    [['--check', '--call', 'outline'], '--check is --call check, and --call outline asks for something else'],
    [['--check', '--plan'], '--plan says what a build would run, and --call builds nothing'],
    [['--call', 'outline', '--target', 'tols'], '--target: there is no stage `tols` (did you mean `tools`?)'],
    [['--check', '--target', 'tols'], '--target: there is no stage `tols` (did you mean `tools`?)'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await run({ Dockerfile: ARGS }, 'build', ...args, '.');
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  it.runIf(process.platform === 'linux')('build builds', async () => {
    const { code, stderr } = await run({ Dockerfile: 'FROM scratch\n' }, 'build', '--call=build', '--store', 's', '.');
    expect({ code, built: stderr.includes('built') }).toEqual({ code: 0, built: true });
  });
});
