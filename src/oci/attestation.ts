import { type Descriptor, type Digest, type Manifest, MEDIA } from './image.ts';
import { type Blob, type ImageBlobs, jsonBlob } from './layout.ts';

/** What is attested of an image: https://github.com/in-toto/attestation/blob/main/spec/v1/predicate.md */
export interface Attestation {
  readonly predicateType: string;
  readonly predicate: unknown;
  /** What a file of it is called, without `.json`; undefined: as its type is. */
  readonly file?: string;
}

const STATEMENT = 'https://in-toto.io/Statement/v1';
const IN_TOTO = 'application/vnd.in-toto+json';
const NOWHERE = { architecture: 'unknown', os: 'unknown' } as const;

/** A manifest of what is attested of an image, for its index; `image` is its manifest, and `subjects` are package URLs. */
export const attestationBlobs = (
  image: Digest,
  attestations: readonly Attestation[],
  subjects: readonly string[],
): ImageBlobs => {
  const statements = attestations.map((each) => statementBlob(image, each, subjects));
  const diff_ids = statements.map(({ digest }) => digest);
  // Readers that know of images alone find one, of no platform.
  const config = jsonBlob({ ...NOWHERE, config: {}, rootfs: { type: 'layers', diff_ids } });
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    config: { mediaType: MEDIA.config, digest: config.digest, size: config.size },
    layers: statements.map(({ digest, size }, at) => ({
      mediaType: IN_TOTO,
      digest,
      size,
      annotations: { 'in-toto.io/predicate-type': attestations[at]?.predicateType ?? '' },
    })),
  };
  const blob = jsonBlob(manifest);
  return { manifest: attestationDescriptor(blob, image), blobs: [blob, config, ...statements] };
};

const attestationDescriptor = ({ digest, size }: Blob, image: Digest): Descriptor => ({
  mediaType: MEDIA.manifest,
  digest,
  size,
  annotations: {
    'vnd.docker.reference.digest': image,
    'vnd.docker.reference.type': 'attestation-manifest',
  },
  platform: NOWHERE,
});

const statementBlob = (image: Digest, attestation: Attestation, subjects: readonly string[]): Blob => {
  const digest = { sha256: image.replace('sha256:', '') };
  const names = subjects.length > 0 ? subjects : ['_'];
  return jsonBlob(
    statementOf(
      attestation,
      names.map((name) => ({ name, digest })),
    ),
  );
};

/** What a statement is about. */
export interface Subject {
  readonly name: string;
  readonly digest: Readonly<Record<string, string>>;
}

export const statementOf = ({ predicateType, predicate }: Attestation, subject: readonly Subject[]): object => ({
  _type: STATEMENT,
  ...{ predicateType, subject, predicate },
});
