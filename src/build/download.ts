import { createHash, type Hash, randomUUID } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import { join } from 'node:path';
import { ImageError } from '../oci/error.ts';
import { type Answer, send, type Trust } from '../oci/http.ts';
import { proxyFor } from '../oci/proxy.ts';
import { answerBefore, keepAnswer } from './answers.ts';
import { masked } from './masked-url.ts';
import { readInto } from './read-file.ts';
import { writeWhole } from './small-files.ts';
import type { Store } from './store.ts';
import { storeTrouble } from './trouble.ts';

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

/** What is asked of a download besides its address. */
export interface DownloadWish {
  /** An algorithm, a colon, and hexadecimal digits. */
  readonly checksum?: string | undefined;
  /** Asked while bytes come, with how many and the first `HEAD` of them: why no more are taken. */
  readonly refusal?: (size: number, head: Uint8Array) => string | undefined;
  /** Milliseconds without a byte after which the server counts as gone. */
  readonly patience?: number | undefined;
}

const PATIENCE = 60_000;

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
export const download = (store: Store, url: string, wish: DownloadWish = {}): Promise<Download> => {
  if (wish.refusal) return downloadOnce(store, url, wish);
  const key = JSON.stringify([store.folder, url, wish.checksum]);
  const begun = underway.get(key) ?? downloadOnce(store, url, wish).finally(() => underway.delete(key));
  underway.set(key, begun);
  return begun;
};

/** Builds for several platforms want the same at once. */
const underway = new Map<string, Promise<Download>>();

const downloadOnce = async (store: Store, url: string, wish: DownloadWish): Promise<Download> => {
  const { checksum } = wish;
  const folder = join(store.folder, 'downloads');
  const record = join(folder, `${createHash('sha256').update(url).digest('hex')}.json`);
  const known = knownOf(record, folder);
  const algorithm = checksum?.split(':', 1)[0];
  if (known && checksum && known.checksums[algorithm ?? ''] === checksum) return downloadOf(known, folder);
  const isAnswered = known && (!algorithm || algorithm in known.checksums) && answerBefore([url]) === known.digest;
  const fresh = (isAnswered ? known : await fetched(url, known, { ...wish, algorithm, store, folder })) ?? known;
  if (!fresh) throw new Error(`${masked(url)}: the server says that nothing has changed, but nothing is known of it`);
  if (fresh !== known) writeWhole(record, JSON.stringify(fresh));
  keepAnswer([url], fresh.digest);
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

/** Where a download goes to, and what it has to be. */
interface Target extends DownloadWish {
  readonly store: Store;
  readonly folder: string;
  readonly algorithm: string | undefined;
}

/** Undefined where nothing has changed. */
const fetched = async (url: string, known: Known | undefined, target: Target): Promise<Known | undefined> => {
  const { algorithm, patience = PATIENCE } = target;
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  const knows = known && (!algorithm || algorithm in known.checksums);
  if (knows && known.etag) headers['if-none-match'] = known.etag;
  if (knows && known.modified) headers['if-modified-since'] = known.modified;
  const { username, password, href } = withoutPassword(url);
  if (username !== '') headers.authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const answer = await send(new URL(href), { method: 'GET', headers }, trustIn(href, patience)).catch(
    (error: unknown) => {
      throw new Error(`cannot fetch ${masked(url)}: ${reasonOf(error)}`);
    },
  );
  if (answer.status === 200) return { ...(await stored(answer, url, target)), ...saidOf(answer) };
  answer.drop();
  if (answer.status === 304) return undefined;
  throw new Error(`cannot fetch ${masked(url)}: the server answers ${statusText(answer.status)}`);
};

const statusText = (status: number): string => {
  const words = STATUS_CODES[status];
  const hint = HINTS[status];
  return `${status}${words ? ` (${words})` : ''}${hint ? `; ${hint}` : ''}`;
};

const HINTS: Readonly<Record<number, string>> = {
  401: 'a name and a password go into the address, as in https://NAME:PASSWORD@HOST',
  404: 'is the address right?',
};

/** What is asked for without TLS may lead elsewhere without it too. */
const trustIn = (url: string, patience: number): Trust => ({
  isInsecure: url.startsWith('http:'),
  patience,
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

/** What is badly escaped is taken as it is. */
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const withoutPassword = (text: string) => {
  const url = new URL(text);
  const [username = '', password = ''] = [url.username, url.password].map(decoded);
  url.username = '';
  url.password = '';
  return { username, password, href: url.href };
};

/** As many bytes tell what comes. */
export const HEAD = 1 << 16;

const stored = async (
  { body }: Answer,
  url: string,
  { store, folder, algorithm = 'sha256', refusal }: Target,
): Promise<Pick<Known, 'digest' | 'size' | 'checksums'>> => {
  mkdirSync(folder, { recursive: true });
  const draft = join(store.workFolder(), randomUUID());
  const out = openSync(draft, 'wx');
  const hash = createHash('sha256');
  const other: Hash | undefined = algorithm === 'sha256' ? undefined : createHash(algorithm);
  let size = 0;
  try {
    for await (const chunk of refusal ? watched(body, refusal) : body) {
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
    if (storeTrouble(store.folder, error) !== error) throw error;
    throw new Error(`${masked(url)} came to ${size} bytes, then: ${reasonOf(error)}`);
  } finally {
    closeSync(out);
  }
};

/** The same bytes, as long as they are not refused. Throws ImageError. */
async function* watched(
  body: AsyncIterable<Uint8Array>,
  refusal: NonNullable<DownloadWish['refusal']>,
): AsyncGenerator<Uint8Array> {
  let head: Uint8Array = new Uint8Array(0);
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (head.length < HEAD) head = Buffer.concat([head, chunk]);
    const reason = size < HEAD ? undefined : refusal(size, head);
    if (reason) throw new ImageError(reason);
    yield chunk;
  }
}

const nameIn = (disposition: string | undefined): string | undefined => {
  const name = /filename="?([^";]+)"?/i.exec(disposition ?? '')?.[1];
  return name?.replace(/^.*[\\/]/s, '') || undefined;
};

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
