import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { parseSync, Visitor } from 'rolldown/utils';
import { ROOT } from '../../src/dev/rule-files.ts';

/** A module that another names, in whatever way: static or dynamic, a value or a type alone. */
export interface Import {
  readonly line: number;
  /** The file below the project's folder, or the name of a package. */
  readonly target: string;
  readonly typeOnly: boolean;
}

/** One TypeScript file of the project, read as the language has it. */
export interface Module {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  /** What the house does without: casts, `!`, `any`, classes that are no errors; each as `line: what`. */
  readonly liberties: readonly string[];
  /** Names of the world that every program has without importing them. */
  readonly globals: readonly string[];
}

export const modulesIn = (folders: readonly string[]): readonly Module[] =>
  folders.flatMap((folder) =>
    // With types, links are not followed: some lead out of the repository.
    readdirSync(`${ROOT}${folder}`, { recursive: true, withFileTypes: true })
      .map(({ parentPath, name }) => relative(ROOT, join(parentPath, name)).replaceAll('\\', '/'))
      .filter((path) => path.endsWith('.ts'))
      .toSorted()
      .map((path) => moduleOf(path, readFileSync(ROOT + path, 'utf8'))),
  );

const WORLD: ReadonlySet<string> = new Set(['process', 'Buffer', 'console', 'require', 'setTimeout', 'globalThis']);

export const moduleOf = (path: string, source: string): Module => {
  const { program, errors } = parseSync(path, source);
  const imports: Import[] = [];
  const liberties = errors.map(({ message }) => `0: ${message}`);
  const globals: string[] = [];
  // Identifiers that only name a property; a node is visited before those in it.
  const keys = new Set<number>();
  const lineAt = (offset: number): number => source.slice(0, offset).split('\n').length;
  const add = (start: number, name: unknown, typeOnly: boolean) =>
    imports.push({ line: lineAt(start), target: resolve(path, String(name)), typeOnly });
  const take = (start: number, what: string) => liberties.push(`${lineAt(start)}: ${what}`);
  new Visitor({
    ImportDeclaration: ({ start, source: from, importKind }) => add(start, from.value, importKind === 'type'),
    ExportNamedDeclaration: ({ start, source: from, exportKind }) =>
      from && add(start, from.value, exportKind === 'type'),
    ExportAllDeclaration: ({ start, source: from, exportKind }) => add(start, from.value, exportKind === 'type'),
    // A name that is only known at run time is itself a liberty.
    ImportExpression: ({ start, source: from }) =>
      from.type === 'Literal' ? add(start, from.value, false) : take(start, 'import of a computed name'),
    TSImportType: ({ start, source: from }) => add(start, from.value, true),
    TSAsExpression: ({ start, typeAnnotation: type }) => {
      const text = source.slice(type.start, type.end);
      if (text !== 'const') take(start, `as ${text}`);
    },
    TSTypeAssertion: ({ start }) => take(start, 'a cast'),
    TSNonNullExpression: ({ start }) => take(start, 'a `!`'),
    TSAnyKeyword: ({ start }) => take(start, 'any'),
    ClassDeclaration: ({ start, id, superClass }) => {
      if (superClass?.type !== 'Identifier' || superClass.name !== 'Error') take(start, `class ${id?.name}`);
    },
    Property: ({ key, computed, shorthand }) => {
      if (!computed && !shorthand) keys.add(key.start);
    },
    TSPropertySignature: ({ key }) => {
      keys.add(key.start);
    },
    MemberExpression: ({ property, computed }) => {
      if (!computed) keys.add(property.start);
    },
    Identifier: ({ name, start }) => {
      if (WORLD.has(name) && !keys.has(start)) globals.push(name);
    },
  }).visit(program);
  return { path, lines: source.split('\n').length - 1, imports, liberties, globals };
};

const resolve = (path: string, name: string): string =>
  name.startsWith('.') ? posix.join(posix.dirname(path), name) : name;
