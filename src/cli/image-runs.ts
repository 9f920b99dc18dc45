import { openStore, type Store } from '../build/store.ts';
import { storeTrouble } from '../build/trouble.ts';
import { ConfigError } from '../config/error.ts';
import { ImageError } from '../oci/error.ts';
import { accessTo } from '../oci/session.ts';
import { layerForm } from './build-output.ts';
import { choiceOf, type Given, isOn, onlyOperandOf, rejectOperands, textOf } from './given.ts';
import type { Io } from './io.ts';
import { askedPlatform, platformIn } from './platform-options.ts';
import { registriesOf } from './registry-options.ts';
import { say } from './say.ts';
import { searchImages } from './search-images.ts';
import { sizeOf } from './size.ts';
import { storeFolder } from './store-folder.ts';
import { loadImages, pullNames, pushStored, saveImages } from './transfer.ts';
import { pruneStore, removeImages, tagImage, verify } from './upkeep.ts';

/** Trouble with images and registries is told in a line; the code is 3 then. */
const withStore = async (
  given: Given,
  io: Io,
  action: (store: Store) => Promise<number | undefined> | number | undefined,
): Promise<number> => {
  const folder = storeFolder(textOf(given, 'store'), io);
  try {
    return (await action(openStore(folder))) ?? 0;
  } catch (error) {
    const trouble = storeTrouble(folder, error);
    if (!(trouble instanceof ImageError)) throw trouble;
    say(io, trouble.message);
    return 3;
  }
};

const namesIn = ({ operands }: Given, command: string): readonly string[] => {
  if (operands.length > 0) return operands;
  throw new ConfigError(`${command} needs an image; try \`iechorlint ${command} hello:latest\``);
};

const done = (): undefined => undefined;

type Run = (given: Given, io: Io) => Promise<number>;

export const pull: Run = (given, io) =>
  withStore(given, io, (store) => {
    const access = accessTo(registriesOf(given), io.env);
    const options = { store, access, platform: platformIn(given), quiet: isOn(given, 'quiet') };
    return pullNames(namesIn(given, 'pull'), options, io).then(done);
  });

export const push: Run = (given, io) =>
  withStore(given, io, (store) => {
    const access = accessTo(registriesOf(given), io.env);
    const form = layerForm(given, 'gzip');
    const options = { store, access, form, platform: askedPlatform(given), quiet: isOn(given, 'quiet') };
    return pushStored(namesIn(given, 'push'), options, io).then(done);
  });

export const save: Run = (given, io) =>
  withStore(given, io, (store) => {
    const form = layerForm(given, 'none');
    const options = { store, form, platform: askedPlatform(given), dest: textOf(given, 'output') ?? '-' };
    return saveImages(namesIn(given, 'save'), options, io).then(done);
  });

export const load: Run = (given, io) =>
  withStore(given, io, (store) => {
    const [place = textOf(given, 'input') ?? '-', ...more] = given.operands;
    if (more.length > 0) throw new ConfigError(`load takes one archive, and got ${more.length + 1}`);
    const options = { store, platform: askedPlatform(given), quiet: isOn(given, 'quiet') };
    return loadImages(place, options, io).then(done);
  });

export const tag: Run = (given, io) =>
  withStore(given, io, (store) => {
    const [from, to, ...more] = given.operands;
    if (from === undefined || to === undefined || more.length > 0)
      throw new ConfigError('tag needs an image and its new name: iechorlint tag hello hello:1.0');
    tagImage(store, from, to);
    return undefined;
  });

export const rmi: Run = (given, io) =>
  withStore(given, io, (store) => {
    removeImages(store, namesIn(given, 'rmi'), isOn(given, 'force'), io);
    return undefined;
  });

export const prune: Run = (given, io) =>
  withStore(given, io, (store) => {
    rejectOperands(given, 'prune');
    const keep = textOf(given, 'keep-storage');
    pruneStore(store, keep === undefined || keep === '0' ? 0 : sizeOf(keep, '--keep-storage'), io);
    return undefined;
  });

export const storeVerify: Run = (given, io) =>
  withStore(given, io, (store) => {
    rejectOperands(given, 'store verify');
    return verify(store, io);
  });

export const search: Run = async (given, io) => {
  const term = onlyOperandOf(given, 'search', 'a term, such as nginx');
  const limit = textOf(given, 'limit') ?? '25';
  if (!/^[1-9]\d{0,2}$/.test(limit)) throw new ConfigError(`--limit is 1 to 999, not \`${limit}\``);
  const format = choiceOf(given, 'format', ['pretty', 'json'] as const) ?? 'pretty';
  const access = accessTo(registriesOf(given), io.env, (text) => say(io, text));
  const options = { access, limit: Number(limit), format };
  await searchImages(term, options, io);
  return 0;
};
