import type { ConfigNode } from '../config/tree.ts';
import { jsonIn, keysAt, textAt } from './data.ts';
import { type Folder, has } from './folder.ts';
import { IMAGES, USERS, versionIn } from './images.ts';
import { packagesOf } from './monorepo.ts';
import { type NodeApp, nodeAppOf } from './node-apps.ts';
import { type Manager, managerOf } from './node-managers.ts';
import { pagesStage } from './pages.ts';
import { cachedRun, programOf, type Recipe } from './recipe.ts';
import { nodeVersionFor } from './versions.ts';

/** A project with a package.json. */
export const nodeRecipe = (folder: Folder): Recipe | undefined => {
  if (folder.text('package.json') === undefined) return undefined;
  const root = jsonIn(folder, 'package.json');
  const manager = managerOf(folder, root);
  const isBun = manager.name === 'Bun';
  const app = nodeAppOf(folder, root, isBun ? 'bun' : 'node');
  const image = isBun ? IMAGES.bun : IMAGES.node(nodeVersion(folder, root));
  const work = { folder, root, manager, app, image };
  return {
    kind: 'node',
    title: [isBun ? 'Bun' : `Node.js, ${manager.name}`, app.title].filter(Boolean).join(', '),
    stages: [buildStage(work), finalStage(work)],
    ignored: [
      'node_modules',
      'npm-debug.log*',
      'coverage',
      '.next',
      '.nuxt',
      '.output',
      '.svelte-kit',
      '.turbo',
      '.cache',
    ],
    port: app.pages === undefined ? app.port : 8080,
    notes: [...notesOf(work), ...app.notes],
  };
};

interface Work {
  readonly folder: Folder;
  readonly root: ConfigNode | undefined;
  readonly manager: Manager;
  readonly app: NodeApp;
  readonly image: string;
}

const nodeVersion = (folder: Folder, root: ConfigNode | undefined): string =>
  versionIn(folder.text('.nvmrc') ?? folder.text('.node-version'), 1) ??
  nodeVersionFor(textAt(root, 'engines', 'node'));

const hasScript = (root: ConfigNode | undefined, ...names: readonly string[]): boolean =>
  names.some((name) => textAt(root, 'scripts', name) !== undefined);

/** Installs all packages where something is built or prepared, and else what the program needs alone. */
const buildStage = ({ folder, root, manager, app, image }: Work): readonly string[] => {
  const { setup, manifests, cache, prune, runScript } = manager;
  const hasBuild = hasScript(root, 'build');
  const needsAll = hasBuild || hasScript(root, 'prepare', 'prepublish');
  const install = needsAll ? manager.install : manager.installForProduction;
  const keepsPackages = app.pages === undefined && !app.isBundled;
  const after = [
    ...(hasBuild ? [`${runScript} build`] : []),
    ...(needsAll && keepsPackages && hasPackages(root, 'devDependencies') ? [prune] : []),
  ];
  return [
    `FROM ${image} AS build`,
    'WORKDIR /app',
    ...setup,
    `COPY ${[...manifests, ...settingsOf(folder)].join(' ')} ./`,
    ...packagesOf(folder).map((place) => `COPY ${place}/package.json ./${place}/`),
    ...(manifests.includes('.yarnrc.yml') && has(folder, '.yarn') ? ['COPY .yarn ./.yarn'] : []),
    installation(folder, cache, install),
    'COPY . .',
    ...(after.length === 0 ? [] : [cachedRun([cache], after.join(' && '))]),
  ];
};

const hasPackages = (root: ConfigNode | undefined, group: string): boolean => keysAt(root, group).length > 0;

/** A settings file that holds a password is mounted, and not copied. */
const hasPassword = (folder: Folder): boolean => /_auth|_password/i.test(folder.text('.npmrc') ?? '');

const settingsOf = (folder: Folder): readonly string[] =>
  has(folder, '.npmrc') && !hasPassword(folder) ? ['.npmrc'] : [];

const installation = (folder: Folder, cache: string, install: string): string => {
  const run = cachedRun([cache], install);
  if (!hasPassword(folder)) return run;
  return run.replace('RUN ', 'RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \\\n    ');
};

const finalStage = ({ app, manager, image }: Work): readonly string[] => {
  if (app.pages !== undefined) return pagesStage([`COPY --from=build /app/${app.pages} /usr/share/nginx/html`], true);
  const owner = app.writes ? `--chown=${USERS.node} ` : '';
  const parts = app.output ?? [];
  const all = [...(app.isBundled ? [] : ['node_modules']), 'package.json', ...parts];
  const copies =
    app.output === undefined
      ? ['COPY --from=build /app ./']
      : all.map((path) => `COPY --from=build ${owner}/app/${path} ./${path}`);
  return [
    `FROM ${image}`,
    `ENV ${['NODE_ENV=production', ...app.env].join(' ')}`,
    'WORKDIR /app',
    ...copies,
    ...programOf(
      USERS.node,
      manager.name === 'Bun' || app.command[0] !== 'bun' ? app.command : ['node'],
      app.port,
      'nc',
    ),
  ];
};

const notesOf = ({ folder, root, manager, app }: Work): readonly string[] => [
  ...(manager.hasLock
    ? []
    : [`there is no lock file, so builds differ from day to day; run \`${manager.install}\` and commit it`]),
  ...(hasPassword(folder) ? ['.npmrc holds a password and is mounted: build with --secret id=npmrc,src=.npmrc'] : []),
  ...(hasScript(root, 'preinstall', 'install', 'postinstall')
    ? [
        'a script of package.json runs at the install, before the sources are copied; copy what it reads beside package.json',
      ]
    : []),
  ...(app.pages === undefined && app.title === undefined && !app.isPortKnown
    ? [`port ${app.port} is a guess; write the port on which the program listens`]
    : []),
];
