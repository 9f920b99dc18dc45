import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rules } from '../rules/index.ts';
import { bundleCli } from './support/bundle.ts';
import { folderWith, runIn } from './support/cli.ts';
import { PROJECTS } from './support/init-projects.ts';
import { BUSYBOX, makeStandIn } from './support/stand-in.ts';

const isReady = process.platform === 'linux' && process.geteuid?.() === 0 && BUSYBOX !== undefined;
if (!isReady)
  console.warn('what init writes is not built: that needs Linux, root and a busybox that is linked statically');

let cli = '';
let remove = () => {};
let folder = '';

beforeAll(async () => {
  if (!isReady) return;
  ({ file: cli, remove } = await bundleCli());
  folder = mkdtempSync(join(tmpdir(), 'iechorlint-init-'));
  mkdirSync(join(folder, 'image'));
  makeStandIn(join(folder, 'image'));
}, 60_000);

afterAll(() => {
  remove();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const call = (cwd: string, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args, '--store', join(folder, 'store')], {
    cwd,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};

/** Each image that the file names is the one that stands for all. */
const standIns = (text: string): readonly string[] =>
  Array.from(text.matchAll(/^(?:FROM |COPY --from=)(\S+[:/]\S+)/gm), ([, image = '']) => [
    '--build-context',
    `${image}=${join(folder, 'image')}`,
  ]).flat();

describe.runIf(isReady)('what init writes is built', { timeout: 60_000 }, () => {
  it.each(Object.entries(PROJECTS))('%s', async (name, { files, port }) => {
    const cwd = folderWith(files);
    expect((await runIn(cwd, ['init', '--yes'], {}, rules)).code).toBe(0);
    const text = readFileSync(join(cwd, 'iEchorfile'), 'utf8');
    const built = call(cwd, '--build', '--network', 'none', '-t', name, ...standIns(text), '.');
    expect(built.stderr).toContain('built sha256:');
    expect(built.status).toBe(0);
    const { config } = JSON.parse(call(cwd, 'inspect', name).stdout);
    expect(config.User).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(Object.keys(config.ExposedPorts ?? {})).toEqual(port === undefined ? [] : [`${port}/tcp`]);
    expect(config.Healthcheck.Test[0]).toBe(port === undefined || name === 'rust-axum' ? 'NONE' : 'CMD');
  });
});
