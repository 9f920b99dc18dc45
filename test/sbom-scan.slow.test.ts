import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../src/build/store.ts';
import { entriesOf } from '../src/dev/build-case.ts';
import { BUSYBOX, writeBusybox } from '../src/dev/busybox.ts';
import { folderWith, runIn } from './support/cli.ts';

const isReady = process.platform === 'linux' && process.geteuid?.() === 0 && BUSYBOX !== undefined;
if (!isReady) console.warn('images that scan are left out: they need Linux, root and a static busybox');

/** Says of each place which files it has, beside what it was told and what it may see. */
const SCAN = `set -e
dir=$BUILDKIT_SCAN_DESTINATION
say() { echo '{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://spdx.dev/Document","predicate":'"$2"'}' > "$dir/$1.json"; }
list() { find "$1" -type f | sed "s|^$1||" | sort | tr '\\n' ' '; }
say sbom.spdx '{"name":"core","files":"'"$(list $BUILDKIT_SCAN_SOURCE)"'","depth":"'"$BUILDKIT_SCAN_depth"'","pwd":"'"$(pwd)"'","arguments":"'"$*"'"}'
if touch $BUILDKIT_SCAN_SOURCE/x 2>/dev/null; then exit 7; fi
if [ -n "$BUILDKIT_SCAN_SOURCE_EXTRAS" ]; then
  for each in $BUILDKIT_SCAN_SOURCE_EXTRAS/*; do say "\${each##*/}.spdx" '{"name":"'"\${each##*/}"'","files":"'"$(list $each)"'"}'; done
fi
`;

let folder = '';
let store: Store;

beforeAll(async () => {
  if (!isReady) return;
  folder = mkdtempSync(join(tmpdir(), 'iechorlint-scan-'));
  store = openStore(join(folder, 'store'));
  writeBusybox(join(folder, 'busybox'), join(folder, 'busybox.file'));
  expect((await build(join(folder, 'busybox'), '-t', 'busybox', '-f', '../busybox.file')).code).toBe(0);
  const scanner = join(folder, 'scanner');
  mkdirSync(scanner);
  writeFileSync(join(scanner, 'scan.sh'), SCAN);
  const program = 'ENTRYPOINT ["sh", "/scan.sh"]\nCMD ["<<EOF", "$HOME"]\n';
  writeFileSync(join(scanner, 'Dockerfile'), `FROM busybox\nCOPY scan.sh /\nWORKDIR "/my work"\n${program}`);
  expect((await build(scanner, '-t', 'scanner')).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const build = (context: string, ...more: string[]) => {
  const usual = ['build', '--no-lint', '--store', store.folder, '--network', 'none', '--progress', 'plain'];
  return runIn(context, [...usual, ...more, '.'], { env: { PATH: process.env.PATH ?? '' } });
};

/** The predicates that a build's files have beside them, by the names of their files. */
const scans = async (file: string, ...more: string[]) => {
  const context = folderWith({ iEchorfile: file, a: 'a' });
  const args = ['--sbom', 'generator=scanner,depth=3', '-t', 'scanned', '-o', 'out', ...more];
  const { code, stderr } = await build(context, ...args);
  expect(`${code} ${code === 0 ? '' : stderr}`).toBe('0 ');
  const found = readdirSync(join(context, 'out')).filter((name) => name.endsWith('.spdx.json'));
  const predicates = found.map((name) => {
    const { predicate, predicateType, subject } = JSON.parse(readFileSync(join(context, 'out', name), 'utf8'));
    expect([predicateType, subject.length > 0]).toEqual(['https://spdx.dev/Document', true]);
    return [name, predicate] as const;
  });
  return { stderr, predicates: Object.fromEntries(predicates) };
};

const CORE = { name: 'core', depth: '3', pwd: '/my work', arguments: '<<EOF $HOME' };

describe.skipIf(!isReady)('an image that scans', { timeout: 60_000 }, () => {
  it('says what the image has, once as long as nothing changes', async () => {
    const file = 'FROM scratch AS base\nCOPY a /foo\nFROM base\n';
    const args = ['--build-arg', 'BUILDKIT_SBOM_SCAN_CONTEXT=1', '--build-arg', 'BUILDKIT_SBOM_SCAN_STAGE=1'];
    const { predicates, stderr } = await scans(file, ...args);
    expect(predicates).toEqual({ 'sbom.spdx.json': { ...CORE, files: '/foo ' } });
    expect(stderr).toContain('[sbom 6/6] done');
    const again = await scans(file);
    expect(again).toMatchObject({ predicates, stderr: expect.stringContaining('[sbom 6/6] cached') });
    expect(Object.keys(entriesOf(store, store.image('docker.io/library/scanned:latest')?.layers ?? []))).toEqual([
      'foo',
    ]);
  });

  const ASKING = `ARG BUILDKIT_SBOM_SCAN_CONTEXT=true
FROM scratch AS file
ARG BUILDKIT_SBOM_SCAN_STAGE=true
COPY a /file
FROM busybox AS seen
ARG BUILDKIT_SBOM_SCAN_STAGE=base
RUN ! env | grep SBOM > /foo
FROM scratch AS base
ARG BUILDKIT_SBOM_SCAN_STAGE=file,base
COPY --from=seen /foo /foo
FROM scratch AS other
ARG BUILDKIT_SBOM_SCAN_STAGE=true
RUN fails
FROM file
ARG BUILDKIT_SBOM_SCAN_STAGE=true
COPY --from=base /foo /foo
`;

  it('looks at the context and the stages that say so', async () => {
    const { predicates } = await scans(ASKING);
    expect(predicates).toEqual({
      'sbom.spdx.json': { ...CORE, files: '/file /foo ' },
      'sbom-context.spdx.json': { name: 'sbom-context', files: '/a /iEchorfile ' },
      'sbom-file.spdx.json': { name: 'sbom-file', files: '/file ' },
      'sbom-base.spdx.json': { name: 'sbom-base', files: '/foo ' },
    });
    const args = ['CONTEXT', 'STAGE'].flatMap((name) => ['--build-arg', `BUILDKIT_SBOM_SCAN_${name}=false`]);
    expect(Object.keys((await scans(ASKING, ...args)).predicates)).toEqual(['sbom.spdx.json']);
  });

  it.each([
    ['ENTRYPOINT ["sh", "-c", "exit 9"]', 'the scanner bad has failed: the command ended with exit code 9'],
    ['ENTRYPOINT ["true"]', 'the scanner bad has written nothing into $BUILDKIT_SCAN_DESTINATION, /run/out'],
    [
      'ENTRYPOINT ["sh", "-c", "echo {} > /run/out/a.json"]',
      'the scanner bad has written a.json, which is no statement',
    ],
    ['CMD []\nENTRYPOINT []', 'the scanner bad has no program: neither ENTRYPOINT nor CMD'],
  ])('fails in words, and names no image, with %s', async (text, message) => {
    expect((await build(folderWith({ iEchorfile: `FROM busybox\n${text}\n` }), '-t', 'bad')).code).toBe(0);
    const context = folderWith({ iEchorfile: 'FROM scratch\nCOPY iEchorfile /\n' });
    const { code, stderr } = await build(context, '--sbom', 'generator=bad', '-t', 'not');
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining(message) });
    expect(store.names()).not.toContain('docker.io/library/not:latest');
  });
});
