import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith } from './support/cli.ts';

/** Runs a line of shell, which must succeed, and gives what it prints. */
const shell = (cwd: string, line: string): string => {
  const { status, stdout, stderr } = spawnSync(line, { cwd, shell: true, encoding: 'utf8' });
  expect({ line, status, stderr: status === 0 ? '' : stderr }).toEqual({ line, status: 0, stderr: '' });
  return stdout;
};

const PROGRAM = `import { configure, documentOf, fix, lint, rules } from 'iechorlint';
const document = documentOf('FROM alpine:3.22\\nENV MODE fast\\n');
const config = configure(rules, { select: ['legacy-key-value'], ignore: [] });
console.log(lint(document, config).length, fix(document, config, 'safe').text);
`;

const TYPED = `import { type Diagnostic, defineRule, documentOf, lint, configure, rules, type Rule } from 'iechorlint';
const found: readonly Diagnostic[] = lint(documentOf('FROM alpine'), configure(rules, { select: [], ignore: [] }));
const all: readonly Rule[] = rules;
// @ts-expect-error What is there has a type.
const none: readonly string[] = rules;
console.log(found, all, none, defineRule);
`;

const PLUGIN = `import { defineRule } from 'iechorlint';
export default defineRule({
  name: 'team-base', codes: [], category: 'security', severity: 'error', summary: 'Not ours', why: 'We say so.',
  examples: [],
  check: () => ({ *From(node) { yield { at: node.image, message: 'not ours' }; } }),
});
`;

const OPTIONS = { strict: true, module: 'nodenext', target: 'es2022', noEmit: true, skipLibCheck: false, types: [] };

/** The package, installed in a folder of its own. */
const install = (): string => {
  const cwd = folderWith({ 'package.json': '{}', 'program.mjs': PROGRAM, Dockerfile: 'FROM scratch\n' });
  shell('.', `npm pack --ignore-scripts --pack-destination ${cwd}`);
  const [tarball = ''] = readdirSync(cwd).filter((name) => name.endsWith('.tgz'));
  shell(cwd, `npm install --offline --no-audit --no-fund ./${tarball}`);
  return cwd;
};

const CONFIGS = [
  ['a.yaml', 'target: shouts\n'],
  ['a.json', '{ "target": "shouts" }'],
  ['a.jsonc', '{ "target": "shouts", }'],
  ['a.toml', 'target = "shouts"\n'],
] as const;

const isBuilt = existsSync('dist/cli.js');

describe.skipIf(!isBuilt)('the package (skipped where npm run build has not made it)', { timeout: 60_000 }, () => {
  it('works where it is installed', () => {
    const cwd = install();
    expect(readdirSync(join(cwd, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['iechorlint']);
    expect(shell(cwd, 'npx --no-install iechorlint Dockerfile')).toContain('in 1 file');
    expect(shell(cwd, 'node program.mjs')).toBe('1 FROM alpine:3.22\nENV MODE=fast\n\n');
  });

  it('reads configurations in every format, and loads plugins', () => {
    const cwd = install();
    for (const [name, text] of CONFIGS) {
      writeFileSync(join(cwd, name), text);
      expect(shell(cwd, `npx --no-install iechorlint --config ${name} --print-config Dockerfile`)).toContain(
        '"shouts"',
      );
    }
    writeFileSync(join(cwd, 'ours.mjs'), PLUGIN);
    writeFileSync(join(cwd, '.iechorlint.yaml'), 'plugins: [./ours.mjs]\nfail-on: never\n');
    expect(shell(cwd, 'npx --no-install iechorlint --plugins --format compact')).toContain('error team-base: not ours');
  });

  it('has types that need nothing besides', () => {
    const cwd = install();
    writeFileSync(join(cwd, 'program.mts'), TYPED);
    writeFileSync(join(cwd, 'tsconfig.json'), JSON.stringify({ compilerOptions: OPTIONS, files: ['program.mts'] }));
    shell(cwd, `${process.execPath} ${resolve('node_modules/typescript/bin/tsc')}`);
  });
});
