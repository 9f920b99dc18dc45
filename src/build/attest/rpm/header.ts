/** What a header of rpm tells of a package. */
export interface RpmHeader {
  readonly name?: string;
  readonly epoch?: string;
  readonly version?: string;
  readonly release?: string;
  readonly architecture?: string;
  readonly license?: string;
  readonly vendor?: string;
  /** The name of the file that it was built from. */
  readonly upstream?: string;
}

/** https://rpm-software-management.github.io/rpm/manual/tags.html */
const FIELDS = new Map<number, keyof RpmHeader>([
  [1000, 'name'],
  [1001, 'version'],
  [1002, 'release'],
  [1003, 'epoch'],
  [1011, 'vendor'],
  [1014, 'license'],
  [1022, 'architecture'],
  [1044, 'upstream'],
]);

/** Two numbers stand before the index, whose entries have four each: https://rpm-software-management.github.io/rpm/manual/format_header.html */
const [START, ENTRY] = [8, 16];

/** Undefined where it is no header. */
export const headerOf = (bytes: Buffer): RpmHeader | undefined => {
  if (bytes.length < START) return undefined;
  const data = START + bytes.readUInt32BE(0) * ENTRY;
  if (data + bytes.readUInt32BE(4) > bytes.length) return undefined;
  const header: Partial<Record<keyof RpmHeader, string>> = {};
  for (let at = START; at < data; at += ENTRY) {
    const field = FIELDS.get(bytes.readUInt32BE(at));
    const value = field && valueOf(bytes, bytes.readUInt32BE(at + 4), data + bytes.readUInt32BE(at + 8));
    if (field && value) header[field] = value;
  }
  return header;
};

const [NUMBER, STRING] = [4, 6];

/** What is longer is no name, no version and no licence. */
const LONGEST = 1000;

const valueOf = (bytes: Buffer, type: number, at: number): string | undefined => {
  if (type === NUMBER) return at + 4 <= bytes.length ? String(bytes.readUInt32BE(at)) : undefined;
  if (type !== STRING) return undefined;
  const length = bytes.subarray(at, at + LONGEST + 1).indexOf(0);
  return length < 0 ? undefined : bytes.toString('utf8', at, at + length);
};
