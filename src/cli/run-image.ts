import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { isatty } from 'node:tty';
import { type ImageRun, runImage } from '../build/run-image.ts';
import { endSteps } from '../build/sandbox/children.ts';
import type { BindMount } from '../build/sandbox/port.ts';
import { enterNamespace, isRootless, needsNamespace } from '../build/sandbox/rootless.ts';
import { openStore, type Store } from '../build/store.ts';
import { storeTrouble } from '../build/trouble.ts';
import { ConfigError } from '../config/error.ts';
import { ImageError } from '../oci/error.ts';
import type { Image } from '../oci/image.ts';
import { isNative, platformText } from '../oci/platform.ts';
import { accessTo } from '../oci/session.ts';
import { variablesIn } from './build-args.ts';
import { runnerOf } from './build-options.ts';
import { choiceOf, type Given, isOn, textOf, textsOf } from './given.ts';
import { fullName } from './image-names.ts';
import type { Io } from './io.ts';
import { limitsOf } from './limit-options.ts';
import { statOf } from './places.ts';
import { askedPlatform, platformIn } from './platform-options.ts';
import { publishedPort } from './published-ports.ts';
import { registriesOf } from './registry-options.ts';
import { say } from './say.ts';
import { endingInOrder } from './signals.ts';
import { DOCTOR, hostLine, sandboxOf } from './step-inputs.ts';
import { storeFolder } from './store-folder.ts';

/** `iechorlint run IMAGE [COMMAND]`: its exit code is that of the program, or 125 where that cannot be started. */
export const run = async (given: Given, io: Io): Promise<number> => {
  if (process.platform !== 'linux') throw new ConfigError('run needs Linux, for it uses namespaces of its kernel');
  const [name, ...command] = given.operands;
  if (name === undefined) throw new ConfigError('run needs an image; try `iechorlint run hello`');
  if (needsNamespace()) return inNamespace(io);
  const folder = storeFolder(textOf(given, 'store'), io);
  if (textsOf(given, 'publish').length > 0 && textOf(given, 'network') !== undefined)
    throw new ConfigError('--publish makes a network of its own: leave --network out');
  const sandbox = sandboxOf(runnerOf(given), io);
  if (typeof sandbox === 'string') return failed(`${sandbox}; ${DOCTOR}`, io);
  const request = requestOf(given, command, io);
  try {
    const store = openStore(folder);
    const platform = askedPlatform(given);
    const known = store.image(fullName(name), platform) ?? store.image(name, platform);
    const image = known ?? (await pulled(name, given, store, io));
    const trouble = await foreignImageTrouble(name, image, store, io);
    if (trouble !== undefined) return failed(trouble, io);
    return await endingInOrder(() => runImage(store, image, request, sandbox), endSteps, ['SIGTERM', 'SIGHUP']);
  } catch (error) {
    const trouble = storeTrouble(folder, error);
    if (!(trouble instanceof ImageError)) throw trouble;
    return failed(trouble.message, io);
  }
};

const requestOf = (given: Given, command: readonly string[], io: Io): ImageRun => ({
  command,
  entrypoint: entrypointOf(given),
  env: environmentOf(given, io),
  volumes: textsOf(given, 'volume').map((text) => volumeOf(text, io)),
  user: textOf(given, 'user'),
  workdir: textOf(given, 'workdir'),
  network: choiceOf(given, 'network', ['host', 'none'] as const) ?? 'host',
  hosts: textsOf(given, 'add-host').map(hostLine),
  limits: limitsOf(given),
  hasInput: isOn(given, 'interactive'),
  hasTerminal: isOn(given, 'tty') && isOn(given, 'interactive') && isatty(0),
  ports: textsOf(given, 'publish').map(publishedPort),
  warn: (text: string) => say(io, text),
});

/** Why an image of another kind of machine cannot be run here. */
const foreignImageTrouble = async (name: string, image: Image, store: Store, io: Io): Promise<string | undefined> => {
  const platform = platformText(image.json);
  if (isNative(platform)) return undefined;
  const { foreignTrouble, runsHere } = await import('../build/sandbox/foreign.ts');
  return runsHere(platform, store.workFolder()) ? undefined : foreignTrouble(name, platform, io.env.PATH ?? '');
};

/** What `docker run` ends with where the program was not started. */
const NOT_STARTED = 125;

const failed = (text: string, io: Io): number => {
  say(io, text);
  return NOT_STARTED;
};

const inNamespace = async (io: Io): Promise<number> => {
  const outcome = await enterNamespace(io.env.PATH ?? '');
  return typeof outcome === 'number' ? outcome : failed(`${outcome}; ${DOCTOR}`, io);
};

const pulled = async (name: string, given: Given, store: Store, io: Io): Promise<Image> => {
  const { nameImage, pullImage } = await import('../build/pull.ts');
  const access = accessTo(registriesOf(given), io.env, (text) => say(io, text));
  say(io, `the store has no ${name}: pulling it`);
  const image = await pullImage(store, fullName(name), platformIn(given), access, () => {});
  nameImage(store, fullName(name), image, platformIn(given));
  return image;
};

/** An empty `--entrypoint` leaves out that of the image. */
const entrypointOf = ({ options }: Given): string | undefined => {
  const value = options.entrypoint;
  const last = Array.isArray(value) ? value.at(-1) : value;
  return typeof last === 'string' ? last : undefined;
};

const environmentOf = (given: Given, { env }: Io): ReadonlyMap<string, string> => {
  const told = isOn(given, 'tty') && env.TERM ? [['TERM', env.TERM] as const] : [];
  return new Map([...told, ...variablesIn(textsOf(given, 'env'), env, '--env')]);
};

const volumeOf = (text: string, io: Io): BindMount => {
  const [source = '', target = '', mode = '', ...more] = text.split(':');
  if (more.length > 0 || !source || !target.startsWith('/') || !['', 'ro', 'rw'].includes(mode))
    throw new ConfigError(`--volume takes FOLDER:/PATH or FOLDER:/PATH:ro, not \`${text}\``);
  const path = resolve(io.cwd, source);
  const stat = statOf(path);
  if (!stat) throw new ConfigError(`--volume ${text}: ${source} is not there`);
  const real = realpathSync(path);
  if (real === '/' && isRootless())
    throw new ConfigError(`--volume ${text}: the whole machine is for root alone to mount; name a folder of it`);
  return { type: 'bind', source: real, target, isFolder: stat.isDirectory(), isReadOnly: mode === 'ro', isWhole: true };
};
