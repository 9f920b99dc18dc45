import { type Attestation, type Subject, statementOf } from '../../oci/attestation.ts';
import type { Image, PlatformImage } from '../../oci/image.ts';
import { writeLayer } from '../copy.ts';
import type { SourceFile } from '../files.ts';
import { rootEntries } from '../rootfs.ts';
import type { Store } from '../store.ts';
import { treeOf } from '../tree.ts';
import { attestationsOf } from './kept.ts';
import { SPDX } from './spdx.ts';

/**
 * The image with what is attested of it as files at its root, about all of its files, as BuildKit hands files out. `mark` is
 * in their names, where files of others are beside them.
 */
export const withAttestationFiles = (store: Store, of: PlatformImage, mark = ''): Image => {
  const { image } = of;
  const attestations = attestationsOf(store, of);
  if (attestations.length === 0) return image;
  const subject = subjectsOf(store, image);
  const time = Math.floor(Date.parse(image.json.created ?? '') / 1000) || 0;
  const files = attestations.map((each) => fileOf(each, subject, time, mark));
  const layer = writeLayer(
    store,
    files.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  );
  return { ...image, layers: [...image.layers, layer] };
};

const fileOf = (attestation: Attestation, subject: readonly Subject[], mtime: number, mark: string): SourceFile => {
  const bytes = Buffer.from(`${JSON.stringify(statementOf(attestation, subject), null, 2)}\n`);
  const name = attestation.file ?? (attestation.predicateType === SPDX ? 'sbom.spdx' : 'provenance');
  const path = `${name}${mark && `.${mark}`}.json`;
  const content: SourceFile['content'] = (write) => write(bytes);
  return { path, type: 'file', mode: 0o600, uid: 0, gid: 0, size: bytes.length, mtime, content };
};

const subjectsOf = (store: Store, image: Image): readonly Subject[] => {
  const tree = treeOf(store, image.layers);
  const digests = new Map<string, string>();
  return Array.from(rootEntries(store, image)).flatMap(({ path, type, link = path }) => {
    if (type !== 'file' && type !== 'hardlink') return [];
    const entry = tree.entry(path);
    const known = digests.get(link) ?? (entry ? tree.digest(entry) : '');
    digests.set(link, known);
    return [{ name: path, digest: { sha256: known } }];
  });
};
