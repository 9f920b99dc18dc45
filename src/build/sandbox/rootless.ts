import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants, userInfo } from 'node:os';
import { dirname } from 'node:path';
import { isatty } from 'node:tty';
import { missingText, pathOf } from './programs.ts';

/** Set inside of a user namespace of ours, to the number of the user outside. */
const MARK = 'IECHORLINT_USER_NAMESPACE';

/** Whether root here is an ordinary user of the machine. */
export const isRootless = (): boolean => process.env[MARK] !== undefined;

/** The number of the user as the machine knows it. */
export const outerUser = (): string => process.env[MARK] ?? String(process.geteuid?.() ?? 0);

/** Whether steps can be run only after `enterNamespace`. */
export const needsNamespace = (): boolean => process.geteuid?.() !== 0;

/** Runs this very command again as root of a user namespace, with all that the user may have and these variables besides; a text says why not. */
export const enterNamespace = async (
  path: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<number | string> => {
  const trouble = namespaceTrouble(path);
  if (trouble !== undefined) return trouble;
  const [unshare = '', setpriv = ''] = ['unshare', 'setpriv'].map((name) => pathOf(name, path) ?? name);
  const child = spawn(
    unshare,
    [
      ...['-U', '--map-root-user', '--map-auto', '-m', '--propagation', 'private'],
      ...[setpriv, '--pdeathsig', 'KILL', process.execPath, ...process.execArgv, ...process.argv.slice(1)],
    ],
    { stdio: 'inherit', env: { ...process.env, ...variables, PATH: pathWithMaps(path), [MARK]: outerUser() } },
  );
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  // A terminal itself sends SIGINT to both.
  const interrupt = [0, 1, 2].some((descriptor) => isatty(descriptor)) ? () => {} : forward;
  process.on('SIGINT', interrupt).on('SIGTERM', forward).on('SIGHUP', forward);
  try {
    return await new Promise<number | string>((resolve) => {
      child.once('error', ({ message }) => resolve(`no user namespace can be made: ${message}`));
      child.once('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
    });
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', forward).off('SIGHUP', forward);
  }
};

/** With where `newuidmap` is, which `unshare` looks for itself. */
const pathWithMaps = (path: string): string => {
  const folder = dirname(pathOf('newuidmap', path) ?? '/usr/bin/newuidmap');
  return path.split(':').includes(folder) ? path : [path, folder].filter(Boolean).join(':');
};

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
};

/** Numbers for a user that nobody has who is named in `/etc/subuid` or `/etc/subgid`: whoever shares them may touch the other's files. */
export const freeRange = (taken: string): string => {
  const ends = taken.split('\n').flatMap((line) => {
    const [, first, count] = /^[^:]+:(\d+):(\d+)$/.exec(line.trim()) ?? [];
    return first && count ? [Number(first) + Number(count)] : [];
  });
  const start = Math.max(100_000, ...ends);
  return `${start}-${start + 65_535}`;
};

/** Why an ordinary user cannot run steps here, and what the machine's owner can do about it. */
export const namespaceTrouble = (path: string): string | undefined => {
  const missing = ['unshare', 'setpriv', 'newuidmap', 'newgidmap'].filter((name) => !pathOf(name, path));
  if (missing.length > 0) return missingText(missing, path);
  if (textOf('/proc/sys/user/max_user_namespaces') === '0')
    return 'RUN needs user namespaces, which this machine forbids: sysctl -w user.max_user_namespaces=15000';
  if (textOf('/proc/sys/kernel/unprivileged_userns_clone') === '0')
    return 'RUN needs user namespaces, which this machine forbids: sysctl -w kernel.unprivileged_userns_clone=1';
  if (textOf('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1')
    return 'RUN needs user namespaces, which AppArmor forbids: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0';
  if (/^NoNewPrivs:\s*1$/m.test(textOf('/proc/self/status')))
    return 'RUN needs newuidmap, which may not be used here: this process runs with no_new_privs';
  const { username, uid } = userInfo();
  const users = textOf('/etc/subuid');
  const groups = textOf('/etc/subgid');
  const hasRange = (text: string) =>
    text.split('\n').some((line) => [username, String(uid)].includes(line.split(':', 1)[0] ?? ''));
  if (hasRange(users) && hasRange(groups)) return undefined;
  const range = freeRange(`${users}\n${groups}`);
  return `RUN needs user numbers for ${username}: usermod --add-subuids ${range} --add-subgids ${range} ${username}`;
};
