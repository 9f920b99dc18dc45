/**
 * `npx tsx src/dev/compare-build.ts [--update] [NAME…]`: builds cases of test/build here and with the BuildKit of the
 * docker that is running, and prints what differs entry by entry. `--update` keeps what is built here as expected.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newBlob } from '../build/blobs.ts';
import { openStore, type Store } from '../build/store.ts';
import type { Image, ImageJson, Layer } from '../oci/image.ts';
import { type PlacedEntry, readTar } from '../oci/untar.ts';
import {
  type BuildCase,
  basesOf,
  CASES,
  caseEntries,
  caseHistory,
  caseNames,
  prepareCase,
  readCase,
} from './build-case.ts';
import { buildHere, type Outcome } from './build-here.ts';

const docker = (
  args: readonly string[],
  { cwd = '/', input }: { cwd?: string; input?: Uint8Array | undefined } = {},
) => {
  const env = { ...process.env, DOCKER_BUILDKIT: '1' };
  const limits = { cwd, maxBuffer: 1 << 30, timeout: 60_000 };
  return spawnSync(process.env.DOCKER ?? 'docker', args, { env, ...limits, ...(input ? { input } : {}) });
};

const buildThere = (name: string, folder: string, expected: BuildCase, store: Store): Outcome => {
  const tag = `case.test/${name}:1`;
  const { options = [], stdin } = expected;
  for (const base of basesOf(name, expected, folder))
    docker(['build', '-q', '-t', base.tag, '-f', base.file, base.context]);
  const input = stdin === undefined ? undefined : readFileSync(join(folder, 'context', stdin));
  const place = input ? ['-'] : ['-f', join(folder, 'iEchorfile'), join(folder, 'context')];
  const { status, stderr } = docker(['build', '-q', '--network', 'none', '-t', tag, ...options, ...place], {
    cwd: folder,
    input,
  });
  if (status !== 0) return { failure: stderr.toString().trim().split('\n').at(-1) ?? '' };
  const archive = join(folder, 'image.tar');
  const { status: saved } = docker(['save', '-o', archive, tag]);
  const config = JSON.parse(docker(['inspect', '-f', '{{json .Config}}', tag]).stdout.toString());
  docker(['rmi', '-f', tag]);
  if (saved === 0) return { image: readArchive(archive, store) };
  // An image without layers cannot be saved.
  return {
    image: { json: { architecture: '', os: '', rootfs: { type: 'layers', diff_ids: [] }, config }, layers: [] },
  };
};

/** An archive of `docker save` taken into a store. */
const readArchive = (path: string, store: Store): Image => {
  const input = openSync(path, 'r');
  const read = (offset: number, length: number) => {
    const bytes = Buffer.allocUnsafe(length);
    return bytes.subarray(0, readSync(input, bytes, 0, length, offset));
  };
  const files = new Map<string, PlacedEntry>();
  for (const entry of readTar(read)) files.set(entry.path, entry);
  const bytesOf = (name: string): Buffer => {
    const { at, size, link } = files.get(name) ?? { at: 0, size: 0 };
    return link ? bytesOf(join(name, '..', link)) : Buffer.from(read(at, size));
  };
  const [manifest]: { Config: string; Layers: string[] }[] = JSON.parse(bytesOf('manifest.json').toString());
  const json: ImageJson = JSON.parse(bytesOf(manifest?.Config ?? '').toString());
  const layers = (manifest?.Layers ?? []).map((name): Layer => {
    const blob = newBlob(store);
    blob.write(bytesOf(name));
    return blob.finish();
  });
  closeSync(input);
  return { json, layers };
};

const differences = (
  ours: Readonly<Record<string, string>>,
  theirs: Readonly<Record<string, string>>,
): readonly string[] =>
  [...new Set([...Object.keys(ours), ...Object.keys(theirs)])]
    .toSorted()
    .filter((path) => ours[path] !== theirs[path])
    .map((path) => `  ${path}\n    here:  ${ours[path] ?? 'nothing'}\n    there: ${theirs[path] ?? 'nothing'}`);

const told = (outcome: Outcome, expected: BuildCase, store: Store): Told => {
  if (!outcome.image) return { files: {}, config: {}, history: {}, failure: outcome.failure ?? '' };
  const config = Object.entries(outcome.image.json.config ?? {}).map(([key, value]) => [
    key,
    JSON.stringify(sorted(value)),
  ]);
  const isSaid = ([key, value]: string[]) =>
    key !== 'ArgsEscaped' && value !== 'null' && value !== '""' && value !== '{}' && value !== 'false';
  return {
    files: caseEntries(store, expected, outcome.image),
    config: Object.fromEntries(config.filter(isSaid)),
    history: Object.fromEntries(caseHistory(expected, outcome.image).entries()),
  };
};

/** The keys of an object in order; they mean nothing in a configuration. */
const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;

interface Told {
  readonly files: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, string>>;
  readonly history: Readonly<Record<string, string>>;
  readonly failure?: string;
}

const compareCase = async (name: string, update: boolean): Promise<boolean> => {
  const expected = readCase(name);
  const folder = mkdtempSync(join(tmpdir(), 'iechorlint-compare-'));
  try {
    prepareCase(name, expected, folder);
    const store = openStore(join(folder, 'store'));
    const here = await buildHere(name, expected, folder, store);
    const ours = told(here, expected, store);
    if (update) keep(name, expected, ours);
    if (expected.apart) {
      console.log(`${name}: built here alone: ${expected.apart}`);
      return false;
    }
    const theirs = told(buildThere(name, folder, expected, store), expected, store);
    const lines = [
      ...differences(ours.files, theirs.files),
      ...differences(ours.config, theirs.config),
      ...(expected.history && Object.keys(theirs.history).length > 0 ? differences(ours.history, theirs.history) : []),
    ];
    const failures = [ours.failure, theirs.failure];
    const isSame = lines.length === 0 && (failures[0] === undefined) === (failures[1] === undefined);
    const verdict = isSame ? 'the same' : `differs${expected.differs ? `, as known: ${expected.differs}` : ''}`;
    console.log(
      `${name}: ${verdict}${failures.map((text) => (text === undefined ? '' : `\n    ${text.slice(0, 300)}`)).join('')}`,
    );
    for (const line of lines) console.log(line.slice(0, 400));
    return isSame || expected.differs !== undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const keep = (name: string, expected: BuildCase, { failure, files, history }: Told): void => {
  const { fails: _fails, files: _files, history: told, ...rest } = expected;
  const found =
    failure === undefined
      ? { files, ...(told ? { history: Object.values(history) } : {}) }
      : { fails: expected.fails ?? failure.split('\n', 1)[0] ?? '' };
  writeFileSync(join(CASES, name, 'expect.json'), `${JSON.stringify({ ...rest, ...found }, undefined, 2)}\n`);
};

const [names, update] = [
  process.argv.slice(2).filter((arg) => !arg.startsWith('-')),
  process.argv.includes('--update'),
];
let same = 0;
const wanted = names.length > 0 ? names : caseNames();
for (const name of wanted) if (await compareCase(name, update)) same++;
console.log(`${same} of ${wanted.length} are the same or differ as known`);
