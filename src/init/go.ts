import { type Folder, has, presentOf } from './folder.ts';
import { IMAGES, laterOf, USERS, VERSIONS, versionIn } from './images.ts';
import { portIn } from './ports.ts';
import { cachedRun, isPlainName, programOf, type Recipe } from './recipe.ts';

const MODULES = '/go/pkg/mod';
const COMPILED = '/root/.cache/go-build';

/** A project with a go.mod. */
export const goRecipe = (folder: Folder): Recipe | undefined => {
  const module = folder.text('go.mod');
  if (module === undefined) return undefined;
  const main = mainPackage(folder);
  const name = nameOf(folder, module, main);
  const known = serverIn(folder, module, main);
  const port = known.isServer ? (known.port ?? 8080) : undefined;
  const files = known.embeds ? [] : presentOf(folder, ...READ);
  const version = laterOf(VERSIONS.go, versionIn(/^go\s+(\S+)/m.exec(module)?.[1], 2));
  const build = [
    `FROM ${IMAGES.go(version)} AS build`,
    'WORKDIR /src',
    `COPY ${['go.mod', ...presentOf(folder, 'go.sum')].join(' ')} ./`,
    cachedRun([MODULES], 'go mod download'),
    'COPY . .',
    cachedRun([MODULES, COMPILED], `CGO_ENABLED=0 go build -trimpath -o /out/${name} ${main ?? '.'}`),
  ];
  const final = [
    `FROM ${IMAGES.alpine}`,
    ...(files.length > 0 ? ['WORKDIR /app'] : []),
    `COPY --from=build /out/${name} /usr/local/bin/${name}`,
    ...files.map((each) => `COPY --from=build /src/${each} ./${each}`),
    ...programOf(USERS.nonroot, [name], port, 'nc'),
  ];
  return {
    kind: 'go',
    title: 'Go',
    stages: [build, final],
    ignored: ['bin', '*.test', '*.out'],
    port,
    notes: [
      ...(main === undefined ? ['no file of package main was found; write its folder behind `go build`'] : []),
      ...(port === undefined || known.port !== undefined
        ? []
        : [`port ${port} is a guess; write the port on which the program listens`]),
    ],
  };
};

const isMain = (folder: Folder, path: string): boolean =>
  folder.names(path).some((name) => {
    const isSource = name.endsWith('.go') && !name.endsWith('_test.go');
    return isSource && /^package main\b/m.test(folder.text(path === '' ? name : `${path}/${name}`) ?? '');
  });

/** The package that becomes the program: the folder itself, or a folder of `cmd`, one of the project's name before others. */
const mainPackage = (folder: Folder): string | undefined => {
  if (isMain(folder, '')) return '.';
  const commands = folder.names('cmd').filter((name) => isPlainName(name) && isMain(folder, `cmd/${name}`));
  const own = commands.find((name) => name === folder.name) ?? commands.find((name) => /server|api|main/.test(name));
  const found = own ?? commands[0];
  if (found !== undefined) return `./cmd/${found}`;
  return has(folder, 'cmd') && isMain(folder, 'cmd') ? './cmd' : undefined;
};

const nameOf = (folder: Folder, module: string, main: string | undefined): string => {
  const path = /^module\s+"?([^\s"]+)/m.exec(module)?.[1]?.replace(/\/v\d+$/, '') ?? folder.name;
  const name = main?.startsWith('./cmd/') ? main.slice('./cmd/'.length) : path.replace(/^.*\//, '');
  return isPlainName(name) ? name : 'app';
};

const SERVERS =
  /\b(?:gin-gonic\/gin|labstack\/echo|gofiber\/fiber|go-chi\/chi|gorilla\/mux|google\.golang\.org\/grpc)\b/;

/** Folders that a program reads when it runs, where they are not in the program itself. */
const READ = ['templates', 'views', 'static', 'public', 'assets', 'web', 'migrations', 'locales'];

/** What the sources of the program itself tell. */
const serverIn = (
  folder: Folder,
  module: string,
  main: string | undefined,
): { isServer: boolean; port: number | undefined; embeds: boolean } => {
  const path = main === undefined || main === '.' ? '' : `${main.slice(2)}/`;
  const sources = folder.names(path).filter((name) => name.endsWith('.go') && !name.endsWith('_test.go'));
  const texts = sources.map((name) => folder.text(`${path}${name}`) ?? '');
  const isServer = SERVERS.test(module) || texts.some((text) => /ListenAndServe|net\.Listen\(/.test(text));
  return { isServer, port: portIn(...texts), embeds: texts.some((text) => /^\/\/go:embed /m.test(text)) };
};
