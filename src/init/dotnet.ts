import { type Folder, presentOf } from './folder.ts';
import { IMAGES, USERS, VERSIONS } from './images.ts';
import { cachedRun, isPlainName, programOf, type Recipe } from './recipe.ts';

const PACKAGES = '/root/.nuget/packages';

/** A folder with a project file of C#, F# or Visual Basic, or a solution with one below it. */
export const dotnetRecipe = (folder: Folder): Recipe | undefined => {
  const path = projectFile(folder);
  const text = path === undefined ? undefined : folder.text(path);
  if (path === undefined || text === undefined) return undefined;
  const place = path.replace(/\/?[^/]*$/, '');
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
    notes: /<ProjectReference\b/.test(text)
      ? ['the project refers to others; copy their project files before `dotnet restore` too']
      : [],
  };
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
