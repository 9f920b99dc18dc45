import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleCli } from './support/bundle.ts';
import { applied, at, type Desk, deskOf } from './support/desk.ts';
import { CAPABLE } from './support/editor.ts';

let cli = '';
let remove = () => {};

beforeAll(async () => {
  ({ file: cli, remove } = await bundleCli());
}, 60_000);

afterAll(() => remove());

const desk = (files?: Readonly<Record<string, string>>, hello?: Parameters<typeof deskOf>[2]) =>
  deskOf(cli, files, hello);

/** What is published next, as lines. */
const published = async ({ editor }: Desk): Promise<readonly string[]> => {
  const { params } = await editor.next('textDocument/publishDiagnostics');
  return params.diagnostics.map(lineOf);
};

interface Shown {
  readonly code: string;
  readonly range: { readonly start: { readonly line: number; readonly character: number } };
}

const lineOf = ({ code, range: { start } }: Shown) => `${start.line}:${start.character} ${code}`;

const whole = { start: at(0, 0), end: at(9999, 0) };

describe('diagnostics', () => {
  it('come when a document is opened and changed, and go when it is closed', async () => {
    const d = await desk();
    const uri = d.uri;
    d.editor.open(uri, 'FROM alpine:3.22\nWORKDIR app\n');
    const { params } = await d.editor.next('textDocument/publishDiagnostics');
    expect(params).toMatchObject({
      uri,
      version: 1,
      diagnostics: [
        {
          range: { start: at(1, 8), end: at(1, 11) },
          severity: 2,
          source: 'iechorlint',
          code: 'relative-workdir',
          message: expect.stringContaining('`app`'),
        },
      ],
    });
    d.editor.change(uri, 2, { range: { start: at(1, 8), end: at(1, 8) }, text: '/' });
    expect(await published(d)).toEqual([]);
    d.editor.change(uri, 3, { text: 'FROM alpine\n' });
    expect(await published(d)).toEqual(['0:5 untagged-base']);
    d.editor.notify('textDocument/didClose', { textDocument: { uri } });
    expect(await published(d)).toEqual([]);
  });

  it('count in UTF-16, also behind a byte order mark and carriage returns', async () => {
    const d = await desk();
    const uri = d.uri;
    d.editor.open(uri, '\uFEFF# 𝒳\r\nFROM alpine:3.22\r\nLABEL a="𝒳😀" \r\nWORKDIR x\r\n');
    expect(await published(d)).toEqual(['3:8 relative-workdir']);
    d.editor.change(
      uri,
      2,
      { range: { start: at(2, 14), end: at(2, 15) }, text: '\r\nWORKDIR y' },
      { range: { start: at(0, 3), end: at(0, 5) }, text: '😀😀' },
    );
    expect(await published(d)).toEqual(['3:8 relative-workdir']);
    const { params } = await (async () => {
      d.editor.change(uri, 3, { range: { start: at(3, 8), end: at(3, 8) }, text: '😀' });
      return d.editor.next('textDocument/publishDiagnostics');
    })();
    expect(params.diagnostics[0].range).toEqual({ start: at(3, 8), end: at(3, 11) });
  });

  it('are given when asked for, to an editor that asks', async () => {
    const d = await desk({}, { capabilities: { textDocument: { diagnostic: {} } } });
    const uri = d.uri;
    d.editor.open(uri, 'FROM alpine\n');
    const first = await d.editor.result('textDocument/diagnostic', { textDocument: { uri } });
    expect(first).toMatchObject({ kind: 'full', items: [{ code: 'untagged-base' }] });
    const again = { textDocument: { uri }, previousResultId: first.resultId };
    expect(await d.editor.result('textDocument/diagnostic', again)).toEqual({
      kind: 'unchanged',
      resultId: first.resultId,
    });
    d.editor.change(uri, 2, { text: 'FROM alpine:3.22\n' });
    expect(await d.editor.result('textDocument/diagnostic', again)).toMatchObject({ kind: 'full', items: [] });
  });

  it('of a large file come while its user types, then all of them', async () => {
    const d = await desk();
    const uri = d.uri;
    const text = `FROM alpine:3.22\n${'RUN apk add --no-cache curl=8 && echo "$A" && cat /etc/x | grep y\nENV A=b\n'.repeat(1500)}WORKDIR app\n`;
    d.editor.open(uri, text);
    const all = await published(d);
    expect(all).toContain('3001:8 relative-workdir');
    d.editor.change(uri, 2, { range: { start: at(1, 0), end: at(1, 0) }, text: 'ENV a b\nENNV\n' });
    const soon = ['1:4 legacy-key-value', '2:0 syntax', '3003:8 relative-workdir'];
    expect(await published(d)).toEqual(expect.arrayContaining(soon));
    expect(await published(d)).toEqual(expect.arrayContaining(soon));
  });

  it('that are no longer wanted are not worked out to the end', async () => {
    const d = await desk({}, { capabilities: { textDocument: { diagnostic: {} } } });
    const uri = d.uri;
    d.editor.open(uri, `FROM alpine:3.22\n${'RUN echo $A | cat && ls "b" > /c\nENV A=b\n'.repeat(4000)}`);
    const asked = d.editor.ask('textDocument/diagnostic', { textDocument: { uri } });
    const soon = d.editor.ask('textDocument/diagnostic', { textDocument: { uri: d.uriOf('other') } });
    d.editor.change(uri, 2, { text: 'FROM alpine:3.22\n' });
    expect((await soon).result).toEqual({ kind: 'full', items: [] });
    expect((await asked).error).toMatchObject({ code: -32802 });
    expect(await d.editor.result('textDocument/diagnostic', { textDocument: { uri } })).toMatchObject({ items: [] });
  });
});

