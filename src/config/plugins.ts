import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CATEGORIES, defineRule, type Rule, SEVERITIES } from '../lint/index.ts';

/** What is more likely a file than a module of a package. */
const BARE_PATH = /^[^./@].*\.[cm]?[jt]s$/;

/** The rules of a module, or why there are none. The module's code runs. */
export const loadPlugin = async (
  name: string,
  folder: string,
  known: readonly Rule[],
): Promise<readonly Rule[] | string> => {
  const path = placeOf(name, folder);
  if (path === undefined)
    return `there is no module \`${name}\`${BARE_PATH.test(name) ? '; a path begins with ./ or ../' : ''}`;
  if (/\.[cm]?ts$/.test(path) && !canReadTypes())
    return `Node.js ${process.version} cannot read TypeScript, as \`${name}\` is; use 22.18 or newer, or write .mjs`;
  try {
    const module: unknown = await import(pathToFileURL(path).href);
    const found = fieldOf(module, 'default');
    return rulesIn(Array.isArray(found) ? found : [found], name, known);
  } catch (error) {
    return `\`${name}\` cannot be loaded: ${firstLine(error)}`;
  }
};

const placeOf = (name: string, folder: string): string | undefined => {
  if (/^\.{1,2}[\\/]/.test(name) || isAbsolute(name)) {
    const path = resolve(folder, name);
    return existsSync(path) ? path : undefined;
  }
  try {
    return createRequire(join(folder, 'x')).resolve(name);
  } catch {
    return undefined;
  }
};

const canReadTypes = (): boolean =>
  fieldOf(process.features, 'typescript') === 'strip' || fieldOf(process.features, 'typescript') === 'transform';

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

const rulesIn = (found: readonly unknown[], name: string, known: readonly Rule[]): readonly Rule[] | string => {
  const rules: Rule[] = [];
  for (const each of found) {
    const rule = ruleIn(each);
    if (typeof rule === 'string') return `\`${name}\` exports no rule by default: ${rule}`;
    if ([...known, ...rules].some((other) => other.name === rule.name))
      return `\`${name}\` has a rule \`${rule.name}\`, and there is one of that name`;
    rules.push(rule);
  }
  return rules;
};

/** The value as a rule, or what it lacks. */
const ruleIn = (value: unknown): Rule | string => {
  if (typeof value !== 'object' || value === null) return 'it must be what defineRule returns, or a list of them';
  const lack = (name: string, what: string) => `\`${name}\` must be ${what}`;
  if (!isRule(value)) {
    for (const [name, what, holds] of PARTS) if (!holds(fieldOf(value, name))) return lack(name, what);
    return 'it is none';
  }
  return defineRule(value);
};

const isRule = (value: object): value is Rule => PARTS.every(([name, , holds]) => holds(fieldOf(value, name)));

type Part = readonly [name: string, what: string, holds: (value: unknown) => boolean];

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

const PARTS: readonly Part[] = [
  [
    'name',
    'words in lower case with hyphens',
    (value) => typeof value === 'string' && /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(value),
  ],
  ['codes', 'a list of texts', (value) => Array.isArray(value) && value.every(isText)],
  ['category', `one of ${CATEGORIES.join(', ')}`, (value) => CATEGORIES.some((each) => each === value)],
  ['severity', `one of ${SEVERITIES.join(', ')}`, (value) => SEVERITIES.some((each) => each === value)],
  ['summary', 'a text', isText],
  ['why', 'a text', isText],
  ['examples', 'a list', Array.isArray],
  ['check', 'a function', (value) => typeof value === 'function'],
];

const fieldOf = (value: unknown, name: string): unknown =>
  (typeof value === 'object' || typeof value === 'function') && value !== null ? Reflect.get(value, name) : undefined;
