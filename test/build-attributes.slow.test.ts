import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../src/build/store.ts';
import { attributeLibrary, CAPABILITY } from '../src/build/xattr.ts';
import { bundleCli } from './support/bundle.ts';
import { folderWith } from './support/cli.ts';
import { entriesOf } from './support/images.ts';

const BUSYBOX = '/usr/bin/busybox';
const SETCAP = ['/usr/sbin/setcap', '/sbin/setcap'].find((path) => existsSync(path)) ?? '';
const isReady = process.platform === 'linux' && process.geteuid?.() === 0 && SETCAP !== '' && existsSync(BUSYBOX);
if (!isReady) console.warn(`file capabilities are left out: they need Linux, root, setcap and ${BUSYBOX}`);

let withLibrary = '';
let withoutLibrary = '';
let remove = () => {};
beforeAll(async () => {
  if (!isReady) return;
  const bundle = await bundleCli();
  const folder = mkdtempSync(join(tmpdir(), 'iechorlint-library-'));
  remove = () => {
    bundle.remove();
    rmSync(folder, { recursive: true });
  };
  chmodSync(folder, 0o755);
  cpSync(dirname(bundle.file), folder, { recursive: true });
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  withLibrary = join(folder, basename(bundle.file));
  for (const each of [dirname(bundle.file), dirname(dirname(bundle.file))])
    if (each !== tmpdir()) chmodSync(each, 0o755);
  withoutLibrary = bundle.file;
}, 60_000);
afterAll(() => remove());

const FILE = `FROM scratch AS first
COPY --chown=5:6 plain capable /bin/
COPY --chmod=755 sh /bin/busybox
RUN ["/bin/busybox", "touch", "/made"]
FROM scratch
COPY --from=first / /
RUN ["/bin/busybox", "mv", "/bin/capable", "/bin/moved"]
COPY tools/ /
RUN ["/usr/sbin/setcap", "cap_net_raw+ep", "/bin/plain"]
`;

let context = '';
beforeEach(() => {
  if (!isReady) return;
  context = folderWith({ Dockerfile: FILE });
  for (const name of ['plain', 'capable', 'sh']) copyFileSync(BUSYBOX, join(context, name));
  execFileSync('setcap', ['cap_net_raw+ep', join(context, 'capable')]);
  const libraries = execFileSync('ldd', [SETCAP], { encoding: 'utf8' }).match(/\/\S+/g) ?? [];
  for (const [path, as] of [[SETCAP, '/usr/sbin/setcap'], ...libraries.map((each) => [each, each])] as const) {
    mkdirSync(dirname(join(context, 'tools', as)), { recursive: true });
    copyFileSync(path, join(context, 'tools', as));
  }
});

const build = (cli: string, args: readonly string[] = [], uid?: number) => {
  const folder = folderWith({});
  chmodSync(folder, 0o777);
  const at = args.indexOf('--store');
  const store = at < 0 ? join(folder, 'store') : (args[at + 1] ?? '');
  const all = [cli, '--build', '--no-lint', '--store', store, ...args, context];
  const { status, stderr } = spawnSync(process.execPath, all, {
    encoding: 'utf8',
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const id = /built (sha256:[0-9a-f]+)/.exec(stderr)?.[1] ?? '';
  const files = () => {
    const opened = openStore(store);
    const layers = opened.image(id)?.layers ?? [];
    return layers.flatMap(({ diffId }) => entriesOf(readFileSync(opened.blobPath(diffId))));
  };
  return { status, stderr, id, files };
};

const capable = (files: ReturnType<ReturnType<typeof build>['files']>): readonly string[] =>
  files.filter(({ xattrs }) => xattrs?.has(CAPABILITY)).map(({ path }) => path);

describe.runIf(isReady)('what a program may do', { timeout: 60_000 }, () => {
  it('is kept by copies and steps, whether a package or programs of the machine read it', () => {
    const [one, other] = [build(withLibrary), build(withoutLibrary)];
    expect(one.status, one.stderr).toBe(0);
    expect(capable(one.files())).toEqual(['bin/capable', 'bin/moved', 'bin/plain']);
    expect(other.id).toBe(one.id);
  });

  it('is a change', () => {
    const store = ['--store', join(folderWith({}), 'store'), '--target', 'first'];
    const before = build(withLibrary, store);
    execFileSync('setcap', ['-r', join(context, 'capable')]);
    const after = build(withLibrary, store);
    expect(after.stderr).toContain('capable changed');
    expect(after.id).not.toBe(before.id);
    execFileSync('setcap', ['cap_net_raw+ep', join(context, 'capable')]);
    expect(build(withLibrary, store).id).toBe(before.id);
  });

  it('comes into a folder', () => {
    const dest = join(folderWith({}), 'files');
    expect(build(withLibrary, ['-o', dest]).stderr).not.toContain('capabilities');
    expect(attributeLibrary()?.getAttributeSync(join(dest, 'bin/moved'), CAPABILITY)).toHaveLength(20);
    expect(build(withoutLibrary, ['-o', `${dest}2`]).stderr).toContain('2 files in');
  });

  it('is told to be lost where nobody can read it, and looked for again when somebody can', async () => {
    // Younger files are remembered by no build.
    await setTimeout(2100);
    chmodSync(context, 0o755);
    writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY capable plain sh /\n');
    const store = ['--store', join(folderWith({}), 'store')];
    chmodSync(dirname(store[1] ?? ''), 0o777);
    const { stderr, status } = build(withoutLibrary, store, 65_534);
    expect(stderr).toContain(`capabilities of ${context}/capable are lost if there are any: npm install`);
    expect(stderr.match(/are lost/g)).toHaveLength(1);
    expect(status).toBe(0);
    const after = build(withLibrary, store, 65_534);
    expect(after.stderr).not.toContain('lost');
    expect(capable(after.files())).toEqual(['capable']);
  });
});
