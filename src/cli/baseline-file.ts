/** How often each finding is known in a file, by `keyOf` its rule and content. */
export type Counts = ReadonlyMap<string, number>;

/** What is known of each file, by its path from the folder of the baseline. */
export type Baseline = ReadonlyMap<string, Counts>;

export const keyOf = (rule: string, content: string): string => `${rule}\n${content}`;

const VERSION = 1;

/** Reads a baseline, or says why it is none. */
export const readBaseline = (text: string): Baseline | string => {
  const value = parsed(text);
  if (value instanceof SyntaxError) return value.message;
  if (!isRecord(value) || !('version' in value)) return 'it has no `version`';
  if (value.version !== VERSION)
    return `its version is ${JSON.stringify(value.version)}, and this one reads ${VERSION}`;
  if (!isRecord(value.files)) return 'it has no `files`';
  const baseline = new Map<string, Counts>();
  for (const [path, entries] of Object.entries(value.files)) {
    const counts = Array.isArray(entries) ? countsIn(entries) : undefined;
    if (!counts) return `what it has of ${JSON.stringify(path)} is no list of rule, instruction and count`;
    baseline.set(path, counts);
  }
  return baseline;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return error;
  }
};

const countsIn = (entries: readonly unknown[]): Counts | undefined => {
  const counts = new Map<string, number>();
  for (const entry of entries) {
    if (!isRecord(entry)) return undefined;
    const { rule, instruction, count } = entry;
    if (typeof rule !== 'string' || typeof instruction !== 'string') return undefined;
    if (typeof count !== 'number' || !Number.isInteger(count) || count < 1) return undefined;
    counts.set(keyOf(rule, instruction), count);
  }
  return counts;
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The same findings are the same text: sorted, a line for each. */
export const textOfBaseline = (baseline: Baseline): string => {
  const files = Array.from(baseline, ([path, counts]) => `    ${JSON.stringify(path)}: [\n${linesOf(counts)}\n    ]`);
  const list = files.length === 0 ? '{}' : `{\n${files.sort().join(',\n')}\n  }`;
  return `{\n  "version": ${VERSION},\n  "files": ${list}\n}\n`;
};

const linesOf = (counts: Counts): string => {
  const lines: string[] = [];
  for (const [key, count] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const newline = key.indexOf('\n');
    const rule = JSON.stringify(key.slice(0, newline));
    const instruction = JSON.stringify(key.slice(newline + 1));
    lines.push(`      { "rule": ${rule}, "instruction": ${instruction}, "count": ${count} }`);
  }
  return lines.join(',\n');
};
