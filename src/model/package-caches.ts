import type { Instruction, Run } from '../ast/nodes.ts';
import { isShell, type ShellCommand, subcommandOf, variablesOf } from '../shell/index.ts';
import { type CachePlace, cacheMounts, cachePlaceOf, usesBerry } from './cache-places.ts';
import { stageChain } from './chain.ts';
import type { Model } from './index.ts';
import { isOldPip } from './old-pip.ts';
import { installOf, isCacheClearing, isIndexUpdate, managerOf, type PackageManager } from './packages.ts';
import { isWithin, shellValue } from './shell-paths.ts';

/** What a package manager downloads in a RUN and leaves in its layer. */
export interface KeptCache {
  readonly manager: PackageManager;
  /** The commands that leave it, in order. */
  readonly commands: readonly [ShellCommand, ...ShellCommand[]];
  readonly place: CachePlace;
  /** Where cache mounts for it belong; none where the file does not tell. */
  readonly mounts: readonly string[];
}

/** What the file as a whole says of caches, found once. */
interface CacheFacts {
  readonly configurations: readonly Configuration[];
  readonly isBerry: boolean;
}

/** Finds the caches and lists that are neither cleaned in the RUN nor switched off nor in a mount. */
export const keptCachesIn = (model: Model): ((run: Run) => readonly KeptCache[]) => {
  let facts: CacheFacts | undefined;
  return (run) => {
    if (!model.commandsOf(run).some(managerOf)) return [];
    facts ??= { configurations: configurationsIn(model), isBerry: usesBerry(model) };
    return keptCaches(model, run, facts);
  };
};

const keptCaches = (model: Model, run: Run, facts: CacheFacts): readonly KeptCache[] => {
  const found = new Map<PackageManager, ShellCommand[]>();
  const all = model.commandsOf(run);
  for (const command of all) {
    const manager = managerOf(command);
    if (!manager || !leavesSomething(manager, command) || isSwitchedOff(model, run, manager, command, facts)) continue;
    if (manager.name === 'pip' && isOldPip(model, run, command)) continue;
    const commands = found.get(manager);
    if (commands) commands.push(command);
    else found.set(manager, [command]);
  }
  const kept: KeptCache[] = [];
  for (const [manager, those] of found) {
    if (placesOf(manager).length === 0 || isMounted(model, run, manager)) continue;
    const cleaned = all.findLastIndex((command) => cleans(model, run, manager, command));
    const [first, ...others] = those.filter((command) => all.indexOf(command) > cleaned);
    if (!first) continue;
    const commands = [first, ...others] as const;
    kept.push({
      manager,
      commands,
      place: cachePlaceOf(model, run, manager, commands, facts.isBerry),
      mounts: cacheMounts(model, run, manager, commands, facts.isBerry),
    });
  }
  return kept;
};

/** Lists are what apt keeps: the images of Debian and Ubuntu empty its cache by themselves. */
const placesOf = (manager: PackageManager): readonly string[] =>
  manager.name === 'apt' ? manager.lists : manager.caches;

const leavesSomething = (manager: PackageManager, command: ShellCommand): boolean => {
  if (manager.kind === 'system') {
    if (command.has('--installroot', '--root', '--initdb', '--no-network')) return false;
    if (manager.name === 'apt') return isIndexUpdate(command) || command.has('--update', '-U');
    return (
      isIndexUpdate(command) ||
      manager.upgrade.includes(subcommandOf(command) ?? '') ||
      installOf(command) !== undefined
    );
  }
  const install = installOf(command);
  return install !== undefined && !command.has('--no-index', '--offline', '--dry-run');
};

// Switched off ------------------------------------------------------------------------------------------------------

/** Options that name another place. */
const ELSEWHERE = [
  ...['--cache-dir', '--cache', '--cache-folder', '--cachedir', '--store-dir', '--packages'],
  ...['-Dmaven.repo.local', '--gradle-user-home'],
];

const isSwitchedOff = (
  model: Model,
  run: Run,
  manager: PackageManager,
  command: ShellCommand,
  facts: CacheFacts,
): boolean => {
  // pip takes `--no-cache` for the longer name.
  if (command.has(...manager.noCache, '--no-cache', ...ELSEWHERE)) return true;
  const names = [...manager.noCacheVariables, ...manager.cacheVariables];
  if (names.length === 0) return false;
  const { bindings } = model.stateBefore(run);
  const script = model.scriptOf(run);
  const own = command.wrappers.flatMap((wrapper) => wrapper.arguments.map(({ raw }) => raw));
  return (
    names.some(
      (name) =>
        bindings.has(name) ||
        own.some((raw) => raw.startsWith(`${name}=`)) ||
        (script !== undefined && variablesOf(script).assigned.some((assignment) => assignment.name === name)),
    ) || isConfigured(model, run, manager, facts)
  );
};

