/**
 * `npx tsx src/dev/projects.ts [NAME…]`: builds the projects of ../shared/projects, each on a stand-in for its base, and
 * asks other tools whether they accept the image. Prints a table; what fails is explained below it.
 */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runHere } from './build-here.ts';
import { writeBusybox } from './busybox.ts';

const PROJECTS = join('..', 'shared', 'projects');
const STAND_IN = 'stand-in:1';

/** Programs that fetch what is not here, or that only make as if. */
const PROGRAMS = {
  apk: '#!/bin/sh\nexit 0\n',
  go: '#!/bin/sh\nwhile [ $# -gt 0 ]; do [ "$1" = -o ] && echo made > "$2"; shift; done\nexit 0\n',
  wget: '#!/bin/sh\nname=logspout-3.1; mkdir -p /tmp/w/$name && cd /tmp/w && tar czf "$2" $name && rm -r /tmp/w\n',
};

const writeStandIn = (folder: string, file: string): void => {
  writeBusybox(folder, file);
  for (const [name, text] of Object.entries(PROGRAMS)) {
    rmSync(join(folder, 'bin', name), { force: true });
    writeFileSync(join(folder, 'bin', name), text);
    chmodSync(join(folder, 'bin', name), 0o755);
  }
  mkdirSync(join(folder, 'var/cache/apk'), { recursive: true });
  mkdirSync(join(folder, 'usr/bin'), { recursive: true });
  useDash(folder);
  appendFileSync(join(folder, 'etc/passwd'), 'docker:x:1001:0::/:/bin/sh\n');
};

/** The shell of busybox prefers programs of its own to those above. */
const useDash = (folder: string): void => {
  const { stdout } = spawnSync('ldd', ['/bin/dash'], { encoding: 'utf8' });
  for (const path of stdout.match(/\/\S+/g) ?? []) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    copyFileSync(path, join(folder, path));
  }
  rmSync(join(folder, 'bin/sh'));
  copyFileSync('/bin/dash', join(folder, 'bin/sh'));
};

interface Project {
  readonly name: string;
  readonly folder: string;
  readonly file: string;
  readonly bases: readonly string[];
}

const readProject = (name: string): Project => {
  const folder = join(PROJECTS, name);
  const fields = new Map(
    readFileSync(join(folder, '.project'), 'utf8')
      .split('\n')
      .map((line) => [line.split(': ', 1)[0] ?? '', line.slice(line.indexOf(': ') + 2)]),
  );
  const file = join(folder, fields.get('file') ?? 'Dockerfile');
  const named = Array.from(readFileSync(file, 'utf8').matchAll(/^FROM\s+(\S+)/gim), ([, base = '']) => base);
  const bases = [...new Set([...named, ...(fields.get('bases') ?? '').split(' ')])];
  return { name, folder, file, bases: bases.filter((base) => base !== '' && base !== 'scratch') };
};

/** What a program says of it, in a word. */
const answerOf = (program: string, args: readonly string[]): string => {
  const { status, error, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 120_000 });
  if (error) return `no ${program} here`;
  return status === 0 ? 'yes' : `no: ${stderr.trim().split('\n').at(-1)?.slice(0, 120)}`;
};

const DOCKER = process.env.DOCKER ?? 'docker';

/** An image of a project that has no shell is made a container of all the same, and not started. */
const runByDocker = (hasShell: boolean): string => {
  const usual = ['--network', 'none', '--user', '0'];
  if (hasShell) return answerOf(DOCKER, ['run', '--rm', ...usual, '--entrypoint', '/bin/sh', IMAGE, '-c', ':']);
  const made = answerOf(DOCKER, ['create', '--name', 'iechorlint-project', ...usual, IMAGE, '/none']);
  spawnSync(DOCKER, ['rm', '-f', 'iechorlint-project']);
  return made === 'yes' ? 'made' : made;
};

const IMAGE = 'project.test/project:1';

/** What other tools make of an image that was written as a layout and as an archive. */
const answersTo = (work: string, hasShell: boolean): readonly string[] => {
  const layout = join(work, 'layout');
  const archive = join(work, 'image.tar');
  const buildah = ['--storage-driver', 'vfs', '--root', join(work, 'b'), '--runroot', join(work, 'r')];
  const answers = [
    answerOf('skopeo', ['inspect', `docker-archive:${archive}`]),
    answerOf('umoci', ['unpack', '--image', `${layout}:1`, join(work, 'bundle')]),
    answerOf('buildah', [...buildah, 'from', '--isolation', 'chroot', `oci:${layout}:1`]),
    answerOf(DOCKER, ['load', '-q', '-i', archive]),
    runByDocker(hasShell),
  ];
  spawnSync(DOCKER, ['rmi', '-f', IMAGE]);
  return answers;
};

const buildProject = async ({ folder, file, bases }: Project, store: string): Promise<readonly string[]> => {
  // buildah takes the path of a layout for a name, which has no capital letters.
  const work = join(tmpdir(), `iechorlint-project-${process.pid}`);
  mkdirSync(work);
  try {
    const instead = bases.flatMap((base) => ['--build-context', `${base}=docker-image://${STAND_IN}`]);
    const outputs = ['-o', `type=oci,tar=false,dest=${work}/layout`, '-o', `type=docker,dest=${work}/image.tar`];
    const args = [...USUAL, '--store', store, ...instead, ...outputs, '-t', IMAGE, '-f', file, folder];
    const { code, stderr } = await runHere(args, process.cwd());
    if (code !== 0) return [`${code}: ${stderr.trim().split('\n').slice(0, 3).join(' / ')}`];
    return ['yes', ...answersTo(work, bases.length > 0)];
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};

const USUAL = ['--build', '--no-lint', '--network', 'none', '-q'];

const work = mkdtempSync(join(tmpdir(), 'iechorlint-projects-'));
const store = join(work, 'store');
writeStandIn(join(work, 'stand-in'), join(work, 'stand-in.file'));
await runHere(
  [...USUAL, '--store', store, '-t', STAND_IN, '-f', join(work, 'stand-in.file'), join(work, 'stand-in')],
  work,
);
const wanted = process.argv.slice(2);
console.log('| project | built | skopeo | umoci | buildah | docker load | docker run |\n|---|---|---|---|---|---|---|');
for (const name of readdirSync(PROJECTS).toSorted()) {
  if (wanted.length > 0 && !wanted.some((each) => name.startsWith(each))) continue;
  console.log(`| ${[name, ...(await buildProject(readProject(name), store))].join(' | ')} |`);
}
rmSync(work, { recursive: true, force: true });
