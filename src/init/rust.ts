import { fieldOf, keysAt, textAt, tomlIn } from './data.ts';
import { type Folder, has } from './folder.ts';
import { IMAGES, USERS } from './images.ts';
import { portIn } from './ports.ts';
import { cachedRun, isPlainName, programOf, type Recipe } from './recipe.ts';

/** A project with a Cargo.toml that is a package. */
export const rustRecipe = (folder: Folder): Recipe | undefined => {
  const manifest = tomlIn(folder, 'Cargo.toml');
  const name = textAt(manifest, 'package', 'name');
  if (name === undefined || !isPlainName(name)) return undefined;
  const programs = binariesOf(manifest);
  const program = programs.find((each) => /server|daemon/.test(each)) ?? programs[0] ?? name;
  const known = portIn(folder.text('src/main.rs'));
  const port = keysAt(manifest, 'dependencies').some((each) => SERVERS.has(each)) ? (known ?? 8080) : undefined;
  const isLocked = has(folder, 'Cargo.lock');
  const compile = `cargo build --release${isLocked ? ' --locked' : ''} --bin ${program}`;
  const build = [
    `FROM ${IMAGES.rust} AS build`,
    'WORKDIR /src',
    'COPY . .',
    cachedRun(
      ['/usr/local/cargo/registry', '/src/target'],
      `${compile} && cp target/release/${program} /usr/local/bin/${program}`,
    ),
  ];
  const final = [
    `FROM ${IMAGES.distroless}`,
    `COPY --from=build /usr/local/bin/${program} /usr/local/bin/${program}`,
    ...programOf(USERS.nonroot, [`/usr/local/bin/${program}`], port, undefined),
  ];
  return {
    kind: 'rust',
    title: 'Rust',
    stages: [build, final],
    ignored: ['target', '**/*.rs.bk'],
    port,
    notes: [
      ...(programs.length > 1 ? [`of the programs ${programs.join(', ')} the image has ${program}`] : []),
      ...(isLocked ? [] : ['there is no Cargo.lock; run `cargo generate-lockfile` and commit it']),
      ...(port === undefined || known !== undefined
        ? []
        : [`port ${port} is a guess; write the port on which the program listens`]),
    ],
  };
};

const SERVERS = new Set(['actix-web', 'axum', 'rocket', 'warp', 'tonic', 'hyper', 'poem', 'tide', 'salvo']);

/** The programs that the manifest names itself. */
const binariesOf = (manifest: ReturnType<typeof tomlIn>): readonly string[] => {
  const binaries = fieldOf(manifest, 'bin');
  const names = binaries?.kind === 'list' ? binaries.items.flatMap((each) => textAt(each, 'name') ?? []) : [];
  return names.filter(isPlainName);
};
