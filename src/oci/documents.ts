import { ImageError } from './error.ts';
import type { ContainerJson, Descriptor, HistoryJson, ImageJson, Index, Manifest } from './image.ts';

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isText = (value: unknown): value is string => typeof value === 'string';
const isAbsent = (value: unknown): boolean => value === undefined || value === null;
const isList = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isDigest = (value: unknown): boolean => isText(value) && /^sha256:[0-9a-f]{64}$/.test(value);
const isTexts = (value: unknown): boolean => isObject(value) && Object.values(value).every(isText);

const isPlatformJson = (value: unknown): boolean =>
  isObject(value) &&
  isText(value.os) &&
  isText(value.architecture) &&
  (isAbsent(value.variant) || isText(value.variant)) &&
  (isAbsent(value['os.version']) || isText(value['os.version'])) &&
  (isAbsent(value['os.features']) || isList(value['os.features']));

const isDescriptor = (value: unknown): value is Descriptor =>
  isObject(value) &&
  isText(value.mediaType) &&
  isDigest(value.digest) &&
  Number.isSafeInteger(value.size) &&
  Number(value.size) >= 0 &&
  (isAbsent(value.platform) || isPlatformJson(value.platform)) &&
  (isAbsent(value.annotations) || isTexts(value.annotations));

const isIndex = (value: unknown): value is Index =>
  isObject(value) && Array.isArray(value.manifests) && value.manifests.every(isDescriptor);

const isManifest = (value: unknown): value is Manifest =>
  isObject(value) && isDescriptor(value.config) && Array.isArray(value.layers) && value.layers.every(isDescriptor);

/** What bytes say as JSON; undefined where they are none. */
export const jsonIn = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
};

/** A field of what may be an object. */
export const fieldOf = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined);

/** What may be a list. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A manifest or an index, as far as it can be told from its fields. Throws ImageError. */
export const manifestIn = (bytes: Uint8Array, name: string): Manifest | Index => {
  const found = jsonIn(bytes);
  if (isIndex(found) || isManifest(found)) return found;
  if (isObject(found) && found.schemaVersion === 1)
    throw new ImageError(`${name} is an image of Docker's first format, which nobody writes since 2016; push it again`);
  throw new ImageError(`${name} is no image: ${flawOf(found)}`);
};

const flawOf = (found: unknown): string => {
  const { config, layers, manifests }: Fields = isObject(found) ? found : {};
  const lists: readonly unknown[] = [
    ...(config === undefined ? [] : [config]),
    ...listOf(layers),
    ...listOf(manifests),
  ];
  const flawed = lists.find((each) => !isDescriptor(each));
  return flawed === undefined
    ? 'its manifest does not say what it is made of'
    : `it names a blob without a type, a sha256 digest or a size: ${JSON.stringify(flawed).slice(0, 160)}`;
};

const LISTS = ['Env', 'Entrypoint', 'Cmd', 'OnBuild', 'Shell'];
const SETS = ['ExposedPorts', 'Volumes', 'Labels', 'Healthcheck'];
const TEXTS = ['User', 'WorkingDir', 'StopSignal'];

const isContainer = (value: unknown): value is ContainerJson =>
  isObject(value) &&
  LISTS.every((field) => isAbsent(value[field]) || isList(value[field])) &&
  SETS.every((field) => isAbsent(value[field]) || isObject(value[field])) &&
  TEXTS.every((field) => isAbsent(value[field]) || isText(value[field]));

const isHistory = (value: unknown): value is readonly HistoryJson[] => Array.isArray(value) && value.every(isObject);

const isImageJson = (value: unknown): value is ImageJson =>
  isObject(value) &&
  isPlatformJson(value) &&
  isObject(value.rootfs) &&
  Array.isArray(value.rootfs.diff_ids) &&
  value.rootfs.diff_ids.every(isDigest) &&
  (isAbsent(value.config) || isContainer(value.config)) &&
  (isAbsent(value.history) || isHistory(value.history));

/** A configuration of an image. Throws ImageError. */
export const imageJsonIn = (text: string): ImageJson => {
  const found = jsonIn(Buffer.from(text));
  if (isImageJson(found)) return found;
  throw new ImageError(
    'the configuration of the image is none: os, architecture, layers or fields of it are not as they have to be',
  );
};

/** An image in what `docker save` writes. */
export interface DockerEntry {
  readonly Config: string;
  readonly RepoTags: readonly string[] | null;
  readonly Layers: readonly string[];
}

const isDockerEntry = (value: unknown): value is DockerEntry =>
  isObject(value) &&
  isText(value.Config) &&
  isList(value.Layers) &&
  (isAbsent(value.RepoTags) || isList(value.RepoTags));

/** The images that the `manifest.json` of `docker save` lists. Throws ImageError. */
export const dockerEntriesIn = (bytes: Uint8Array, place: string): readonly DockerEntry[] => {
  const found = jsonIn(bytes);
  if (Array.isArray(found) && found.every(isDockerEntry)) return found;
  throw new ImageError(`manifest.json in ${place} is not what \`docker save\` writes`);
};
