import { createHash, type Hash, randomUUID } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Answer, send, type Trust } from '../oci/http.ts';
import { proxyFor } from '../oci/proxy.ts';
import { masked } from './masked-url.ts';
import { readInto } from './read-file.ts';
import { writeWhole } from './small-files.ts';
import type { Store } from './store.ts';

/** What an address gave, kept in the store. */
export interface Download {
  readonly size: number;
  /** sha256 in hexadecimal digits. */
  readonly digest: string;
  /** The name that the server gives it. */
  readonly name: string | undefined;
  /** Seconds since 1970. */
  readonly lastModified: number | undefined;
  readonly content: (write: (chunk: Uint8Array) => void) => void;
}

/** What is known of an earlier answer. */
interface Known {
  readonly digest: string;
  readonly size: number;
  readonly checksums: Readonly<Record<string, string>>;
  readonly name?: string | undefined;
  readonly lastModified?: number | undefined;
  readonly etag?: string | undefined;
  readonly modified?: string | undefined;
}

/**
 * Fetches an address, only what has changed since the last time; what has the checksum that is asked for is not fetched
 * again. Throws an Error that says why it cannot.
 */
export const download = async (store: Store, url: string, checksum: string | undefined): Promise<Download> => {
  const folder = join(store.folder, 'downloads');
  const record = join(folder, `${createHash('sha256').update(url).digest('hex')}.json`);
  const known = knownOf(record, folder);
  const algorithm = checksum?.split(':', 1)[0];
  if (known && checksum && known.checksums[algorithm ?? ''] === checksum) return downloadOf(known, folder);
  const fresh = (await fetched(url, known, folder, algorithm)) ?? known;
  if (!fresh) throw new Error(`${masked(url)}: the server says that nothing has changed, but nothing is known of it`);
  if (fresh !== known) writeWhole(record, JSON.stringify(fresh));
  const actual = algorithm === 'sha256' ? `sha256:${fresh.digest}` : fresh.checksums[algorithm ?? ''];
  if (checksum && actual !== checksum) throw new Error(`digest mismatch ${actual}: ${checksum}`);
  return downloadOf(fresh, folder);
};

const knownOf = (record: string, folder: string): Known | undefined => {
  try {
    const known: Known = JSON.parse(readFileSync(record, 'utf8'));
    return existsSync(join(folder, known.digest)) ? known : undefined;
  } catch {
    return undefined;
  }
};

const downloadOf = ({ digest, size, name, lastModified }: Known, folder: string): Download => ({
  digest,
  size,
  name,
  lastModified,
  content: (write) => readInto(join(folder, digest), size, write),
});

/** Undefined where nothing has changed. */
const fetched = async (
  url: string,
  known: Known | undefined,
  folder: string,
  algorithm: string | undefined,
): Promise<Known | undefined> => {
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  const knows = known && (!algorithm || algorithm in known.checksums);
  if (knows && known.etag) headers['if-none-match'] = known.etag;
  if (knows && known.modified) headers['if-modified-since'] = known.modified;
  const { username, password, href } = withoutPassword(url);
  if (username !== '') headers.authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const answer = await send(new URL(href), { method: 'GET', headers }, trustIn(href)).catch((error: unknown) => {
    throw new Error(`cannot fetch ${masked(url)}: ${reasonOf(error)}`);
  });
  if (answer.status === 200) return { ...(await stored(answer, url, folder, algorithm)), ...saidOf(answer) };
  answer.drop();
  if (answer.status === 304) return undefined;
  throw new Error(`cannot fetch ${masked(url)}: the server answers ${answer.status}`);
};

/** What is asked for without TLS may lead elsewhere without it too. */
const trustIn = (url: string): Trust => ({
  isInsecure: url.startsWith('http:'),
  patience: 60_000,
  proxy: (each) => proxyFor(each, process.env),
});

const saidOf = ({ headers }: Answer): Pick<Known, 'name' | 'lastModified' | 'etag' | 'modified'> => {
  const modified = headers['last-modified'];
  const time = modified === undefined ? Number.NaN : Date.parse(modified);
  return {
    name: nameIn(headers['content-disposition']),
    lastModified: Number.isNaN(time) ? undefined : Math.floor(time / 1000),
    etag: headers.etag,
    modified,
  };
};

const withoutPassword = (text: string) => {
  const url = new URL(text);
  const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  url.username = '';
  url.password = '';
  return { username, password, href: url.href };
};

const stored = async (
  { body }: Answer,
  url: string,
  folder: string,
  algorithm = 'sha256',
): Promise<Pick<Known, 'digest' | 'size' | 'checksums'>> => {
  mkdirSync(folder, { recursive: true });
  const draft = join(folder, `draft-${randomUUID()}`);
  const out = openSync(draft, 'wx');
  const hash = createHash('sha256');
  const other: Hash | undefined = algorithm === 'sha256' ? undefined : createHash(algorithm);
  let size = 0;
  try {
    for await (const chunk of body) {
      hash.update(chunk);
      other?.update(chunk);
      size += chunk.length;
      for (let at = 0; at < chunk.length; ) at += writeSync(out, chunk, at);
    }
    const digest = hash.digest('hex');
    renameSync(draft, join(folder, digest));
    const checksums = {
      sha256: `sha256:${digest}`,
      ...(other ? { [algorithm]: `${algorithm}:${other.digest('hex')}` } : {}),
    };
    return { digest, size, checksums };
  } catch (error) {
    rmSync(draft, { force: true });
    throw new Error(`${masked(url)} came to ${size} bytes, then: ${reasonOf(error)}`);
  } finally {
    closeSync(out);
  }
};

const nameIn = (disposition: string | undefined): string | undefined => {
  const name = /filename="?([^";]+)"?/i.exec(disposition ?? '')?.[1];
  return name?.replace(/^.*[\\/]/s, '') || undefined;
};

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
