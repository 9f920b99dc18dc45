import { statSync } from 'node:fs';
import { notesOf, type StepNote } from '../build/notes.ts';
import { openStore, type Store } from '../build/store.ts';
import { ConfigError } from '../config/error.ts';
import type { HistoryJson, Image, PlatformImage } from '../oci/image.ts';
import { digestOf } from '../oci/image.ts';
import { withPlatform } from '../oci/platform.ts';
import { truncate } from '../report/cells.ts';
import { ageOf } from './age.ts';
import { bytes } from './bytes.ts';
import { type Given, isOn, onlyOperandOf, textOf } from './given.ts';
import { imageArgumentsOf } from './image-arguments.ts';
import { fullName, shortName } from './image-names.ts';
import type { Io } from './io.ts';
import { askedPlatform } from './platform-options.ts';
import { printJson } from './print-json.ts';
import { storeFolder } from './store-folder.ts';
import { tableLines } from './table.ts';

/** `iechorlint images`: what the store has names for. */
export const listImages = (given: Given, io: Io): number => {
  const { store: folder, format } = imageArgumentsOf(given);
  const store = storeToRead(folder, io);
  const rows = store.names().flatMap(({ name, id }) => {
    const image = store.image(name);
    const [, repository = name, tag = ''] = /^(.*?)(?::([^:/@]+))?(?:@.*)?$/.exec(shortName(name)) ?? [];
    const platforms = store.platforms(id).map(({ platform }) => platform);
    const row = { repository, tag, id, created: image?.json.created ?? '', size: image ? sizeOf(image) : 0 };
    return image ? [platforms.length > 0 ? { ...row, platforms } : row] : [];
  });
  if (isOn(given, 'quiet')) for (const id of new Set(rows.map((row) => row.id))) io.stdout.write(`${shortId(id)}\n`);
  else if (format === 'json') printJson(rows, io);
  else
    print(
      io,
      ['REPOSITORY', 'TAG', 'IMAGE ID', 'CREATED', 'SIZE'],
      rows.map(({ repository, tag, id, created, size }) => [
        repository,
        tag || NONE,
        shortId(id),
        ageOf(created),
        bytes(size),
      ]),
    );
  return 0;
};

/** As docker shows it. */
const NONE = '<none>';
const WIDTH = 45;

/** `iechorlint history`: the steps of an image, the last one first. */
export const showHistory = (given: Given, io: Io): number => {
  const { store: folder, format } = imageArgumentsOf(given);
  const noTrunc = isOn(given, 'no-trunc');
  const lines = isOn(given, 'lines');
  const store = storeToRead(folder, io);
  const image = imageNamed(store, onlyImageOf(given, 'history'), askedPlatform(given));
  const rows = historyRows(store, image);
  if (format === 'json') {
    printJson(rows, io);
    return 0;
  }
  const head = ['IMAGE', 'CREATED', 'CREATED BY', 'SIZE', 'COMMENT'];
  print(
    io,
    lines ? [...head, 'LINE', 'TIME', 'CACHE', 'WHY'] : head,
    rows.map((row) => [
      row.image === '<missing>' ? row.image : shortId(row.image),
      ageOf(row.created),
      noTrunc ? row.createdBy : truncate(row.createdBy, WIDTH),
      bytes(row.size),
      row.comment,
      ...(lines ? notesIn(row) : []),
    ]),
  );
  return 0;
};

/** Where the step stands, how long it took, and whether it was there already. */
const notesIn = ({ line, milliseconds, cached, reason = '' }: HistoryRow): readonly string[] => [
  line === undefined ? '' : String(line),
  milliseconds === undefined ? '' : `${(milliseconds / 1000).toFixed(2)} s`,
  cached === undefined ? '' : cached ? 'cached' : 'new',
  reason,
];

/** An entry of an image's history, with what its build knows of it. */
export interface HistoryRow extends Partial<StepNote> {
  readonly image: string;
  readonly created: string;
  readonly createdBy: string;
  /** In bytes, uncompressed. */
  readonly size: number;
  readonly comment: string;
}

/** The last entry first. */
export const historyRows = (store: Store, image: Image): readonly HistoryRow[] => {
  const id = digestOf(JSON.stringify(image.json));
  const notes = notesOf(store, id);
  let layer = 0;
  const rows = (image.json.history ?? []).map((entry: HistoryJson, index) => ({
    image: '<missing>',
    created: entry.created ?? '',
    createdBy: entry.created_by ?? '',
    size: entry.empty_layer ? 0 : (image.layers[layer++]?.size ?? 0),
    comment: entry.comment ?? '',
    ...notes[index],
  }));
  const last = rows.pop();
  return last ? [{ ...last, image: id }, ...rows.reverse()] : [];
};

/** `iechorlint inspect`: the configuration of an image as it is stored. */
export const inspectImage = (given: Given, io: Io): number => {
  const store = storeToRead(textOf(given, 'store'), io);
  const image = imageNamed(store, onlyImageOf(given, 'inspect'), askedPlatform(given));
  printJson(image.json, io);
  return 0;
};

/** One that is not there is not made by looking for it. */
const storeToRead = (given: string | undefined, io: Io): Store => {
  const folder = storeFolder(given, io);
  return openStore(folder, isMissing(folder));
};

const isMissing = (path: string): boolean => {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
};

const onlyImageOf = (given: Given, command: string): string =>
  onlyOperandOf(given, command, 'an image, such as hello:latest');

/** The image of that name or the beginning of its id; of several that for a platform, or for this machine. Throws ConfigError. */
export const imageNamed = (store: Store, name: string, platform?: string): Image => {
  const key = keyOf(store, name);
  const image = store.image(key, platform);
  if (image) return image;
  const there = store.platforms(key).map((each) => each.platform);
  if (there.length > 0 && platform !== undefined)
    throw new ConfigError(`the image \`${name}\` is for ${there.join(', ')}, and not for ${platform}`);
  throw new ConfigError(`the store ${store.folder} has no image \`${name}\`; \`iechorlint images\` lists what it has`);
};

/** As `imageNamed`, and where no platform is told, those for all. Throws ConfigError. */
export const imagesNamed = (store: Store, name: string, platform: string | undefined): readonly PlatformImage[] => {
  const several = platform === undefined ? store.platforms(keyOf(store, name)) : [];
  if (several.length === 0) return [withPlatform(imageNamed(store, name, platform))];
  return several.map((each) => ({ platform: each.platform, image: imageNamed(store, each.id) }));
};

const keyOf = (store: Store, name: string): string => nameMeant(store, name) ?? name;

/** The full name that is meant; undefined for the beginning of an id, which may be a name too where no image has it. */
export const nameMeant = (store: Store, text: string): string | undefined =>
  /^(?:sha256:)?[0-9a-f]{6,64}$/.test(text) && store.id(text) !== undefined ? undefined : fullName(text);

const sizeOf = ({ layers }: Image): number => layers.reduce((sum, { size }) => sum + size, 0);

const shortId = (id: string): string => id.replace(/^sha256:/, '').slice(0, 12);

const print = (io: Io, head: readonly string[], rows: readonly (readonly string[])[]): void => {
  io.stdout.write(tableLines([head, ...rows]));
};
