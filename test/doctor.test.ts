import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Check } from '../src/cli/doctor-checks.ts';
import { folderWith, runIn } from './support/cli.ts';

const isLinux = process.platform === 'linux';

const doctor = async (env: Readonly<Record<string, string>> = {}, ...args: string[]) => {
  const cwd = folderWith({ 'home/.docker/x': '' });
  const base = { PATH: process.env.PATH ?? '', HOME: join(cwd, 'home') };
  const { code, stdout, stderr } = await runIn(cwd, ['doctor', '--store', 'store', ...args], {
    env: { ...base, ...env },
  });
  return { cwd, code, stdout, stderr };
};

const checksIn = (stdout: string): readonly Check[] => JSON.parse(stdout).checks;

describe.runIf(isLinux)('doctor', () => {
  it('says whether images can be built, and ends with that', async () => {
    const { code, stdout, cwd } = await doctor({}, '--format', 'json');
    const checks = checksIn(stdout);
    const canBuild = checks.every(({ state }) => state !== 'lacking');
    expect(JSON.parse(stdout).canBuild).toBe(canBuild);
    expect(code).toBe(canBuild ? 0 : 1);
    expect(checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['system', 'programs', 'store', 'logins', 'crun', 'git', 'ssh keys']),
    );
    expect(readdirSync(join(cwd, 'store'))).toEqual([]);
  });

  it('gives a command for what is missing', async () => {
    const { stdout } = await doctor({ SSH_AUTH_SOCK: '' });
    expect(stdout).toMatch(
      /^optional {2}ssh keys {6}no agent runs; --ssh needs one, or a key: --ssh default=KEYFILE\n {24}\$ eval "\$\(ssh-agent\)" && ssh-add$/m,
    );
    expect((await doctor({ SSH_AUTH_SOCK: '/run/agent' })).stdout).toContain('an agent listens at /run/agent\n');
  });

  it('tells of a store that cannot be written, and builds nothing in it', async () => {
    const { code, stdout } = await doctor({}, '--store', 'home/.docker/x/store');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^lacking {3}store {9}cannot write to \S*store:/m);
    expect(stdout).toContain('$ export IECHORLINT_STORE=/another/folder\n');
    expect(stdout).not.toContain('overlay');
    expect(stdout).toMatch(/\nNo RUN can be built here before this is mended: .*store/);
  });

  it.each([
    ['{"credsStore": "vault"}', 'names docker-credential-vault, which is not installed'],
    ['{"credHelpers": {"gcr.io": "gcloud-none"}}', 'names docker-credential-gcloud-none, which is not installed'],
    ['{"auths": {}}', 'no login is kept by a program'],
    ['not JSON', 'cannot be read: this is no JSON'],
  ])('looks for the programs that logins name: %s', async (text, says) => {
    const home = folderWith({ '.docker/config.json': '' });
    writeFileSync(join(home, '.docker/config.json'), text);
    const { stdout } = await doctor({ HOME: home }, '--format', 'json');
    expect(checksIn(stdout).find(({ name }) => name === 'logins')?.says).toContain(says);
  });

  it('takes no operand', async () => {
    expect(await doctor({}, 'me')).toMatchObject({ code: 2, stderr: 'iechorlint: doctor takes no `me`\n' });
  });
});
