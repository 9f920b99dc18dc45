import type { Reading } from './database.ts';
import { headerOf, type RpmHeader } from './header.ts';

/** What a database tells of, and why it may not be all. */
export interface Installed {
  readonly packages: readonly RpmPackage[];
  readonly flaw?: string;
}

export interface RpmPackage extends RpmHeader {
  readonly name: string;
  readonly version: string;
}

/** An image has some hundred packages, a large one some thousand. */
const MOST = 100_000;

/** What is found in a file of that size. Headers that lie over one another could be read for ever. */
export const installedIn = (found: Iterable<Reading>, size: number): Installed => {
  const packages: RpmPackage[] = [];
  let left = size;
  let damaged = 0;
  for (const each of found) {
    if ('flaw' in each) return { packages, flaw: each.flaw };
    left -= each.header.length;
    if (left < 0 || packages.length >= MOST) return { packages, flaw: 'it has more than there can be' };
    const header = headerOf(each.header);
    if (header && isPackage(header)) packages.push(header);
    else damaged += 1;
  }
  const flaw = damaged === 1 ? 'a header in it is damaged' : `${damaged} headers in it are damaged`;
  return damaged === 0 ? { packages } : { packages, flaw };
};

const isPackage = (header: RpmHeader): header is RpmPackage => !!header.name && !!header.version;
