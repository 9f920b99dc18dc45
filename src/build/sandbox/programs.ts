import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Programs of util-linux and coreutils, which nearly every Linux has, by their paths on this machine. */
export interface Programs {
  readonly unshare: string;
  readonly setpriv: string;
  readonly mount: string;
  readonly umount: string;
  readonly sh: string;
  readonly env: string;
  readonly chroot: string;
  readonly mkfifo: string;
  readonly mkdir: string;
  readonly chmod: string;
  readonly chown: string;
  /** Only without the rights of root is it needed to name the host. */
  readonly hostname: string | undefined;
  /** Only for limits that are given. */
  readonly prlimit: string | undefined;
}

/** What to install, where a name is not at once a package. */
const PACKAGES: Readonly<Record<string, string>> = {
  unshare: 'util-linux',
  setpriv: 'util-linux',
  nsenter: 'util-linux',
  prlimit: 'util-linux',
  mount: 'mount',
  umount: 'mount',
  crun: 'crun',
  runc: 'runc',
  newuidmap: 'uidmap',
  newgidmap: 'uidmap',
  hostname: 'hostname',
  'ssh-agent': 'openssh-client',
};

/** The path of a program of the machine. */
export const pathOf = (name: string, path: string): string | undefined => {
  const folders = [...path.split(':'), '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
  const folder = folders.find((each) => each.startsWith('/') && existsSync(`${each}/${name}`));
  return folder && join(folder, name);
};

/** A text says what is missing, and how to get it. */
export const findPrograms = (path: string): Programs | string => {
  const missing: string[] = [];
  const at = (name: string): string => {
    const found = pathOf(name, path);
    if (found === undefined) missing.push(name);
    return found ?? name;
  };
  const programs: Programs = {
    unshare: at('unshare'),
    setpriv: at('setpriv'),
    mount: at('mount'),
    umount: at('umount'),
    sh: at('sh'),
    env: at('env'),
    chroot: at('chroot'),
    mkfifo: at('mkfifo'),
    mkdir: at('mkdir'),
    chmod: at('chmod'),
    chown: at('chown'),
    hostname: pathOf('hostname', path),
    prlimit: pathOf('prlimit', path),
  };
  return missing.length === 0 ? programs : missingText(missing, path);
};

/** How to get programs that are not there. */
export const missingText = (missing: readonly string[], path: string): string => {
  const packages = [...new Set(missing.map((name) => PACKAGES[name] ?? 'coreutils'))].join(' ');
  const installers = [
    ['apt-get', 'apt-get install'],
    ['apk', 'apk add'],
    ['dnf', 'dnf install'],
    ['zypper', 'zypper install'],
    ['pacman', 'pacman -S'],
  ] as const;
  const install = installers.find(([name]) => pathOf(name, path))?.[1] ?? 'install';
  return `RUN needs ${missing.join(', ')}, which this machine has not: ${install} ${packages}`;
};
