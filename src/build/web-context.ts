import { digestOf, hexOf, type Layer } from '../oci/image.ts';
import { readTar } from '../oci/untar.ts';
import { type Archive, openArchive, startsArchive } from './archive.ts';
import { newBlob, readBlob } from './blobs.ts';
import type { Download, DownloadWish } from './download.ts';
import type { FileTree, SourceFile } from './files.ts';
import { searched } from './find.ts';
import { refuseHostile } from './hostile.ts';
import type { Store } from './store.ts';
import { windowed } from './tree.ts';

/** The files of an archive as a layer of the store; it is closed. Throws ImageError where some lead out of it. */
export const archiveLayer = (archive: Archive, store: Store): Layer => {
  const layer = copied(archive, store);
  refuseHostile(store, layer);
  return layer;
};

const copied = (archive: Archive, store: Store): Layer => {
  const blob = newBlob(store);
  try {
    for (let at = 0; ; at += PART) {
      const part = archive.read(at, PART);
      blob.write(part);
      if (part.length < PART) return blob.finish();
    }
  } catch (error) {
    blob.drop();
    throw error;
  } finally {
    archive.close();
  }
};

const PART = 1 << 20;

/** When the newest file of an archive was changed, in seconds since 1970; undefined where it has none. */
export const newestIn = (store: Store, { diffId }: Layer): number | undefined =>
  readBlob(store, diffId, (read) => {
    let newest: number | undefined;
    for (const { type, mtime } of readTar(windowed(read)))
      if (type === 'file') newest = Math.max(newest ?? mtime, mtime);
    return newest;
  });

/** Refuses what is no archive and has more bytes. */
export const longerThan = (most: number): NonNullable<DownloadWish['refusal']> => {
  let isArchive: boolean | undefined;
  return (size, head) => {
    isArchive ??= startsArchive(head);
    return isArchive || size <= most ? undefined : `what comes is no archive, and a file to build has at most ${most}`;
  };
};

/** The files of an archive that was fetched; each is unpacked once for all builds. Undefined for what is no archive. */
export const layerOf = async (fetched: Download, store: Store): Promise<Layer | undefined> => {
  const key = hexOf(digestOf(JSON.stringify(['archive', fetched.digest])));
  const known = store.cached(key)?.layer;
  if (known) return known;
  const archive = await openArchive(fileOf(fetched, ''), store);
  if (!archive) return undefined;
  const layer = archiveLayer(archive, store);
  store.remember(key, { layer, created: '1970-01-01T00:00:00Z' });
  return layer;
};

/** What an address gives is for its owner alone, as in BuildKit. */
export const fileOf = ({ size, digest, lastModified = 0, content }: Download, path: string): SourceFile => ({
  ...{ path, type: 'file', mode: 0o600, uid: 0, gid: 0, size, mtime: lastModified },
  digest: () => digest,
  content,
});

/** A folder of one file. */
export const folderOfOne = (name: string, download: Download): FileTree =>
  searched({
    names: (folder) => (folder === '' ? [name] : []),
    file(path, as) {
      if (path === '') return { path: as, type: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0, mtime: 0 };
      return path === name ? fileOf(download, as) : undefined;
    },
  });
