import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { emulatorHint, foreignPlatforms } from '../build/sandbox/foreign.ts';
import { findPrograms, missingText, pathOf } from '../build/sandbox/programs.ts';
import { namespaceTrouble, needsNamespace } from '../build/sandbox/rootless.ts';
import { attributeLibrary } from '../build/xattr.ts';
import { helpersNamed } from '../oci/credentials.ts';
import { ImageError } from '../oci/error.ts';
import { makeFolders } from '../oci/folders.ts';
import { HOST_PLATFORM } from '../oci/platform.ts';
import type { Io } from './io.ts';
import { reasonOf } from './system-error.ts';

/** What a build needs, and how it is with it here. */
export interface Check {
  readonly name: string;
  /** `lacking`: no RUN can be built; `optional`: some builds want it. */
  readonly state: 'ok' | 'lacking' | 'optional';
  readonly says: string;
  /** The command that helps. */
  readonly mend: string | undefined;
}

/** Where a machine is looked at. */
export interface Place {
  readonly io: Io;
  readonly store: string;
}

/** All checks, each made once those before it are. */
export const checksOf = (place: Place): readonly Check[] => {
  if (process.platform !== 'linux') return [system()];
  const programs = programCheck(place);
  const namespaces = programs.state === 'ok' ? [namespaceCheck(place)] : [];
  const works = namespaces.some(({ state }) => state === 'ok');
  const store = storeCheck(place);
  const overlay = works && store.state === 'ok' ? [overlayCheck(place)] : [];
  const rest = [...(store.state === 'ok' ? [spaceCheck(place), platformCheck(place)] : []), ...helpers(place)];
  return [
    system(),
    programs,
    ...namespaces,
    store,
    ...overlay,
    ...rest,
    ...wanted(place),
    agentCheck(place),
    attributeCheck(),
  ];
};

const ok = (name: string, says: string): Check => ({ name, state: 'ok', says, mend: undefined });

const system = (): Check =>
  process.platform === 'linux'
    ? ok('system', `Linux, ${process.arch}, Node.js ${process.versions.node}`)
    : {
        name: 'system',
        state: 'lacking',
        says: `builds run on Linux, and this is ${process.platform}; linting works here`,
        mend: process.platform === 'win32' ? 'wsl --install' : undefined,
      };

/** A text of the builder: what is wrong, a colon, and the command that helps. */
const fromText = (name: string, state: Check['state'], text: string): Check => {
  const [, says = text, mend] = /^(.*?): (.*)$/s.exec(text) ?? [];
  return { name, state, says, mend: mend && /^\S+ \S/.test(mend) ? mend : undefined };
};

const pathIn = ({ io }: Place): string => io.env.PATH ?? '';

const programCheck = (place: Place): Check => {
  const found = findPrograms(pathIn(place));
  if (typeof found === 'string') return fromText('programs', 'lacking', found);
  return ok('programs', 'util-linux and coreutils have what RUN needs');
};

const namespaceCheck = (place: Place): Check => {
  const trouble = needsNamespace() ? namespaceTrouble(pathIn(place)) : undefined;
  if (trouble !== undefined) return fromText('namespaces', 'lacking', trouble);
  const failure = failureOf(place, 'true');
  if (failure === undefined)
    return ok('namespaces', needsNamespace() ? 'an ordinary user may make them here' : 'root may make them here');
  const says = `the kernel or the container around this refuses them (${failure})`;
  return { name: 'namespaces', state: 'lacking', says, mend: IN_CONTAINER };
};

const IN_CONTAINER =
  'docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined --cap-add SYS_ADMIN …';

/** Runs a script in namespaces as a step has them; a text says why it failed. */
const failureOf = (place: Place, script: string): string | undefined => {
  const user = needsNamespace() ? ['-U', '--map-root-user', '--map-auto'] : [];
  const args = [...user, '-m', '-p', '-f', '--propagation', 'private', 'sh', '-c', script];
  const options = { encoding: 'utf8', env: { ...place.io.env, LC_ALL: 'C' }, timeout: 10_000 } as const;
  const { status, stderr, error } = spawnSync(pathOf('unshare', pathIn(place)) ?? 'unshare', args, options);
  if (status === 0) return undefined;
  const [first] = stderr.trim().split('\n');
  return error?.message ?? (first || `exit code ${status}`);
};

