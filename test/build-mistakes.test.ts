import { beforeEach, describe, expect, it } from 'vitest';
import { freeRange } from '../src/build/sandbox/rootless.ts';
import { openStore } from '../src/build/store.ts';
import { hostLine } from '../src/cli/step-inputs.ts';
import { readImageJson } from '../src/oci/image.ts';
import { canBuild, context, put, store } from './support/build-place.ts';
import { runIn } from './support/cli.ts';
import { imageIn } from './support/images.ts';

const build = (...more: string[]) => runIn(context, ['--build', '--no-lint', '--store', store, ...more]);

describe.runIf(canBuild)('what a build is called with', () => {
  beforeEach(() => {
    put(
      'iEchorfile',
      'ARG VERSION=1\nFROM scratch AS One\nCOPY a /\nFROM one AS two\nARG MODE\nLABEL m=$MODE\nONBUILD ARG LATER\n',
    );
    put('a', 'a');
  });

  it.each([
    [['--target', 'tow', '.'], '--target: there is no stage `tow` (did you mean `two`?); there is one, two'],
    [['-t', 'Upper', '.'], '`Upper` is no name of an image; write it like example.com/team/app:1.0'],
    [['-t', `app:2@sha256:${'0'.repeat(64)}`, '.'], 'a digest comes of what is built; name it by a tag, as in app:1.0'],
    [['nowhere'], 'the build context nowhere is not there'],
    [['a'], 'the build context a is a file; name its folder, and the file to build by -f'],
    [['--build-context', 'x=none', '.'], '--build-context x=none: there is no such folder'],
    [['--label', '=x', '.'], '--label takes NAME=VALUE, not `=x`'],
    [['--secret', 'token', '.'], '--secret takes fields such as id=token, not `token`'],
    [['--secret', 'src=a', '.'], '--secret needs an id, such as --secret id=token,src=token.txt, not `src=a`'],
    [['--secret', 'id=t,scr=a', '.'], '--secret id=t,scr=a: there is no `scr`; it has id, src, env, type'],
    [['--secret', 'id=t,type=flie,src=a', '.'], '--secret id=t,type=flie,src=a: type is file or env, not `flie`'],
    [['--secret', 'id=t,src=b', '.'], '--secret id=t,src=b: the file b cannot be read: no such file or directory'],
    [['--secret', 'id=t', '.'], 'the file t cannot be read: no such file or directory, and there is no variable t'],
    [['--secret', 'id=t,env=T', '.'], '--secret id=t,env=T: the variable T is not set'],
  ])('%j is told in a line with code 2', async (args, message) => {
    const { code, stderr } = await build(...args);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(code).toBe(2);
  });

  it('tells of arguments that no ARG takes', async () => {
    const told = async (...args: string[]) => {
      const { code, stderr } = await build(...args.flatMap((each) => ['--build-arg', each]), '.');
      expect(code).toBe(0);
      return stderr.split('\n').filter((line) => line.includes('--build-arg'));
    };
    expect(await told('VERSON=2')).toEqual([
      'iechorlint: --build-arg VERSON: no ARG in iEchorfile has this name (did you mean `VERSION`?)',
    ]);
    expect(await told('ONE=1', 'MODE=x', 'TWO=2')).toEqual([
      'iechorlint: --build-arg ONE, TWO: no ARG in iEchorfile has these names',
    ]);
    expect(
      await told('VERSION=2', 'LATER=1', 'https_proxy=p', 'BUILDKIT_MULTI_PLATFORM=1', 'TARGETARCH=arm64'),
    ).toEqual([]);
    const { stderr } = await build('-q', '--build-arg', 'ONE=1', '.');
    expect(stderr).toBe('');
  });

  it('takes a label without a value', async () => {
    await build('-t', 'labelled', '--label', 'checked', '--label', 'by=me', '.');
    const { stdout } = await runIn(context, ['inspect', '--store', store, 'labelled']);
    expect(JSON.parse(stdout).config.Labels).toEqual({ m: '', checked: '', by: 'me' });
  });

  it('keeps of a base what the specification knows, and writes no field that says nothing', async () => {
    const own = openStore(store);
    const base = imageIn(own, [{ path: 'a' }]);
    const Config = { User: '7', Cmd: ['x'], Entrypoint: ['y'], ArgsEscaped: true };
    const foreign = { Hostname: '', AttachStdin: false, Image: 'sha256:1', Volumes: null, OnBuild: null };
    const json = { ...base.json, author: 'Joe', 'moby.buildkit.cache.v0': 'old', config: { ...Config, ...foreign } };
    own.saveImage({ ...base, json: readImageJson(JSON.stringify(json)) }, ['docker.io/library/base:latest']);
    const made = async (text: string) => {
      put('iEchorfile', text);
      expect((await build('-t', 'made', '.')).code).toBe(0);
      return JSON.parse((await runIn(context, ['inspect', '--store', store, 'made'])).stdout);
    };
    const Env = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'];
    const kept = await made('FROM base\nLABEL a=1\n');
    expect(Object.keys(kept).toSorted()).toEqual(
      ['architecture', 'author', 'config', 'created', 'history', 'os', 'rootfs'].toSorted(),
    );
    expect(kept.config).toEqual({ ...Config, Env, Labels: { a: '1' } });
    const emptied = await made('FROM base\nMAINTAINER Jane\nENTRYPOINT []\nCMD []\n');
    expect(emptied).toMatchObject({ author: 'Jane', config: { User: '7' } });
    expect(emptied.config).not.toHaveProperty('Entrypoint');
    expect(emptied.config).not.toHaveProperty('Cmd');
    expect((await made('FROM scratch\nCMD []\n')).config).toEqual({ Env, WorkingDir: '/' });
  });
});

it.each([
  ['near:10.0.0.1', '10.0.0.1\tnear'],
  ['near=::1', '::1\tnear'],
  ['near:[fe80::1]', 'fe80::1\tnear'],
  ['host.docker.internal:host-gateway', '127.0.0.1\thost.docker.internal'],
])('--add-host %s', (given, line) => {
  expect(hostLine(given)).toBe(line);
});

it.each(['near', 'near:', ':10.0.0.1', 'near:far', 'near:10.0.0.256', 'near:host-gateway.'])(
  '--add-host %s is refused',
  (given) => {
    expect(() => hostLine(given)).toThrow(`--add-host takes NAME:ADDRESS, not \`${given}\``);
  },
);

it.each([
  ['', '100000-165535'],
  ['a:100000:65536\n', '165536-231071'],
  ['a:165536:65536\nb:100000:65536\n\n# c\na:165536:65536', '231072-296607'],
  ['a:500:10', '100000-165535'],
])('user numbers beside those of %j are %s', (taken, range) => {
  expect(freeRange(taken)).toBe(range);
});
