import type { Run } from '../ast/nodes.ts';
import type { ShellCommand } from '../shell/index.ts';
import type { Model } from './index.ts';
import { isWithin } from './shell-paths.ts';

/** What hadolint says is kept, which is not always what is: the code and the first command that it is about. */
export interface HadolintCache {
  readonly code: string;
  readonly command: ShellCommand;
}

/** How hadolint looks for one cache. */
interface Check {
  readonly code: string;
  readonly programs: readonly string[];
  readonly verbs: readonly string[];
  /** Words that a cleaning command has all of. */
  readonly cleaning: readonly (readonly string[])[];
  /** Whether `rm -r` of anything counts too. */
  readonly removing?: boolean;
  /** Each of them has to be mounted. */
  readonly mounts: readonly string[];
  readonly noCache?: readonly string[];
  readonly noCacheVariable?: string;
  /** A stage that no other stage is built on does not matter, but for the last. */
  readonly reusedOnly?: boolean;
  /** A cleaning above the install does not count. */
  readonly ordered?: boolean;
}

const DNF = {
  code: 'DL3040',
  verbs: ['install', 'in', 'reinstall', 'rei', 'upgrade', 'up', 'upgrade-minimal', 'up-min'],
  cleaning: [['clean', 'all']],
  removing: true,
  mounts: ['/var/cache/libdnf5'],
  ordered: true,
} as const;

const CHECKS: readonly Check[] = [
  {
    code: 'DL3009',
    programs: ['apt-get', 'apt', 'aptitude'],
    verbs: ['update'],
    cleaning: [],
    removing: true,
    mounts: ['/var/lib/apt', '/var/cache/apt'],
    reusedOnly: true,
  },
  {
    code: 'DL3019',
    programs: ['apk'],
    verbs: ['add'],
    cleaning: [],
    mounts: ['/var/cache/apk'],
    noCache: ['--no-cache'],
  },
  {
    code: 'DL3032',
    programs: ['yum'],
    verbs: ['install'],
    cleaning: [['clean', 'all']],
    removing: true,
    mounts: ['/var/cache/yum'],
    ordered: true,
  },
  {
    code: 'DL3036',
    programs: ['zypper'],
    verbs: ['install', 'in'],
    cleaning: [['clean'], ['cc']],
    mounts: ['/var/cache/zypp'],
    ordered: true,
  },
  { ...DNF, programs: ['dnf'] },
  { ...DNF, programs: ['microdnf'] },
  {
    code: 'DL3042',
    programs: ['pip'],
    verbs: ['install'],
    cleaning: [],
    mounts: ['/root/.cache/pip'],
    noCache: ['--no-cache-dir'],
    noCacheVariable: 'PIP_NO_CACHE_DIR',
  },
  {
    code: 'DL3060',
    programs: ['yarn'],
    verbs: ['install'],
    cleaning: [['cache', 'clean']],
    mounts: ['/root/.cache/yarn'],
    reusedOnly: true,
  },
];

/** What hadolint says of a RUN, in the order of its checks. */
export const hadolintCaches = (model: Model, run: Run, onbuild: boolean): readonly HadolintCache[] => {
  const commands = model.commandsOf(run).filter(isSeenByHadolint);
  const found: HadolintCache[] = [];
  for (const check of CHECKS) {
    const [command] = commands.filter((each) => keeps(model, run, check, each));
    if (!command || found.some(({ code }) => code === check.code)) continue;
    if (isCleaned(commands, check) || isMounted(model, run, check)) continue;
    if (check.reusedOnly && !onbuild && !isReused(model, run)) continue;
    found.push({ code: check.code, command });
  }
  return found;
};

/** Whether hadolint sees the command: it does not look through `sudo` and the like. */
export const isSeenByHadolint = ({ wrappers }: ShellCommand): boolean =>
  wrappers.every(({ word }) => word.text?.startsWith('python'));

/** The program as it is written, but for the version in the name of pip. */
export const programForHadolint = ({ word }: ShellCommand): string => (word?.text ?? '').replace(/^pip[\d.]+$/, 'pip');

const isOne = (command: ShellCommand, { programs }: Check): boolean => programs.includes(programForHadolint(command));

const installs = (command: ShellCommand, check: Check): boolean =>
  isOne(command, check) && check.verbs.some((verb) => hasWord(command, verb));

const hasWord = ({ arguments: words }: ShellCommand, wanted: string): boolean =>
  words.some(({ text }) => text === wanted);

const keeps = (model: Model, run: Run, check: Check, command: ShellCommand): boolean =>
  installs(command, check) &&
  !command.has(...(check.noCache ?? [])) &&
  !(check.noCacheVariable !== undefined && isSwitchedOff(model, run, command, check.noCacheVariable));

/** A value that means no switches nothing off in its eyes. */
const isSwitchedOff = (model: Model, run: Run, command: ShellCommand, name: string): boolean => {
  const own = command.assignments.filter((each) => each.name === name).map(({ values }) => values[0]?.text);
  const exported = model
    .commandsOf(run)
    .filter((each) => each.name === 'export')
    .flatMap((each) => each.arguments.map(({ raw }) => raw))
    .filter((raw) => raw.startsWith(`${name}=`))
    .map((raw) => raw.slice(name.length + 1));
  const values = [...own, ...exported, model.stateBefore(run).bindings.get(name)?.value];
  return values.some((value) => value !== undefined && /^(?:1|true|yes|on|y)$/i.test(value));
};

const isCleaned = (commands: readonly ShellCommand[], check: Check): boolean => {
  const first = commands.findIndex((command) => cleans(command, check));
  if (first < 0) return false;
  return !check.ordered || !commands.slice(first).some((command) => installs(command, check));
};

const cleans = (command: ShellCommand, check: Check): boolean => {
  if (isOne(command, check)) return check.cleaning.some((words) => words.every((word) => hasWord(command, word)));
  if (check.removing !== true || command.name !== 'rm' || !command.has('-r')) return false;
  return command.has('-f') || command.arguments.some(({ raw }) => raw.startsWith('/var/lib/apt/lists'));
};

const isMounted = (model: Model, run: Run, { mounts }: Check): boolean => {
  const targets = model
    .mountsOf(run)
    .filter(({ type }) => type === 'cache' || type === 'tmpfs')
    .map(({ target }) => target);
  return mounts.every((place) =>
    targets.some((target) => target !== undefined && isWithin(place, target.replace(/\/+$/, ''))),
  );
};

const isReused = (model: Model, run: Run): boolean => {
  const stage = model.stageOf(run);
  return !stage || stage === model.stages.at(-1) || model.referencesTo(stage).some(({ kind }) => kind === 'from');
};
