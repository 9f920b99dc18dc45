import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type PlacedEntry, type ReadAt, readTar } from '../oci/untar.ts';
import { writeAll } from '../oci/write-all.ts';
import { writeParts } from './blobs.ts';
import type { Dress } from './copy.ts';
import { compressionOf, decompressed, type Packing } from './decompress.ts';
import type { SourceFile } from './files.ts';
import { isReserved, type LayerDraft } from './layer-draft.ts';
import type { Store } from './store.ts';
import { clean, folderOf, joined, nameOf } from './tree.ts';
import { CAPABILITY } from './xattr.ts';

/** An archive that ADD unpacks; it is read until it is closed. */
export interface Archive {
  readonly read: ReadAt;
  close(): void;
}

/** Enough for the first header with all that may stand before it. */
const HEAD = 1 << 16;

/** The file as an archive, whatever its name; undefined where it is none. */
export const openArchive = async (file: SourceFile, store: Store): Promise<Archive | undefined> => {
  if (file.type !== 'file' || !file.content) return undefined;
  const head = headOf(file.content);
  const kind = compressionOf(head);
  if (!kind && !isTar(head)) return undefined;
  const plain = newSpool(store);
  try {
    file.content((chunk) => writeAll(plain.descriptor, chunk));
    if (!kind) return archiveIn(plain);
    const unpacked = await unpackedFile(plain.path, kind, store);
    plain.close();
    return unpacked;
  } catch (error) {
    plain.close();
    throw error;
  }
};

/** A file of this process, which is written first and read then; it is gone when it is closed. */
interface Spool {
  readonly path: string;
  readonly descriptor: number;
  readonly close: () => void;
}

const newSpool = (store: Store): Spool => {
  const path = join(store.workFolder(), randomUUID());
  const descriptor = openSync(path, 'wx+');
  const close = () => {
    closeSync(descriptor);
    rmSync(path, { force: true });
  };
  return { path, descriptor, close };
};

const archiveIn = ({ descriptor, close }: Spool): Archive => ({ read: readerOf(descriptor), close });

/** Undefined where something else is compressed. */
const unpackedFile = async (file: string, kind: Packing, store: Store): Promise<Archive | undefined> => {
  const spool = newSpool(store);
  const head: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of decompressed(file, kind)) {
      if (size < HEAD) head.push(chunk);
      if (size < HEAD && size + chunk.length >= HEAD && !isTar(Buffer.concat(head))) {
        spool.close();
        return undefined;
      }
      size += chunk.length;
      writeAll(spool.descriptor, chunk);
    }
  } catch (error) {
    spool.close();
    if (size < HEAD && !isTar(Buffer.concat(head)) && !String(error).includes('not installed')) return undefined;
    throw error;
  }
  if (size >= HEAD || isTar(Buffer.concat(head))) return archiveIn(spool);
  spool.close();
  return undefined;
};

const ENOUGH = new Error('enough is read');

const headOf = (content: NonNullable<SourceFile['content']>): Uint8Array => {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    content((chunk) => {
      parts.push(Buffer.from(chunk));
      size += chunk.length;
      if (size >= HEAD) throw ENOUGH;
    });
  } catch (error) {
    if (error !== ENOUGH) throw error;
  }
  return Buffer.concat(parts);
};

/** Whether bytes at the start of a file are those of an archive, or of something compressed that may be one. */
export const startsArchive = (head: Uint8Array): boolean => compressionOf(head) !== undefined || isTar(head);

const isTar = (head: Uint8Array): boolean => {
  try {
    return !readTar((offset, length) => head.subarray(offset, offset + length)).next().done;
  } catch {
    return false;
  }
};

const readerOf =
  (descriptor: number): ReadAt =>
  (offset, length) => {
    const bytes = Buffer.allocUnsafe(length);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, length, offset));
  };

/** Unpacks into a folder, as root would by `tar -x`; owners may be set, modes are the archive's. A text says why not. */
export const unpackInto = (
  draft: LayerDraft,
  { read }: Archive,
  destination: string,
  dress: Dress,
): string | undefined => {
  const folder = draft.resolve(destination);
  const problem = draft.makeFolders(folder, dress.owner);
  if (problem) return problem;
  const number = draft.newSource();
  for (const entry of readTar(read)) {
    const inside = clean(entry.path);
    if (inside === '') continue;
    const parent = draft.resolve(joined(folder, folderOf(inside)));
    const blocked =
      draft.makeFolders(parent, undefined) ?? (isReserved(inside) ? `the archive has ${inside}` : undefined);
    if (blocked) return blocked;
    const path = joined(parent, nameOf(inside));
    const file =
      entry.type === 'hardlink'
        ? linkedFile(draft, folder, entry)
        : dressedFile(entry, `${number} ${entry.at}`, read, dress);
    if (!file) return `the archive has a link ${inside} to ${entry.link ?? ''}, which is not there`;
    draft.put({ ...file, path });
  }
  return undefined;
};

/** The file that a link names, where it is there. */
const linkedFile = (draft: LayerDraft, folder: string, { link = '' }: PlacedEntry): SourceFile | undefined => {
  const target = clean(link);
  return draft.touch(joined(draft.resolve(joined(folder, folderOf(target))), nameOf(target)));
};

const dressedFile = (placed: PlacedEntry, inode: string, read: ReadAt, { owner, mtime }: Dress): SourceFile => {
  const { at, xattrs, ...entry } = placed;
  const capability = xattrs?.get(CAPABILITY);
  const { uid, gid } = owner ?? entry;
  return {
    ...entry,
    ...{ uid, gid, mtime: mtime ?? entry.mtime },
    ...(capability ? { xattrs: new Map([[CAPABILITY, capability]]) } : {}),
    ...(entry.type === 'file' ? { inode, content: (write) => writeParts(read, at, entry.size, write) } : {}),
  };
};
