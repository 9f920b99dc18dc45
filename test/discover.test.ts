import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { discover } from '../src/cli/discover.ts';
import { isIechorfileName, SKIPPED_ENDINGS, SKIPPED_FOLDERS } from '../src/cli/names.ts';
import { folderWith, withoutRights } from './support/cli.ts';

const FROM = 'FROM scratch\n';

/** A folder of files that all hold the same. */
const folderOf = (...names: string[]) => folderWith(Object.fromEntries(names.map((name) => [name, FROM])));

const pathsIn = async (cwd: string, ...operands: string[]) =>
  (await discover(operands, cwd, '<stdin>')).targets.map(({ path }) => path);

describe('names that a search takes', () => {
  it.each([
    ...['iEchorfile', 'Dockerfile', 'Containerfile', 'dockerfile', 'DOCKERFILE', 'IECHORFILE'],
    ...['Dockerfile.dev', 'dockerfile.Alpine', 'Containerfile.tar.gz', 'iEchorfile.txt', 'Dockerfile.in.arm64'],
    ...['web.Dockerfile', 'a.b.iechorfile', 'X.CONTAINERFILE', '.Dockerfile'],
  ])('%s', (name) => {
    expect(isIechorfileName(name)).toBe(true);
  });

  it.each([
    ...['Makefile', 'Dockerfile-dev', 'MyDockerfile', 'Dockerfiles', 'web.Dockerfile.d/x', 'dockerfile_linux', ''],
    ...[
      'Dockerfile.dockerignore',
      'web.Dockerfile.dockerignore',
      'iEchorfile.iechorignore',
      'Containerfile.containerignore',
    ],
    ...['Dockerfile.md', 'Dockerfile.BAK', 'Dockerfile.orig', 'Dockerfile.rej', '.Dockerfile.swp', 'Dockerfile~'],
    ...['Dockerfile.tmpl', 'Dockerfile.j2', 'Dockerfile.template', 'alpine.Dockerfile.M4', 'Dockerfile.in'],
    ...['Dockerfile.tt', 'Dockerfile.em', 'Dockerfile.liquid', 'Dockerfile.ncl'],
  ])('not %s', (name) => {
    expect(isIechorfileName(name.split('/').at(-1) === name ? name : 'x')).toBe(false);
  });

  it('not with any of the endings that are left out', () => {
    for (const ending of SKIPPED_ENDINGS) expect(isIechorfileName(`Dockerfile${ending}`), ending).toBe(false);
  });
});

describe('a folder', () => {
  it('is searched in the order of names, and each path starts as it was given', async () => {
    const cwd = folderOf('b/Dockerfile', 'Dockerfile', 'a.Dockerfile', 'a/deep/er/Containerfile', 'b/x.txt');
    expect(await pathsIn(cwd, '.')).toEqual(['Dockerfile', 'a/deep/er/Containerfile', 'a.Dockerfile', 'b/Dockerfile']);
    expect(await pathsIn(cwd, './')).toEqual(await pathsIn(cwd, '.'));
    expect(await pathsIn(cwd, './b')).toEqual(['b/Dockerfile']);
    expect(await pathsIn(cwd, 'b/')).toEqual(['b/Dockerfile']);
    expect(await pathsIn(join(cwd, 'b'), '../a')).toEqual(['../a/deep/er/Containerfile']);
    expect(await pathsIn('/', cwd)).toEqual((await pathsIn(cwd, '.')).map((path) => `${cwd}/${path}`));
  });

  it('is searched without the usual folders, whose names may still be given', async () => {
    const cwd = folderOf('Dockerfile', ...SKIPPED_FOLDERS.map((name) => `${name}/Dockerfile`));
    expect(await pathsIn(cwd, '.')).toEqual(['Dockerfile']);
    expect(await pathsIn(cwd, 'node_modules')).toEqual(['node_modules/Dockerfile']);
  });

  it('is searched with a vendor folder of its own, but without that of a package manager', async () => {
    const own = folderOf('vendor/Dockerfile');
    expect(await pathsIn(own, '.')).toEqual(['vendor/Dockerfile']);
    const managed = folderOf('vendor/Dockerfile', 'vendor/modules.txt');
    expect(await pathsIn(managed, '.')).toEqual([]);
  });

  it('that holds nothing is worth a line, and no failure', async () => {
    const { targets, unreadable, notices } = await discover(['.'], folderOf('README.md'), '');
    expect({ targets, unreadable }).toEqual({ targets: [], unreadable: [] });
    expect(notices).toEqual([
      'found no iEchorfile, Dockerfile or Containerfile in this folder; `iechorlint init` writes one',
    ]);
  });

  it('that cannot be read is skipped with a line, unless it was named', async () => {
    const cwd = folderOf('Dockerfile', 'locked/Dockerfile');
    chmodSync(cwd, 0o755);
    chmodSync(join(cwd, 'locked'), 0o000);
    // Loaded beforehand, for who has no rights may not load it.
    await pathsIn(cwd, '.');
    const below = await withoutRights(() => discover(['.'], cwd, ''));
    expect(below.targets.map(({ path }) => path)).toEqual(['Dockerfile']);
    expect(below.notices).toEqual(['left out locked/: permission denied']);
    const named = await withoutRights(() => discover(['locked'], cwd, ''));
    expect(named.unreadable).toEqual([{ path: 'locked', message: 'permission denied' }]);
  });

  it('takes names with anything in them', async () => {
    const names = ['-f.Dockerfile', 'Dockerfile.[a]*', 'Dockerfile.\n\u202e', 'a\\b.Dockerfile', 'ü 漢.Dockerfile'];
    expect(await pathsIn(folderOf(...names), '.')).toEqual(names.toSorted());
  });
});

