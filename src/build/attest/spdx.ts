import { licenseFlaw } from '../../model/licenses.ts';
import { type Digest, digestOf, hexOf } from '../../oci/image.ts';
import { packageUrl } from '../../oci/package-url.ts';
import type { Found, Package } from './packages.ts';

/** https://spdx.dev/Document is the type of what this makes. */
export const SPDX = 'https://spdx.dev/Document';

/** What a document is about, and who makes it. */
export interface SpdxSubject {
  /** For people. */
  readonly name: string;
  readonly id: Digest;
  /** Package URLs of its names. */
  readonly urls: readonly string[];
  /** Of the image, as ISO 8601 has it. */
  readonly created: string;
  /** Such as `iechorlint-1.0.0`. */
  readonly tool: string;
}

const UNKNOWN = 'NOASSERTION';
const ROOT = 'SPDXRef-DocumentRoot-Image';

/** An SPDX 2.3 document of an image: https://spdx.github.io/spdx-spec/v2.3/. The same packages give the same document. */
export const spdxOf = (subject: SpdxSubject, { packages, gaps, distribution }: Found): object => {
  const listed = listedOf(packages, distribution);
  const relationships = [
    relation('SPDXRef-DOCUMENT', 'DESCRIBES', ROOT),
    ...listed.map(({ SPDXID }) => relation(ROOT, 'CONTAINS', SPDXID)),
  ];
  const all = [rootOf(subject), ...listed];
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: subject.name,
    documentNamespace: `urn:uuid:${uuidOf(JSON.stringify([subject, all, gaps]))}`,
    creationInfo: {
      created: subject.created.replace(/\.\d+Z$/, 'Z'),
      creators: [`Tool: ${subject.tool}`],
      ...(gaps.length > 0 ? { comment: gaps.join('; ') } : {}),
    },
    packages: all,
    relationships,
  };
};

const relation = (spdxElementId: string, relationshipType: string, relatedSpdxElement: string) => ({
  spdxElementId,
  relationshipType,
  relatedSpdxElement,
});

/** Of our own making, from a digest: https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-8 */
const uuidOf = (text: string): string => {
  const hex = hexOf(digestOf(text));
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
};

const USUAL = { downloadLocation: UNKNOWN, filesAnalyzed: false, licenseConcluded: UNKNOWN, copyrightText: UNKNOWN };

const rootOf = ({ name, id, urls }: SpdxSubject) => ({
  SPDXID: ROOT,
  name,
  versionInfo: id,
  supplier: UNKNOWN,
  ...USUAL,
  licenseDeclared: UNKNOWN,
  primaryPackagePurpose: 'CONTAINER',
  ...(urls.length > 0 ? { externalRefs: urls.map(urlRef) } : {}),
});

const urlRef = (url: string) => ({
  referenceCategory: 'PACKAGE-MANAGER',
  referenceType: 'purl',
  referenceLocator: url,
});

/** One for each package URL; one that is there several times names all files that tell of it. */
const listedOf = (packages: readonly Package[], distribution: string | undefined) => {
  const byUrl = new Map<string, { readonly first: Package; readonly sources: Set<string> }>();
  for (const each of packages) {
    const url = urlOf(each, distribution);
    const known = byUrl.get(url) ?? { first: each, sources: new Set() };
    known.sources.add(`/${each.source}`);
    byUrl.set(url, known);
  }
  const sorted = [...byUrl].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([url, { first, sources }]) => ({
    SPDXID: `SPDXRef-Package-${first.type}-${first.name.replace(/[^a-zA-Z0-9.-]+/g, '-')}-${hexOf(digestOf(url)).slice(0, 12)}`,
    name: first.namespace && ['npm', 'composer'].includes(first.type) ? `${first.namespace}/${first.name}` : first.name,
    versionInfo: first.epoch ? `${first.epoch}:${first.version}` : first.version,
    supplier: supplierOf(first),
    ...USUAL,
    ...licenseOf(first),
    sourceInfo: `told of by ${[...sources].toSorted().join(', ')}`,
    externalRefs: [urlRef(url)],
  }));
};

const urlOf = (found: Package, distribution: string | undefined): string => {
  const { type, namespace, name, version, architecture, epoch, upstream } = found;
  const isSystem = type === 'deb' || type === 'apk' || type === 'rpm';
  const qualifiers = isSystem ? { arch: architecture, distro: distribution, epoch, upstream } : {};
  return packageUrl({ type, namespace, name, version, qualifiers });
};

/** What is longer is no name of a person or a licence. */
const LONGEST = 300;

/** `NAME <ADDRESS>` becomes `Person: NAME (ADDRESS)`; a vendor's address is that of a site, and left out. */
const supplierOf = ({ maintainer, vendor }: Package): string => {
  const organization = vendor?.slice(0, LONGEST).replace(/<.*/s, '').trim();
  if (organization) return `Organization: ${organization}`;
  const [name = '', address = ''] = (maintainer ?? '').slice(0, LONGEST).split('<', 2);
  if (name.trim() === '') return UNKNOWN;
  return `Person: ${name.trim()}${address ? ` (${address.replace(/>.*$/, '')})` : ''}`;
};

/** What is no expression of SPDX is told in words. */
const licenseOf = ({ license }: Package) => {
  if (license === undefined) return { licenseDeclared: UNKNOWN };
  const said = license.slice(0, LONGEST);
  if (licenseFlaw(said) === undefined) return { licenseDeclared: said };
  return { licenseDeclared: UNKNOWN, licenseComments: `the package says: ${said}` };
};
