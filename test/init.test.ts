import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { rules } from '../rules/index.ts';
import { pushImage } from '../src/build/push.ts';
import { portIn } from '../src/init/ports.ts';
import { nodeVersionFor, pythonVersionFor } from '../src/init/versions.ts';
import { withPlatform } from '../src/oci/platform.ts';
import { folderWith, runIn, type World } from './support/cli.ts';
import { imageIn, testStore } from './support/images.ts';
import { PROJECTS } from './support/init-projects.ts';
import { fakeRegistry, quickAccess } from './support/registry.ts';

type Files = Readonly<Record<string, string>>;

const init = async (files: Files, args: readonly string[] = ['--yes'], world: World = {}) => {
  const cwd = folderWith(files);
  const result = await runIn(cwd, ['init', ...args], world, rules);
  const read = (name: string) => (existsSync(join(cwd, name)) ? readFileSync(join(cwd, name), 'utf8') : undefined);
  return { ...result, cwd, read };
};

const NODE = { 'package.json': '{"scripts": {"start": "node server.js"}}', 'server.js': '' };
const ALL = ['iEchorfile', '.dockerignore', 'compose.yaml', '.iechorlint.yaml'];

describe('init writes for a project', () => {
  it.each(Object.entries(PROJECTS))('%s what passes the strict rules', async (_, { files, title, lines, port }) => {
    const { code, stderr, stdout, cwd, read } = await init(files);
    expect(code).toBe(0);
    expect(stderr).toContain(`found ${title}\n`);
    expect(stderr).toContain(`wrote ${ALL.join(', ')}\n`);
    const text = read('iEchorfile') ?? '';
    expect(stdout).toContain(text);
    for (const line of lines) expect(text.split('\n')).toContain(line);
    expect(text.includes('EXPOSE')).toBe(port !== undefined);
    const found = await runIn(cwd, ['--select', 'strict', '--context', '.'], {}, rules);
    expect(found).toMatchObject({ code: 0, stdout: 'No findings in 1 file\n' });
    const [service] = Object.values<{ build: { dockerfile: string }; ports?: string[] }>(
      parse(read('compose.yaml') ?? '').services,
    );
    expect(service?.build.dockerfile).toBe('iEchorfile');
    expect(service?.ports).toEqual(port === undefined ? undefined : [`127.0.0.1:${port}:${port}`]);
  });

  it('and is told by the strict rules what is wrong with one that is changed', async () => {
    const { cwd, read } = await init(NODE);
    writeFileSync(
      join(cwd, 'iEchorfile'),
      (read('iEchorfile') ?? '').replace(/^(?:USER|HEALTHCHECK|# iechorlint).*$/gm, ''),
    );
    const { stdout } = await runIn(cwd, ['--select', 'strict', '--format', 'compact'], {}, rules);
    expect(stdout).toContain('base-image-not-digest-pinned');
    expect(stdout).toContain('missing-user');
  });

  it('nothing of what a build does not need into the image', async () => {
    const { read } = await init(NODE);
    for (const line of ['.git', '.env', 'node_modules', 'iEchorfile'])
      expect(read('.dockerignore')?.split('\n')).toContain(line);
  });
});

describe('init takes the port that the program tells', () => {
  it.each([
    ['app.listen(8081);', 8081],
    ['app.listen( { host: "0.0.0.0", port: 5000 })', 5000],
    ['const port = process.env.PORT || 4000;\napp.listen(port)', 4000],
    ["const PORT = Number(process.env['PORT'] ?? '4100')", 4100],
    ['http.ListenAndServe(":9000", nil)', 9000],
    ['let listener = TcpListener::bind("0.0.0.0:7000")', 7000],
    ['app.listen(80); admin.listen(81);', undefined],
    ['app.listen(port)', undefined],
    ['const report = 3000; const exportPort = 1;', undefined],
  ])('%s', (text, port) => {
    expect(portIn(text)).toBe(port);
  });

  it('and then does not call it a guess', async () => {
    const { stderr, read } = await init({ ...NODE, 'server.js': 'require("http").createServer().listen(8123);\n' });
    expect(read('iEchorfile')).toContain('EXPOSE 8123\n');
    expect(read('compose.yaml')).toContain('127.0.0.1:8123:8123');
    expect(stderr).not.toContain('guess');
    expect((await init(NODE)).stderr).toContain('port 3000 is a guess');
  });
});

describe('init takes the version that the project wants', () => {
  it.each([
    [undefined, '24'],
    ['>=18', '24'],
    ['>= 26.1.0', '26'],
    ['^20.1', '20'],
    ['20.x', '20'],
    ['^18 || ^22 || ^20', '22'],
    ['>=18 <21', '20'],
    ['>=18.0.0 <21.5', '21'],
    ['<=20', '20'],
    ['>=18 <100', '24'],
    ['*', '24'],
    ['lts', '24'],
  ])('of Node.js: %s', (wanted, version) => {
    expect(nodeVersionFor(wanted)).toBe(version);
  });

  it.each([
    [undefined, '3.13'],
    ['>=3.9', '3.13'],
    ['>=3.14', '3.14'],
    ['==3.12.*', '3.12'],
    ['3.11', '3.11'],
    ['~=3.11.2', '3.11'],
    ['~=3.11', '3.13'],
    ['~3.11', '3.11'],
    ['^3.10', '3.13'],
    ['>=3.9,<3.13', '3.12'],
    ['>=3.9,<=3.12', '3.12'],
    ['>=3.10,<4.0', '3.13'],
    ['>=3.8,<3.99', '3.13'],
    ['*', '3.13'],
  ])('of Python: %s', (wanted, version) => {
    expect(pythonVersionFor(wanted)).toBe(version);
  });
});

describe('init asks before it writes', () => {
  it('and writes nothing where nobody can be asked', async () => {
    const { code, stderr, stdout, read } = await init(NODE, []);
    expect(code).toBe(2);
    expect(stderr).toContain(`nothing was written, for nobody can be asked; add --yes to write ${ALL.join(', ')}\n`);
    expect(stdout).toContain('CMD ["node", "server.js"]');
    expect(ALL.map(read)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('or where it is to show the files alone', async () => {
    const { code, stdout, read } = await init(NODE, ['--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toContain('CMD ["node", "server.js"]');
    expect(read('iEchorfile')).toBeUndefined();
  });

  it.each([
    ['\n', true],
    ['y\n', true],
    ['YES\n', true],
    ['n\n', false],
    ['what?\n', false],
    [undefined, false],
  ])('and takes %j for an answer', async (stdin, isYes) => {
    const { code, stdout, stderr, read } = await init(NODE, [], {
      terminal: 80,
      ...(stdin === undefined ? {} : { stdin }),
    });
    expect(code).toBe(0);
    expect(stdout).toContain('Write these 4 files? [Y/n] ');
    expect(stderr).toContain(isYes ? 'wrote iEchorfile' : 'nothing was written\n');
    expect(read('iEchorfile') !== undefined).toBe(isYes);
  });
});

describe('init overwrites nothing', () => {
  it('but what it is told to', async () => {
    const files = { ...NODE, iEchorfile: 'FROM scratch\n', 'docker-compose.yml': 'services: {}\n' };
    const kept = await init(files);
    expect(kept.stderr).toContain('iEchorfile is there and stays; --force writes it anew\n');
    expect(kept.stderr).toContain('docker-compose.yml is there and stays');
    expect(kept.stderr).toContain('wrote .dockerignore, .iechorlint.yaml\n');
    expect(kept.read('iEchorfile')).toBe('FROM scratch\n');
    const forced = await init(files, ['--yes', '--force']);
    expect(forced.read('iEchorfile')).toContain('CMD ["node", "server.js"]');
    expect(forced.read('docker-compose.yml')).toBe('services: {}\n');
  });

  it('and has nothing to do the second time', async () => {
    const { cwd } = await init(NODE);
    const again = await runIn(cwd, ['init'], {}, rules);
    expect(again).toMatchObject({ code: 0, stdout: '' });
    expect(again.stderr).toContain('compose.yaml is there and stays');
  });

  it('whatever the file that builds the project is called', async () => {
    const { read } = await init({ ...NODE, 'prod.Dockerfile': 'FROM scratch\n' });
    expect(read('iEchorfile')).toBeUndefined();
  });

  it('and leaves a folder that is in its place', async () => {
    const cwd = folderWith(NODE);
    mkdirSync(join(cwd, 'compose.yaml'));
    const { stderr, code } = await runIn(cwd, ['init', '--yes', '--force'], {}, rules);
    expect(stderr).toContain('cannot write compose.yaml: it is a directory\n');
    expect(code).toBe(2);
  });
});

describe('init pins images', () => {
  it('to the digests that a registry tells', async () => {
    const registry = await fakeRegistry();
    const store = testStore();
    const image = imageIn(store, [{ path: 'a', content: 'a' }]);
    const form = { compression: 'gzip', level: 6 } as const;
    const digest = await pushImage(
      store,
      [withPlatform(image)],
      `${registry.host}/library/node:24-alpine`,
      form,
      quickAccess(),
    );
    const { read } = await init(NODE, ['--yes', '--pin', '--registry-mirror', registry.host]);
    expect(read('iEchorfile')?.match(/^FROM .*$/gm)).toEqual([
      `FROM node:24-alpine@${digest} AS build`,
      `FROM node:24-alpine@${digest}`,
    ]);
    expect(read('iEchorfile')).not.toContain('ignore-file');
  });

  it('or writes nothing', async () => {
    const registry = await fakeRegistry();
    const { code, stderr, read } = await init(
      { 'index.html': '' },
      ['--yes', '--pin', '--registry-mirror', registry.host],
      {
        env: { HTTPS_PROXY: 'http://127.0.0.1:9' },
      },
    );
    expect(code).toBe(3);
    expect(stderr).toContain('127.0.0.1:9');
    expect(read('iEchorfile')).toBeUndefined();
  });
});

describe('init says what it found', () => {
  const MONOREPOS: readonly (readonly [Files, string])[] = [
    [
      { 'package.json': '{"workspaces": ["apps/*", "packages/*"]}' },
      'package.json says that this is the root of several projects (apps/*, packages/*); run `iechorlint init FOLDER` for one of them',
    ],
    [{ 'package.json': '{}', 'pnpm-workspace.yaml': "packages:\n  - 'apps/*'\n  - '!apps/old'\n" }, '(apps/*)'],
    [{ 'Cargo.toml': '[workspace]\nmembers = ["a", "b"]\n' }, '(a, b)'],
    [{ 'go.work': 'go 1.24\n\nuse (\n\t./api\n\t./worker\n)\n' }, '(api, worker)'],
    [{ 'pom.xml': '<project><modules><module>api</module></modules></project>' }, '(api)'],
    [{ 'settings.gradle': "include ':app', ':lib:core'\n", 'build.gradle': '' }, '(app, lib/core)'],
  ];

  it.each(MONOREPOS)('the root of several projects: %j', async (files, message) => {
    const { code, stderr, read } = await init(files);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(read('iEchorfile')).toBeUndefined();
  });

  it('in another folder that is named', async () => {
    const files = { 'apps/web/package.json': NODE['package.json'], 'package.json': '{"workspaces": ["apps/*"]}' };
    const { read, stderr } = await init(files, ['apps/web', '--yes']);
    expect(read('apps/web/iEchorfile')).toContain('npm install');
    expect(stderr).toMatch(
      /this is a package of \S+, whose lock file and other packages are outside of this build context/,
    );
  });

  it('where it is several things, and takes the one that is wanted', async () => {
    const files = { ...NODE, 'go.mod': 'module x\n', 'main.go': 'package main\n' };
    expect((await init(files)).stderr).toContain('found Node.js, npm; for Go, add --template\n');
    expect((await init(files, ['--template', 'go', '--yes'])).read('iEchorfile')).toContain('FROM golang:');
    expect((await init(files, ['--template', 'none', '--yes'])).stderr).toContain('wrote .iechorlint.yaml\n');
    const wrong = await init(files, ['--template', 'ruby']);
    expect(wrong.stderr).toContain('nothing here looks like a project of the kind ruby; there is node and go\n');
  });

  it.each<[Files]>([
    [{ 'package.json': 'no JSON' }],
    [{ 'package.json': '[]', 'package-lock.json': '' }],
    [{ 'package.json': '{"scripts": {"start": 5}, "dependencies": [], "main": {}}' }],
    [{ 'package.json': '{"scripts": {"start": "node \\"; rm -rf / \\n CMD"}}' }],
    [{ 'package.json': '{"main": "a\\nRUN evil"}' }],
    [
      {
        'package.json': '{"scripts": {"build": "x"}, "dependencies": {"@angular/core": "1"}}',
        'angular.json': '{"projects": {"a\\nRUN evil": {}}}',
      },
    ],
    [{ 'package.json': '{"packageManager": "pnpm@$(evil)"}' }],
    [{ 'go.mod': 'module evil;rm\n', 'cmd/a b/main.go': 'package main\n' }],
    [{ 'pyproject.toml': '= no TOML' }],
    [{ 'requirements.txt': '-r ../../etc/passwd\n-r a b\n' }],
    [{ 'Cargo.toml': '[package]\nname = "a\\nRUN evil"\n' }],
    [{ 'Shop.csproj': '' }],
    [{ Gemfile: '' }],
    [{ 'composer.json': '{"require": {"php": 8, "ext-bcmath;evil": "*"}}' }],
  ])('and writes nothing strange for %j', async (files) => {
    const { code, stdout } = await init(files, ['--dry-run']);
    expect(code).toBe(0);
    expect(stdout).not.toMatch(/^\s*RUN evil|rm -rf \/ |passwd|;evil|\$\(evil/m);
  });
});

describe('a file that says what the project is and cannot be read', () => {
  it('is named, with the line', async () => {
    const { code, stderr } = await init({ 'package.json': '{\n  "name": }', 'server.js': '' });
    expect(stderr).toContain('iechorlint: package.json:2: this is not JSON: value expected; init passes over it\n');
    expect(code).toBe(0);
    const toml = await init({ 'Cargo.toml': '[package\n' });
    expect(toml.stderr).toMatch(/Cargo\.toml:\d+: this is not TOML: .*; init passes over it\n/);
  });

  it('is no project where it is a folder', async () => {
    const { stderr } = await init({ 'package.json/a': '' });
    expect(stderr).toContain('package.json is no file that can be read; init passes over it\n');
    expect(stderr).not.toContain('found Node.js');
  });
});
