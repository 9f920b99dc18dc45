/** The parts of https://github.com/package-url/purl-spec that are used here. */
export interface PackageUrl {
  readonly type: string;
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly version?: string | undefined;
  readonly qualifiers?: Readonly<Record<string, string | undefined>>;
}

const encoded = (text: string): string =>
  encodeURIComponent(text)
    .replace(/%3A/g, ':')
    .replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);

/** One text for one package. */
export const packageUrl = ({ type, namespace, name, version, qualifiers = {} }: PackageUrl): string => {
  const path = [...(namespace?.split('/') ?? []), name].filter(Boolean).map(encoded).join('/');
  const query = Object.entries(qualifiers)
    .flatMap(([key, value]) => (value ? [`${key}=${encodeURIComponent(value)}`] : []))
    .toSorted()
    .join('&');
  return `pkg:${type}/${path}${version ? `@${encoded(version)}` : ''}${query ? `?${query}` : ''}`;
};

/** An image under its full name, as BuildKit writes it; of type `oci` where it does not come from a registry. */
export const imageUrl = (fullName: string, platform: string, type: 'docker' | 'oci' = 'docker'): string => {
  const [, path = '', tag, digest] =
    /^(.*?)(?::([^:/@]+))?(?:@(.+))?$/.exec(fullName.replace(/^docker\.io\/(?:library\/)?/, '')) ?? [];
  const slash = path.lastIndexOf('/');
  return packageUrl({
    type,
    namespace: slash < 0 ? undefined : path.slice(0, slash),
    name: path.slice(slash + 1),
    version: tag,
    qualifiers: { digest, platform },
  });
};
