import { COMPRESSIONS } from '../build/compressions.ts';
import type { Flag } from './commands.ts';
import { FAIL_ON } from './lint-options.ts';
import { PROGRESS } from './progress-names.ts';
import { REGISTRY_FLAGS } from './registry-options.ts';

const text = (describe: string, more: Partial<Flag> = {}): Flag => ({ type: 'string', describe, ...more });
const list = (describe: string, more: Partial<Flag> = {}): Flag => ({ type: 'string', array: true, describe, ...more });
const on = (describe: string, more: Partial<Flag> = {}): Flag => ({ type: 'boolean', describe, ...more });

/** How layers are handed out. */
export const COMPRESSION_FLAGS: Readonly<Record<string, Flag>> = {
  compression: text('Of the layers that are handed out', { choices: COMPRESSIONS }),
  'compression-level': text('1 to 9 of gzip, 1 to 19 of zstd', { defaultDescription: '6 and 3' }),
};

/** What programs of an image may use. */
export const LIMIT_FLAGS: Readonly<Record<string, Flag>> = {
  'shm-size': text('The size of /dev/shm, such as 128m', { defaultDescription: '64m' }),
  ulimit: list('NAME=SOFT[:HARD], such as nofile=1024:4096; -1 is no limit'),
};

/** The options of `build`, named as in `docker build`. */
export const BUILD_FLAGS: Readonly<Record<string, Flag>> = {
  file: text('The file to build, where it is not CONTEXT/iEchorfile or Dockerfile; may be an http:// address', {
    alias: 'f',
  }),
  tag: list('A name for the image', { alias: 't' }),
  'build-arg': list('NAME=VALUE of an ARG, or NAME to take it from the environment'),
  target: text('The stage to build, where it is not the last'),
  platform: list('OS/ARCH[/VARIANT] to build for; several with commas make one image of all'),
  label: list('NAME=VALUE, or NAME alone, to put on the image'),
  secret: list('id=NAME,src=FILE or id=NAME,env=VARIABLE for RUN --mount=type=secret'),
  ssh: list('ID=SOCKET of an agent, or ID=KEYFILE, for RUN --mount=type=ssh; default is that of SSH_AUTH_SOCK'),
  'add-host': list('NAME:ADDRESS for /etc/hosts of every RUN'),
  ...LIMIT_FLAGS,
  'build-context': list(
    'NAME=FOLDER, a repository, a web address (one file, named context), oci-layout://FOLDER[:TAG][@DIGEST] or docker-archive://FILE[:TAG] instead of what has that name; NAME::OS/ARCH=FOLDER is for one platform',
  ),
  allow: list(
    'security.insecure lets RUN --security=insecure go without a sandbox, network.host RUN --network=host pass over --network none',
    { choices: ['security.insecure', 'network.host'] },
  ),
  runner: text('What runs the steps: crun and runc are slower, and filter system calls', {
    choices: ['unshare', 'crun', 'runc'],
    defaultDescription: 'unshare',
  }),
  'on-failure': text('With shell, a shell in the files as the failed RUN has left them', {
    choices: ['stop', 'shell'],
  }),
  timestamps: text('With keep, files have their own times, and the image is made now', {
    choices: ['fixed', 'keep'],
    defaultDescription: 'fixed: SOURCE_DATE_EPOCH, the commit of a clean work tree, or 0',
  }),
  'no-cache': on('Run every step again'),
  'no-cache-filter': list('STAGE of which every step is run again; several with commas'),
  'cache-from': list('type=local,src=FOLDER or type=registry,ref=NAME: steps that another machine has run'),
  'cache-to': list(
    'type=local,dest=FOLDER or type=registry,ref=NAME: hand out what steps have made; mode=max: those of all stages',
  ),
  provenance: text('true or mode=max: attest how the image was made, in images that are handed out'),
  sbom: text('true, or generator=IMAGE for one that scans: attest which packages it has'),
  attest: list('type=provenance,mode=max or type=sbom, as docker has it'),
  pull: on('Ask the registry for base images that are there already'),
  network: text('What RUN may reach', { choices: ['host', 'none'], defaultDescription: 'host' }),
  output: list(
    'type=oci, docker, tar (of its files), local (a folder of them) or registry; dest=FILE, - is standard output',
    {
      alias: 'o',
    },
  ),
  push: on('Send the image to the registry that its name tells'),
  ...COMPRESSION_FLAGS,
  call: text('Instead of building: check, outline (what the target takes) or targets; ,format=json behind it', {
    defaultDescription: 'build',
  }),
  check: on('The same as --call check: what docker build --check finds'),
  plan: on('Say which steps would run, and why, and run nothing'),
  format: text('How to print the plan', { choices: ['pretty', 'json'], defaultDescription: 'pretty' }),
  store: text('The folder of images and layers'),
  'no-lint': on('Build without linting first'),
  'force-builtin-syntax': on('Build a file that asks for another grammar by # syntax='),
  'fail-on': text('The least severe finding that stops the build', { choices: FAIL_ON, defaultDescription: 'error' }),
  iidfile: text('A file for the id of the image'),
  'metadata-file': text('A file for digests and names as JSON, or for the step that failed'),
  progress: text('How to tell what goes on: auto is a tree on a terminal, and plain elsewhere', {
    choices: PROGRESS,
    defaultDescription: 'auto',
  }),
  quiet: on("Print the image's id alone", { alias: 'q' }),
  ...REGISTRY_FLAGS,
};

/** The options of `build` that decide what it runs. */
export const PLAN_FLAGS: Readonly<Record<string, Flag>> = Object.fromEntries(
  [
    ...[
      'file',
      'build-arg',
      'target',
      'platform',
      'secret',
      'ssh',
      'build-context',
      'allow',
      'timestamps',
      'shm-size',
      'ulimit',
    ],
    ...[
      'no-cache',
      'no-cache-filter',
      'cache-from',
      'pull',
      'network',
      'store',
      'no-lint',
      'force-builtin-syntax',
      'fail-on',
    ],
    ...Object.keys(REGISTRY_FLAGS),
  ].flatMap((name) => {
    const flag = BUILD_FLAGS[name];
    return flag ? [[name, flag]] : [];
  }),
);

/** The options of what looks into the store. */
export const IMAGE_FLAGS: Readonly<Record<string, Flag>> = {
  store: text('The folder of images and layers'),
  format: text('How to print them', { choices: ['pretty', 'json'], defaultDescription: 'pretty' }),
};
