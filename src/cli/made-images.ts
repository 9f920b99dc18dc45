import { saveAttestations } from '../build/attest/kept.ts';
import type { Built } from '../build/execute.ts';
import { type LastBuild, saveNotes } from '../build/notes.ts';
import type { BuildRequest } from '../build/request.ts';
import type { Store } from '../build/store.ts';
import type { ValidFile } from '../model/validate.ts';
import type { Attestation } from '../oci/attestation.ts';
import type { Image, PlatformImage } from '../oci/image.ts';
import { platformText } from '../oci/platform.ts';
import type { BuildOptions } from './build-options.ts';
import type { Io } from './io.ts';
import { notingSteps } from './step-notes.ts';
import type { Scene, Witness } from './witness.ts';

/** An image that was built, with what is known of its build. */
export interface MadeImage extends PlatformImage, LastBuild {
  readonly attestations: readonly Attestation[];
}

/** A build with all that listens to it. */
export interface WatchedBuild {
  readonly valid: ValidFile;
  readonly request: BuildRequest;
  readonly options: BuildOptions;
  readonly steps: LastBuild['steps'];
  readonly witness: Witness | undefined;
}

export const watchedBuild = async (scene: Scene, io: Io): Promise<WatchedBuild> => {
  const { options, valid } = scene;
  const witness = await witnessTo(scene, io);
  const noted = notingSteps(witness?.watching(scene.request) ?? scene.request, valid);
  return { ...{ valid, options, witness }, request: noted.request, steps: noted.steps };
};

/** Where something is to be attested. */
const witnessTo = async (scene: Scene, io: Io): Promise<Witness | undefined> =>
  scene.options.provenance || scene.options.sbom ? (await import('./witness.ts')).witnessOf(scene, io) : undefined;

/** Keeps images under their names, those for several platforms as one; gives its id. */
export const savedImages = async (
  watched: readonly WatchedBuild[],
  built: readonly Built[],
  names: readonly string[],
  store: Store,
): Promise<{ readonly id: string; readonly made: readonly MadeImage[] }> => {
  const isAlone = watched.length === 1;
  const made: MadeImage[] = [];
  for (const [at, each] of watched.entries()) {
    const own = built[at];
    if (own) made.push(await savedImage(each, own, names, store, isAlone));
  }
  const [only] = made;
  return { id: only && isAlone ? only.id : store.saveIndex(made, names), made };
};

const savedImage = async (
  { options, witness, steps }: WatchedBuild,
  { image: built, notes, lines }: Built,
  names: readonly string[],
  store: Store,
  isAlone: boolean,
): Promise<MadeImage> => {
  const image = withLabels(built, options.labels);
  const attestations = (await witness?.attest({ image, names, lines })) ?? [];
  const id = store.saveImage(image, isAlone ? names : []);
  saveNotes(store, id, notes);
  saveAttestations(store, id, attestations);
  const platform = isAlone && !options.isPlatformAsked ? platformText(image.json) : options.platform;
  return { platform, image, id, steps, attestations };
};

const withLabels = (image: Image, labels: ReadonlyMap<string, string>): Image =>
  labels.size === 0
    ? image
    : {
        ...image,
        json: {
          ...image.json,
          config: { ...image.json.config, Labels: { ...image.json.config?.Labels, ...Object.fromEntries(labels) } },
        },
      };
