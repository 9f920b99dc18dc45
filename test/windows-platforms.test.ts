import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../src/build/store.ts';
import { readPlatform } from '../src/model/index.ts';
import { platformRefusal } from '../src/model/platforms.ts';
import { HOST_PLATFORM, isPlatform, isPlatformText, platformOf, platformText } from '../src/oci/platform.ts';
import { canBuild, context, put, store } from './support/build-place.ts';
import { runIn } from './support/cli.ts';
import { fakeRegistry } from './support/registry.ts';

const VERSION = '10.0.20348.1006';

describe('a platform', () => {
  it.each([
    ['linux/amd64', { os: 'linux', architecture: 'amd64' }],
    ['linux/arm/v7', { os: 'linux', architecture: 'arm', variant: 'v7' }],
    [`windows(${VERSION})/amd64`, { os: 'windows', architecture: 'amd64', 'os.version': VERSION }],
    [
      'windows(10.0.1+win32k+b)/amd64',
      { os: 'windows', architecture: 'amd64', 'os.version': '10.0.1', 'os.features': ['win32k', 'b'] },
    ],
    ['windows(+win32k)/amd64', { os: 'windows', architecture: 'amd64', 'os.features': ['win32k'] }],
  ])('may be %s', (text, platform) => {
    expect(platformOf(text)).toEqual(platform);
    expect(platformText(platformOf(text))).toBe(text);
    expect(platformRefusal(text)).toBeUndefined();
    expect(readPlatform(text)?.[0]).toBe(platform.os);
  });

  it.each(['linux', 'windows(1/amd64', 'windows1)/amd64', 'windows(1)(2)/amd64', 'windows(1)/amd64/a/b', '(1)/amd64'])(
    'is not %s',
    (text) => expect(isPlatformText(text)).toBe(false),
  );

  it.each([
    ['windows/amd64', true],
    [`windows(${VERSION})/amd64`, true],
    ['windows(10.0.20348.1)/amd64', true],
    ['windows(10.0.20348)/amd64', true],
    ['windows(10.0)/amd64', true],
    ['windows(10.0.17763.1)/amd64', false],
    ['windows(11.0.20348.1)/amd64', false],
    ['windows(10.0.20348.1)/arm64', false],
  ])('of Windows is %s by the first three numbers: %s', (wanted, expected) => {
    expect(isPlatform({ os: 'windows', architecture: 'amd64', 'os.version': VERSION }, wanted)).toBe(expected);
    expect(isPlatform({ os: 'windows', architecture: 'amd64' }, 'windows(1.2.3)/amd64')).toBe(true);
  });
});

