import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../src/dev/rule-files.ts';
import { type Module, moduleOf, modulesIn } from './support/modules.ts';

/** What a folder may import besides itself: other folders, and packages. */
interface Layer {
  readonly folders: readonly string[];
  readonly packages?: readonly string[];
  /** Packages of which the types alone are used. */
  readonly types?: readonly string[];
  /** No built-in module and nothing of the world: a function of its input. */
  readonly pure?: boolean;
}

/** Who may import whom. A folder that is not here may import everything. */
const LAYERS: Readonly<Record<string, Layer>> = {
  grammar: { folders: [], packages: ['chevrotain'], pure: true },
  rules: { folders: [], packages: ['#lint'], pure: true },
  'src/source': { folders: [], pure: true },
  // The tree is made from the grammar's tokens, whose types the parser toolkit has.
  'src/ast': { folders: ['src/source', 'grammar'], types: ['chevrotain'], pure: true },
  'src/shell': { folders: ['src/source'], packages: ['unbash'], pure: true },
  'src/model': { folders: ['src/source', 'src/ast', 'src/shell'], pure: true },
  'src/facts': { folders: ['src/source', 'src/model'], pure: true },
  'src/lint': { folders: ['src/source', 'src/ast', 'src/shell', 'src/model', 'src/facts'], pure: true },
  'src/report': { folders: ['src/source', 'src/lint'], packages: ['chalk', 'diff'], types: ['sarif'], pure: true },
  'src/config': {
    folders: ['src/source', 'src/lint'],
    packages: ['node:', 'ignore', 'jsonc-parser', 'toml-eslint-parser', 'yaml'],
  },
  'src/init': { folders: ['src/config'], pure: true },
  'src/gather': {
    folders: ['src/source', 'src/facts', 'src/config', 'src/oci', 'src/build'],
    packages: ['node:'],
  },
  'src/oci': { folders: [], packages: ['node:', 'fzstd'] },
  'src/build': {
    folders: ['src/source', 'src/ast', 'src/shell', 'src/model', 'src/facts', 'src/oci'],
    packages: ['node:'],
  },
};

const FREE = ['src/cli', 'src/dev', 'src/lsp'];

/** Packages that stand in one file alone, so that what they are can change there. */
const BEHIND: Readonly<Record<string, string>> = {
  unbash: 'src/shell/unbash.ts',
  'jsonc-parser': 'src/config/json.ts',
  'toml-eslint-parser': 'src/config/toml.ts',
  fzstd: 'src/oci/decompress.ts',
};

const GENERATED = ['grammar/cst.d.ts', 'grammar/lookahead-table.ts', 'rules/index.ts'];

/** What a file takes that the house does without, each with its reason. */
const LIBERTIES: Readonly<Record<string, readonly [reason: string, ...what: readonly RegExp[]]>> = {
  'grammar/iechorfile.ts': [
    'A Chevrotain grammar is a class; what its rules return is known to the generated types alone.',
    /class IechorfileParser/,
    /as FileCstNode/,
  ],
  'src/model/table.ts': ['Methods of a prototype: every ENV and ARG makes a table or two.', /class View/],
  'src/shell/command.ts': [
    'Methods of a prototype: closures and sorted arguments of its own for every command cost more than the rules.',
    /class Invocation/,
  ],
  'src/config/plugins.ts': ['A plugin is named by the user.', /import of a computed name/],
  'src/dev/reporter.ts': ['Vitest makes a reporter of a class.', /class CountingReporter/],
  'src/dev/rule-files.ts': ['Rules are found by looking into their folder.', /import of a computed name/],
};

const MAX_LINES = 300;

const modules = modulesIn(['grammar', 'rules', 'src']);

const layerOf = (path: string): string => /^(?:src\/[^/]+(?=\/)|grammar|rules)/.exec(path)?.[0] ?? path;

