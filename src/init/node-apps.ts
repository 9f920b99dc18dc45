import type { ConfigNode } from '../config/tree.ts';
import { jsonIn, keysAt, textAt } from './data.ts';
import { type Folder, has, presentOf } from './folder.ts';
import { portIn } from './ports.ts';
import { isPlainName } from './recipe.ts';

/** What the build of a project makes, and how that is served. */
export interface NodeApp {
  readonly title: string | undefined;
  /** The folder of pages that need no program; undefined: a program serves. */
  readonly pages: string | undefined;
  readonly command: readonly string[];
  readonly port: number | undefined;
  /** Whether the port is no guess. */
  readonly isPortKnown: boolean;
  readonly env: readonly string[];
  /** What the program needs besides package.json; undefined: all there is. */
  readonly output: readonly string[] | undefined;
  /** Whether the packages are part of the output. */
  readonly isBundled: boolean;
  /** Whether it writes to its own folder. */
  readonly writes: boolean;
  readonly notes: readonly string[];
}

const SERVER: NodeApp = {
  title: undefined,
  pages: undefined,
  command: [],
  port: 3000,
  isPortKnown: false,
  env: [],
  output: undefined,
  isBundled: false,
  writes: false,
  notes: [],
};

/** The framework of the project, or a program of its own. */
export const nodeAppOf = (folder: Folder, root: ConfigNode | undefined, runtime: 'node' | 'bun'): NodeApp => {
  const packages = [...keysAt(root, 'dependencies'), ...keysAt(root, 'devDependencies')];
  const hasBuild = textAt(root, 'scripts', 'build') !== undefined;
  for (const [name, describe] of FRAMEWORKS) {
    const app = hasBuild && packages.includes(name) ? describe({ folder, root, packages }) : undefined;
    if (app) return { ...SERVER, ...app };
  }
  return ownProgram(folder, root, runtime);
};

interface Surroundings {
  readonly folder: Folder;
  readonly root: ConfigNode | undefined;
  readonly packages: readonly string[];
}

type Describe = (about: Surroundings) => Partial<NodeApp> | undefined;

/** In the order in which they count: what is built on Vite brings it along. */
const FRAMEWORKS: readonly (readonly [name: string, describe: Describe])[] = [
  ['next', ({ folder }) => next(folder)],
  [
    'nuxt',
    () => ({ title: 'Nuxt', command: ['node', '.output/server/index.mjs'], output: ['.output'], isBundled: true }),
  ],
  [
    '@sveltejs/kit',
    ({ packages }) =>
      packages.includes('@sveltejs/adapter-static')
        ? { title: 'SvelteKit', pages: 'build' }
        : { title: 'SvelteKit', command: ['node', 'build'], output: ['build'], notes: svelteNotes(packages) },
  ],
  [
    'astro',
    ({ packages }) =>
      packages.includes('@astrojs/node')
        ? {
            title: 'Astro',
            command: ['node', 'dist/server/entry.mjs'],
            port: 4321,
            env: ['HOST=0.0.0.0', 'PORT=4321'],
            output: ['dist'],
          }
        : { title: 'Astro', pages: 'dist' },
  ],
  ['@nestjs/core', () => ({ title: 'NestJS', command: ['node', 'dist/main.js'], output: ['dist'] })],
  ['@angular/core', ({ folder }) => angular(folder)],
  ['react-scripts', () => ({ title: 'Create React App', pages: 'build' })],
  ['gatsby', () => ({ title: 'Gatsby', pages: 'public' })],
  ['vite', ({ root }) => (startScript(root) === undefined ? { title: 'Vite', pages: 'dist' } : undefined)],
];

const next = (folder: Folder): Partial<NodeApp> => {
  const [config = ''] = presentOf(folder, 'next.config.js', 'next.config.mjs', 'next.config.ts', 'next.config.cjs');
  const settings = folder.text(config) ?? '';
  const title = 'Next.js';
  if (/output:\s*['"]export['"]/.test(settings)) return { title, pages: 'out' };
  const output = ['.next', ...presentOf(folder, 'public'), ...presentOf(folder, config)].filter(Boolean);
  return { title, command: ['node_modules/.bin/next', 'start'], output, writes: true };
};

const svelteNotes = (packages: readonly string[]): readonly string[] =>
  packages.includes('@sveltejs/adapter-node')
    ? []
    : ['SvelteKit makes a program that Node.js runs with @sveltejs/adapter-node; set it in svelte.config.js'];

const angular = (folder: Folder): Partial<NodeApp> => {
  const name = keysAt(jsonIn(folder, 'angular.json'), 'projects').find(isPlainName) ?? 'app';
  const notes = [
    'Angular writes to dist/PROJECT/browser; look up outputPath in angular.json if the COPY finds nothing',
  ];
  return { title: 'Angular', pages: `dist/${name}/browser`, notes };
};

const startScript = (root: ConfigNode | undefined): string | undefined => textAt(root, 'scripts', 'start');

/** What is compiled into the program. */
const SOURCES = ['src/main.ts', 'src/index.ts', 'src/server.ts', 'src/app.ts', 'server.ts', 'index.ts'];

const ownProgram = (folder: Folder, root: ConfigNode | undefined, runtime: 'node' | 'bun'): NodeApp => {
  const file = programFile(folder, root, runtime);
  const port = portIn(...[...(file ?? []), ...SOURCES].map((name) => folder.text(name.replace(/^\.\//, ''))));
  const server = { ...SERVER, port: port ?? SERVER.port, isPortKnown: port !== undefined };
  if (file !== undefined) return { ...server, command: [runtime, ...file] };
  if (startScript(root) !== undefined) return { ...server, command: [runtime === 'bun' ? 'bun' : 'npm', 'start'] };
  const notes = [
    'package.json names no program (`scripts.start` or `main`), so CMD starts index.js; write what is right',
  ];
  return { ...server, command: [runtime, 'index.js'], notes };
};

/** The file that the start script gives to the runtime, `main`, or one of the usual name; a signal reaches it without npm. */
const programFile = (folder: Folder, root: ConfigNode | undefined, runtime: string): readonly string[] | undefined => {
  const start = startScript(root)?.trim();
  if (start !== undefined) {
    const words = start.split(/\s+/);
    const isPlain = words[0] === runtime && words.length > 1 && !/["'$&|;<>`*()]/.test(start);
    return isPlain ? words.slice(1) : undefined;
  }
  const main = textAt(root, 'main');
  if (main !== undefined) return [main];
  const usual = ['server.js', 'index.js', 'app.js', 'server.mjs', 'index.mjs', 'index.ts', 'src/index.js'];
  const found = usual.find((name) => has(folder, name) && (runtime === 'bun' || !name.endsWith('.ts')));
  return found === undefined ? undefined : [found];
};