describe.runIf(canBuild)('an image for Windows', () => {
  const build = async (platform: string, ...args: string[]) => {
    const outcome = await runIn(context, [
      'build',
      '--no-lint',
      '--store',
      store,
      '--platform',
      platform,
      ...args,
      '.',
    ]);
    expect(outcome).toMatchObject({ code: 0, stderr: expect.stringContaining('built') });
    return outcome;
  };
  const imageOf = (name: string) => openStore(store).image(`docker.io/library/${name}:latest`)?.json;
  const ARGS = 'ARG TARGETPLATFORM TARGETOS TARGETOSVERSION BUILDPLATFORM BUILDOSVERSION\n';
  const VALUES = '$TARGETPLATFORM $TARGETOS $TARGETOSVERSION $BUILDPLATFORM <$BUILDOSVERSION>';

  it('knows the version that it is for, and has no path of Linux', async () => {
    put('Dockerfile', `FROM scratch\n${ARGS}LABEL of="${VALUES}"\n`);
    await build(`windows(${VERSION}+win32k)/amd64`, '-t', 'made');
    expect(imageOf('made')).toMatchObject({
      os: 'windows',
      'os.version': VERSION,
      'os.features': ['win32k'],
      config: { Labels: { of: `windows(${VERSION}+win32k)/amd64 windows ${VERSION} ${HOST_PLATFORM} <>` } },
    });
    expect(imageOf('made')?.config?.Env).toBeUndefined();
  });

  it('has the shell of its system beside one for Linux, unless SHELL says another', async () => {
    put('Dockerfile', 'FROM scratch AS a\nENTRYPOINT foo bar\nFROM a\nCMD x\nSHELL ["pwsh", "-c"]\nENTRYPOINT y\n');
    const ofBoth = async (...args: string[]) => {
      await build('windows/amd64,linux/amd64', '-t', 'made', ...args);
      return ['windows/amd64', 'linux/amd64'].map((platform) => {
        const { json } = openStore(store).image('docker.io/library/made:latest', platform) ?? {};
        return { ...json?.config, history: json?.history?.map(({ created_by }) => created_by) };
      });
    };
    const path = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'];
    const [windows, linux] = await ofBoth('--target', 'a');
    expect(windows).toMatchObject({
      Entrypoint: ['cmd', '/S', '/C', 'foo bar'],
      history: ['ENTRYPOINT ["cmd" "/S" "/C" "foo bar"]'],
    });
    expect(windows).not.toHaveProperty('Env');
    expect(windows).not.toHaveProperty('Shell');
    expect(linux).toMatchObject({ Entrypoint: ['/bin/sh', '-c', 'foo bar'], Env: path });
    expect((await ofBoth()).map(({ Cmd, Entrypoint }) => [Cmd, Entrypoint])).toEqual([
      [
        ['cmd', '/S', '/C', 'x'],
        ['pwsh', '-c', 'y'],
      ],
      [
        ['/bin/sh', '-c', 'x'],
        ['pwsh', '-c', 'y'],
      ],
    ]);
  });

  it('keeps the version of its base, in the index too, unless another is asked for', async () => {
    put('Dockerfile', 'FROM scratch\n');
    await build(`windows(${VERSION})/amd64`, '-t', 'base');
    put('Dockerfile', 'FROM base AS first\nLABEL a=b\nFROM first\nENV A=1\n');
    const folder = join(context, 'layout');
    await build('windows/amd64', '-t', 'kept', '-o', `type=oci,tar=false,dest=${folder}`);
    expect(imageOf('kept')).toMatchObject({ 'os.version': VERSION, config: { Env: ['A=1'] } });
    expect(JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')).manifests).toMatchObject([
      { platform: { os: 'windows', architecture: 'amd64', 'os.version': VERSION } },
    ]);
    await build('windows(10.0.20348.2000)/amd64', '-t', 'other');
    expect(imageOf('other')).toMatchObject({ 'os.version': '10.0.20348.2000' });
  });

  it('are one index, of which a build starts from the one that is asked for', async () => {
    const registry = await fakeRegistry();
    const name = `${registry.host}/base`;
    put('Dockerfile', 'FROM scratch\nARG TARGETOSVERSION\nLABEL of=$TARGETOSVERSION\n');
    await build('windows(1.2.3)/bar,windows(1.1.0)/bar', '--push', '-t', `${name}:all`);
    const versions = ['1.2.3', '1.1.0'];
    const index = JSON.parse(registry.manifests.get('all')?.body.toString() ?? '');
    expect(index.manifests.map(({ platform }: { platform: object }) => platform)).toEqual(
      versions.map((version) => ({ architecture: 'bar', os: 'windows', 'os.version': version })),
    );
    expect((await runIn(context, ['rmi', '--store', store, `${name}:all`])).code).toBe(0);
    put('Dockerfile', `FROM ${name}:all\n`);
    for (const version of ['1.2.3', '1.1.0', '1.2.3']) {
      await build(`windows(${version})/bar`, '-t', 'of-registry');
      expect(imageOf('of-registry')).toMatchObject({ 'os.version': version, config: { Labels: { of: version } } });
    }
    const args = ['build', '--no-lint', '--store', store, '--platform', 'windows(1.3.0)/bar', '.'];
    const { code, stderr } = await runIn(context, args);
    expect(code).toBe(3);
    expect(stderr).toContain('has no image for windows(1.3.0)/bar; it has windows(1.2.3)/bar, windows(1.1.0)/bar');
  });

  it('is told of that cannot be of use', async () => {
    put('Dockerfile', 'FROM scratch\nCOPY Dockerfile /\n');
    const text = 'in layers as Linux has them, which Windows does not take';
    expect((await build('windows/amd64')).stderr).toContain(text);
    expect((await build('linux/amd64')).stderr).not.toContain(text);
    const { code, stderr } = await runIn(context, ['build', '--platform', 'windows(1/amd64', '.']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--platform takes OS[(VERSION)]/ARCHITECTURE')]);
  });
});
