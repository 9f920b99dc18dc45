import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { BuildError } from '../src/build/error.ts';
import { failureText } from '../src/cli/failure.ts';
import { liveArea } from '../src/cli/live-area.ts';
import { pictureLines } from '../src/cli/live-lines.ts';
import { liveProgress } from '../src/cli/live-progress.ts';
import { paintOf } from '../src/report/paint.ts';
import { documentOf } from '../src/source/document.ts';
import { canBuild, context, put, store } from './support/build-place.ts';
import { fakeIo, runIn, type World } from './support/cli.ts';
import { fakeRegistry } from './support/registry.ts';
import { screenAfter } from './support/screen.ts';

beforeEach(() => {
  put('iEchorfile', FILE);
  put('src/a', 'one');
});

const FILE = `FROM scratch AS made
COPY src /s/
FROM scratch
COPY --from=made /s /with/a/path/that/is/too/long/for/a/narrow/terminal
COPY <<EOF /日本語/日本語/日本語/日本語
EOF
`;

const build = (args: readonly string[] = [], world: World = {}) =>
  runIn(context, ['--build', '--store', store, ...args, '.'], world);

interface Told {
  readonly time: string;
  readonly state: string;
  readonly [more: string]: unknown;
}

const jsonOf = (stderr: string): readonly Told[] =>
  stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe.runIf(canBuild)('--progress json', () => {
  it('tells of each step in an object a line: that it starts, why it is built, how it ends', async () => {
    await build();
    put('src/a', 'two');
    const { code, stderr, stdout } = await build(['--progress', 'json', '-t', 'x']);
    expect([code, stdout]).toEqual([0, '']);
    const told = jsonOf(stderr);
    const copy = { stage: 'made', step: 1, of: 1, line: 2, instruction: 'COPY src /s/' };
    expect(told.filter(({ stage, state }) => stage === 'made' && state !== 'waiting')).toMatchObject([
      { state: 'started', ...copy },
      { state: 'missed', ...copy, reason: { kind: 'input', text: 'COPY src: src/a changed' } },
      { state: 'done', ...copy, seconds: expect.any(Number) },
    ]);
    expect(told.find(({ state }) => state === 'began')).toMatchObject({ steps: 3 });
    expect(told.at(-1)).toMatchObject({
      state: 'built',
      id: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      names: ['docker.io/library/x:latest'],
    });
    for (const { time } of told) expect(time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const again = jsonOf((await build(['--progress', 'json'])).stderr);
    expect(again.filter(({ state }) => state === 'cached')).toHaveLength(3);
  });

  it('tells of findings and failures in the same way', async () => {
    put('iEchorfile', 'FROM scratch\n# doubtful\nCOPY nothing /\n');
    const { code, stderr } = await runIn(context, [
      '--build',
      '--store',
      store,
      '--progress',
      'json',
      '--metadata-file',
      'm.json',
      '.',
    ]);
    expect(code).toBe(3);
    expect(jsonOf(stderr)[0]).toMatchObject({ state: 'finding', file: 'iEchorfile', line: 2, rule: 'doubtful' });
    expect(jsonOf(stderr).slice(-2)).toMatchObject([
      { state: 'failed', line: 3, instruction: 'COPY nothing /', message: expect.stringContaining('is not there') },
      { state: 'stopped', file: 'iEchorfile', line: 3, last: [] },
    ]);
    expect(JSON.parse(readFileSync(join(context, 'm.json'), 'utf8'))).toEqual({
      'iechorlint.failure': {
        message: '`nothing` is not there, or the ignore file leaves it out',
        file: 'iEchorfile',
        line: 3,
        stage: 'stage-0',
        instruction: 'COPY nothing /',
      },
    });
  });
});

describe.runIf(canBuild)('--progress auto', () => {
  it('is a tree on a terminal, of which nothing is left but what is done', async () => {
    for (const columns of [100, 40, 25]) {
      const { stderr } = await build(['--no-cache', '--no-lint'], { terminal: columns, env: { NO_COLOR: '1' } });
      const screen = screenAfter(stderr, columns);
      expect(screen.map((line) => line.slice(0, 12))).toEqual([
        '✓ [made 1/1]',
        '✓ [stage-1 1',
        '✓ [stage-1 2',
        'built sha256',
        ...(columns < 40 ? [expect.stringContaining('s')] : []),
        '',
      ]);
    }
  });

  it('says why a step is built again, below it', async () => {
    await build(['--no-lint']);
    put('src/a', 'two');
    const { stderr } = await build(['--no-lint'], { terminal: 80, env: { NO_COLOR: '1' } });
    expect(screenAfter(stderr, 80)[1]).toBe('  COPY src: src/a changed');
  });

  it('is plain elsewhere, on a terminal that can do little, and where that is asked for', async () => {
    for (const [args, world] of [
      [[], {}],
      [[], { terminal: 80, env: { TERM: 'dumb' } }],
      [['--progress', 'plain'], { terminal: 80 }],
    ] as const) {
      const { stderr } = await build([...args, '--no-lint', '--no-cache'], world);
      expect(stderr).toMatch(/^\[made 1\/1\] COPY src \/s\/\n\[made 1\/1\] done in [\d.]+ s\n/);
      expect(stderr).not.toContain('\u001b');
    }
  });

  it('prints the id alone when it is to be quiet', async () => {
    const { stdout, stderr } = await build(['-q', '-o', 'type=oci,dest=x.tar'], { terminal: 80 });
    expect(stdout).toMatch(/^sha256:[0-9a-f]{64}\n$/);
    expect(stderr).toBe('');
  });

  it('has a bar for each layer that comes, and a line elsewhere', async () => {
    const registry = await fakeRegistry();
    const name = `${registry.host}/team/app:1`;
    put('src/large', randomBytes(30_000).toString('hex'));
    await build(['-t', name, '--push', '--no-lint']);
    registry.twist = ({ method, url }, response) => {
      const blob = registry.blobs.get(url.replace(/^.*\//, ''));
      if (method !== 'GET' || !blob || blob.length < 20_000) return false;
      response.writeHead(200, { 'content-length': String(blob.length) });
      response.write(blob.subarray(0, 20_000), () => setTimeout(() => response.end(blob.subarray(20_000)), 300));
      return true;
    };
    rmSync(store, { recursive: true });
    const args = ['pull', '--store', store, name];
    const { code, stderr } = await runIn(context, args, { terminal: 100, env: { NO_COLOR: '1' } });
    expect(code).toBe(0);
    expect(stderr).toMatch(/└ pull 127\.0\.0\.1:\d+\/team\/app:1 [0-9a-f]+ +█+░+ [\d.]+kB of [\d.]+kB/);
    expect(screenAfter(stderr, 100)).toEqual(['']);
    rmSync(store, { recursive: true });
    expect((await runIn(context, args)).stderr).toMatch(/pulling .*: layer \d of \d, [\d.]+kB\n/);
  });
});

describe('the tree while a build goes on', () => {
  const STAGE = { index: 0, name: 'made' } as never;
  const step = (number: number) => {
    const node = { keyword: { text: 'RUN' }, flags: [], arguments: [`work ${number}`], start: number };
    return { stage: STAGE, number, of: 2, node } as never;
  };

  it('has each stage with its step and what that prints, and each layer that is sent', async () => {
    const { written, ...io } = fakeIo({ terminal: 60, env: { NO_COLOR: '1' } });
    const { report, transfer, io: shared, aside, close } = await liveProgress({ progress: 'auto', quiet: false }, io);
    const seen = () => screenAfter(written.stderr, 60);
    report({ kind: 'begin', steps: 2 });
    const first = step(1);
    report({ kind: 'start', step: first });
    report({ kind: 'output', step: first, chunk: Buffer.from('\tfirst\u001b[31m\u001b[2J\n 1 %\r50 %') });
    report({ kind: 'wait', stage: { index: 1, name: 'end' } as never, on: [STAGE] });
    transfer({ kind: 'push', image: 'team/app', layer: 'sha256:0123456789abcdef', place: '', bytes: 5e5, total: 1e6 });
    await vi.waitFor(() => expect(seen()[0]).toMatch(/^building: 0 of 2 steps done {2,}[\d.]+ s$/));
    expect(seen().slice(1)).toEqual([
      expect.stringMatching(/^├ made 1\/2 RUN work 1 {2,}[\d.]+ s$/),
      '│       first\\u{1b}[2J',
      '│   50 %',
      '├ end  waits for made',
      expect.stringMatching(/^└ push team\/app 0123456789ab +█+░+ 500kB of 1MB$/),
      '',
    ]);
    shared.stderr.write('iechorlint: said meanwhile\n');
    await aside(async () => io.stderr.write('$ exit\n'));
    report({ kind: 'end', step: first, cached: false, milliseconds: 1230 });
    close();
    expect(seen()).toEqual(['iechorlint: said meanwhile', '$ exit', '✓ [made 1/2] RUN work 1  1.23 s', '']);
  });
});

describe('the tree of a build', () => {
  it('is no wider than the terminal, and no higher', async () => {
    const paint = await paintOf(false);
    const transfers = Array.from({ length: 30 }, (_, at) => ({
      ...{ kind: 'pull', image: 'registry.example.com/with/a/long/name:1', place: '', bytes: at, total: 30 },
      layer: `sha256:${String(at).padStart(64, '0')}`,
    })) as never;
    for (const [columns, rows] of [
      [100, 24],
      [30, 10],
      [20, 4],
    ] as const) {
      const scene = { steps: 9, done: 3, cached: 1, milliseconds: 61_000, stages: [], transfers };
      const lines = pictureLines(scene, columns, rows, paint);
      expect(lines.length, String(columns)).toBeLessThan(rows);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(columns);
      expect(lines.at(-1)).toMatch(/^└ and \d+ more$/);
    }
  });
});

describe('the last lines of a terminal', () => {
  it('send again only what has changed', () => {
    const { stderr, written } = fakeIo({ terminal: 40 });
    const area = liveArea(stderr);
    area.draw(['one', 'two']);
    const before = written.stderr.length;
    area.draw(['one', 'two']);
    expect(written.stderr).toHaveLength(before);
    area.draw(['one', 'three']);
    expect(written.stderr.slice(before)).not.toContain('one');
    area.above('stays\n');
    area.draw(['last']);
    expect(screenAfter(written.stderr, 40)).toEqual(['stays', 'last', '']);
    area.clear();
    expect(screenAfter(written.stderr, 40)).toEqual(['stays', '']);
  });
});

describe('the log of a CI system', () => {
  const env = { GITHUB_ACTIONS: 'true' };

  it.runIf(canBuild)('has no command in what a build says of its file', async () => {
    put('iEchorfile', 'FROM scratch\nCOPY none /##[group]\n');
    for (const args of [['--no-lint'], ['--no-lint', '-q'], ['--no-lint', '--plan']]) {
      const { code, stdout, stderr } = await build(args, { env });
      expect(code).toBe(3);
      expect(stdout + stderr).toContain('\\u{23}#[group]');
      expect(stdout + stderr).not.toContain('##[');
    }
    expect((await build(['--no-lint'])).stderr).toContain('COPY none /##[group]');
  });

  it('has none in the last lines of a step, which it has seen once', () => {
    const text = 'FROM scratch\nRUN x\n';
    const document = documentOf(text, 'iEchorfile');
    const io = fakeIo({ env });
    const last = ['::error::x', '##vso[task.x]y'];
    const shown = failureText(new BuildError('it failed', { start: 13, end: 18 }, 1), { document, last }, io);
    expect(shown).toMatch(/^\\u\{3a\}:error::x\n\\u\{23\}#vso\[task\.x\]y\niechorlint: iEchorfile:2: it failed\n/);
    expect(failureText(new BuildError('', { start: 13, end: 18 }), { document, last }, fakeIo())).toContain(
      `${last.join('\n')}\n`,
    );
  });
});

describe.runIf(canBuild)('what came of a build', () => {
  it('is in files, whose names are those of buildx', async () => {
    writeFileSync(join(context, 'id'), 'of an earlier build');
    const { code } = await build(['--no-lint', '-t', 'a', '-t', 'b:1', '--iidfile', 'id', '--metadata-file', 'm.json']);
    expect(code).toBe(0);
    const id = readFileSync(join(context, 'id'), 'utf8');
    expect(id).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(JSON.parse(readFileSync(join(context, 'm.json'), 'utf8'))).toEqual({
      'containerimage.config.digest': id,
      'containerimage.digest': id,
      'image.name': 'docker.io/library/a:latest,docker.io/library/b:1',
    });
  });

  it('has the digest of the manifest that was written', async () => {
    await build(['--no-lint', '--metadata-file', 'm.json', '-o', 'type=oci,tar=false,dest=layout']);
    const index: { manifests: { digest: string; size: number }[] } = JSON.parse(
      readFileSync(join(context, 'layout/index.json'), 'utf8'),
    );
    const [{ digest, size } = { digest: '', size: 0 }] = index.manifests;
    expect(JSON.parse(readFileSync(join(context, 'm.json'), 'utf8'))).toMatchObject({
      'containerimage.digest': digest,
      'containerimage.descriptor': { digest, size },
    });
  });

  it('has the provenance that was asked for', async () => {
    await build(['--no-lint', '--metadata-file', 'm.json', '--provenance', 'mode=max']);
    expect(JSON.parse(readFileSync(join(context, 'm.json'), 'utf8'))['buildx.build.provenance']).toHaveProperty(
      'buildDefinition',
    );
  });

  it('goes where a link leads to, and into what is no plain file, which is never deleted', async () => {
    const [link, target, pipe] = ['link', 'target', 'pipe'].map((name) => join(context, name));
    writeFileSync(target ?? '', 'of an earlier build');
    symlinkSync('target', link ?? '');
    execFileSync('mkfifo', [pipe ?? '']);
    const reader = openSync(pipe ?? '', constants.O_RDWR | constants.O_NONBLOCK);
    try {
      expect((await build(['--no-lint', '--iidfile', 'link', '--metadata-file', 'pipe'])).code).toBe(0);
      const bytes = Buffer.alloc(4096);
      const { 'containerimage.digest': id } = JSON.parse(bytes.toString('utf8', 0, readSync(reader, bytes)));
      expect(readFileSync(target ?? '', 'utf8')).toBe(id);
      expect([lstatSync(link ?? '').isSymbolicLink(), lstatSync(pipe ?? '').isFIFO()]).toEqual([true, true]);
    } finally {
      closeSync(reader);
    }
    const { code, stderr } = await build(['--no-lint', '--iidfile', 'src']);
    expect([code, stderr]).toEqual([2, 'iechorlint: src is a folder; name a file in it\n']);
  });

  it('leaves no id of an earlier build where this one fails', async () => {
    writeFileSync(join(context, 'id'), 'of an earlier build');
    put('iEchorfile', 'FROM scratch\nCOPY nothing /\n');
    expect((await build(['--no-lint', '--iidfile', 'id'])).code).toBe(3);
    expect(existsSync(join(context, 'id'))).toBe(false);
    put('iEchorfile', FILE);
    const { code, stderr } = await build(['--no-lint', '--iidfile', 'no/such/folder/id']);
    expect(code).toBe(2);
    expect(stderr).toContain('cannot write no/such/folder/id: there is no folder no/such/folder');
  });
});
