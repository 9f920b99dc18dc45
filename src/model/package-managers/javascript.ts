import { packageManager } from './manager.ts';

const versionAfterAt = { pattern: /^@?[^@]+@(?!latest$|next$|\^|~|\*)./, example: 'typescript@5.4.2', options: [] };

export const npm = packageManager({
  name: 'npm',
  kind: 'language',
  programs: ['npm'],
  install: ['install', 'i', 'add', 'in'],
  project: ['ci', 'clean-install', 'ic', 'install-clean', 'install', 'i', 'in'],
  upgrade: ['update', 'upgrade', 'up'],
  remove: ['uninstall', 'remove', 'rm', 'un', 'r'],
  clear: ['cache clean', 'cache rm', 'cache clear'],
  pin: versionAfterAt,
  manifests: ['package.json', '.npmrc'],
  locks: ['package-lock.json', 'npm-shrinkwrap.json'],
  frozen: { options: ['ci'], variables: [] },
  caches: ['~/.npm'],
  clean: ['npm cache clean --force'],
  cacheVariables: ['npm_config_cache', 'NPM_CONFIG_CACHE'],
  mounts: ['~/.npm'],
});

export const yarn = packageManager({
  name: 'yarn',
  kind: 'language',
  programs: ['yarn', 'yarnpkg'],
  install: ['add', 'global add'],
  project: ['install', '', 'workspaces focus'],
  upgrade: ['upgrade', 'up'],
  remove: ['remove', 'global remove'],
  clear: ['cache clean'],
  pin: versionAfterAt,
  manifests: ['package.json', '.yarnrc', '.yarnrc.yml', '.yarn', '.npmrc'],
  locks: ['yarn.lock'],
  frozen: {
    options: ['--frozen-lockfile', '--immutable', '--pure-lockfile'],
    variables: ['YARN_ENABLE_IMMUTABLE_INSTALLS', 'CI'],
  },
  caches: ['/usr/local/share/.cache/yarn', '~/.cache/yarn', '~/.yarn/berry/cache'],
  clean: ['yarn cache clean'],
  cacheVariables: ['YARN_CACHE_FOLDER'],
  mounts: ['/usr/local/share/.cache/yarn', '~/.yarn/berry/cache'],
});

export const pnpm = packageManager({
  name: 'pnpm',
  kind: 'language',
  programs: ['pnpm'],
  install: ['add', 'install', 'i'],
  project: ['install', 'i', 'fetch', 'ci'],
  upgrade: ['update', 'upgrade', 'up'],
  remove: ['remove', 'rm', 'uninstall', 'un'],
  clear: ['store prune'],
  pin: versionAfterAt,
  manifests: ['package.json', 'pnpm-workspace.yaml', '.npmrc', '.pnpmfile.cjs', 'patches'],
  locks: ['pnpm-lock.yaml'],
  frozen: { options: ['--frozen-lockfile'], variables: ['CI', 'npm_config_frozen_lockfile'] },
  caches: ['~/.local/share/pnpm/store', '~/.cache/pnpm'],
  clean: ['pnpm store prune'],
  cacheVariables: ['PNPM_HOME', 'npm_config_store_dir'],
  mounts: ['~/.local/share/pnpm/store'],
});

export const bun = packageManager({
  name: 'bun',
  kind: 'language',
  programs: ['bun'],
  install: ['add', 'install', 'i', 'a'],
  project: ['install', 'i', 'ci'],
  upgrade: ['update'],
  remove: ['remove', 'rm'],
  clear: ['pm cache rm'],
  pin: versionAfterAt,
  manifests: ['package.json', 'bunfig.toml', '.npmrc'],
  locks: ['bun.lock', 'bun.lockb'],
  frozen: { options: ['--frozen-lockfile', '--production'], variables: [] },
  caches: ['~/.bun/install/cache'],
  clean: ['bun pm cache rm'],
  noCache: ['--no-cache'],
  cacheVariables: ['BUN_INSTALL_CACHE_DIR'],
  mounts: ['~/.bun/install/cache'],
});
