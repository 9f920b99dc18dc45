import { fieldOf, jsonIn, textAt, textsAt, tomlIn } from './data.ts';
import { type Folder, has } from './folder.ts';

/** What says that a folder holds several projects, and where they are. */
export interface Monorepo {
  readonly file: string;
  readonly members: readonly string[];
}

/** The root of several projects that is no program itself. */
export const monorepoOf = (folder: Folder): Monorepo | undefined => {
  const found = [
    inPackageJson(folder),
    inPnpm(folder),
    inCargo(folder),
    inGo(folder),
    inMaven(folder),
    inGradle(folder),
  ];
  return found.find((each) => each !== undefined);
};

/** The folders of the packages that a package.json, or what pnpm has beside it, takes together. */
export const packagesOf = (folder: Folder): readonly string[] => {
  const root = jsonIn(folder, 'package.json');
  const patterns = [...workspacesIn(root), ...pnpmMembers(folder)];
  const places = patterns.flatMap((pattern) => {
    const [, above] = /^(.*)\/\*\*?$/.exec(pattern) ?? [];
    return above === undefined ? [pattern] : folder.names(above).map((name) => `${above}/${name}`);
  });
  return [...new Set(places.map((place) => place.replace(/^\.\/|\/$/g, '')))].filter(
    (place) => /^[\w@.-]+(?:\/[\w@.-]+)*$/.test(place) && has(folder, `${place}/package.json`),
  );
};

const workspacesIn = (root: ReturnType<typeof jsonIn>): readonly string[] => [
  ...textsAt(root, 'workspaces'),
  ...textsAt(root, 'workspaces', 'packages'),
];

const pnpmMembers = (folder: Folder): readonly string[] => {
  const text = folder.text('pnpm-workspace.yaml') ?? '';
  const list = /^packages:\s*\n((?:\s*-.*\n?)+)/m.exec(text)?.[1] ?? '';
  return Array.from(list.matchAll(/-\s*["']?([^"'\s!][^"'\s]*)/g), ([, member = '']) => member);
};

const of = (file: string, members: readonly string[]): Monorepo | undefined =>
  members.length > 0 ? { file, members } : undefined;

const inPackageJson = (folder: Folder): Monorepo | undefined => {
  const root = jsonIn(folder, 'package.json');
  if (textAt(root, 'scripts', 'start') !== undefined) return undefined;
  return of('package.json', workspacesIn(root));
};

const inPnpm = (folder: Folder): Monorepo | undefined => {
  if (textAt(jsonIn(folder, 'package.json'), 'scripts', 'start') !== undefined) return undefined;
  return of('pnpm-workspace.yaml', pnpmMembers(folder));
};

const inCargo = (folder: Folder): Monorepo | undefined => {
  const manifest = tomlIn(folder, 'Cargo.toml');
  return fieldOf(manifest, 'package') ? undefined : of('Cargo.toml', textsAt(manifest, 'workspace', 'members'));
};

const inGo = (folder: Folder): Monorepo | undefined => {
  if (has(folder, 'go.mod')) return undefined;
  const text = folder.text('go.work') ?? '';
  const places = Array.from(text.matchAll(/^\s*(?:use\s+)?(\.\/[\w./-]+)\s*$/gm), ([, place = '']) => place.slice(2));
  return of('go.work', places);
};

const inMaven = (folder: Folder): Monorepo | undefined =>
  of(
    'pom.xml',
    Array.from((folder.text('pom.xml') ?? '').matchAll(/<module>\s*([^<\s]+)\s*</g), ([, name = '']) => name),
  );

const inGradle = (folder: Folder): Monorepo | undefined => {
  if (has(folder, 'src')) return undefined;
  for (const file of ['settings.gradle', 'settings.gradle.kts']) {
    const text = folder.text(file) ?? '';
    const lines = text.split('\n').filter((line) => /^\s*include\b/.test(line));
    const names = lines.flatMap((line) => Array.from(line.matchAll(/["']:?([^"']+)["']/g), ([, name = '']) => name));
    const found = of(
      file,
      names.map((name) => name.replaceAll(':', '/')),
    );
    if (found) return found;
  }
  return undefined;
};
