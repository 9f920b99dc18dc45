import type { Add, Iechorfile, Instruction } from '../ast/nodes.ts';
import { copyFlags } from '../build/copy-flags.ts';
import { BuildError } from '../build/error.ts';
import { readGitAddress } from '../build/git.ts';
import { committedFiles } from '../build/git-context.ts';
import type { Store } from '../build/store.ts';
import { isWebAddress } from '../build/web-address.ts';
import { newestIn } from '../build/web-context.ts';
import { ConfigError } from '../config/error.ts';
import { type Inputs, type Model, modelOf } from '../model/index.ts';
import type { StageInfo } from '../model/stages.ts';
import { asInput } from './archive-input.ts';
import type { NamedContexts } from './build-contexts.ts';
import { type BuildInput, datedTime } from './build-input.ts';
import { EPOCH } from './build-time.ts';
import { fetched, unpacked } from './web-input.ts';

/** What a name may mean that stands for a time. */
export interface TimeSources {
  readonly file: Iechorfile;
  readonly inputs: Inputs;
  readonly input: BuildInput;
  readonly contexts: NamedContexts;
  readonly store: Store;
}

/**
 * When the context is of, or another that is given by name, or what a stage takes from an address, in seconds since 1970;
 * undefined where that has no time. Throws ConfigError.
 */
export const namedTime = async (name: string, sources: TimeSources): Promise<number | undefined> => {
  const time = await timeOf(name, sources);
  if (time === undefined || (time >= 0 && time <= LAST)) return time;
  throw new ConfigError(`${EPOCH}=${name}: its time, ${time} seconds from 1970, is none from then to the year 9999`);
};

/** Images tell times with four digits of a year. */
const LAST = Date.parse('9999-12-31T23:59:59Z') / 1000;

const timeOf = async (name: string, sources: TimeSources): Promise<number | undefined> => {
  const { file, inputs, input, contexts, store } = sources;
  if (name === 'context') return datedTime(input);
  const { platform = '' } = inputs;
  if (contexts.has(name, platform)) return contexts.dated(name, platform);
  const model = modelOf(file, inputs);
  const stage = model.stages.find((each) => each.name === name.toLowerCase());
  if (stage) return timeOfAdded(sourceIn(stage), model, store);
  throw new ConfigError(
    `${EPOCH} must be seconds since 1970, \`context\`, or the name of a stage or a build context, not \`${name}\``,
  );
};

/** The one ADD of a stage that is there for its time alone. Throws ConfigError. */
const sourceIn = ({ node, name, base }: StageInfo): Add => {
  const adds = node.instructions.filter((each) => each.kind === 'Add');
  const [add] = adds;
  const other = node.instructions.find(({ kind }) => kind !== 'Add' && kind !== 'Arg');
  if (base.kind === 'scratch' && !other && add && adds.length === 1 && add.sources.length === 1) return add;
  const flaw = other ? `, and has ${keywordOf(other)} in line ${other.lines.first}` : '';
  throw new ConfigError(
    `${EPOCH} is the time of the stage ${name}, which must be FROM scratch and one ADD of one address (and may have ARG)${flaw}`,
  );
};

const keywordOf = ({ kind }: Instruction): string => kind.toUpperCase();

const timeOfAdded = async (add: Add, model: Model, store: Store): Promise<number | undefined> => {
  const [word] = add.sources;
  const url = (word && model.expand(word, add).value) ?? '';
  const { checksum, keepsGit } = flagsOf(add, model);
  const repository = readGitAddress(url);
  if (repository) return (await asInput(store, url, () => committedFiles(store, repository, keepsGit))).time;
  if (!isWebAddress(url)) throw new ConfigError(`${EPOCH} is the time of an address, and ADD has ${word?.raw}`);
  const file = await fetched(url, store, { checksum });
  if (file.lastModified !== undefined) return file.lastModified;
  const layer = await unpacked(file, url, store);
  return layer && newestIn(store, layer);
};

const flagsOf = (add: Add, model: Model) => {
  try {
    return copyFlags(model, add);
  } catch (error) {
    throw error instanceof BuildError ? new ConfigError(error.message) : error;
  }
};