/** Imports that the table does not have, as lines to read. */
const trespassesOf = (module: Module): readonly string[] => {
  const own = layerOf(module.path);
  const layer = LAYERS[own];
  if (!layer) return [];
  const trespasses: string[] = [];
  for (const { line, target, typeOnly } of module.imports) {
    if (mayImport(own, layer, target, typeOnly)) continue;
    trespasses.push(`${module.path}:${line} imports ${target}`);
  }
  return trespasses;
};

const mayImport = (
  own: string,
  { folders, packages = [], types = [] }: Layer,
  target: string,
  typeOnly: boolean,
): boolean => {
  if (target.includes('/') && !target.startsWith('@') && !target.startsWith('node:')) {
    const folder = layerOf(target);
    return folder === own || folders.includes(folder);
  }
  if (target.startsWith('node:')) return packages.includes('node:');
  return packages.includes(target) || (typeOnly && types.includes(target));
};

describe('layers', () => {
  it('are all there: every file is in a folder that has its row', () => {
    const known = new Set([...Object.keys(LAYERS), ...FREE, 'src/index.ts']);
    expect(modules.map(({ path }) => path).filter((path) => !known.has(layerOf(path)))).toEqual([]);
    expect(modules.length).toBeGreaterThan(100);
  });

  it.each(Object.keys(LAYERS))('%s imports what it may', (layer) => {
    const own = modules.filter(({ path }) => layerOf(path) === layer && path !== 'rules/index.ts');
    expect(own.flatMap(trespassesOf)).toEqual([]);
  });

  it('a rule imports from #lint alone, not even from another rule', () => {
    const rules = modules.filter(({ path }) => path.startsWith('rules/') && path !== 'rules/index.ts');
    expect(
      rules.flatMap(({ path, imports }) =>
        imports.filter(({ target }) => target !== '#lint').map(({ target }) => `${path}: ${target}`),
      ),
    ).toEqual([]);
    expect(rules.length).toBeGreaterThan(0);
  });

  it('#lint is for rules alone', () => {
    const others = modules.filter(
      ({ path, imports }) => !path.startsWith('rules/') && imports.some(({ target }) => target === '#lint'),
    );
    expect(others.map(({ path }) => path)).toEqual([]);
  });

  it('pure folders touch nothing of the world', () => {
    const pure = modules.filter(({ path }) => LAYERS[layerOf(path)]?.pure);
    expect(pure.flatMap(({ path, globals }) => globals.map((name) => `${path}: ${name}`))).toEqual([]);
    expect(
      pure.flatMap(({ path, imports }) => imports.filter(({ target }) => target.startsWith('node:')).map(() => path)),
    ).toEqual([]);
  });

  it.each(Object.entries(BEHIND))('%s stands in %s alone', (name, file) => {
    const users = modules.filter(({ imports }) =>
      imports.some(({ target }) => target === name || target.startsWith(`${name}/`)),
    );
    expect(users.map(({ path }) => path)).toEqual([file]);
  });

  it('relative imports carry the ending of a file', () => {
    const bare = modules.flatMap(({ path, imports }) =>
      imports
        .filter(({ target }) => /^(?:src|grammar|rules)\//.test(target) && !/\.(?:ts|json)$/.test(target))
        .map(({ target }) => `${path}: ${target}`),
    );
    expect(bare).toEqual([]);
  });
});

describe('the house', () => {
  const written = modules.filter(({ path }) => !GENERATED.includes(path));

  it(`has no file of more than ${MAX_LINES} lines`, () => {
    const long = written.filter(({ path, lines }) => lines > MAX_LINES && !path.startsWith('grammar/'));
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  it('exports no value that one file alone uses', () => {
    const files = modulesIn(['grammar', 'rules', 'src', 'test']).map(({ path }) => path);
    const texts = new Map(files.map((path) => [path, readFileSync(ROOT + path, 'utf8')]));
    const users = new Map<string, Set<string>>();
    for (const [path, text] of texts)
      for (const name of new Set(text.match(/\w+/g))) users.set(name, (users.get(name) ?? new Set()).add(path));
    const values = written.flatMap(({ path }) =>
      Array.from(
        texts.get(path)?.matchAll(/^export (?:async )?(?:const|function\*?) (\w+)/gm) ?? [],
        ([, name = '']) => ({
          path,
          name,
        }),
      ),
    );
    expect(values.length).toBeGreaterThan(1000);
    expect(values.filter(({ name }) => users.get(name)?.size === 1)).toEqual([]);
  });

  it('does without casts, `!`, any and classes', () => {
    const taken = written.flatMap(({ path, liberties }) => {
      const [, ...allowed] = LIBERTIES[path] ?? [''];
      return liberties
        .filter((what) => !allowed.some((pattern) => pattern.test(what)))
        .map((what) => `${path}:${what}`);
    });
    expect(taken).toEqual([]);
  });

  it('lists no liberty that nobody takes', () => {
    for (const [path, [reason, ...allowed]] of Object.entries(LIBERTIES)) {
      const taken = modules.find((module) => module.path === path)?.liberties ?? [];
      expect(reason).toMatch(/\.$/);
      for (const pattern of allowed)
        expect(
          taken.some((what) => pattern.test(what)),
          `${path} ${pattern}`,
        ).toBe(true);
    }
  });
});

describe('the reader of modules', () => {
  it('sees every way to import and every liberty', () => {
    const source = `import a from './a.ts';
import type { B } from '../b/b.ts';
import { type C } from 'c';
export * from './d.ts';
export type { E } from './e.ts';
const f = () => import('./f.ts');
type G = import('./g.ts').G;
const h = f as unknown; const i = a!; let j: any; const k = <B>a; const l = [1] as const;
class M extends Map {}
class N extends Error {}
const o = import(a);
process.exit(Buffer);
const p = { Buffer: a.process, b: process };
`;
    const { imports, liberties, globals, lines } = moduleOf('src/x/x.ts', source);
    expect(imports).toEqual([
      { line: 1, target: 'src/x/a.ts', typeOnly: false },
      { line: 2, target: 'src/b/b.ts', typeOnly: true },
      { line: 3, target: 'c', typeOnly: false },
      { line: 4, target: 'src/x/d.ts', typeOnly: false },
      { line: 5, target: 'src/x/e.ts', typeOnly: true },
      { line: 6, target: 'src/x/f.ts', typeOnly: false },
      { line: 7, target: 'src/x/g.ts', typeOnly: true },
    ]);
    expect(liberties).toEqual([
      '8: as unknown',
      '8: a `!`',
      '8: any',
      '8: a cast',
      '9: class M',
      '11: import of a computed name',
    ]);
    expect(globals).toEqual(['process', 'Buffer', 'process']);
    expect(lines).toBe(13);
  });

  it('knows a trespass when it sees one', () => {
    const moduleAt = (path: string, target: string) => moduleOf(path, `import { x } from '${target}';\n`);
    for (const [path, target] of TRESPASSES)
      expect(trespassesOf(moduleAt(path, target)), `${path} ${target}`).toHaveLength(1);
    for (const [path, target] of ALLOWED) expect(trespassesOf(moduleAt(path, target)), `${path} ${target}`).toEqual([]);
  });
});

const TRESPASSES = [
  ['grammar/a.ts', '../src/source/range.ts'],
  ['grammar/a.ts', 'lodash'],
  ['rules/cache/a.ts', '../../src/lint/index.ts'],
  ['rules/cache/a.ts', 'node:fs'],
  ['src/ast/a.ts', '../model/index.ts'],
  ['src/ast/a.ts', 'chevrotain'],
  ['src/lint/a.ts', '../../rules/index.ts'],
  ['src/lint/a.ts', '../report/index.ts'],
  ['src/report/a.ts', 'node:path'],
  ['src/config/a.ts', '../cli/main.ts'],
] as const;

const ALLOWED = [
  ['grammar/a.ts', 'chevrotain'],
  ['rules/cache/a.ts', '#lint'],
  ['src/ast/a.ts', '../../grammar/index.ts'],
  ['src/lint/a.ts', './rule.ts'],
  ['src/config/a.ts', 'node:fs'],
  ['src/cli/a.ts', '../../rules/index.ts'],
  ['src/index.ts', '../rules/index.ts'],
] as const;
