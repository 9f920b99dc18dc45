import type { Range } from '../source/range.ts';
import type { CopyFlags } from './copy-flags.ts';
import { archiveItem, type CopyItem, sourceItem } from './copy-items.ts';
import { download } from './download.ts';
import { BuildError } from './error.ts';
import type { Source } from './files.ts';
import { masked } from './masked-url.ts';
import type { BuildRequest } from './request.ts';
import { theseSources } from './sources.ts';
import { fileOf } from './web-context.ts';

/** ADD of an address: a file of the name that the address ends in, for its owner alone. */
export const downloadItem = async (
  url: string,
  at: Range,
  flags: CopyFlags,
  { store, source: told }: Pick<BuildRequest, 'store' | 'source'>,
): Promise<CopyItem> => {
  const { checksum, unpack } = flags;
  if (checksum !== undefined && !CHECKSUM.test(checksum))
    throw new BuildError(`\`--checksum=${checksum}\` is no digest; write sha256: and 64 hexadecimal digits`, at);
  const fetched = await download(store, url, { checksum });
  told?.({ uri: masked(url), digest: { sha256: fetched.digest } });
  const name = [nameIn(url), fetched.name].find(isName) ?? '__unnamed__';
  const source: Source = { name, isFolder: false, files: [fileOf(fetched, '')] };
  const sources = theseSources([source]);
  return unpack ? archiveItem(sources, at, store) : sourceItem(sources, at);
};

const CHECKSUM = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/;

/** Whether a file may be called so: `.` and `..` are folders, and a name ends at a zero. */
const isName = (name: string | undefined): boolean =>
  name !== undefined && !/^\.{1,2}$/.test(name) && !name.includes('\0');

/** The last name of the path, unless it ends in a slash. */
const nameIn = (url: string): string | undefined => {
  const { pathname } = new URL(url);
  const name = pathname.slice(pathname.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(name).replaceAll('/', '') || undefined;
  } catch {
    return name || undefined;
  }
};
