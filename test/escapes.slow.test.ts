import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sceneOf } from '../src/dev/scene.ts';
import { bundleCli } from './support/bundle.ts';
import { folderWith } from './support/cli.ts';

const BUSYBOX = ['/usr/bin/busybox', '/bin/busybox'].find((path) => existsSync(path));
const isReady = process.platform === 'linux' && process.geteuid?.() === 0 && BUSYBOX !== undefined;
if (!isReady) console.warn('steps that would get out are left out: they need Linux, root and a busybox');
const RUNNERS = ['unshare', 'crun', 'runc'].filter(
  (name) => name === 'unshare' || spawnSync(name, ['--version']).error === undefined,
);

let cli = '';
let remove = () => {};
let home = '';
let base = '';
beforeAll(async () => {
  if (!isReady) return;
  ({ file: cli, remove } = await bundleCli());
  home = mkdtempSync(join(tmpdir(), 'iechorlint-escapes-'));
  ({ base } = sceneOf(home, cli, undefined));
}, 60_000);
afterAll(() => {
  remove();
  rmSync(home, { recursive: true, force: true });
});

/** A folder of the machine, in which nothing may change. */
let outside = '';
let store = '';
beforeEach(() => {
  if (!isReady) return;
  outside = folderWith({ kept: 'kept' });
  store = join(folderWith({}), 'store');
  spawnSync(process.execPath, [cli, 'load', '-q', '--store', store, '-i', base]);
});

const build = (text: string, runner = 'unshare', args: readonly string[] = []) => {
  const context = folderWith({ Dockerfile: text.replaceAll('OUTSIDE', outside), word: 'a word that is secret' });
  const usual = ['build', '--no-lint', '--network', 'none', '--runner', runner, '--store', store];
  const secret = ['--secret', `id=word,src=${join(context, 'word')}`];
  return spawnSync(process.execPath, [cli, ...usual, ...secret, ...args, context], {
    encoding: 'utf8',
    timeout: 30_000,
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
  });
};

const printed = (stderr: string) => stderr.split('\n').flatMap((line) => /\| (.*)$/.exec(line)?.[1] ?? []);

const LINKS = `FROM busybox
RUN --mount=type=cache,id=links,target=/c ln -s OUTSIDE/new /c/link; ln -s OUTSIDE /c/folder; ln -s / /c/root
`;
const NOWHERE = 'is no place in the files of the step';

describe.runIf(isReady).each(RUNNERS)(
  'under %s nothing on the machine is reached by',
  { timeout: 60_000 },
  (runner) => {
    it.each([
      ['a file', 'type=secret,id=word,target=/c/link'],
      ['a folder', 'type=tmpfs,target=/c/folder'],
      ['what is below it', 'type=tmpfs,target=/c/folder/new/one'],
      ['the root', 'type=tmpfs,target=/c/root'],
      ['an image', 'type=bind,from=busybox,source=/bin,target=/c/folder'],
    ])('a mount on a link in a cache: %s', (_what, mount) => {
      const { status, stderr } = build(
        `${LINKS}RUN --mount=type=cache,id=links,target=/c --mount=${mount} touch /c/folder/ran\n`,
        runner,
      );
      expect(stderr).toContain(NOWHERE);
      expect(status).toBe(3);
      expect(readdirSync(outside)).toEqual(['kept']);
    });

    it('a mount below /proc', () => {
      const { status, stderr } = build(
        'FROM busybox\nRUN --mount=type=bind,from=busybox,source=/bin,target=/proc/self/root/usr/bin true\n',
        runner,
      );
      expect(stderr).toContain('/proc is not of the image');
      expect(status).toBe(3);
    });

    it.each(['/proc/self/root', '/proc/1/root/', '/proc/self/cwd', '/c/root', '/c/folder'])('WORKDIR %s', (folder) => {
      const { stderr } = build(
        `${LINKS}WORKDIR ${folder}\nRUN --mount=type=cache,id=links,target=/c ls OUTSIDE .OUTSIDE ./kept; ls -d ./lost+found; true\n`,
        runner,
      );
      expect(printed(stderr).filter((line) => /^(?:kept|\.\/kept|\.\/lost\+found)$/.test(line))).toEqual([]);
      if (runner === 'unshare') expect(stderr).toContain(NOWHERE);
    });

    it('what is deleted after a step that has put a link in its way', () => {
      mkdirSync(join(outside, 'empty'));
      writeFileSync(join(outside, 'nothing'), '');
      const { status, stderr } = build(
        `FROM busybox
RUN --mount=type=tmpfs,target=/x/empty mv /x /y; ln -s OUTSIDE /x
RUN --mount=type=secret,id=word,target=/z/nothing mv /z /y2; ln -s OUTSIDE /z
`,
        runner,
      );
      expect(status, stderr).toBe(0);
      expect(readdirSync(outside)).toEqual(['empty', 'kept', 'nothing']);
    });

    it('a link in the place of what every step has', () => {
      const { status, stderr } = build(
        `FROM busybox AS links
RUN mkdir /l; ln -s OUTSIDE/kept /l/hosts; ln -s OUTSIDE/new /l/resolv.conf
FROM busybox
COPY --from=links /l /etc
RUN cat /etc/hosts
`,
        runner,
      );
      expect(status, stderr).toBe(0);
      expect(stderr).toContain('buildkitsandbox');
      expect(readdirSync(outside)).toEqual(['kept']);
      expect(readFileSync(join(outside, 'kept'), 'utf8')).toBe('kept');
    });

    it('mounts that are in one another, which are where they belong', () => {
      const { status, stderr } = build(
        `FROM busybox
RUN --mount=type=cache,target=/c --mount=type=secret,id=word,target=/c/a/word --mount=type=tmpfs,target=/c/t/u --mount=type=bind,from=busybox,source=/bin,target=/c/bin wc -c < /c/a/word; ls -d /c/t/u /c/bin/busybox; ln -s / /c/l
RUN --mount=type=cache,target=/c mkdir -p /c/one/two; ln -s /one/two /c/here; touch /c/one/two/file
WORKDIR /c/one/two
RUN --mount=type=cache,target=/c --mount=type=cache,id=/c,source=here,target=/d,ro ls . /d; touch /d/other || echo no
`,
        runner,
      );
      expect(status, stderr).toBe(0);
      const lines = printed(stderr).filter((line) => !line.startsWith('touch:'));
      expect(lines.slice(0, 3)).toEqual(['21', '/c/bin/busybox', '/c/t/u']);
      expect(lines.filter((line) => line === 'file')).toHaveLength(2);
      expect(lines.at(-1)).toBe('no');
    });
  },
);

describe.runIf(isReady)('a step that fails beside many', { timeout: 60_000 }, () => {
  it('ends the build, also where others wait for their turn', () => {
    const numbers = Array.from({ length: 40 }, (_each, at) => at);
    const stages = numbers.map((at) => `FROM busybox AS s${at}\nRUN sleep 0.${at % 10}; test ${at} != 5 && touch /f\n`);
    const copies = numbers.map((at) => `COPY --from=s${at} /f /f${at}\n`);
    const { status, stderr } = build(`${stages.join('')}FROM scratch\n${copies.join('')}`);
    expect(stderr).toContain('ended with exit code 1');
    expect(status).toBe(3);
  });
});
