import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../src/build/store.ts';
import { BUSYBOX } from '../src/dev/busybox.ts';
import { emptyImage, imageIdOf } from '../src/oci/image.ts';
import { bundleCli } from './support/bundle.ts';
import { canDocker, canRun, startDocker } from './support/docker.ts';
import { ENTRIES_OF_ALL_KINDS, imageIn } from './support/images.ts';

const docker = canDocker && BUSYBOX !== undefined ? await startDocker() : undefined;
if (!docker)
  console.warn('what docker makes of images is not tried: it needs root, docker, a dockerd that starts, busybox');
const runs = docker !== undefined && canRun(docker, BUSYBOX ?? '');
if (docker && !runs) console.warn('what docker runs is not tried: it can run nothing here');

const BUILT = 'example.com/built:1';
const MADE = 'example.com/made:1';
const FORMS = ['none', 'gzip'];

const FILE = `FROM scratch
COPY --chmod=755 busybox /bin/
RUN ["/bin/busybox", "sh", "-c", "/bin/busybox echo made > /made"]
USER 12:34
WORKDIR /work
ENV GREETING="hello there"
ENTRYPOINT ["/bin/busybox"]
CMD ["sh", "-c", "/bin/busybox cat /made; echo $GREETING; /bin/busybox id -u; pwd"]
`;

const work = mkdtempSync(join(tmpdir(), 'iechorlint-docker-test-'));
const store = join(work, 'store');
let cli = '';
let removeCli = () => {};

/** What a program prints that must not fail. */
const sure = (program: string, ...args: string[]): string => {
  const env = { ...process.env, DOCKER_HOST: docker?.host };
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env });
  expect({ args, status, stderr: status === 0 ? '' : stderr }).toEqual({ args, status: 0, stderr: '' });
  return stdout.trim();
};

const ours = (...args: string[]): string => sure(process.execPath, cli, ...args);

const idOf = (name: string): string =>
  imageIdOf(openStore(store).image(name) ?? emptyImage({ os: '', architecture: '' }));

/** An image that nothing can run, with something of everything that a layer may hold. */
const makeImage = () => {
  const own = openStore(store);
  own.saveImage(
    imageIn(own, ENTRIES_OF_ALL_KINDS, [{ path: '.wh.gone' }, { path: 'link', type: 'symlink', link: '/bin' }]),
    [MADE],
  );
};

beforeAll(async () => {
  if (!docker) return;
  ({ file: cli, remove: removeCli } = await bundleCli());
  const context = join(work, 'context');
  mkdirSync(context);
  writeFileSync(join(context, 'Dockerfile'), FILE);
  copyFileSync(BUSYBOX ?? '', join(context, 'busybox'));
  ours('build', '--store', store, '--no-lint', '-t', BUILT, context);
  makeImage();
}, 120_000);

afterAll(async () => {
  await docker?.stop();
  removeCli();
  rmSync(work, { recursive: true, force: true });
}, 60_000);

describe.runIf(docker)('docker', { timeout: 120_000 }, () => {
  it.each(FORMS.flatMap((form) => [BUILT, MADE].map((name) => ({ form, name }))))(
    'loads $name with layers of $form, and we what it saves of it',
    ({ form, name }) => {
      const archive = join(work, 'ours.tar');
      const saved = join(work, 'saved.tar');
      ours('save', '--store', store, '--compression', form, '-o', archive, name);
      sure('docker', 'load', '-i', archive);
      const id = sure('docker', 'image', 'inspect', '--format', '{{.Id}}', name);
      sure('docker', 'save', '-o', saved, name);
      sure('docker', 'rmi', name);
      expect(id).toBe(idOf(name));
      expect(ours('load', '-q', '--store', join(work, 'other'), '-i', saved)).toBe(id);
    },
  );

  it.runIf(runs)('runs what was built', () => {
    const archive = join(work, 'run.tar');
    ours('save', '--store', store, '-o', archive, BUILT);
    sure('docker', 'load', '-i', archive);
    const said = sure('docker', 'run', '--rm', '--network', 'none', BUILT);
    expect(said.split('\n')).toEqual(['made', 'hello there', '12', '/work']);
  });
});
