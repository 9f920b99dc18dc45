import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { configIn } from '../config/discover.ts';
import { ConfigError } from '../config/error.ts';
import {
  composeText,
  type Digests,
  type Folder,
  flawsIn,
  iechorfileText,
  ignoreText,
  imagesIn,
  monorepoOf,
  packagesOf,
  type Recipe,
  recipesFor,
  serviceName,
} from '../init/index.ts';
import { CONFIG_NAME, configText, type InitArguments } from './init.ts';
import type { Io } from './io.ts';
import { isIechorfileName } from './names.ts';
import { statOf } from './places.ts';
import { say } from './say.ts';
import { type Draft, writeDrafts } from './write-drafts.ts';

/** `iechorlint init` for a project: shows the files that it lacks, and writes them when it is told to. */
export const initProject = async (given: InitArguments, io: Io): Promise<number> => {
  const place = resolve(io.cwd, given.folder ?? '.');
  if (!statOf(place)?.isDirectory())
    throw new ConfigError(`${given.folder} is no folder; init takes the folder of a project`);
  const folder = folderAt(place);
  const recipe = given.template === 'none' ? undefined : recipeFor(folder, given, io);
  const digests = recipe && given.pin ? await digestsOf(recipe, given, io) : new Map();
  const next = recipe && `build it by \`iechorlint --build -t ${serviceName(folder.name)} ${given.folder ?? '.'}\``;
  const code = writeDrafts(draftsFor(folder, place, recipe, digests), place, { ...given, next }, io);
  // Last, for the files fill a screen.
  for (const note of [...(recipe?.notes ?? []), ...aboutParents(place)]) say(io, `to be looked at: ${note}`);
  return code;
};

/** A package of a monorepo is built with its root as the context, where the lock file and its siblings are. */
const aboutParents = (place: string): readonly string[] => {
  for (let above = dirname(place), depth = 1; depth <= 3 && dirname(above) !== above; above = dirname(above), depth++)
    if (packagesOf(folderAt(above)).some((name) => join(above, name) === place))
      return [`this is a package of ${above}, whose lock file and other packages are outside of this build context`];
  return [];
};

/** Larger files say nothing about a project that its manifest does not. */
const LARGEST = 2_000_000;

const folderAt = (place: string): Folder => {
  const known = new Map<string, readonly string[]>();
  const names = (path: string): readonly string[] => {
    const listed = known.get(path) ?? namesIn(join(place, path));
    known.set(path, listed);
    return listed;
  };
  return { name: basename(place), names: (path = '') => names(path), text: (path) => textOf(join(place, path)) };
};

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
};

const textOf = (file: string): string | undefined => {
  try {
    const stat = statSync(file);
    return stat.isFile() && stat.size <= LARGEST ? readFileSync(file, 'utf8').replace(/^\uFEFF/, '') : undefined;
  } catch {
    return undefined;
  }
};

/** What the project is; throws ConfigError where it is several. */
const recipeFor = (folder: Folder, { template }: InitArguments, io: Io): Recipe | undefined => {
  for (const flaw of flawsIn(folder)) say(io, `${flaw}; init passes over it`);
  const found = recipesFor(folder);
  if (template !== undefined) {
    const wanted = found.find(({ kind }) => kind === template);
    if (wanted) return wanted;
    const others = found.length > 0 ? `; there is ${found.map(({ kind }) => kind).join(' and ')}` : '';
    throw new ConfigError(`nothing here looks like a project of the kind ${template}${others}`);
  }
  const monorepo = monorepoOf(folder);
  if (monorepo !== undefined)
    throw new ConfigError(
      `${monorepo.file} says that this is the root of several projects (${monorepo.members.slice(0, 8).join(', ')}); run \`iechorlint init FOLDER\` for one of them`,
    );
  const [first, ...more] = found;
  if (first === undefined)
    say(io, 'found no project that init knows (see iechorlint init --help), so a configuration alone');
  else
    say(
      io,
      `found ${first.title}${more.length > 0 ? `; for ${more.map(({ title }) => title).join(' or ')}, add --template` : ''}`,
    );
  return first;
};

/** The digests that the tags have now. Throws ImageError where a registry cannot be asked. */
const digestsOf = async (recipe: Recipe, { registries }: InitArguments, io: Io): Promise<Digests> => {
  const { fetchDigest, openRepository } = await import('../oci/registry.ts');
  const { accessTo } = await import('../oci/session.ts');
  const { nameParts } = await import('../oci/image-name.ts');
  const { fullName } = await import('./image-names.ts');
  const access = accessTo(registries, io.env);
  const digests = new Map<string, string>();
  for (const image of imagesIn(recipe)) {
    const { host, path, tag } = nameParts(fullName(image));
    digests.set(image, await fetchDigest(openRepository(host, path, access), tag ?? 'latest'));
  }
  return digests;
};

const COMPOSE = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];
const IGNORE = ['.dockerignore', '.iechorignore', '.containerignore'];

/** The files of a project, each with the one that is there in its stead. */
const draftsFor = (folder: Folder, place: string, recipe: Recipe | undefined, digests: Digests): readonly Draft[] => {
  const names = folder.names();
  const standing = (known: readonly string[]) => known.find((name) => names.includes(name));
  const config: Draft = {
    name: CONFIG_NAME,
    text: configText({ presets: ['recommended'] }),
    standing: configIn(place),
  };
  if (!recipe) return [config];
  return [
    {
      name: 'iEchorfile',
      text: iechorfileText(recipe, digests),
      standing: standing(['iEchorfile', 'Dockerfile', 'Containerfile']) ?? names.find(isIechorfileName),
    },
    { name: '.dockerignore', text: ignoreText(recipe), standing: standing(IGNORE) },
    { name: 'compose.yaml', text: composeText(recipe, folder.name, 'iEchorfile'), standing: standing(COMPOSE) },
    config,
  ];
};
