import { type Folder, presentOf } from './folder.ts';
import { IMAGES, USERS, VERSIONS } from './images.ts';
import { cachedRun, isPlainName, programOf, type Recipe } from './recipe.ts';

const PACKAGES = '/root/.nuget/packages';

/** A folder with a project file of C#, F# or Visual Basic, or a solution with one below it. */
export const dotnetRecipe = (folder: Folder): Recipe | undefined => {
  const path = projectFile(folder);
  const text = path === undefined ? undefined : folder.text(path);
  if (path === undefined || text === undefined) return undefined;
  const place = placeOf(path);
  const program = /<AssemblyName>\s*([\w.-]+)\s*</.exec(text)?.[1] ?? path.replace(/^.*\//, '').replace(/\.\w+$/, '');
  const version = /<TargetFramework>\s*net(\d+\.\d+)/.exec(text)?.[1] ?? VERSIONS.dotnet;
  const isWeb = /Sdk="Microsoft\.NET\.Sdk\.Web"/.test(text);
  const port = isWeb ? 8080 : undefined;
  const more = presentOf(folder, 'Directory.Build.props', 'Directory.Packages.props', 'global.json', 'nuget.config');
  const build = [
    `FROM ${IMAGES.dotnetSdk(version)} AS build`,
    'WORKDIR /src',
    ...(more.length > 0 && place !== '' ? [`COPY ${more.join(' ')} ./`] : []),
    place === '' ? `COPY ${[path, ...more].join(' ')} ./` : `COPY ${path} ./${place}/`,
    ...referencesOf(folder, path).map((each) => `COPY ${each} ./${placeOf(each)}/`),
    cachedRun([PACKAGES], `dotnet restore ${path}`),
    'COPY . .',
    cachedRun([PACKAGES], `dotnet publish ${path} --configuration Release --no-restore --output /out`),
  ];
  const final = [
    `FROM ${isWeb ? IMAGES.aspnet(version) : IMAGES.dotnet(version)}`,
    'WORKDIR /app',
    'COPY --from=build /out ./',
    ...programOf(USERS.dotnet, ['dotnet', `${program}.dll`], port, 'nc'),
  ];
  return {
    kind: 'dotnet',
    title: isWeb ? '.NET, ASP.NET Core' : '.NET',
    stages: [build, final],
    ignored: ['**/bin', '**/obj', '.vs', '*.user'],
    port,
    notes: [],
  };
};

const placeOf = (path: string): string => path.replace(/\/?[^/]*$/, '');

/** The projects that one refers to, and those to which they do, as far as they are in the folder. */
const referencesOf = (folder: Folder, path: string): readonly string[] => {
  const found = new Set([path]);
  for (const each of found)
    for (const [, text = ''] of (folder.text(each) ?? '').matchAll(/<ProjectReference\s+Include="([^"]+)"/g)) {
      const target = joined(placeOf(each), text.replaceAll('\\', '/'));
      if (target !== undefined && folder.text(target) !== undefined) found.add(target);
    }
  return [...found].slice(1);
};

/** A path from another folder; undefined where it leads out, or cannot stand in a COPY as it is. */
const joined = (from: string, path: string): string | undefined => {
  const parts = from === '' ? [] : from.split('/');
  for (const part of path.split('/')) {
    if (part === '..' && parts.pop() === undefined) return undefined;
    if (part !== '..' && part !== '.') parts.push(part);
  }
  const whole = parts.join('/');
  return /^[\w.-]+(?:\/[\w.-]+)+$/.test(whole) ? whole : undefined;
};

const isProject = (name: string): boolean => /\.(?:cs|fs|vb)proj$/.test(name) && isPlainName(name);

/** The project of the folder, or below a solution the first that is a web program and no test. */
const projectFile = (folder: Folder): string | undefined => {
  const own = folder.names().find(isProject);
  if (own !== undefined) return own;
  if (!folder.names().some((name) => /\.slnx?$/.test(name))) return undefined;
  const folders = ['src', '']
    .flatMap((base) => folder.names(base).map((name) => (base === '' ? name : `${base}/${name}`)))
    .filter((path) => !/test/i.test(path) && /^[\w./-]+$/.test(path));
  const projects = folders.flatMap((path) =>
    folder
      .names(path)
      .filter(isProject)
      .map((name) => `${path}/${name}`),
  );
  return projects.find((path) => /Sdk\.Web"/.test(folder.text(path) ?? '')) ?? projects[0];
};