describe('configuration', () => {
  it('is found as on the command line, and read again when it changes', async () => {
    const d = await desk({ '.iechorlint.yaml': 'rules: { untagged-base: off }\n' });
    const { params } = await d.editor.next('client/registerCapability');
    expect(params.registrations[0]).toMatchObject({ method: 'workspace/didChangeWatchedFiles' });
    const uri = d.uri;
    d.editor.open(uri, 'FROM alpine\n');
    expect(await published(d)).toEqual([]);
    writeFileSync(join(d.folder, '.iechorlint.yaml'), 'rules: { untagged-base: error }\n');
    d.editor.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: d.uriOf('.iechorlint.yaml'), type: 2 }] });
    expect(await published(d)).toEqual(['0:5 untagged-base']);
  });

  it('that cannot be read is told in the document, and nothing else', async () => {
    const d = await desk({ '.iechorlint.yaml': 'rules: { no-such-rule: off }\n' });
    d.editor.open(d.uri, 'FROM alpine\n');
    const { params } = await d.editor.next('textDocument/publishDiagnostics');
    expect(params.diagnostics).toMatchObject([
      { code: 'configuration', message: expect.stringContaining('no-such-rule') },
    ]);
  });

  const PLUGIN = `export default { name: 'ours', codes: [], category: 'style', severity: 'error', summary: 's', why: 'w',
    examples: [], check: () => ({ *From(node) { yield { at: node, message: 'ours' }; } }) };`;

  it('runs plugins in a trusted folder alone', async () => {
    const files = { '.iechorlint.yaml': 'root: true\nplugins: [./ours.mjs]\n', 'ours.mjs': PLUGIN };
    const strange = await desk(files);
    strange.editor.open(strange.uri, 'FROM alpine:3.22\n');
    expect(await published(strange)).toEqual([]);
    const trusted = await desk(files, { options: { trusted: true } });
    trusted.editor.open(trusted.uri, 'FROM alpine:3.22\n');
    expect(await published(trusted)).toEqual(['0:0 ours']);
  });

  it('comes from the editor too', async () => {
    const d = await desk({ 'other.yaml': 'rules: { untagged-base: off }\n' });
    d.editor.open(d.uri, 'FROM alpine\n');
    expect(await published(d)).toHaveLength(1);
    const settings = { iechorlint: { config: join(d.folder, 'other.yaml'), context: 7, plugins: 'x' } };
    d.editor.notify('workspace/didChangeConfiguration', { settings });
    expect(await published(d)).toEqual([]);
  });
});

describe('code actions', () => {
  const TEXT = 'FROM alpine:3.22\nworkdir app\nENV a b\n';

  const actionsIn = async (d: Desk, range: object, only?: readonly string[]) => {
    const textDocument = { uri: d.uri };
    const context = { diagnostics: [], ...(only ? { only } : {}) };
    return d.editor.result('textDocument/codeAction', { textDocument, range, context });
  };

  it('fix what is near, and say of a fix what it may change', async () => {
    const d = await desk();
    d.editor.open(d.uri, TEXT);
    const actions = await actionsIn(d, { start: at(1, 9), end: at(1, 9) });
    const [mend] = actions;
    expect(mend).toMatchObject({ title: expect.stringMatching(/\(may change the image\)$/), kind: 'quickfix' });
    expect(applied(TEXT, mend.edit.documentChanges[0].edits)).toBe('FROM alpine:3.22\nworkdir /app\nENV a b\n');
    expect(mend.edit.documentChanges[0].textDocument.version).toBe(1);
    expect(mend.isPreferred).toBeUndefined();
  });

  it('fix all that is safe, when asked to', async () => {
    const d = await desk();
    d.editor.open(d.uri, TEXT);
    const [all] = await actionsIn(d, whole, ['source.fixAll']);
    expect(all).toMatchObject({ kind: 'source.fixAll.iechorlint' });
    const { edit } = await d.editor.result('codeAction/resolve', all);
    expect(applied(TEXT, edit.documentChanges[0].edits)).toBe('FROM alpine:3.22\nWORKDIR app\nENV a=b\n');
  });

  it('ignore a finding, with a reason to be filled in', async () => {
    const { workspace, ...rest } = CAPABLE;
    const workspaceEdit = { documentChanges: true, snippetEditSupport: true };
    const d = await desk({}, { capabilities: { ...rest, workspace: { ...workspace, workspaceEdit } } });
    d.editor.open(d.uri, TEXT);
    const actions = await actionsIn(d, { start: at(1, 9), end: at(1, 9) });
    const [here] = actions.filter(({ title }: { title: string }) => title.startsWith('Ignore relative-workdir here'));
    expect(here.edit.documentChanges[0].edits).toEqual([
      {
        range: { start: at(1, 0), end: at(1, 0) },
        snippet: { kind: 'snippet', value: '# iechorlint ignore=relative-workdir -- ${1:say why}\n' },
      },
    ]);
  });

  it('are edits without versions for an editor that knows none', async () => {
    const d = await desk({}, { capabilities: {} });
    d.editor.open(d.uri, TEXT);
    const [all] = await actionsIn(d, whole, ['source.fixAll']);
    expect(applied(TEXT, all.edit.changes[d.uri])).toBe('FROM alpine:3.22\nWORKDIR app\nENV a=b\n');
  });
});

