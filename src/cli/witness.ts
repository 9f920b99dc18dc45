import { relative, resolve } from 'node:path';
import type { Instruction } from '../ast/nodes.ts';
import { packagesIn } from '../build/attest/packages.ts';
import { type BuildAccount, type Material, provenanceOf } from '../build/attest/provenance.ts';
import { SPDX, spdxOf } from '../build/attest/spdx.ts';
import type { Built } from '../build/execute.ts';
import { masked } from '../build/masked-url.ts';
import { pulledDigest } from '../build/origins.ts';
import type { BuildRequest } from '../build/request.ts';
import type { Store } from '../build/store.ts';
import { treeOf } from '../build/tree.ts';
import { isWebAddress } from '../build/web-address.ts';
import { withoutCredentials } from '../model/credentials.ts';
import { modelOf } from '../model/index.ts';
import { parentOf, reachedFrom, type StageInfo, targetOf } from '../model/stages.ts';
import type { ValidFile } from '../model/validate.ts';
import type { Attestation } from '../oci/attestation.ts';
import { digestOf, type Image, imageIdOf } from '../oci/image.ts';
import { imageUrl } from '../oci/package-url.ts';
import { HOST_PLATFORM } from '../oci/platform.ts';
import { isSecretName, maskText, secretsOf } from '../report/mask-secrets.ts';
import type { Document } from '../source/document.ts';
import type { NamedContexts } from './build-contexts.ts';
import type { BuildInput } from './build-input.ts';
import type { BuildOptions } from './build-options.ts';
import { fullName, shortName } from './image-names.ts';
import type { Io } from './io.ts';
import { say } from './say.ts';
import { version } from './version.ts';

/** Who sees how an image is made, and attests it. */
export interface Witness {
  /** The request with ears. */
  readonly watching: (request: BuildRequest) => BuildRequest;
  readonly attest: (made: Made) => Promise<readonly Attestation[]>;
}

/** What came of a build. */
interface Made extends Pick<Built, 'image' | 'lines'> {
  readonly names: readonly string[];
}

/** What is built. */
export interface Scene extends Pick<BuildInput, 'document'> {
  readonly input: BuildInput;
  readonly contexts: NamedContexts;
  readonly options: BuildOptions;
  readonly valid: ValidFile;
  readonly request: BuildRequest;
}

export const witnessOf = (scene: Scene, io: Io): Witness => {
  const { options, request, contexts } = scene;
  const { origin, source } = scene.input;
  const materials = [origin, source].filter((each) => typeof each === 'object');
  return {
    watching: (watched) => ({
      ...watched,
      source: (material) => materials.push(material),
      async contextNamed(name) {
        const tree = await watched.contextNamed?.(name);
        if (tree) materials.push(...foreign(contexts.origin(name, options.platform)));
        return tree;
      },
      async imageNamed(text, platform = options.platform) {
        const image = await watched.imageNamed(text, platform);
        const from = contexts.origin(text, platform) ?? (contexts.has(text, platform) ? undefined : text);
        if (typeof from !== 'string') materials.push(...foreign(from));
        else if (from !== 'scratch') materials.push(imageMaterial(request.store, from, image, platform));
        return image;
      },
    }),
    attest: async (made) => [
      ...(options.sbom ? await sbomsOf(scene, options.sbom, made, io) : []),
      ...(options.provenance ? [provenanceAt(scene, options.provenance, made, materials, io)] : []),
    ],
  };
};

const foreign = (origin: Material | string | undefined): readonly Material[] =>
  typeof origin === 'object' ? [origin] : [];

/** The digest of a base image is known where it was pulled; else its id tells which it was. */
const imageMaterial = (store: Store, text: string, image: Image, platform: string): Material => {
  const name = fullName(text);
  const uri = imageUrl(name, platform);
  const id = imageIdOf(image);
  const digest = pulledDigest(store, name, id);
  return digest ? { uri, digest: { sha256: digest.replace('sha256:', '') } } : { uri, annotations: { imageId: id } };
};

const sbomsOf = async (
  scene: Scene,
  { scanner }: NonNullable<BuildOptions['sbom']>,
  made: Made,
  io: Io,
): Promise<readonly Attestation[]> =>
  scanner
    ? (await import('./sbom-scan.ts')).scanned(scene, scanner, made.image)
    : [sbomOf(made, scene.request.store, scene.options, io)];

const sbomOf = ({ image, names }: Made, store: Store, options: BuildOptions, io: Io): Attestation => {
  const found = packagesIn(treeOf(store, image.layers));
  for (const gap of found.gaps) say(io, `the SBOM has a gap: ${gap}`);
  const id = imageIdOf(image);
  const [name = id] = names.map(shortName);
  const urls = names.map((each) => imageUrl(each, options.platform));
  const { created = '1970-01-01T00:00:00Z' } = image.json;
  return { predicateType: SPDX, predicate: spdxOf({ name, id, urls, created, tool: `iechorlint-${version}` }, found) };
};

