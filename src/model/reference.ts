/** An image reference taken apart, normalised as registries do: `alpine` is `docker.io/library/alpine`. */
export interface ImageReference {
  readonly registry: string;
  /** Without the registry, `library/` put in for official images. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
  /** The repository as written, registry included. */
  readonly name: string;
}

const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const REGISTRY =
  /^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::\d+)?$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const DIGEST_LENGTHS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** The reference of a FROM, or undefined where no registry would take it. */
export const readReference = (text: string): ImageReference | undefined => {
  if (/^[a-f0-9]{64}$/.test(text)) return undefined;
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(':');
  const tagged = colon > named.lastIndexOf('/');
  const tag = tagged ? named.slice(colon + 1) : undefined;
  const name = tagged ? named.slice(0, colon) : named;
  if (digest !== undefined && !isDigest(digest)) return undefined;
  if (tag !== undefined && !TAG.test(tag)) return undefined;
  const { registry, path } = splitRegistry(name);
  if (!REGISTRY.test(registry) || !path.split('/').every((part) => COMPONENT.test(part))) return undefined;
  if (registry.length + path.length > 255) return undefined;
  const repository = registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  return { registry, repository, tag, digest, name };
};

const isDigest = (digest: string): boolean => {
  if (!DIGEST.test(digest)) return false;
  const [algorithm = '', hex = ''] = digest.split(':');
  return DIGEST_LENGTHS[algorithm] === hex.length && !/[A-F]/.test(hex);
};

const splitRegistry = (name: string): { registry: string; path: string } => {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isRegistry = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  if (!isRegistry) return { registry: 'docker.io', path: name };
  return { registry: first === 'index.docker.io' ? 'docker.io' : first, path: name.slice(slash + 1) };
};
