import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bundleCli } from './support/bundle.ts';
import { folderWith } from './support/cli.ts';
import { siteOf } from './support/web.ts';

let env: NodeJS.ProcessEnv = process.env;
let remove = () => {};

beforeAll(async () => {
  const cli = await bundleCli();
  env = { ...process.env, NODE: process.execPath, CLI: cli.file };
  remove = cli.remove;
}, 60_000);

afterAll(() => remove());

/** Runs a line of shell in a folder; `cli` in it is the command line. */
const shell = (cwd: string, line: string, input: string | Uint8Array = '') => {
  const script = `cli() { "$NODE" "$CLI" "$@"; }; ${line}`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { cwd, env, input, maxBuffer: 2 ** 26 });
  return { status, stdout: stdout.toString(), stderr: stderr.toString(), bytes: stdout };
};

/** A line with the exit code of the first command of the pipe before it. */
const FIRST_CODE = `echo "\${PIPESTATUS[0]}"`;

const ONE_FINDING = 'FROM alpine\nRUNN x\n';
const manyFindings = (lines: number) => `FROM alpine\n${'NOSUCHINSTRUCTION x\n'.repeat(lines)}`;

describe.skipIf(process.platform === 'win32')('as a process', { timeout: 30_000 }, () => {
  it('gives its exit code, and reads standard input', () => {
    const cwd = folderWith({ Dockerfile: ONE_FINDING });
    expect(shell(cwd, 'cli Dockerfile').status).toBe(1);
    expect(shell(cwd, 'cli -', 'FROM scratch\n')).toMatchObject({ status: 0, stderr: '' });
    expect(shell(cwd, 'cli - <&-')).toMatchObject({ stderr: '', stdout: expect.stringContaining('1 file') });
    expect(shell(cwd, 'cli - < .')).toMatchObject({
      status: 2,
      stderr: 'iechorlint: cannot read <stdin>: it is a directory\n',
    });
  });

  it('goes on in a folder that was deleted, where named files are elsewhere', () => {
    const cwd = folderWith({ Dockerfile: 'FROM scratch\n' });
    const gone = 'mkdir gone; cd gone; rmdir ../gone; cli';
    expect(shell(cwd, `${gone} "${cwd}/Dockerfile"`)).toMatchObject({ status: 0, stderr: '' });
    const stderr = 'iechorlint: cannot read Dockerfile: no such file or directory\n';
    expect(shell(cwd, `${gone} Dockerfile`)).toMatchObject({ status: 2, stderr });
  });

  it('says where it finds no room for its folders', () => {
    const cwd = folderWith({ Dockerfile: 'FROM scratch\n' });
    expect(shell(cwd, 'TMPDIR=/nowhere cli build --check - < Dockerfile')).toMatchObject({
      status: 2,
      stderr: 'iechorlint: cannot make a folder in /nowhere: no such file or directory; TMPDIR names another place\n',
    });
    const long = 's'.repeat(300);
    expect(shell(cwd, `cli images --store ${long}`)).toMatchObject({
      status: 3,
      stderr: `iechorlint: cannot write to ${cwd}/${long}: the path is too long; --store or IECHORLINT_STORE names another place\n`,
    });
    const home = shell(cwd, 'HOME=/proc/none cli --build --no-lint .').stderr;
    expect(home).toMatch(
      /^iechorlint: cannot write to \/proc\/none\/.*; --store or IECHORLINT_STORE names another place\n$/,
    );
  });

  it.each([
    ['an address is fetched', ''],
    ['standard input is waited for', '-'],
  ])('ended by a signal while %s, it leaves no folder behind', async (_, given) => {
    let isAsked = given !== '';
    const ask = () => {
      isAsked = true;
    };
    const { url } = await siteOf({ '/never': ask });
    const temporary = folderWith({});
    const child = spawn(process.execPath, [env.CLI ?? '', 'build', '--check', given || `${url}/never`], {
      env: { ...env, TMPDIR: temporary },
    });
    const code = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
    await vi.waitFor(() => expect(isAsked).toBe(true), 10_000);
    if (given !== '') await pause(1000);
    child.kill('SIGTERM');
    expect([143, 'SIGTERM']).toContain(await code);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('passes standard input on to the byte', () => {
    const input = Buffer.from([...Buffer.from('FROM scratch\n# '), 0xff, 0x00, 0xfe, 10]);
    expect(shell('/', 'cli --fix - 2>/dev/null', input).bytes).toEqual(input);
    expect(
      shell('/', 'head -c 3000000 /dev/zero | cli --fix --max-file-size 1MB - 2>/dev/null | wc -c').stdout.trim(),
    ).toBe('3000000');
  });

  it('writes all of a large report through a slow reader, also where the pipe does not block', () => {
    const cwd = folderWith({ Dockerfile: manyFindings(30_000) });
    const call = 'cli --format json Dockerfile';
    const { bytes } = shell(cwd, `${call} > report; cat report`);
    expect(bytes.length).toBeGreaterThan(5_000_000);
    expect(shell(cwd, `${call} | (sleep 0.5; cat)`).bytes.equals(bytes)).toBe(true);
    // A node process that shares the pipe and uses it makes it non-blocking for all, as long as it lives.
    const neighbour = `"$NODE" -e 'process.stdout.write(""); setTimeout(() => {}, 2000)' & sleep 0.5`;
    const shared = shell(cwd, `{ ${neighbour}; ${call}; echo "$?" > code; } | (sleep 1; cat); cat code`);
    expect(shared.bytes.length).toBe(bytes.length + 2);
    expect(shared.stdout.endsWith('}\n1\n')).toBe(true);
  });

  it('leaves nothing where a signal ends it while it fetches what is only looked at', () => {
    const server =
      "require('node:http').createServer(() => {}).listen(0, function () { console.log(this.address().port) })";
    const line = `"$NODE" -e "${server}" > port & until [ -s port ]; do sleep 0.1; done; mkdir tmp
      TMPDIR=$PWD/tmp "$NODE" "$CLI" build --call outline "http://127.0.0.1:$(cat port)/a" 2> told &
      until [ -s told ]; do sleep 0.1; done; ls tmp | wc -l; kill -TERM $!; wait $!; echo $?; ls tmp | wc -l; kill %1`;
    expect(shell(folderWith({}), line).stdout).toBe('1\n143\n0\n');
  });

  it('takes a closed pipe for no error', () => {
    const cwd = folderWith({ Dockerfile: manyFindings(3000), 'clean.Dockerfile': 'FROM scratch\n' });
    expect(shell(cwd, `cli Dockerfile | head -1; ${FIRST_CODE}`)).toMatchObject({
      stderr: '',
      stdout: expect.stringMatching(/\n1\n$/),
    });
    expect(shell(cwd, `cli clean.Dockerfile | true; ${FIRST_CODE}`)).toMatchObject({
      stderr: '',
      stdout: '0\n',
    });
    expect(shell(cwd, `cli --help | true; ${FIRST_CODE}`)).toMatchObject({ stderr: '', stdout: '0\n' });
    expect(shell(cwd, `cli Dockerfile gone 2>&1 >/dev/null | true; ${FIRST_CODE}`).stdout).toBe('2\n');
  });

  it.skipIf(!existsSync('/dev/full'))('fails where its output does not get out', () => {
    const cwd = folderWith({ Dockerfile: ONE_FINDING });
    const stderr = 'iechorlint: cannot write standard output: no space left on the device\n';
    expect(shell(cwd, 'cli Dockerfile >/dev/full')).toMatchObject({ status: 2, stderr });
    expect(shell(cwd, 'cli --version >/dev/full')).toMatchObject({ status: 2, stderr });
    expect(shell(cwd, 'cli Dockerfile --output-file /dev/full')).toMatchObject({
      status: 2,
      stderr: 'iechorlint: cannot write /dev/full: no space left on the device\n',
    });
    expect(shell(cwd, 'cli Dockerfile 2>/dev/full').status).toBe(1);
  });

  it('completes words in bash', () => {
    const complete = (...words: string[]) => {
      const line = `iechorlint() { cli "$@"; }; source <(iechorlint completion bash); COMP_WORDS=(iechorlint ${words.join(' ')});
        COMP_CWORD=${words.length}; _iechorlint; echo "\${COMPREPLY[@]}"`;
      return shell('/', line).stdout.trim();
    };
    expect(complete('--out')).toBe('--output-file');
    expect(complete('--quiet', 'ex')).toBe('explain');
    expect(complete('--format', 'sa')).toBe('sarif');
    expect(complete('plan', 'x', '--ta')).toBe('--target');
    expect(complete('explain', 'relative-w')).toBe('relative-workdir');
    expect(complete('Dockerfile', '""')).toBe('');
  });
});

const bundle = join(process.cwd(), 'dist/cli.js');

describe.skipIf(!existsSync(bundle))('the bundle (skipped where npm run build has not made it)', () => {
  it('runs', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    const cwd = folderWith({ Dockerfile: ONE_FINDING });
    const call = (...args: string[]) => spawnSync(process.execPath, [bundle, ...args], { cwd, encoding: 'utf8' });
    expect(call('--version').stdout).toBe(`${version}\n`);
    expect(call('Dockerfile')).toMatchObject({ status: 1, stderr: '' });
    expect(call('--format', 'sarif', '.').status).toBe(1);
    expect(call('*ockerfile').status).toBe(1);
    expect(call('--help').stdout).toMatch(/Exit codes:/);
    expect(call('--diff').status).toBe(0);
  });

  it('says of many files, on several threads, what it says of each', { timeout: 60_000 }, () => {
    const text = (at: number) => `FROM alpine:${at % 7}\nRUN cd /srv && apt-get install x${at}\nWORKDIR w\n`;
    const names = Array.from({ length: 420 }, (_, at) => `${String(at).padStart(3, '0')}.Dockerfile`);
    const cwd = folderWith(Object.fromEntries(names.map((name, at) => [name, text(at)])));
    type Files = readonly { path: string; diagnostics: readonly unknown[] }[];
    const filesOf = (given: readonly string[], cli = bundle): Files => {
      const options = { cwd, encoding: 'utf8', maxBuffer: 2 ** 27 } as const;
      return JSON.parse(spawnSync(process.execPath, [cli, '--format', 'json', ...given], options).stdout).files;
    };
    const together = filesOf(names);
    expect(together.map(({ path }) => path)).toEqual(names);
    const apart = [names.slice(0, 140), names.slice(140, 280), names.slice(280)].flatMap((some) => filesOf(some));
    expect(together).toEqual(apart);
    expect(together.every(({ diagnostics }) => diagnostics.length > 1)).toBe(true);
    const { stdout: page, stderr: said } = spawnSync(process.execPath, [bundle, ...names], {
      cwd,
      encoding: 'utf8',
      maxBuffer: 2 ** 27,
    });
    // V8 tells of a flag that it does not know.
    expect(said).toBe('');
    expect(Array.from(page.matchAll(/^── (\S+) .* findings ──$/gm), ([, name]) => name)).toEqual(names);
    expect(page).toMatch(/ in 420 files; /);
    // Where no further thread gets up, this one does all.
    const copy = folderWith({});
    cpSync(dirname(bundle), copy, { recursive: true });
    rmSync(join(copy, 'worker.js'));
    expect(filesOf(names, join(copy, 'cli.js'))).toEqual(together);
    const [gone = '', ...others] = names;
    rmSync(join(cwd, gone));
    const { status, stderr } = spawnSync(process.execPath, [bundle, '-q', ...names], { cwd, encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toContain(gone);
    expect(filesOf([...others, gone]).map(({ path }) => path)).toEqual(others);
  });

  it.each<[string, (cache: Buffer) => Buffer | undefined]>([
    ['no code cache', () => undefined],
    ['an empty one', () => Buffer.alloc(0)],
    ['one cut short', (cache) => cache.subarray(0, cache.length >> 1)],
    ['a damaged one', (cache) => cache.fill(0xff, cache.length >> 1)],
  ])('runs with %s', (_, damaged) => {
    const cwd = folderWith({ Dockerfile: ONE_FINDING });
    cpSync('dist', join(cwd, 'dist'), { recursive: true });
    const caches = readdirSync(join(cwd, 'dist/chunks')).filter((name) => name.endsWith('.cache'));
    expect(caches.length).toBeGreaterThan(0);
    for (const cache of caches.map((name) => join(cwd, 'dist/chunks', name))) {
      const bytes = damaged(readFileSync(cache));
      if (bytes) writeFileSync(cache, bytes);
      else rmSync(cache);
    }
    const { status, stderr } = spawnSync(process.execPath, ['dist/cli.js', 'Dockerfile'], { cwd, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  });

  it.runIf(process.platform === 'linux').each([
    ['a lint', 'build', ['Dockerfile']],
    ['a build without one', 'lint', ['--build', '--no-lint', '--store', 'store', '.']],
  ])('%s starts without the code of a %s', (_, other, call) => {
    const cwd = folderWith({ Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n' });
    cpSync('dist', join(cwd, 'dist'), { recursive: true });
    rmSync(join(cwd, 'dist/chunks', `${other}.cjs`));
    const { status, stderr } = spawnSync(process.execPath, ['dist/cli.js', ...call], { cwd, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.not.stringContaining('bug') });
  });
});