describe('symbolic links', () => {
  it('to files count, once for each file and by its own name if that was met', async () => {
    const cwd = folderOf('real.txt', 'z/Dockerfile');
    symlinkSync('real.txt', join(cwd, 'Dockerfile'));
    symlinkSync('real.txt', join(cwd, 'Dockerfile.too'));
    symlinkSync('z/Dockerfile', join(cwd, 'Dockerfile.z'));
    expect(await pathsIn(cwd, '.')).toEqual(['Dockerfile', 'z/Dockerfile']);
    expect(await pathsIn(cwd, 'Dockerfile.too', 'real.txt')).toEqual(['Dockerfile.too']);
  });

  it('to folders are not followed, so that a loop ends and nothing is found twice', async () => {
    const cwd = folderOf('a/Dockerfile');
    symlinkSync('..', join(cwd, 'a/up'));
    symlinkSync('a', join(cwd, 'Dockerfile.d'));
    const { targets, notices } = await discover(['.'], cwd, '');
    expect(targets.map(({ path }) => path)).toEqual(['a/Dockerfile']);
    expect(notices).toEqual([]);
    expect(await pathsIn(cwd, 'Dockerfile.d')).toEqual(['Dockerfile.d/Dockerfile']);
    expect(await pathsIn(cwd, 'a/up/a', '.')).toEqual(['a/up/a/Dockerfile']);
  });

  it('that lead nowhere are worth a line, and named they are missing', async () => {
    const cwd = folderOf();
    symlinkSync('gone', join(cwd, 'Dockerfile'));
    const { notices } = await discover(['.'], cwd, '');
    expect(notices[0]).toBe('left out Dockerfile: it is a symbolic link that leads to no file');
    const { unreadable } = await discover(['Dockerfile'], cwd, '');
    expect(unreadable[0]?.message).toBe('no such file or directory where this symbolic link leads');
    symlinkSync('self', join(cwd, 'self'));
    expect((await discover(['self'], cwd, '')).unreadable[0]?.message).toBe('its symbolic links form a loop');
  });
});

