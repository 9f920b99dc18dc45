import { type OptionValue, type ShellCommand, type ShellWord, startsWith, withoutVersion } from '../shell/index.ts';
import { memoOfLate } from './memo.ts';
import { cargo, go, gradle, maven, nuget } from './package-managers/compiled.ts';
import { bun, npm, pnpm, yarn } from './package-managers/javascript.ts';
import type { PackageManager, Verb } from './package-managers/manager.ts';
import { conda, pip, pipenv, poetry, uv } from './package-managers/python.ts';
import { bundler, composer, gem } from './package-managers/ruby-php.ts';
import { apk, apt, dnf, microdnf, pacman, tdnf, yum, zypper } from './package-managers/system.ts';

export type { PackageManager, Verb } from './package-managers/manager.ts';

/** Every package manager that is known. */
export const PACKAGE_MANAGERS: readonly PackageManager[] = [
  ...[apt, apk, yum, dnf, microdnf, tdnf, zypper, pacman],
  ...[pip, uv, poetry, pipenv, conda, npm, yarn, pnpm, bun],
  ...[gem, bundler, composer, go, cargo, nuget, maven, gradle],
];

const BY_PROGRAM = new Map(
  PACKAGE_MANAGERS.flatMap((manager) => manager.programs.map((program) => [program, manager] as const)),
);

/** The package manager that the command is. */
export const managerOf = ({ name }: ShellCommand): PackageManager | undefined =>
  name === undefined ? undefined : (BY_PROGRAM.get(name) ?? BY_PROGRAM.get(withoutVersion(name)));

/** The names of the programs of these package managers. */
export const programsOf = (...names: readonly string[]): readonly string[] =>
  PACKAGE_MANAGERS.filter(({ name }) => names.includes(name)).flatMap(({ programs }) => programs);

/** Something that a command installs. */
export interface Install {
  readonly manager: PackageManager;
  /** `packages` that are named, or what the manifests of the `project` ask for. */
  readonly kind: 'packages' | 'project';
  /** The packages that are named; an install of a project may name some too. */
  readonly packages: readonly ShellWord[];
  /** Files, folders and addresses in the place of packages, such as `./tool.deb` or `.`. */
  readonly files: readonly ShellWord[];
  /** Manifests and files with versions that are named, such as `requirements.txt` behind `-r`. */
  readonly manifests: readonly OptionValue[];
  /** Whether it builds the project, for which manifests are not enough. */
  readonly needsSources: boolean;
}

/** What the command installs; undefined where it is no install. */
export const installOf = (command: ShellCommand): Install | undefined => managerOf(command) && knownInstall(command);

const findInstall = (command: ShellCommand): Install | undefined => {
  const manager = managerOf(command);
  if (manager === undefined || command.has('--help')) return undefined;
  const named = verbOf(command, manager.install);
  const project = verbOf(command, manager.project);
  if (named !== undefined && (project === undefined || named === project)) {
    const install = namedInstall(command, manager, named);
    if (install) return install;
  }
  if (project !== undefined) return projectInstall(command, manager, project, false);
  const build = command.has('--no-restore', '--offline') ? undefined : verbOf(command, manager.build);
  return build === undefined ? undefined : projectInstall(command, manager, build, true);
};

const knownInstall = memoOfLate(findInstall);