const provenanceAt = (
  { options, document, valid, request, input }: Scene,
  { mode, builder }: NonNullable<BuildOptions['provenance']>,
  made: Made,
  materials: readonly Material[],
  io: Io,
): Attestation => {
  const { inputs, secrets, ssh = new Map<string, string>() } = request;
  const { buildArgs = new Map<string, string>() } = inputs;
  const model = modelOf(valid.file, inputs);
  const target = targetOf(model.stages, inputs.target);
  const text = maskText(document.text, secretsOf(document.text));
  return provenanceOf({
    mode,
    builder: { id: builder ?? 'urn:iechorlint:builder', version, platform: HOST_PLATFORM },
    file: { ...fileMaterial(input), path: pathOf(document, options, io) },
    args: {
      platform: options.platform,
      ...(options.target === undefined ? {} : { target: options.target }),
      ...Object.fromEntries(Array.from(buildArgs, ([name, value]) => [`build-arg:${name}`, shown(name, value)])),
      ...Object.fromEntries(Array.from(options.labels, ([name, value]) => [`label:${name}`, shown(name, value)])),
    },
    ...{ secrets: [...secrets.keys()], ssh: [...ssh.keys()], locals: localsOf(input), materials },
    stages: target ? [...reachedFrom(target)].toSorted((a, b) => a.index - b.index) : [],
    instructionOf: ({ start, end }) => text.slice(start, end),
    layerOf: layersOf(made, target),
    hide: hider(document, buildArgs, options.labels, secrets),
  });
};

/** Triggers of a base image may seem to stand in lines of the file: what the file says comes after them. */
const layersOf = ({ image, lines }: Made, target: StageInfo | undefined): BuildAccount['layerOf'] => {
  const byLine = new Map(image.layers.map(({ diffId }, index) => [lines[index], diffId]));
  const chain = new Set<StageInfo>();
  for (let stage = target; stage; stage = parentOf(stage)) chain.add(stage);
  return ({ kind, lines: { first } }, stage) =>
    chain.has(stage) && LAYERED.includes(kind) ? byLine.get(first) : undefined;
};

const LAYERED: readonly Instruction['kind'][] = ['Add', 'Copy', 'Run', 'Workdir'];

const STARS = '***';
const shown = (name: string, value: string): string => (isSecretName(name) ? STARS : value);

/** Where the file to build is from; of one that is from here its digest is told. */
const fileMaterial = ({ document, source, origin }: BuildInput): Partial<Material> => {
  const from = source ?? origin ?? 'here';
  return from === 'here' ? fileDigest(document) : from;
};

/** What is from this machine. */
const localsOf = ({ source, origin }: BuildInput): readonly string[] => [
  ...(origin ? [] : ['context']),
  ...((source ?? origin ?? 'here') === 'here' ? ['dockerfile'] : []),
];

const fileDigest = ({ bom, text, defect }: Document): Partial<Material> =>
  defect ? {} : { digest: { sha256: digestOf(bom ? `\uFEFF${text}` : text).replace('sha256:', '') } };

/** The same wherever the context is. */
const pathOf = ({ path }: Document, { context }: BuildOptions, { cwd }: Io): string => {
  if (isWebAddress(path)) return path.replace(/[?#].*/s, '').replace(/^.*\//, '');
  const inside = relative(resolve(cwd, context), resolve(cwd, path));
  return inside.startsWith('..') || inside === '' || path.includes(' ') ? path.replace(/^.*\//, '') : inside;
};

/** Shorter ones would hide words that have nothing to do with them. */
const LEAST_LENGTH = 6;

type Pairs = ReadonlyMap<string, string>;

/** Stars out the values of secrets, wherever they stand, and what addresses have of them. */
const hider = (document: Document, buildArgs: Pairs, labels: Pairs, secrets: BuildRequest['secrets']) => {
  const named = [...buildArgs, ...labels].flatMap(([name, value]) => (isSecretName(name) ? [value] : []));
  const written = secretsOf(document.text).map(({ value }) => value);
  const given = Array.from(secrets.values(), (bytes) => Buffer.from(bytes).toString('utf8'));
  const lines = [...named, ...written, ...given].flatMap((text) => [text.trim(), ...text.split(/\r?\n/)]);
  const values = [...new Set(lines)].filter(({ length }) => length >= LEAST_LENGTH);
  values.sort((a, b) => b.length - a.length);
  return (text: string): string => {
    let hidden = text;
    for (const value of values) hidden = hidden.replaceAll(value, STARS);
    hidden = withoutCredentials(hidden, STARS);
    return hidden.includes('//') ? withoutKeys(hidden) : hidden;
  };
};

/** Passwords in addresses, and signatures behind them. */
const withoutKeys = (text: string): string =>
  masked(text).replace(/([?&])([\w.-]+)=([^&#\s]*)/g, (whole, mark: string, name: string) =>
    isSecretName(name) || /sig(?:nature)?$/i.test(name) ? `${mark}${name}=${STARS}` : whole,
  );