const storeCheck = ({ store }: Place): Check => {
  try {
    makeFolders(store);
    rmSync(mkdtempSync(join(store, 'doctor-')), { recursive: true });
    return ok('store', store);
  } catch (error) {
    const says = `cannot write to ${store}: ${reasonOf(error)}`;
    return { name: 'store', state: 'lacking', says, mend: 'export IECHORLINT_STORE=/another/folder' };
  }
};

/** What a step stands on: the layers below, and a folder for what it writes. */
const overlayCheck = (place: Place): Check => {
  const folder = mkdtempSync(join(place.store, 'doctor-'));
  try {
    for (const name of ['lower', 'upper', 'work', 'merged']) mkdirSync(join(folder, name));
    const options = `lowerdir=lower,upperdir=upper,workdir=work${needsNamespace() ? ',userxattr' : ''}`;
    const failure = failureOf(
      place,
      `cd '${folder.replaceAll("'", `'\\''`)}' && mount -t overlay overlay -o ${options} merged`,
    );
    if (failure === undefined) return ok('overlay', 'layers can be put on one another');
    const says = `none can be mounted in ${place.store} (${failure}), so that each step copies its files, which is slower`;
    return { name: 'overlay', state: 'optional', says, mend: 'export IECHORLINT_STORE=/folder/on/ext4/or/xfs' };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Below this many bytes an image of usual size does not fit. */
const LITTLE = 2_000_000_000;

const spaceCheck = ({ store }: Place): Check => {
  const { bavail, bsize } = statfsSync(store);
  const free = bavail * bsize;
  const says = `${(free / 1e9).toFixed(1)} GB are free for images`;
  return free >= LITTLE ? ok('space', says) : { name: 'space', state: 'optional', says, mend: 'iechorlint prune' };
};

/** Only a RUN of another platform wants them. */
const platformCheck = ({ store, io }: Place): Check => {
  const folder = mkdtempSync(join(store, 'doctor-'));
  try {
    const others = foreignPlatforms(folder);
    if (others.some((platform) => platform !== 'linux/386'))
      return ok('platforms', `RUN runs for ${others.join(', ')} too`);
    const says = `RUN runs for ${[HOST_PLATFORM, ...others].join(' and ')} alone; --platform wants an emulator for others`;
    return { name: 'platforms', state: 'optional', says, mend: emulatorHint(pathIn({ store, io })) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const WANTED = [
  ['crun', '--runner crun, which filters system calls'],
  ['runc', '--runner runc, which filters system calls'],
  ['git', 'contexts and ADD of git repositories, and for --since'],
  ['ssh-agent', '--ssh'],
] as const;

const wanted = (place: Place): readonly Check[] =>
  WANTED.map(([name, use]) => {
    const found = pathOf(name, pathIn(place));
    if (found !== undefined) return ok(name, found);
    const { mend } = fromText(name, 'optional', missingText([name], pathIn(place)));
    return { name, state: 'optional', says: `it is not installed; it is for ${use}`, mend };
  });

const agentCheck = ({ io }: Place): Check =>
  io.env.SSH_AUTH_SOCK
    ? ok('ssh keys', `an agent listens at ${io.env.SSH_AUTH_SOCK}`)
    : {
        name: 'ssh keys',
        state: 'optional',
        says: 'no agent runs; --ssh needs one, or a key: --ssh default=KEYFILE',
        mend: 'eval "$(ssh-agent)" && ssh-add',
      };

const attributeCheck = (): Check =>
  attributeLibrary()
    ? ok('attributes', 'a package reads capabilities of programs')
    : {
        name: 'attributes',
        state: 'optional',
        says: 'GNU tar reads capabilities of programs; a package is faster, and needs neither tar nor root',
        mend: 'npm install @napi-rs/xattr',
      };

/** The programs that keep logins. */
const helpers = (place: Place): readonly Check[] => {
  const named = namedHelpers(place);
  if (typeof named === 'string') return [{ name: 'logins', state: 'optional', says: named, mend: undefined }];
  if (named.length === 0) return [ok('logins', 'no login is kept by a program')];
  return named.map(({ program, file }) => {
    const found = pathOf(program, pathIn(place));
    if (found !== undefined) return ok('logins', `${file} has them from ${found}`);
    const says = `${file} names ${program}, which is not installed; nothing is pulled or pushed with its logins`;
    return { name: 'logins', state: 'optional', says, mend: undefined };
  });
};

const namedHelpers = ({ io }: Place): ReturnType<typeof helpersNamed> | string => {
  try {
    return helpersNamed(io.env);
  } catch (error) {
    if (error instanceof ImageError) return error.message;
    throw error;
  }
};
