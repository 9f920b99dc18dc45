import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { run as printTrees } from '../src/cli/ast.ts';
import { run as printPlans } from '../src/cli/plan.ts';
import { ROOT } from '../src/dev/rule-files.ts';
import { fakeIo } from './support/cli.ts';
import { hasCorpus, sharedFile } from './support/corpus.ts';

/*
 * BuildKit's own reading of many files beside ours. What differs is listed with its reason, and nothing else may; the
 * lists are `test/conformance/*.json`.
 */

type Row = Readonly<Record<string, unknown>>;

const BATCH = 500;

const rowsOf = (text: string): readonly Row[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line): Row => JSON.parse(line));

const oracle = (name: string): readonly Row[] => rowsOf(gunzipSync(sharedFile(`oracle/${name}`)).toString());

const pathOf = ({ path }: Row): string => `${ROOT}../shared/corpus/${String(path)}`;

/** What our command says of the same files, in the same order. */
const ours = async (
  wanted: readonly Row[],
  print: (files: readonly string[]) => Promise<string>,
): Promise<readonly Row[]> => {
  const rows: Row[] = [];
  for (let at = 0; at < wanted.length; at += BATCH) {
    rows.push(...rowsOf(await print(wanted.slice(at, at + BATCH).map(pathOf))));
  }
  expect(rows).toHaveLength(wanted.length);
  return rows;
};

const treesOf = async (files: readonly string[]): Promise<string> => {
  const io = fakeIo();
  await printTrees({ files, format: 'jsonl' }, io);
  return io.written.stdout;
};

const plansOf = async (files: readonly string[]): Promise<string> => {
  const io = fakeIo();
  const baseConfig = `${ROOT}../shared/oracle/base-config.json`;
  const options = { platform: 'linux/amd64', buildArgs: [], target: undefined };
  await printPlans({ files, format: 'jsonl', baseConfig, ...options }, io);
  return io.written.stdout;
};

const listed = (name: string): Readonly<Record<string, string>> => {
  const path = `${ROOT}test/conformance/${name}.json`;
  return JSON.parse(readFileSync(path, 'utf8'));
};

/** The paths that differ; each has to be listed, and none that does not. */
const expectAgreement = (
  wanted: readonly Row[],
  got: readonly Row[],
  differs: Differs,
  list: string,
  share: number,
): void => {
  const differing = wanted.flatMap((row, index) => (differs(row, got[index] ?? {}) ? [String(row.path)] : []));
  const deviations = listed(list);
  const known = Object.keys(deviations).filter((path) => wanted.some((row) => row.path === path));
  expect(differing.toSorted()).toEqual(known.toSorted());
  for (const path of known) expect(deviations[path]).toMatch(/^\S.+\.$/);
  expect(1 - differing.length / wanted.length).toBeGreaterThanOrEqual(share);
};

type Differs = (wanted: Row, got: Row) => boolean;

const differsAsTree: Differs = (wanted, got) => {
  if (wanted.err) return !got.err || !isOnSameLine(String(wanted.err), String(got.err));
  if (wanted.semantic ? !got.err : got.err) return true;
  return wanted.escape !== got.escape || canonical(instructionsOf(wanted)) !== canonical(instructionsOf(got));
};

const isOnSameLine = (wanted: string, got: string): boolean => {
  const [, line] = /line (\d+)/.exec(wanted) ?? [];
  return line === undefined || [...got.matchAll(/\d+/g)].some(([number]) => number === line);
};

const instructionsOf = ({ insts }: Row): unknown =>
  Array.isArray(insts)
    ? insts.map(({ cmd, start, end, flags, json, args, heredocs }) => [
        cmd,
        start,
        end,
        flags ?? [],
        !!json,
        args ?? [],
        heredocs ?? [],
      ])
    : [];

const FIELDS = 'env workdir user cmd entrypoint shell labels ports volumes stopsignal onbuild healthcheck'.split(' ');

const differsAsPlan: Differs = (wanted, got) => {
  if (wanted.err || got.err) return !wanted.err !== !got.err;
  return FIELDS.some((field) => canonical(wanted[field]) !== canonical(got[field]));
};

/** As text, keys in order; what is empty is as if it were not there. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  ) || 'null';

describe.skipIf(!hasCorpus)('agrees with BuildKit (needs ../shared)', () => {
  it('on the tree of real files', async () => {
    const wanted = oracle('buildkit-ast.jsonl.gz');
    expectAgreement(wanted, await ours(wanted, treesOf), differsAsTree, 'ast-deviations', 0.999);
  });

  it('on the tree of mutated files', async () => {
    const wanted = oracle('buildkit-ast-fuzz.jsonl.gz');
    expectAgreement(wanted, await ours(wanted, treesOf), differsAsTree, 'ast-deviations', 0.99);
  });

  it('on the configuration that real files end with', async () => {
    const wanted = oracle('buildkit-config.jsonl.gz');
    expectAgreement(wanted, await ours(wanted, plansOf), differsAsPlan, 'config-deviations', 0.99);
  });
});
