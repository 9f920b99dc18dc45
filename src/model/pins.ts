import type { Run } from '../ast/nodes.ts';
import type { ShellCommand, ShellWord } from '../shell/index.ts';
import type { Model } from './index.ts';
import { installOf, isPinned, type PackageManager } from './packages.ts';
import { shellValue } from './shell-paths.ts';

/** A command that installs packages of which the file does not say a version. */
export interface UnpinnedInstall {
  readonly command: ShellCommand;
  readonly manager: PackageManager;
  readonly packages: readonly [ShellWord, ...ShellWord[]];
}

/** The installs of a RUN that take whatever version there is. Nothing where lock files, constraints or variables may decide. */
export const unpinnedInstalls = (model: Model, run: Run, kind: PackageManager['kind']): readonly UnpinnedInstall[] =>
  model.commandsOf(run).flatMap((command) => {
    const install = installOf(command);
    if (install?.manager.kind !== kind || install.manager.pin === undefined) return [];
    const { manager, packages, files, manifests } = install;
    if (manifests.length > 0 || isDecidedElsewhere(model, run, command, manager)) return [];
    const branches = files.filter(({ text = '' }) => isBranch(text));
    const unpinned = packages.filter((word) => isUnpinned(model, run, command, manager, word));
    const [first, ...rest] = [...unpinned, ...branches];
    return first ? [{ command, manager, packages: [first, ...rest] }] : [];
  });

/** Verbs behind which stand no packages that could be given a version. */
const OTHER_VERBS = new Set([
  'build-dep',
  'builddep',
  'satisfy',
  'group',
  'groupinstall',
  'workload',
  'create-project',
]);

const isDecidedElsewhere = (model: Model, run: Run, command: ShellCommand, { name }: PackageManager): boolean => {
  const [asked, what] = command.operands.map(({ text }) => text ?? '');
  if (OTHER_VERBS.has(asked ?? '') || (name === 'conda' && asked === 'update')) return true;
  if (command.has('--no-index', '--offline', '--dry-run', '--help')) return true;
  // The module that the step stands in says which version.
  if (name === 'go') return !/@/.test(what ?? '');
  const { bindings } = model.stateBefore(run);
  return CONSTRAINTS.some((variable) => bindings.has(variable));
};

const CONSTRAINTS = ['PIP_CONSTRAINT', 'PIP_REQUIREMENT', 'UV_CONSTRAINT', 'PIP_NO_INDEX'];

const isUnpinned = (
  model: Model,
  run: Run,
  command: ShellCommand,
  { name }: PackageManager,
  word: ShellWord,
): boolean => {
  const text = shellValue(model, run, word);
  if (text === undefined || !/^[@\w]/.test(text) || isPinned(command, word) !== false) return false;
  if (/[=<>~!^*\s]/.test(text) || (text.includes('$') && word.text === undefined)) return false;
  if (SYSTEM_GROUP.test(text) && name !== 'npm' && !text.includes('/')) return false;
  return !OWN_TOOLS[name]?.includes(text);
};

/** A repository as pip, uv and npm take it. */
const REPOSITORY = /^git\+\w+:\/\/[^/]*\//;

/** Whether it is a repository without a tag or commit, which pip takes behind `@` and npm behind `#`. */
const isBranch = (text: string): boolean =>
  REPOSITORY.test(text) && !/@|#(?!egg=|subdirectory=)/.test(text.replace(REPOSITORY, ''));

/** A group of packages, and in apt a package that is to go. */
const SYSTEM_GROUP = /^@|-$|[^+]\+$/;

/** What an installer brings of itself is meant to be new. */
const OWN_TOOLS: Readonly<Record<string, readonly string[]>> = {
  pip: ['pip', 'setuptools', 'wheel'],
  uv: ['pip', 'setuptools', 'wheel'],
  conda: ['conda', 'mamba', 'pip', 'python'],
};