/** Whether an earlier step writes the manager's configuration, which may say anything. */
const isConfigured = (
  model: Model,
  run: Run,
  { programs }: PackageManager,
  { configurations }: CacheFacts,
): boolean => {
  const nodes = configurations.filter((each) => each.programs.some((name) => programs.includes(name)));
  if (nodes.length === 0) return false;
  const own = model.stageOf(run);
  const chain = own ? stageChain(own) : [];
  return nodes.some(({ node }) => {
    const stage = model.stageOf(node);
    return node.start < run.start && stage !== undefined && chain.includes(stage);
  });
};

interface Configuration {
  readonly node: Instruction;
  readonly programs: readonly string[];
}

const configurationsIn = (model: Model): readonly Configuration[] =>
  model.file.instructions
    .map((node) => ({ node, programs: configuredBy(model, node) }))
    .filter(({ programs }) => programs.length > 0);

const configuredBy = (model: Model, node: Instruction): readonly string[] => {
  if (node.kind === 'Copy' || node.kind === 'Add') {
    return node.sources.flatMap(({ raw }) => /(\w+)\.conf/.exec(raw)?.[1] ?? []);
  }
  if (node.kind !== 'Run') return [];
  const commands = model.commandsOf(node).filter(isAboutCache);
  return commands.flatMap(({ name }) => name ?? []);
};

/** `npm config set cache …`. Of most commands the words alone tell that they are not: their operands need not be found. */
const isAboutCache = (command: ShellCommand): boolean =>
  command.arguments.some(({ text }) => text === 'config') &&
  subcommandOf(command) === 'config' &&
  command.operands.some(({ raw }, index) => index > 0 && /cache/.test(raw));

// Mounted -----------------------------------------------------------------------------------------------------------

const isMounted = (model: Model, run: Run, manager: PackageManager): boolean =>
  model.mountsOf(run).some(({ type, target }) => {
    if (target === undefined || (type !== 'cache' && type !== 'tmpfs' && type !== 'bind')) return false;
    return (
      [...placesOf(manager), ...manager.mounts].some((place) => covers(target, place)) && !isCacheOnly(manager, target)
    );
  });

/** apt's mount for packages does not hold the lists. */
const isCacheOnly = ({ name }: PackageManager, target: string): boolean =>
  name === 'apt' && target.startsWith('/var/cache');

/** Whether a directory holds the place; that of a home directory may be anybody's. */
const covers = (directory: string, place: string): boolean => {
  const path = directory.replace(/\/+$/, '') || '/';
  if (!place.startsWith('~')) return isWithin(place, path) || isWithin(path, place);
  const parts = place.slice(2).split('/');
  return (
    parts.some((_, index) => path.endsWith(`/${parts.slice(0, index + 1).join('/')}`)) ||
    /^(?:~|\$\{?HOME\}?|\/root|\/home\/[^/]+)$/.test(path)
  );
};

// Cleaned -----------------------------------------------------------------------------------------------------------

const cleans = (model: Model, run: Run, manager: PackageManager, command: ShellCommand): boolean => {
  const { name = '', word } = command;
  if (/clean/i.test(name) || (/\.sh$/.test(name) && word?.text?.includes('/'))) return true;
  // A script may clean; one that comes through a pipe installs.
  if (isShell(name)) return command.pipeline === undefined;
  if (name === 'rm' || name === 'find' || name === 'mv') {
    return command.arguments.some((each) => isRemoved(shellValue(model, run, each) ?? each.raw, manager));
  }
  const own = managerOf(command);
  if (own !== manager && (manager.kind === 'language' || own?.kind !== 'system')) return false;
  // `apt-get clean` empties the cache alone.
  return manager.name === 'apt' ? /^dist-?clean$/.test(subcommandOf(command) ?? '') : isCacheClearing(command);
};

const isRemoved = (text: string, manager: PackageManager): boolean =>
  expandBraces(text.replaceAll('"', '')).some((path) => {
    const directory = path.replace(/(?:\/+(?:\*|\*\*|\*[._]\*|\.\*|\.\?\?\*|\.\[\^\.\]\*))+$/, '').replace(/\*+$/, '');
    return directory.includes('/') && placesOf(manager).some((place) => coversGlob(directory, place));
  });

const coversGlob = (directory: string, place: string): boolean => {
  if (!directory.includes('*')) return covers(directory.replace(/^(?:~|\$\{?HOME\}?)(?=\/)/, '/root'), place);
  const pattern = directory.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*');
  return new RegExp(`^${pattern}(?:/|$)`).test(place.replace(/^~/, '/root'));
};

/** `/var/{cache,lib}/apt` as two paths. */
const expandBraces = (text: string): readonly string[] => {
  const [whole, inside] = /\{([^{}]*,[^{}]*)\}/.exec(text) ?? [];
  if (whole === undefined || inside === undefined) return [text];
  return inside.split(',').flatMap((each) => expandBraces(text.replace(whole, each)));
};