describe('.gitignore', () => {
  const repository = (ignores: Record<string, string>, ...names: string[]) => {
    const files = Object.fromEntries(names.map((name) => [name, FROM]));
    return folderWith({ '.git/HEAD': '', ...files, ...ignores });
  };

  it('is honoured below the searched folder, nested ones and those above up to the repository', async () => {
    const cwd = repository(
      { '.gitignore': 'out/\n*.local\n', 'web/.gitignore': '\uFEFF/gen\n!Dockerfile.local\r\n' },
      ...['Dockerfile', 'Dockerfile.local', 'out/Dockerfile', 'web/Dockerfile.local', 'web/gen/Dockerfile'],
      ...['web/src/gen/Dockerfile', 'web/src/out/Dockerfile'],
    );
    const inWeb = ['web/Dockerfile.local', 'web/src/gen/Dockerfile'];
    expect(await pathsIn(cwd, '.')).toEqual(['Dockerfile', ...inWeb]);
    expect(await pathsIn(cwd, 'web')).toEqual(inWeb);
    expect(await pathsIn(join(cwd, 'web/src'), '.')).toEqual(['gen/Dockerfile']);
  });

  it('does not cover a path that is named', async () => {
    const cwd = repository(
      { '.gitignore': '/out/\n/all/**\n/some/*\n*.local\n' },
      ...['out/Dockerfile', 'out/x/Dockerfile.local', 'all/Dockerfile', 'some/y/Dockerfile', 'Dockerfile.local'],
    );
    expect(await pathsIn(cwd, '.')).toEqual([]);
    expect(await pathsIn(cwd, 'out')).toEqual(['out/Dockerfile']);
    expect(await pathsIn(cwd, 'out/x/Dockerfile.local', 'Dockerfile.local')).toHaveLength(2);
    expect(await pathsIn(cwd, 'all')).toEqual(['all/Dockerfile']);
    expect(await pathsIn(cwd, 'some', '.')).toEqual(['some/y/Dockerfile']);
    expect(await pathsIn(join(cwd, 'some/y'), '.')).toEqual(['Dockerfile']);
  });

  it('stops at the root of a repository, and outside of one at the searched folder', async () => {
    const cwd = repository(
      { '.gitignore': 'Dockerfile*\n', 'sub/.git': 'gitdir: elsewhere\n' },
      ...['Dockerfile', 'sub/Dockerfile', 'sub/x/Dockerfile'],
    );
    expect(await pathsIn(cwd, '.')).toEqual(['sub/Dockerfile', 'sub/x/Dockerfile']);
    expect(await pathsIn(join(cwd, 'sub/x'), '.')).toEqual(['Dockerfile']);
    const loose = folderWith({ '.gitignore': 'x\n', 'x/Dockerfile': FROM, 'y/x/Dockerfile': FROM });
    expect(await pathsIn(loose, '.')).toEqual([]);
    expect(await pathsIn(loose, 'y')).toEqual(['y/x/Dockerfile']);
  });

  it('lets in again what a deeper file or a later line lets in, as git does', async () => {
    const cwd = repository(
      { '.gitignore': 'a/*\n!a/keep/\n**/Dockerfile.x\n', 'a/.gitignore': '!too/\n' },
      ...[
        'a/Dockerfile',
        'a/keep/Dockerfile',
        'a/keep/Dockerfile.x',
        'a/too/Dockerfile',
        'a/too/Dockerfile.x',
        'a/no/Dockerfile',
      ],
    );
    expect(await pathsIn(cwd, '.')).toEqual(['a/keep/Dockerfile', 'a/too/Dockerfile']);
    rmSync(join(cwd, '.git'), { recursive: true });
    execFileSync('git', ['init', '-q', cwd]);
    const listed = execFileSync('git', ['-C', cwd, 'ls-files', '-o', '--exclude-standard'], { encoding: 'utf8' });
    expect(listed.split('\n').filter((path) => path.includes('Dockerfile'))).toEqual(await pathsIn(cwd, '.'));
  });
});

