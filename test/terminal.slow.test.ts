import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleCli } from './support/bundle.ts';
import { folderWith } from './support/cli.ts';
import { screenAfter } from './support/screen.ts';

const BUSYBOX = ['/usr/bin/busybox', '/bin/busybox'].find((path) => existsSync(path));
const SCRIPT = ['/usr/bin/script', '/bin/script'].find((path) => existsSync(path));
const isReady =
  process.platform === 'linux' && process.geteuid?.() === 0 && BUSYBOX !== undefined && SCRIPT !== undefined;
if (!isReady) console.warn('builds on a terminal are left out: they need Linux, root, a static busybox and script');

let cli = '';
let remove = () => {};
const store = join(tmpdir(), `iechorlint-terminal-${process.pid}`);

beforeAll(async () => {
  if (isReady) ({ file: cli, remove } = await bundleCli());
}, 60_000);

afterAll(() => {
  remove();
  rmSync(store, { recursive: true, force: true });
});

const COLUMNS = 60;

/** Runs a build on a terminal of its own; what is written to it is told as it comes. */
const onTerminal = async (
  file: string,
  react: (screen: readonly string[], type: (keys: string) => void) => void,
  options = '',
): Promise<readonly string[]> => {
  const context = folderWith({ Dockerfile: `FROM scratch\nCOPY --chmod=755 busybox /bin/sh\n${file}` });
  copyFileSync(BUSYBOX ?? '', join(context, 'busybox'));
  const build = `${process.execPath} ${cli} --build --no-lint --network none --store ${store} ${options} ${context}`;
  // Ctrl-C reaches the shell too: some shells end of it at once, others wait for the build.
  const command = `trap : INT; stty cols ${COLUMNS} rows 20; ${build}; echo "ended with $?"`;
  const child = spawn(SCRIPT ?? '', ['-qfc', command, '/dev/null'], { env: { ...process.env, TERM: 'xterm' } });
  let sent = '';
  const screen = () => screenAfter(sent.replaceAll('\r\n', '\n'), COLUMNS);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    sent += text;
    react(screen(), (keys) => child.stdin.write(keys));
  });
  await new Promise((resolve) => child.on('close', resolve));
  return screen();
};

describe.skipIf(!isReady)('a build on a terminal', { timeout: 30_000 }, () => {
  it('leaves what is done, and nothing of its tree', async () => {
    let tree: readonly string[] = [];
    const screen = await onTerminal('RUN echo working; echo more words; busybox sleep 0.5 || sleep 0.5\n', (now) => {
      if (now.includes('    more words')) tree = now;
    });
    expect(tree.join('\n')).toMatch(
      /building: 1 of 2 steps done.* s\n└ stage-0 2\/2 RUN.* s\n {4}working\n {4}more words/,
    );
    expect(screen.slice(0, 2).map((line) => line.slice(0, 15))).toEqual(['✓ [stage-0 1/2]', '✓ [stage-0 2/2]']);
    expect(screen.slice(-3)).toEqual([expect.stringContaining('built sha256'), 'ended with 0', '']);
    expect(screen.join('\n')).not.toMatch(/building|[└├]/);
    for (const line of tree) expect(line.length).toBeLessThan(COLUMNS);
  });

  it('that tells no size is as wide as a page', () => {
    const cwd = folderWith({ Dockerfile: 'FROM alpine\n' });
    const command = `stty cols 0 rows 0; ${process.execPath} ${cli} Dockerfile`;
    const { stdout } = spawnSync(SCRIPT ?? '', ['-qfc', command, '/dev/null'], { cwd, encoding: 'utf8' });
    expect(stripVTControlCharacters(stdout).split('\r\n')[0]).toMatch(/^── Dockerfile ─+ 1 finding ──$/);
    expect(stripVTControlCharacters(stdout).split('\r\n')[0]).toHaveLength(100);
  });

  it('is clean after Ctrl-C', async () => {
    let isPressed = false;
    const screen = await onTerminal('RUN echo working; sleep 20\n', (now, type) => {
      if (isPressed || !now.some((line) => line.endsWith('  working'))) return;
      isPressed = true;
      type('\u0003');
    });
    expect(isPressed).toBe(true);
    expect(screen.join('\n')).toMatch(/^✓ \[stage-0 1\/2\].*\n(?:\^C)?ended with 130\n$/);
  });

  it('lends the terminal to a shell in a failed step', async () => {
    let isTyped = false;
    const screen = await onTerminal(
      'RUN echo left > /left; exit 3\n',
      (now, type) => {
        if (isTyped || !now.some((line) => line.startsWith('/ #'))) return;
        isTyped = true;
        type('read x < /left; echo "$x here"; exit\n');
      },
      '--on-failure shell',
    );
    expect(isTyped).toBe(true);
    expect(screen).toContain('left here');
    expect(screen.join('\n')).toMatch(/\n✗ \[stage-0 2\/2\] RUN/);
    expect(screen.slice(-2)).toEqual(['ended with 3', '']);
  });
});