describe.skipIf(process.platform !== 'linux')('hints', () => {
  it('tell what the last build knows of each instruction, where it stands now', async () => {
    const d = await desk({ Dockerfile: 'FROM scratch\nWORKDIR /a\nCOPY data /b\n', data: 'x'.repeat(5000) });
    const store = join(d.folder, 'store');
    const build = [cli, 'build', '--no-lint', '--quiet', '--store', store, d.folder];
    expect(spawnSync(process.execPath, build, { encoding: 'utf8' })).toMatchObject({ status: 0 });
    d.editor.notify('workspace/didChangeConfiguration', { settings: { iechorlint: { store } } });
    d.editor.open(d.uri, '# new\nFROM scratch\nWORKDIR /a\nCOPY data /b\nCOPY other /c\n');
    const textDocument = { uri: d.uri };
    const hints = await d.editor.result('textDocument/inlayHint', { textDocument, range: whole });
    expect(hints).toMatchObject([
      { position: at(2, 10), label: expect.stringMatching(/^\d[\d.]*kB, (?:\d+\.\d\d s|cached)$/) },
      { position: at(3, 12), label: expect.stringMatching(/^\d[\d.]*kB, (?:\d+\.\d\d s|cached)$/) },
    ]);
    const range = { start: at(0, 0), end: at(1, 0) };
    expect(await d.editor.result('textDocument/inlayHint', { textDocument, range })).toEqual([]);
  });
});

describe('hostile input', () => {
  it('is answered, and the server lives on', async () => {
    const d = await desk();
    const { editor } = d;
    const unknown = { textDocument: { uri: 'file:///nowhere/Dockerfile' } };
    expect((await editor.ask('textDocument/nonsense', {})).error).toMatchObject({ code: -32601 });
    expect((await editor.ask('textDocument/codeAction', { ...unknown, range: whole, context: {} })).result).toEqual([]);
    editor.change('file:///nowhere/Dockerfile', 2, { text: 'x' });
    editor.notify('textDocument/didClose', unknown);
    editor.write('Content-Length: 9\r\n\r\n{"id": 1,');
    editor.write('Content-Length: 2\r\n\r\n[]');
    editor.write('Content-Length: 4\r\n\r\nnull');
    const uri = d.uri;
    editor.open(uri, 'FROM alpine\n');
    for (const range of [
      { start: at(-1, -5), end: at(1e12, 1e12) },
      { start: { line: 'x' }, end: {} },
      { start: at(5, 0), end: at(0, 0) },
    ]) {
      const context = { diagnostics: [] };
      expect(
        (await editor.ask('textDocument/codeAction', { textDocument: { uri }, range, context })).error,
      ).toBeUndefined();
    }
    expect((await editor.ask('textDocument/codeAction', {})).error).toMatchObject({ code: expect.any(Number) });
    expect((await editor.ask('workspace/executeCommand', { command: 'rm', arguments: ['/'] })).result).toBeNull();
    expect(await editor.ask('shutdown', null)).toMatchObject({ result: null });
    editor.notify('exit', {});
    expect(await editor.exit).toBe(0);
  });

  it('of a header that is none ends nothing that was asked before', async () => {
    const d = await desk();
    d.editor.open(d.uri, 'FROM alpine\n');
    expect(await published(d)).toHaveLength(1);
    d.editor.write('no header at all\r\n\r\n');
    d.editor.process.stdin.end();
    expect(await d.editor.exit).toBe(1);
  });

  it('ends with its editor', async () => {
    const d = await desk();
    d.editor.process.stdin.end();
    expect(await d.editor.exit).toBe(1);
    expect(d.editor.stderr()).toBe('');
  });
});
