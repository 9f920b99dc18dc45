import { spawnSync } from 'node:child_process';

/** What a program may use. */
export interface Limits {
  /** Of `/dev/shm`, in bytes; undefined: as much as programs usually have. */
  readonly sharedMemory: number | undefined;
  readonly resources: readonly ResourceLimit[];
}

/** As `setrlimit` has it; an undefined number is no limit. */
export interface ResourceLimit {
  readonly name: string;
  readonly soft: number | undefined;
  readonly hard: number | undefined;
}

/** Those that `docker build --ulimit` knows. */
export const RESOURCES =
  'core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack'.split(' ');

const USUAL_MEMORY = 64 << 20;

/** The options of the mount on `/dev/shm`. */
export const sharedMemoryOptions = (limits: Limits | undefined): string =>
  `nosuid,noexec,nodev,mode=1777,size=${(limits?.sharedMemory ?? USUAL_MEMORY) / 1024}k`;

/** The words for `prlimit`. */
export const limitWords = ({ resources }: Limits): readonly string[] =>
  resources.map(({ name, soft = 'unlimited', hard = 'unlimited' }) => `--${name}=${soft}:${hard}`);

/** Does what every step begins with; the shell keeps files that it puts others in place of under numbers from 10 on. */
const START = ['sh', '-c', ': </dev/null'];

/** Why no program could have them; it is tried, since only the kernel knows who may have what. */
export const limitTrouble = (limits: Limits, prlimit: string): string | undefined => {
  if (limits.resources.length === 0) return undefined;
  const env = { PATH: process.env.PATH, LC_ALL: 'C' };
  const { status, stderr } = spawnSync(prlimit, [...limitWords(limits), ...START], { encoding: 'utf8', env });
  const [, name, reason] = /set the (\w+) resource limit: (.+)/.exec(stderr ?? '') ?? [];
  const flag = name?.toLowerCase();
  if (flag) return `--ulimit ${flag} is more than may be had here: ${reason}; \`prlimit --${flag}\` says what may`;
  if (status === 0) return undefined;
  const all = limits.resources.map((each) => `${each.name}=${each.soft ?? -1}`).join(', ');
  return `--ulimit ${all} leaves less than a shell needs to begin with: ${stderr?.trim().split('\n').at(-1) || 'it was killed'}`;
};

const UNLIMITED = '18446744073709551615';

/** As in the configuration of a container runtime; no limit is a number that `limitsWritten` puts in. */
export const limitEntries = ({ resources }: Limits): readonly object[] =>
  resources.map(({ name, soft = 'unlimited', hard = 'unlimited' }) => ({
    type: `RLIMIT_${name.toUpperCase()}`,
    soft,
    hard,
  }));

/** JSON with the largest number of 64 bits, which JavaScript has not, where there is no limit. */
export const limitsWritten = (json: string): string =>
  json.replaceAll(/"(soft|hard)":"unlimited"/g, (_, key: string) => `"${key}":${UNLIMITED}`);