describe('globs', () => {
  it('match files of any name below their folder, in order, each once', async () => {
    const cwd = folderOf('services/b/Dockerfile', 'services/a/Dockerfile', 'services/a/x.txt', 'Dockerfile');
    expect(await pathsIn(cwd, 'services/*/Dockerfile')).toEqual(['services/a/Dockerfile', 'services/b/Dockerfile']);
    expect(await pathsIn(cwd, './services/{b,a}/*')).toHaveLength(3);
    expect(await pathsIn(cwd, '**/Dockerfile', '.', 'Dockerfile')).toHaveLength(3);
    expect(await pathsIn(join(cwd, 'services'), '../*/a/*.txt')).toEqual(['../services/a/x.txt']);
    expect(await pathsIn('/', `${cwd}/serv*/a/D*`)).toEqual([`${cwd}/services/a/Dockerfile`]);
  });

  it('leave out what is ignored, the usual folders and what stands beside an iEchorfile', async () => {
    const cwd = folderWith({
      '.git/HEAD': '',
      '.gitignore': 'out\n',
      'out/Dockerfile': FROM,
      'a/out/Dockerfile': FROM,
    });
    for (const name of ['Dockerfile', 'Dockerfile.md', 'node_modules/Dockerfile']) {
      mkdirSync(join(cwd, name, '..'), { recursive: true });
      writeFileSync(join(cwd, name), FROM);
    }
    expect(await pathsIn(cwd, '**/Dockerfile*')).toEqual(['Dockerfile']);
    expect(await pathsIn(cwd, 'Docker*.md')).toEqual(['Dockerfile.md']);
    expect(await pathsIn(cwd, 'out/*', 'node_modules/*')).toEqual(['out/Dockerfile', 'node_modules/Dockerfile']);
    expect((await discover(['*/out/*'], cwd, '')).notices[0]).toMatch(/^left out all that \*\/out\/\* matches/);
  });

  it('are never made of a path that exists', async () => {
    const cwd = folderOf('[ab]/Dockerfile', 'a/Dockerfile', 'Dockerfile.*', 'Dockerfile.x');
    expect(await pathsIn(cwd, '[ab]', 'Dockerfile.*')).toEqual(['[ab]/Dockerfile', 'Dockerfile.*']);
  });

  it('that match nothing are missing', async () => {
    const { targets, unreadable } = await discover(['x/*/Dockerfile', '*.nope'], folderOf('Dockerfile'), '');
    expect(targets).toEqual([]);
    expect(unreadable.map(({ message }) => message)).toEqual(Array(2).fill('no file matches the pattern'));
  });

  it('come to an end in a loop of links', async () => {
    const cwd = folderOf('a/Dockerfile');
    symlinkSync('..', join(cwd, 'a/up'));
    expect(await pathsIn(cwd, '**/Dockerfile')).toEqual(['a/Dockerfile']);
    expect(await pathsIn(cwd, '*/Dockerfile', 'a/up/*/Dockerfile')).toEqual(['a/Dockerfile']);
  });
});

describe('operands', () => {
  it('are files of any name, whatever would be left out of a search', async () => {
    const cwd = folderOf('README.md', 'node_modules/Dockerfile.bak', '-x');
    expect(await pathsIn(cwd, 'README.md', './-x', 'node_modules/Dockerfile.bak', 'README.md', './README.md')).toEqual([
      ...['README.md', '-x', 'node_modules/Dockerfile.bak'],
    ]);
  });

  it('are standard input once, under the name it was given', async () => {
    const { targets } = await discover(['-', '-'], '/', 'api/Dockerfile');
    expect(targets).toEqual([{ path: 'api/Dockerfile', file: undefined }]);
  });

  it('that cannot be read are told one by one, with what may have been meant', async () => {
    const cwd = folderOf(
      'Dockerfile',
      'api/Containerfile',
      'ok.txt',
      'compose.yaml',
      '.dockerignore',
      '.hadolint.yaml',
      'unix',
    );
    execFileSync('mkfifo', [join(cwd, 'pipe')]);
    const operands = [
      'dockerfil',
      'api/Continerfile',
      'nothing-like-it',
      'expain',
      'lnit',
      'help',
      'docker',
      'check',
      'alpine:3.22',
      'compose.yaml',
      '.dockerignore',
      '.hadolint.yaml',
      '',
      'pipe',
      '/dev/null',
      'ok.txt/',
      'ok.txt/x',
    ];
    const { targets, unreadable } = await discover([...operands, 'ok.txt', 'dockerfil'], cwd, '');
    expect(targets.map(({ path }) => path)).toEqual(['ok.txt']);
    expect(unreadable.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      'dockerfil: no such file or directory (did you mean Dockerfile?)',
      'api/Continerfile: no such file or directory (did you mean api/Containerfile?)',
      'nothing-like-it: no such file or directory',
      'expain: no such file or directory (did you mean the command explain?)',
      'lnit: no such file or directory (did you mean the command lint?)',
      'help: no such file or directory (did you mean --help?)',
      'docker: no such file or directory (leave out the word docker; `iechorlint build` is like `docker build`)',
      'check: no such file or directory (did you mean the command lint?)',
      'alpine:3.22: no such file or directory (for an image there is `iechorlint inspect alpine:3.22`; this checks iEchorfiles)',
      'compose.yaml: it is a Compose file; name the files that its `build:` names',
      '.dockerignore: it is an ignore file; --context FOLDER checks it together with what the iEchorfile copies',
      '.hadolint.yaml: it is a configuration; --config uses it, and --print-config FILE shows what it does',
      "'': the path is empty (is a variable unset?)",
      'pipe: it is a named pipe, not a file; pipe it in and pass `-`',
      '/dev/null: it is a device, not a file; pipe it in and pass `-`',
      'ok.txt/: it is not a folder',
      'ok.txt/x: a part of the path is not a directory',
    ]);
  });
});
