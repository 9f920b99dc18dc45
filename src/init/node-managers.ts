import type { ConfigNode } from '../config/tree.ts';
import { textAt } from './data.ts';
import { type Folder, has, presentOf } from './folder.ts';
import { VERSIONS, versionIn } from './images.ts';
import { cachedRun } from './recipe.ts';

/** How the packages of a project get into its image. */
export interface Manager {
  readonly name: string;
  /** What has to be there before the packages can be installed. */
  readonly setup: readonly string[];
  readonly manifests: readonly string[];
  readonly cache: string;
  readonly hasLock: boolean;
  readonly install: string;
  readonly installForProduction: string;
  /** Takes away what only the build needed. */
  readonly prune: string;
  /** What comes before the name of a script. */
  readonly runScript: string;
}

/** The package manager that package.json names, or whose lock file is there; npm where neither says. */
export const managerOf = (folder: Folder, root: ConfigNode | undefined): Manager => {
  const named = textAt(root, 'packageManager') ?? '';
  const name = /^(npm|yarn|pnpm|bun)@/.exec(named)?.[1] ?? byLockFile(folder);
  if (name === 'pnpm') return pnpm(folder, /@(\d+\.\d+\.\d+)/.exec(named)?.[1] ?? VERSIONS.pnpm);
  if (name === 'bun') return bun(folder);
  if (name === 'yarn') return isBerry(folder, named) ? berry(folder) : yarn(folder);
  return npm(folder);
};

const LOCK_FILES = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['yarn.lock', 'yarn'],
] as const;

const byLockFile = (folder: Folder): string => LOCK_FILES.find(([file]) => has(folder, file))?.[1] ?? 'npm';

const isBerry = (folder: Folder, named: string): boolean =>
  Number(versionIn(named, 1) ?? 0) > 1 || has(folder, '.yarnrc.yml');

const manifestsIn = (folder: Folder, ...more: readonly string[]): readonly string[] => [
  'package.json',
  ...presentOf(folder, ...more),
];

const npm = (folder: Folder): Manager => {
  const locks = presentOf(folder, 'package-lock.json', 'npm-shrinkwrap.json');
  const install = locks.length > 0 ? 'npm ci' : 'npm install';
  return {
    name: 'npm',
    setup: [],
    manifests: manifestsIn(folder, ...locks),
    cache: '/root/.npm',
    hasLock: locks.length > 0,
    install,
    installForProduction: `${install} --omit=dev`,
    prune: 'npm prune --omit=dev',
    runScript: 'npm run',
  };
};

const pnpm = (folder: Folder, version: string): Manager => {
  const hasLock = has(folder, 'pnpm-lock.yaml');
  const install = `pnpm install${hasLock ? ' --frozen-lockfile' : ''}`;
  return {
    name: 'pnpm',
    setup: [cachedRun(['/root/.npm'], `npm install --global pnpm@${version}`)],
    manifests: manifestsIn(folder, 'pnpm-lock.yaml', 'pnpm-workspace.yaml'),
    cache: '/root/.local/share/pnpm/store',
    hasLock,
    install,
    installForProduction: `${install} --prod`,
    prune: 'CI=true pnpm prune --prod',
    runScript: 'pnpm run',
  };
};

const yarn = (folder: Folder): Manager => {
  const hasLock = has(folder, 'yarn.lock');
  const install = `yarn install${hasLock ? ' --frozen-lockfile' : ''}`;
  return {
    name: 'Yarn',
    setup: [],
    manifests: manifestsIn(folder, 'yarn.lock'),
    cache: '/usr/local/share/.cache/yarn',
    hasLock,
    install,
    installForProduction: `${install} --production`,
    prune: `${install} --production --ignore-scripts`,
    runScript: 'yarn run',
  };
};

/** Yarn from 2 on, with packages in folders, for a program that is started without Yarn. */
const berry = (folder: Folder): Manager => {
  const hasLock = has(folder, 'yarn.lock');
  const install = `yarn install${hasLock ? ' --immutable' : ''}`;
  return {
    name: 'Yarn',
    setup: ['ENV YARN_NODE_LINKER=node-modules', 'RUN corepack enable'],
    manifests: manifestsIn(folder, 'yarn.lock', '.yarnrc.yml'),
    cache: '/root/.yarn/berry/cache',
    hasLock,
    install,
    installForProduction: 'yarn workspaces focus --all --production',
    prune: 'yarn workspaces focus --all --production',
    runScript: 'yarn run',
  };
};

const bun = (folder: Folder): Manager => {
  const locks = presentOf(folder, 'bun.lock', 'bun.lockb');
  const install = `bun install${locks.length > 0 ? ' --frozen-lockfile' : ''}`;
  return {
    name: 'Bun',
    setup: [],
    manifests: manifestsIn(folder, ...locks),
    cache: '/root/.bun/install/cache',
    hasLock: locks.length > 0,
    install,
    installForProduction: `${install} --production`,
    prune: `rm -rf node_modules && ${install} --production`,
    runScript: 'bun run',
  };
};
