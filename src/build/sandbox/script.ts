import { join } from 'node:path';
import { limitWords } from './limits.ts';
import type { MountPlan } from './mount-table.ts';
import { CAPABILITIES, type RunRequest } from './port.ts';
import type { Programs } from './programs.ts';
import { laterLines, quoted, WALKING, walkLines } from './walk.ts';

/**
 * What a shell of the machine does in new namespaces: it mounts, puts the files of the step in the place of the
 * machine's, and becomes the program. The step's variables are set by the last of our programs only.
 */
export const scriptOf = (
  programs: Programs,
  request: RunRequest,
  { merged, later }: MountPlan,
  own: string,
  isRootless: boolean,
): string => {
  const { mount, hostname } = programs;
  const { network, workdir, hostname: host, hasInput = false } = request;
  const name = isRootless ? (hostname ? `${hostname} ${host}` : ':') : `echo ${host} > /proc/sys/kernel/hostname`;
  return [
    'set -e',
    'umask 022',
    // Who leaves a root that was merely changed into would be on the machine; so the files are mounted over it, and there
    // is nothing else to arrive at.
    `${mount} -c -n -a -T ${quoted(join(own, 'fstab'))}`,
    `${name} || :`,
    ...(network === 'none' ? [`echo 0x9 > ${quoted(join(own, 'sysfs/class/net/lo/flags'))} || :`] : []),
    WALKING,
    ...later.flatMap((each) => laterLines(programs, merged, each)),
    ...walkLines(merged, workdir),
    ...limitLines(programs, request),
    'echo ready >&3',
    'exec 3>&-',
    ...variables(request),
    `exec ${enter(programs, request)}${hasInput ? '' : ' </dev/null'}`,
    '',
  ].join('\n');
};

/** Set on the shell that becomes the program. */
const limitLines = ({ prlimit }: Programs, { limits }: RunRequest): readonly string[] =>
  limits && limits.resources.length > 0 ? [`${prlimit} --pid $$ ${limitWords(limits).join(' ')}`] : [];

/** Variables that would make the loader of our own programs load files of the image. */
const LOADER = /^(?:LD_|GLIBC_TUNABLES$|GCONV_PATH$|LOCPATH$|NLSPATH$)/;

/** What a shell can name. */
const NAME = /^[A-Za-z_]\w*$/;

/** The step's variables, and none of ours. */
const variables = ({ env }: RunRequest): readonly string[] => {
  const pairs = [...env].filter(([name]) => NAME.test(name) && !LOADER.test(name));
  return [
    'unset PWD OLDPWD SHLVL PATH LC_ALL LIBMOUNT_FORCE_MOUNT2',
    ...pairs.map(([name, value]) => `export ${name}=${quoted(value)}`),
  ];
};

/** The place `/..` is what is mounted over the root: only there `chroot` keeps the directory that we are in. */
const enter = ({ setpriv, env, chroot }: Programs, request: RunRequest): string => {
  const { argv, owner, isInsecure, hasShell } = request;
  const { uid, gid, groups } = owner;
  const capabilities = CAPABILITIES.map((name) => `+${name}`).join(',');
  const pairs = [...request.env];
  const odd = pairs.filter(([name]) => !NAME.test(name)).map(([name, value]) => quoted(`${name}=${value}`));
  const exported = pairs.filter(([name]) => LOADER.test(name)).map(([name, value]) => `${name}=${quoted(value)}`);
  const shell =
    exported.length > 0 && hasShell
      ? ['/bin/sh', '-c', quoted(`unset PWD OLDPWD SHLVL; export ${exported.join(' ')}; exec "$@"`), 'sh']
      : [];
  return [
    ...(isInsecure ? [] : [setpriv, `--bounding-set=-all,${capabilities}`]),
    ...(odd.length > 0 ? [env, ...odd] : []),
    chroot,
    '--skip-chdir',
    `--userspec=+${uid}:+${gid}`,
    `--groups=${groups.map((group) => `+${group}`).join(',')}`,
    '/..',
    ...shell,
    ...argv.map(quoted),
  ].join(' ');
};
