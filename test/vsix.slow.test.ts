import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { unzipSync } from 'fflate';
import { describe, expect, it, onTestFinished } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { folderWith } from './support/cli.ts';
import { greet, startEditor } from './support/editor.ts';

const isBuilt = existsSync('dist/cli.js');

/** Makes the archive, and unpacks it as an editor does when it installs it. */
const unpacked = (): string => {
  const made = spawnSync('npm run vsix', { shell: true, encoding: 'utf8' });
  expect(made).toMatchObject({ status: 0, stdout: expect.stringContaining('iechorlint.vsix') });
  const folder = folderWith({});
  for (const [path, bytes] of Object.entries(unzipSync(readFileSync('editors/vscode/iechorlint.vsix')))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return folder;
};

/** Every file that a manifest names. */
const pathsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return value.startsWith('./') ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(pathsIn) : [];
};

describe.skipIf(!isBuilt)('the VS Code extension (skipped where npm run build has not made the server)', () => {
  it('is an archive of the right shape', () => {
    const root = unpacked();
    const extension = JSON.parse(readFileSync(join(root, 'extension', 'package.json'), 'utf8'));
    expect(extension).toMatchObject({ name: 'iechorlint', version: manifest.version, main: './extension.cjs' });
    expect(extension.dependencies).toBeUndefined();
    const named = pathsIn([extension.main, extension.contributes]);
    expect(named.length).toBeGreaterThan(2);
    const gallery = readFileSync(join(root, 'extension.vsixmanifest'), 'utf8');
    expect(gallery).toContain(`Version="${manifest.version}" Publisher="${extension.publisher}"`);
    expect(gallery).toContain(`Engine" Value="${extension.engines.vscode}"`);
    const assets = Array.from(gallery.matchAll(/ Path="([^"]+)"/g), ([, path = '']) => path);
    for (const path of [...named.map((each) => join('extension', each)), ...assets, '[Content_Types].xml'])
      expect(existsSync(join(root, path)), path).toBe(true);
  });

  it('declares every command that it registers, and no other', () => {
    const source = readFileSync('editors/vscode/src/extension.ts', 'utf8');
    const registered = Array.from(source.matchAll(/registerCommand\('([^']+)'/g), ([, name]) => name);
    const { contributes } = JSON.parse(readFileSync('editors/vscode/package.json', 'utf8'));
    expect(contributes.commands.map(({ command }: { command: string }) => command).sort()).toEqual(registered.sort());
  });

  it('holds a server that runs by itself, started as the client starts it', async () => {
    const root = unpacked();
    const project = folderWith({ '.iechorlint.yaml': 'root: true\n' });
    const args = ['--stdio', `--clientProcessId=${process.pid}`];
    const editor = startEditor(join(root, 'extension', 'dist', 'cli.js'), project, ...args);
    onTestFinished(() => {
      editor.process.kill();
    });
    await greet(editor, project);
    editor.open(pathToFileURL(join(project, 'iEchorfile')).href, 'FROM alpine\n');
    const { params } = await editor.next('textDocument/publishDiagnostics');
    const page = pathToFileURL(join(root, 'extension', 'rules.md')).href;
    expect(params.diagnostics).toMatchObject([
      { code: 'untagged-base', codeDescription: { href: `${page}#untagged-base` } },
    ]);
    expect(editor.stderr()).toBe('');
  });
});
