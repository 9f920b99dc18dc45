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
    const text = `FROM alpine:3.22\n${'RUN apk add --no-cache curl=8 && echo "$A" && cat /etc/x | grep y\nENV A=b\n'.repeat(900)}WORKDIR app\n`;
    d.editor.open(uri, text);
    const all = await published(d);
    expect(all).toContain('1801:8 relative-workdir');
    d.editor.change(uri, 2, { range: { start: at(1, 0), end: at(1, 0) }, text: 'ENV a b\nENNV\n' });
    const soon = ['1:4 legacy-key-value', '2:0 syntax', '1803:8 relative-workdir'];
    expect(await published(d)).toEqual(expect.arrayContaining(soon));
    expect(await published(d)).toEqual(expect.arrayContaining(soon));
  });

  it('that are no longer wanted are not worked out to the end', async () => {
    const d = await desk({}, { capabilities: { textDocument: { diagnostic: {} } } });
    const uri = d.uri;
    d.editor.open(uri, `FROM alpine:3.22\n${'RUN echo $A | cat && ls "b" > /c\nENV A=b\n'.repeat(2000)}`);
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

  it('says nothing of trust when it comes later, for the folder may say it of itself', async () => {
    const d = await desk({ '.iechorlint.yaml': 'root: true\nplugins: [./ours.mjs]\n', 'ours.mjs': PLUGIN });
    d.editor.notify('workspace/didChangeConfiguration', { settings: { iechorlint: { trusted: true, plugins: true } } });
    d.editor.open(d.uri, 'FROM alpine:3.22\n');
    expect(await published(d)).toEqual([]);
  });

  it('names the build context, for the rules that need one', async () => {
    const d = await desk({ 'app/there': '' }, { options: { context: 'app' } });
    d.editor.open(d.uri, 'FROM alpine:3.22\nCOPY there not-there /\n');
    expect(await published(d)).toEqual(expect.arrayContaining(['1:11 copy-source-missing']));
  });

  it('is asked of an editor that has one, which is asked to tell of changes only where it can', async () => {
    const workspace = { configuration: true, didChangeConfiguration: { dynamicRegistration: true } };
    const d = await desk({ 'other.yaml': 'rules: { untagged-base: off }\n' }, { capabilities: { workspace } });
    const asked = await d.editor.next('client/registerCapability');
    expect(asked.params.registrations).toMatchObject([{ method: 'workspace/didChangeConfiguration' }]);
    const { id, params } = await d.editor.next('workspace/configuration');
    expect(params.items).toEqual([{ section: 'iechorlint' }]);
    d.editor.send({ id: asked.id, result: null });
    d.editor.send({ id, result: [{ config: 'other.yaml' }] });
    d.editor.open(d.uri, 'FROM alpine\n');
    expect(await published(d)).toEqual([]);
    d.editor.notify('workspace/didChangeConfiguration', { settings: null });
    const again = await d.editor.next('workspace/configuration');
    d.editor.send({ id: again.id, error: { code: -32603, message: 'no' } });
    const { params: log } = await d.editor.next('window/logMessage');
    expect(log.message).toContain('no');
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

describe('cancellation', () => {
  it('ends the wait for findings, and not the server', async () => {
    const d = await desk({}, { capabilities: { textDocument: { diagnostic: {} } } });
    d.editor.open(d.uri, `FROM alpine:3.22\n${'RUN echo $A | cat && ls "b" > /c\nENV A=b\n'.repeat(2000)}`);
    const textDocument = { uri: d.uri };
    const asked = d.editor.ask('textDocument/diagnostic', { textDocument });
    await d.editor.ask('textDocument/diagnostic', { textDocument: { uri: 'file:///other' } });
    d.editor.notify('$/cancelRequest', { id: 2 });
    expect((await asked).error).toMatchObject({ code: -32800 });
    expect(await d.editor.result('textDocument/diagnostic', { textDocument })).toMatchObject({ kind: 'full' });
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
    const Dockerfile = 'FROM scratch AS a\nCOPY data /c\nFROM scratch\nWORKDIR /a\nCOPY --from=a /c /b\n';
    const d = await desk({ Dockerfile, data: 'x'.repeat(5000) });
    const store = join(d.folder, 'store');
    const build = [cli, 'build', '--no-lint', '--quiet', '--store', store, d.folder];
    expect(spawnSync(process.execPath, build, { encoding: 'utf8' })).toMatchObject({ status: 0 });
    d.editor.notify('workspace/didChangeConfiguration', { settings: { iechorlint: { store } } });
    d.editor.open(d.uri, `# new\n${Dockerfile}COPY other /c\n`);
    const textDocument = { uri: d.uri };
    const hints = await d.editor.result('textDocument/inlayHint', { textDocument, range: whole });
    expect(hints).toMatchObject([
      { position: at(2, 12), label: expect.stringMatching(/^(?:\d+\.\d\d s|cached)$/) },
      { position: at(4, 10), label: expect.stringMatching(/^\d[\d.]*kB, (?:\d+\.\d\d s|cached)$/) },
      { position: at(5, 19), label: expect.stringMatching(/^\d[\d.]*kB, (?:\d+\.\d\d s|cached)$/) },
    ]);
    const range = { start: at(0, 0), end: at(1, 0) };
    expect(await d.editor.result('textDocument/inlayHint', { textDocument, range })).toEqual([]);
  });
});

describe('hostile input', () => {
  const METHODS = {
    'textDocument/hover': [null],
    'textDocument/completion': [null],
    'textDocument/definition': [null],
    'textDocument/references': [null],
    'textDocument/documentHighlight': [null],
    'textDocument/prepareRename': [null],
    'textDocument/rename': [null],
    'textDocument/documentSymbol': [null],
    'textDocument/foldingRange': [null],
    'textDocument/documentLink': [null],
    'textDocument/formatting': [null],
    'textDocument/inlayHint': [null],
    'textDocument/codeAction': [[]],
    'textDocument/diagnostic': [{ kind: 'full', items: [] }],
    'textDocument/semanticTokens/full': [{ data: [] }],
    'textDocument/semanticTokens/full/delta': [{ data: [] }],
    'textDocument/semanticTokens/range': [{ data: [] }],
  } as const;

  const context = { diagnostics: [], includeDeclaration: true };

  it('about documents that nobody has opened is answered with nothing', async () => {
    const { editor } = await desk();
    const textDocument = { uri: 'file:///nowhere/Dockerfile' };
    editor.change(textDocument.uri, 2, { text: 'x' });
    editor.notify('textDocument/didClose', { textDocument });
    const params = { textDocument, position: at(0, 0), range: whole, context, newName: 'x', previousResultId: 'x' };
    for (const [method, [nothing]] of Object.entries(METHODS))
      expect({ method, result: (await editor.ask(method, params)).result }).toEqual({ method, result: nothing });
  });

  it('about places outside of the text is answered', async () => {
    const d = await desk();
    d.editor.open(d.uri, 'FROM alpine\nRUN <<E\necho $A\n');
    const places = [at(-1, -5), at(1e12, 1e12), at(0.5, Number.MAX_VALUE), { line: 'x' }, {}, null];
    for (const position of places) {
      const range = { start: position ?? {}, end: at(0, 0) };
      const params = { textDocument: { uri: d.uri }, position: position ?? {}, range, context, newName: 'x' };
      for (const method of Object.keys(METHODS))
        expect({ method, error: (await d.editor.ask(method, params)).error }).toEqual({ method, error: undefined });
    }
    expect((await d.editor.ask('textDocument/hover', {})).error).toMatchObject({ code: -32603 });
    expect(
      await d.editor.result('textDocument/hover', { textDocument: { uri: d.uri }, position: at(0, 0) }),
    ).toBeTruthy();
  });

  it('that is no message does no harm', async () => {
    const { editor } = await desk();
    expect((await editor.ask('textDocument/nonsense', {})).error).toMatchObject({ code: -32601 });
    editor.write('Content-Length: 9\r\n\r\n{"id": 1,');
    editor.write('Content-Length: 2\r\n\r\n[]');
    editor.write('Content-Length: 4\r\n\r\nnull');
    editor.notify('$/cancelRequest', { id: 'none' });
    expect((await editor.ask('workspace/executeCommand', { command: 'rm', arguments: ['/'] })).result).toBeNull();
    expect((await editor.ask('workspace/executeCommand', { command: 'iechorlint.openRule' })).result).toBeNull();
    expect(await editor.ask('shutdown', null)).toMatchObject({ result: null });
    editor.notify('exit', {});
    expect(await editor.exit).toBe(0);
  });

  it('that is binary, or has no end, is a document like others', async () => {
    const d = await desk();
    d.editor.open(d.uri, `FROM alpine:3.22\nRUN x\0\uD800${'('.repeat(2000)}`);
    expect(await published(d)).toEqual(expect.arrayContaining(['1:5 encoding']));
    d.editor.change(d.uri, 2, { text: `FROM alpine:3.22\n${'ENV A=$A \\\n'.repeat(3000)}` });
    expect(await published(d)).toBeDefined();
    const textDocument = { uri: d.uri };
    expect((await d.editor.result('textDocument/documentSymbol', { textDocument })).length).toBeGreaterThan(0);
  });

  it('of too many bytes is not read, and that is told', async () => {
    const d = await desk();
    d.editor.open(d.uri, `FROM alpine:3.22\n${'# xxxxxxxx\n'.repeat(500_000)}`);
    expect(await published(d)).toEqual(['0:0 file-too-large']);
    d.editor.change(d.uri, 2, { range: { start: at(1, 0), end: at(500_001, 0) }, text: 'WORKDIR x\n' });
    expect(await published(d)).toEqual(['1:8 relative-workdir']);
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
