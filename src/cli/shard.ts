import { ConfigError } from '../config/error.ts';
import type { Target } from './discover.ts';

/** The part of the files that `2/8` names. By its path a file is always in the same part, whatever else there is. */
export const targetsOfShard = (targets: readonly Target[], text: string): readonly Target[] => {
  const [, number = 0, count = 0] = (/^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? []).map(Number);
  if (number < 1 || number > count)
    throw new ConfigError(`--shard takes a part and the number of parts, from 1/8 to 8/8, not \`${text}\``);
  return targets.filter(({ path }) => hashOf(path) % count === number - 1);
};

/** FNV-1a with its bits stirred once more, since of the lowest alone few are good. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
};
