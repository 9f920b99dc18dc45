import { type BlobWriter, newBlob } from '../../src/build/blobs.ts';
import { openStore, type Store } from '../../src/build/store.ts';
import { append, emptyImage, type Image, type Layer } from '../../src/oci/image.ts';
import { paddingOf, TAR_END, type TarEntry, tarHeader } from '../../src/oci/tar.ts';
import { type PlacedEntry, readTar } from '../../src/oci/untar.ts';
import { folderWith } from './cli.ts';

/** An entry with its content, as much of it as matters. */
export interface TestEntry extends Partial<Omit<TarEntry, 'path' | 'size'>> {
  readonly path: string;
  readonly content?: string | Uint8Array;
}

/** Something of everything that a layer may hold; what is `gone` is there to be hidden by another. */
export const ENTRIES_OF_ALL_KINDS: readonly TestEntry[] = [
  { path: 'bin', type: 'directory', mode: 0o755 },
  { path: 'bin/setuid', content: 'x', mode: 0o4755, uid: 12, gid: 34 },
  { path: 'bin/other-name', type: 'hardlink', link: 'bin/setuid' },
  { path: 'gone', content: 'gone' },
  { path: 'häßlich 漢字', content: 'names', mtime: 1_700_000_000 },
  { path: `${'deep/'.repeat(40)}file`, content: 'deep' },
];

export const entryOf = ({ path, content = '', ...rest }: TestEntry): TarEntry => ({
  type: 'file',
  mode: 0o644,
  uid: 0,
  gid: 0,
  mtime: 0,
  ...rest,
  path,
  size: rest.type === undefined || rest.type === 'file' ? Buffer.from(content).length : 0,
});

export const archiveOf = (...entries: readonly TestEntry[]): Buffer =>
  Buffer.concat([
    ...entries.flatMap((each) => {
      const entry = entryOf(each);
      return [tarHeader(entry), Buffer.from(each.content ?? ''), new Uint8Array(paddingOf(entry.size))];
    }),
    TAR_END,
  ]);

export const entriesOf = (archive: Uint8Array): readonly PlacedEntry[] => [
  ...readTar((offset, length) => archive.subarray(offset, offset + length)),
];

export const testStore = (): Store => openStore(folderWith({}));

export const layerIn = (store: Store, archive: Uint8Array): Layer => {
  const blob: BlobWriter = newBlob(store);
  blob.write(archive);
  return blob.finish();
};

/** An image with a layer for each list of entries. */
export const imageIn = (store: Store, ...layers: readonly (readonly TestEntry[])[]): Image => {
  let image = emptyImage({ os: 'linux', architecture: 'amd64' });
  for (const [at, entries] of layers.entries())
    image = append(image, layerIn(store, archiveOf(...entries)), { created_by: `COPY ${at} / # buildkit` });
  return image;
};
