import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Store } from '../build/store.ts';
import { type TreeEntry, treeOf } from '../build/tree.ts';
import type { Image, Layer } from '../oci/image.ts';

/** A build of `test/build/NAME`, and what comes of it. */
export interface BuildCase {
  readonly about: string;
  /** Besides those that every case is built with. */
  readonly options?: readonly string[];
  /** Shell commands in the copy of the context, for what a repository of files does not keep. */
  readonly prepare?: string;
  /** An iEchorfile that is built first, as `base.test/NAME:1`. */
  readonly base?: string;
  /** Whether there is `base.test/busybox:1`, whose own files are not among `files`. */
  readonly busybox?: boolean;
  /** Programs without which it is left out. */
  readonly needs?: readonly string[];
  /** The path below the case whose bytes are standard input, the context then being `-`. */
  readonly stdin?: string;
  /** Why a BuildKit of 20.10 makes something else of it. */
  readonly differs?: string;
  /** Why a BuildKit of 20.10 is not asked. */
  readonly apart?: string;
  /** What is said where it cannot be built. */
  readonly fails?: string;
  /** Each file of the image, as `entriesOf` tells it. */
  readonly files?: Readonly<Record<string, string>>;
  readonly config?: Readonly<Record<string, unknown>>;
  /** What each entry of the history says that made it, those of busybox left out. */
  readonly history?: readonly string[];
}

export const CASES = 'test/build';

export const caseNames = (): readonly string[] => readdirSync(CASES).toSorted();

export const readCase = (name: string): BuildCase => JSON.parse(readFileSync(join(CASES, name, 'expect.json'), 'utf8'));

/** A copy of the case's files with the modes that a checkout should have, prepared. */
export const prepareCase = (name: string, expected: BuildCase, folder: string): void => {
  const context = join(folder, 'context');
  mkdirSync(context, { recursive: true });
  const source = join(CASES, name, 'context');
  if (existsSync(source)) cpSync(source, context, { recursive: true, verbatimSymlinks: true });
  cpSync(join(CASES, name, 'iEchorfile'), join(folder, 'iEchorfile'));
  plainModes(context);
  if (expected.base !== undefined) writeFileSync(join(folder, 'base'), expected.base);
  const { prepare } = expected;
  if (prepare) execFileSync('sh', ['-euc', `umask 022; ${prepare}`], { cwd: context, stdio: 'pipe' });
};

/** An image that is built before the case. */
export interface CaseBase {
  readonly tag: string;
  readonly file: string;
  readonly context: string;
}

export const BUSYBOX_TAG = 'base.test/busybox:1';

/** What is built before a case that was prepared in a folder; that of busybox is written by `writeBusybox`. */
export const basesOf = (name: string, { base, busybox }: BuildCase, folder: string): readonly CaseBase[] => [
  ...(busybox ? [{ tag: BUSYBOX_TAG, file: join(folder, 'busybox.file'), context: join(folder, 'busybox') }] : []),
  ...(base === undefined
    ? []
    : [{ tag: `base.test/${name}:1`, file: join(folder, 'base'), context: join(folder, 'context') }]),
];

const plainModes = (path: string): void => {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return;
  chmodSync(path, stat.isDirectory() || stat.mode & 0o100 ? 0o755 : 0o644);
  if (stat.isDirectory()) for (const name of readdirSync(path)) plainModes(join(path, name));
};

/** The files of a case's image, those left out that busybox has too. */
export const caseEntries = (
  store: Store,
  { busybox }: BuildCase,
  { layers }: Image,
): Readonly<Record<string, string>> => {
  const all = entriesOf(store, layers);
  const base = busybox ? store.image(BUSYBOX_TAG) : undefined;
  if (!base) return all;
  const below = entriesOf(store, base.layers);
  const gone = Object.keys(below).filter((path) => all[path] === undefined);
  const changed = Object.entries(all).filter(([path, told]) => below[path] !== told);
  return Object.fromEntries([...changed, ...gone.map((path) => [path, 'gone'])]);
};

/** What made the entries of a case's history. */
export const caseHistory = ({ busybox }: BuildCase, { json: { history = [] } }: Image): readonly string[] =>
  history
    .slice(busybox ? 1 : 0)
    .map(({ created_by = '', empty_layer }) => `${created_by}${empty_layer ? ' (no layer)' : ''}`);

/** The files of an image, one line each: kind, mode, owner, and the content or where a link leads. */
export const entriesOf = (store: Store, layers: readonly Layer[]): Readonly<Record<string, string>> => {
  const tree = treeOf(store, layers);
  const entries: Record<string, string> = {};
  const places = new Map<string, string>();
  const visit = (folder: string): void => {
    for (const name of tree.list(folder)) {
      const path = `${folder}/${name}`.replace(/^\//, '');
      const entry = tree.entry(path);
      entries[path] = entry ? told(entry, tree.read, places) : 'no entry';
      visit(path);
    }
  };
  visit('');
  return entries;
};

const told = (entry: TreeEntry, read: (entry: TreeEntry) => Buffer, places: Map<string, string>): string => {
  const { type, mode, uid, gid, link, device, path } = entry;
  const start = `${type} ${mode.toString(8).padStart(4, '0')} ${uid}:${gid}`;
  if (type === 'symlink') return `${type} -> ${link}`;
  if (device) return `${start} ${device.major},${device.minor}`;
  if (type !== 'file') return start;
  const place = `${entry.layer}@${entry.at}`;
  const twin = places.get(place);
  if (twin !== undefined) return `${start} same as ${twin}`;
  places.set(place, path);
  return `${start} ${JSON.stringify(read(entry).toString())}`;
};
