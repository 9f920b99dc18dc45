import { prune, removeImage, removeNameless } from '../build/prune.ts';
import type { Store } from '../build/store.ts';
import { verifyStore } from '../build/verify.ts';
import { ConfigError } from '../config/error.ts';
import { fullName, shortName } from './image-names.ts';
import { imagesNamed } from './images.ts';
import type { Io } from './io.ts';
import { say } from './say.ts';

/** `iechorlint tag`: another name for an image. */
export const tagImage = (store: Store, from: string, to: string): void => {
  const name = fullName(to);
  if (name.includes('@')) throw new ConfigError(`\`${to}\` is a digest, which no image can be given; write NAME:TAG`);
  const images = imagesNamed(store, from, undefined);
  const [only] = images;
  if (only && images.length === 1) store.saveImage(only.image, [name]);
  else store.saveIndex(images, [name]);
};

/** `iechorlint rmi`: takes names away, or the name of an image given by its id; of several all, if that is `forced`. */
export const removeImages = (store: Store, given: readonly string[], forced: boolean, io: Io): void => {
  for (const text of given) {
    const names = namesFor(store, text);
    if (names.length > 1 && !forced)
      throw new ConfigError(
        `\`${text}\` has ${names.length} names: ${names.map(shortName).join(', ')}; remove it by those that it is to lose, or by --force all`,
      );
    const nameless = names.length > 0 ? undefined : store.id(text);
    if (nameless !== undefined) {
      if (!removeNameless(store, nameless)) throw new ConfigError(`\`${text}\` is ${partOf(store, nameless)}`);
      io.stdout.write(`deleted ${nameless}\n`);
    } else if (names.length === 0)
      throw new ConfigError(`the store ${store.folder} has no image \`${text}\`; \`iechorlint images\` lists them`);
    for (const name of names) {
      const { deleted } = removeImage(store, name);
      io.stdout.write(`untagged ${shortName(name)}\n${deleted ? `deleted ${deleted}\n` : ''}`);
    }
  }
};

const namesFor = (store: Store, text: string): readonly string[] => {
  const all = store.names();
  const byId = /^(?:sha256:)?([0-9a-f]{6,64})$/.exec(text)?.[1];
  const ids = byId === undefined ? [] : all.filter(({ id }) => id.startsWith(`sha256:${byId}`));
  if (ids.length > 0) return ids.map(({ name }) => name);
  const name = fullName(text);
  return all.some((each) => each.name === name) ? [name] : [];
};

/** What an image is of that has no name of its own and is needed. */
const partOf = (store: Store, id: string): string => {
  const of = store
    .names()
    .flatMap(({ name, id: whole }) =>
      store.platforms(whole).flatMap((each) => (each.id === id ? [`${shortName(name)} for ${each.platform}`] : [])),
    );
  return `${of.join(' and ')}: remove that by its name`;
};

/** `iechorlint prune`: deletes what no named image needs, but for as much as is to be kept. */
export const pruneStore = (store: Store, keep: number, io: Io): void => {
  const { freed, kept, images, items } = prune(store, keep);
  const what = [
    ...(images > 0 ? [`${images} image${images > 1 ? 's' : ''} without a name`] : []),
    ...(items > 0 ? [`${items} thing${items > 1 ? 's' : ''} from the cache`] : []),
  ];
  io.stdout.write(
    `freed ${sizeText(freed)}${what.length > 0 ? ` (${what.join(', ')})` : ''}; ${sizeText(kept)} in use\n`,
  );
};

const sizeText = (bytes: number): string =>
  bytes < 1e6
    ? `${Math.ceil(bytes / 1e3)} kB`
    : bytes < 1e9
      ? `${(bytes / 1e6).toFixed(1)} MB`
      : `${(bytes / 1e9).toFixed(2)} GB`;

/** `iechorlint store verify`: 1 where something was wrong; it is mended then. */
export const verify = (store: Store, io: Io): number => {
  const { blobs, problems } = verifyStore(store);
  for (const line of problems) io.stdout.write(`${line}\n`);
  const end = problems.length === 0 ? 'all is as its digest says' : `${problems.length} things were wrong`;
  say(io, `${blobs} blobs checked: ${end}`);
  return problems.length === 0 ? 0 : 1;
};