/** Undefined where no package, no file and no manifest is named. */
const namedInstall = (command: ShellCommand, manager: PackageManager, verb: Verb): Install | undefined => {
  const operands = operandsBehind(command, verb);
  const files: ShellWord[] = [];
  const packages: ShellWord[] = [];
  for (const word of operands) (isFile(word) ? files : packages).push(word);
  const manifests = command.optionValues(...manager.manifestOptions);
  const constraints = command.optionValues(...manager.constraintOptions);
  const sources = sourceOptions(command, manager);
  const isBuilt = sources.some(({ text }) => text !== undefined && !/:\/\//.test(text)) || files.some(isFolder);
  const needsSources = manager.kind === 'language' && isBuilt;
  const isProject = needsSources || manifests.length > 0;
  if (!isProject && operands.length === 0 && sources.length === 0) return undefined;
  const kind = isProject ? 'project' : 'packages';
  return { manager, kind, packages, files, manifests: [...manifests, ...constraints], needsSources };
};

/** What is installed from a folder or an address by way of an option. */
const sourceOptions = (command: ShellCommand, manager: PackageManager): readonly OptionValue[] => {
  if (manager === cargo) return command.optionValues('--git', '--path');
  return manager.manifestOptions.includes('-r') ? command.optionValues('-e', '--editable') : [];
};

const MANIFEST = /\.(?:txt|toml|in|ya?ml|lock|json|xml|sln|slnx|\w+proj)$/;

const projectInstall = (command: ShellCommand, manager: PackageManager, verb: Verb, needsSources: boolean): Install => {
  const named = operandsBehind(command, verb).filter(({ text = '' }) => MANIFEST.test(text));
  const operands = named.map((word) => ({ start: word.start, end: word.end, text: word.text, word }));
  const manifests = [...command.optionValues(...manager.manifestOptions, ...manager.constraintOptions), ...operands];
  return { manager, kind: 'project', packages: [], files: [], manifests, needsSources };
};

/** Whether the command fetches the index of packages. */
export const isIndexUpdate = (command: ShellCommand): boolean => asked(command, 'update') !== undefined;

/** Whether the command brings all packages to their newest version. */
export const isUpgrade = (command: ShellCommand): boolean => {
  const verb = asked(command, 'upgrade');
  return verb !== undefined && (isOptionVerb(verb) || operandsBehind(command, verb).length === 0);
};

/** Whether the command removes packages. */
export const isRemoval = (command: ShellCommand): boolean => asked(command, 'remove') !== undefined;

/** Whether the command has the package manager empty its caches. */
export const isCacheClearing = (command: ShellCommand): boolean => asked(command, 'clear') !== undefined;

const asked = (command: ShellCommand, what: 'update' | 'upgrade' | 'remove' | 'clear'): Verb | undefined =>
  verbOf(command, managerOf(command)?.[what] ?? []);

/** Whether the word fixes the version of a package; undefined where that cannot be told. */
export const isPinned = (command: ShellCommand, word: ShellWord): boolean | undefined => {
  const pin = managerOf(command)?.pin;
  if (pin === undefined) return undefined;
  if (command.optionValues(...pin.options).length > 0) return true;
  if (word.text !== undefined) return pin.pattern.test(word.text);
  // A variable may hold anything, a version too.
  return pin.pattern.test(word.raw.replace(/^["']|["']$/g, '')) || undefined;
};

// Operands ----------------------------------------------------------------------------------------------------------

/** The verb that the command's operands begin with, the longest of several. */
const verbOf = (command: ShellCommand, verbs: readonly Verb[]): Verb | undefined => {
  let found: Verb | undefined;
  for (const verb of verbs) {
    if (!asksFor(command, verb)) continue;
    if (typeof verb !== 'string' || typeof found !== 'string' || verb.length > found.length) found = verb;
  }
  return found;
};

const asksFor = (command: ShellCommand, verb: Verb): boolean => {
  if (typeof verb !== 'string') return command.operands.some(({ text }) => text !== undefined && verb.test(text));
  if (verb === '') return command.operands.length === 0 && !command.has('-v', '--version', '-h');
  if (isOptionVerb(verb)) return command.has(verb);
  const { operands } = command;
  const first = operands[0]?.text;
  return first !== undefined && verb.startsWith(first) && startsWith(operands, verb.split(' '));
};

const isOptionVerb = (verb: Verb): boolean => typeof verb === 'string' && verb[0] === '-';

const operandsBehind = (command: ShellCommand, verb: Verb): readonly ShellWord[] =>
  typeof verb !== 'string' || verb === '' || isOptionVerb(verb)
    ? command.operands
    : command.operands.slice(verb.split(' ').length);

const FILE = /^(?:\.{1,2}(?:$|[/[])|\/|~\/|file:|[\w+]+:\/\/|git\+)|\.(?:deb|rpm|apk|whl|tgz|tar\.\w+|zip|gem|nupkg)$/;

/** Whether the word is a file, a folder or an address rather than the name of a package. */
const isFile = ({ text, parts, raw }: ShellWord): boolean => {
  const [first] = parts;
  const start = first?.kind === 'Literal' ? first.value : '';
  return FILE.test(text ?? start) || (text === undefined && FILE.test(raw));
};

/** A path without file ending, such as `.`, `./tool` or `.[dev]`. */
const isFolder = ({ text = '' }: ShellWord): boolean =>
  /^(?:\.|\/|~)[\w/.[\],-]*$/.test(text) && !/\.[a-z\d]{2,4}$/.test(text);
