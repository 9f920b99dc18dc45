import { type Limits, RESOURCES, type ResourceLimit } from '../build/sandbox/limits.ts';
import { bytesIn } from '../build/sizes.ts';
import { ConfigError } from '../config/error.ts';
import { nearest } from '../source/nearest.ts';
import { type Given, textOf, textsOf } from './given.ts';

/** What `--shm-size` and `--ulimit` leave to programs; undefined where neither is given. Throws ConfigError. */
export const limitsOf = (given: Given): Limits | undefined => {
  const memory = textOf(given, 'shm-size');
  const resources = new Map(textsOf(given, 'ulimit').map((text) => [text.split('=', 1)[0], resourceLimit(text)]));
  if (memory === undefined && resources.size === 0) return undefined;
  return { sharedMemory: memory === undefined ? undefined : sharedMemory(memory), resources: [...resources.values()] };
};

/** Whole pages, as the kernel has it. */
const sharedMemory = (text: string): number => {
  const bytes = bytesIn(text);
  if (Number.isSafeInteger(bytes) && bytes > 0) return Math.ceil(bytes / 4096) * 4096;
  throw new ConfigError(`--shm-size is a size such as 128m or 1g, not \`${text}\``);
};

const resourceLimit = (text: string): ResourceLimit => {
  const [, name = '', softText = '', hardText = softText] = /^([^=]*)=(-?\d+)(?::(-?\d+))?$/.exec(text) ?? [];
  if (softText === '') throw new ConfigError(`--ulimit takes NAME=SOFT or NAME=SOFT:HARD, not \`${text}\``);
  if (!RESOURCES.includes(name)) throw new ConfigError(unknownResource(name));
  const [soft, hard] = [softText, hardText].map((digits) => numberIn(digits, text));
  if (hard !== undefined && (soft === undefined || soft > hard))
    throw new ConfigError(`--ulimit ${text}: the soft limit is above the hard one`);
  return { name, soft, hard };
};

/** -1 is no limit. */
const numberIn = (digits: string, text: string): number | undefined => {
  const number = Number(digits);
  if (number === -1) return undefined;
  if (number >= 0 && Number.isSafeInteger(number)) return number;
  throw new ConfigError(`--ulimit ${text}: a limit cannot be ${digits}; -1 means none`);
};

const unknownResource = (name: string): string => {
  const near = nearest(name, RESOURCES);
  return `--ulimit knows no \`${name}\`${near ? ` (did you mean \`${near}\`?)` : ''}; it is one of ${RESOURCES.join(', ')}`;
};
