import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Parts } from '../../src/build/attest/rpm/database.ts';

/** What a package of the specification is, and what its header has to tell. */
export interface SpecPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly epoch?: number;
}

const WORDS = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 'theta', 'iota', 'kappa', 'lambda', 'mu'];

export const SPEC_PACKAGES: readonly SpecPackage[] = WORDS.map((name, index) => ({
  name,
  version: `1.${index}~rc1`,
  license: index % 2 === 0 ? 'MIT' : 'GPLv2+',
  ...(index % 3 === 1 ? { epoch: index } : {}),
}));

/** How many lines the description of a package has: headers of one page, and of several. */
const lengthOf = (index: number): number => (index % 4 === 0 ? 300 : 4);

const partOf = ({ name, version, license, epoch }: SpecPackage, index: number): string => `
${index === 0 ? `Name: ${name}` : `%package -n ${name}`}
Version: ${version}
${index === 0 ? 'Release: 3.el9' : ''}
${epoch === undefined ? '' : `Epoch: ${epoch}`}
Summary: The package ${name}
License: ${license}
${index === 0 ? 'Vendor: Example Project <https://example.org/>\nBuildArch: noarch' : ''}
${index === 0 ? '%description' : `%description -n ${name}`}
${Array.from({ length: lengthOf(index) }, (_, line) => `This is line ${line} of ${name}.`).join('\n')}
${index === 0 ? '%files' : `%files -n ${name}`}
`;

/** A specification of rpm with all of them, which `rpmbuild` makes a file of each from. */
export const SPEC = SPEC_PACKAGES.map(partOf).join('');

/** What rpm 4.18 and Berkeley DB 5.3 made of it; `rpm-programs.slow.test.ts` makes them anew. */
export const fixture = (name: 'rpmdb.sqlite' | 'Packages'): Buffer =>
  gunzipSync(readFileSync(new URL(`../rpm/${name}.gz`, import.meta.url)));

/** A file in memory, and how much of it was read. */
export const partsOf = (bytes: Uint8Array): Parts & { readonly taken: () => number } => {
  let taken = 0;
  const part = (offset: number, length: number) => {
    if (offset + length > bytes.length) return undefined;
    taken += length;
    return Buffer.from(bytes.subarray(offset, offset + length));
  };
  return { size: bytes.length, part, taken: () => taken };
};

const TAGS = { name: 1000, version: 1001, release: 1002, vendor: 1011, license: 1014, arch: 1022, sourcerpm: 1044 };

/** A header of rpm with nothing else. */
export const headerWith = (fields: Partial<Record<keyof typeof TAGS, string>>): Buffer => {
  const values = new Map(Object.entries(fields));
  const entries = Object.entries(TAGS).flatMap(([key, tag]) =>
    values.has(key) ? [{ tag, value: `${values.get(key)}\0` }] : [],
  );
  const head = Buffer.alloc(8 + 16 * entries.length);
  let offset = 0;
  for (const [index, { tag, value }] of entries.entries()) {
    for (const [at, number] of [tag, 6, offset, 1].entries()) head.writeUInt32BE(number, 8 + 16 * index + 4 * at);
    offset += Buffer.byteLength(value);
  }
  head.writeUInt32BE(entries.length, 0);
  head.writeUInt32BE(offset, 4);
  return Buffer.concat([head, ...entries.map(({ value }) => Buffer.from(value))]);
};

/** Packages.db, which Debian's rpm does not write: a page of slots and the headers. */
export const ndbWith = (headers: readonly Buffer[]): Buffer => {
  const pages = Math.ceil((headers.length + 2) / 256);
  const slots = Buffer.alloc(pages * 4096);
  for (let at = 0; at < slots.length; at += 16) slots.write('Slot', at);
  slots.fill(0, 0, 32).write('RpmP');
  slots.writeUInt32LE(pages, 12);
  const blocks: Buffer[] = [];
  let block = slots.length / 16;
  for (const [index, header] of headers.entries()) {
    const head = Buffer.alloc(16);
    head.write('BlbS');
    for (const [at, number] of [index + 1, 0, header.length].entries()) head.writeUInt32LE(number, 4 + 4 * at);
    const tail = Buffer.alloc(12 + ((16 - ((header.length + 12) % 16)) % 16));
    tail.writeUInt32LE(header.length, tail.length - 8);
    tail.write('BlbE', tail.length - 4);
    const count = (16 + header.length + tail.length) / 16;
    for (const [at, number] of [index + 1, block, count].entries())
      slots.writeUInt32LE(number, 32 + 16 * index + 4 + 4 * at);
    blocks.push(head, header, tail);
    block += count;
  }
  return Buffer.concat([slots, ...blocks]);
};
