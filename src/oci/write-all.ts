import { writeSync } from 'node:fs';

/** A pipe may take less than it is given. */
export const writeAll = (out: number, content: Uint8Array): void => {
  for (let at = 0; at < content.length; ) at += writeSync(out, content, at);
};
