import type { Run } from '../ast/nodes.ts';
import { usesBerry } from './cache-places.ts';
import { instructionsBefore } from './chain.ts';
import type { Model } from './index.ts';
import { contextCopy, type ProjectInstall, projectInstalls } from './project-installs.ts';

/** An install that may leave the versions of the lock file, though the file is there. */
export interface LooseInstall extends ProjectInstall {
  /** The lock file by name, and what has the install held to it: a verb, or an option. */
  readonly lock: string;
  readonly frozen: string;
}

/** The installs of a RUN for which a lock file is copied by name, and which may resolve versions anew all the same. */
export const looseInstalls = (model: Model, run: Run): readonly LooseInstall[] =>
  projectInstalls(model, run).flatMap((each) => {
    const lock = isLoose(model, each) ? copiedLock(model, each) : undefined;
    const frozen = frozenOf(model, each);
    return lock === undefined || frozen === undefined ? [] : [{ ...each, lock, frozen }];
  });

/** What resolves versions where it finds the lock file outdated. */
const RESOLVING: Readonly<Record<string, readonly (string | undefined)[]>> = {
  npm: ['install', 'i', 'in'],
  yarn: ['install', undefined],
  pnpm: ['install', 'i'],
  bun: ['install', 'i'],
  cargo: ['build', 'b', 'install'],
  uv: ['sync'],
  pipenv: ['install'],
};

/** Options with which there is no lock file, or nothing is fetched. */
const LOCKLESS = [
  ...['--no-package-lock', '--no-lockfile', '--no-frozen-lockfile', '--no-shrinkwrap', '--skip-lock'],
  ...['-g', '--global', '--offline', '--lockfile-only', '--package-lock-only', '--upgrade', '-U'],
];

const isLoose = (model: Model, { node, command, install }: ProjectInstall): boolean => {
  const { name, frozen } = install.manager;
  if (!frozen || install.packages.length > 0 || command.conditional) return false;
  if (!RESOLVING[name]?.includes(command.operands[0]?.text) || command.has(...LOCKLESS, ...frozen.options))
    return false;
  // A variable may hold the option.
  if (command.arguments.some(({ raw }) => /lock|^"?\$/.test(raw)) || command.operands.length > 1) return false;
  const { bindings } = model.stateBefore(node);
  const own = command.wrappers.flatMap((wrapper) => wrapper.arguments.map(({ raw }) => raw.replace(/=.*/s, '')));
  const set = [...command.assignments.map((each) => each.name), ...own];
  return !frozen.variables.some((variable) => bindings.has(variable) || set.includes(variable));
};

/** The lock file where a COPY brings it by its name to where the project lies. */
const copiedLock = (model: Model, { node, directory, install }: ProjectInstall): string | undefined => {
  for (const before of instructionsBefore(model, node)) {
    const copy = before.kind === 'Copy' || before.kind === 'Add' ? contextCopy(model, before) : undefined;
    for (const lock of copy ? install.manager.locks : []) {
      const isNamed = copy?.sources.some((source) => source === lock || source.endsWith(`/${lock}`));
      if (isNamed && (copy?.target === directory || copy?.target === `${directory}/${lock}`)) return lock;
    }
  }
  return undefined;
};

const frozenOf = (model: Model, { install }: ProjectInstall): string | undefined => {
  const [usual] = install.manager.frozen?.options ?? [];
  return install.manager.name === 'yarn' && usesBerry(model) ? '--immutable' : usual;
};
