import { createHash } from 'node:crypto';
import { type BigIntStats, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOfFile } from './read-file.ts';
import { writeWhole } from './store.ts';

/** The digests of a context's files. One that is known is used as long as nothing about its file has changed. */
export interface DigestCache {
  of(path: string, stat: BigIntStats): string;
  save(): void;
}

/**
 * Inode, size, mode and both times: a file that was written keeps its change time from nobody. A file changed so
 * shortly before it was looked at that it may change again within the same tick of the clock is not remembered.
 */
const RACY = 2_000_000_000n;

export const openDigestCache = (folder: string, context: string): DigestCache => {
  const path = join(folder, 'contexts', `${createHash('sha256').update(context).digest('hex')}.json`);
  const known = readKnown(path);
  const used = new Map<string, string>();
  let hasChanged = false;
  return {
    of(file, stat) {
      const mark = `${stat.dev} ${stat.ino} ${stat.size} ${stat.mode} ${stat.mtimeNs} ${stat.ctimeNs} `;
      const entry = known.get(file);
      if (entry?.startsWith(mark)) {
        used.set(file, entry);
        return entry.slice(mark.length);
      }
      const digest = digestOfFile(file, Number(stat.size));
      hasChanged = true;
      if (BigInt(Date.now()) * 1_000_000n - stat.ctimeNs > RACY) used.set(file, mark + digest);
      return digest;
    },
    save() {
      if (hasChanged || used.size < known.size) writeWhole(path, JSON.stringify([...used]));
    },
  };
};

const readKnown = (path: string): ReadonlyMap<string, string> => {
  try {
    return new Map(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return new Map();
  }
};
