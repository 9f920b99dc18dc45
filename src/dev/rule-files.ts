import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Rule } from '../lint/index.ts';

/** A file below `rules/` and the rule that it exports; `error` says why there is none. */
export interface RuleFile {
  readonly path: string;
  readonly category: string;
  readonly name: string;
  readonly rule: Rule | undefined;
  readonly error: unknown;
}

/** The project's folder, with a `/` at its end. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** `<category>/<name>.ts` of every rule, by category and name. */
export const rulePaths = (): readonly string[] =>
  readdirSync(`${ROOT}rules`, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /^[^/]+\/[^/]+\.ts$/.test(path))
    // Without the ending, whose dot would put `a-b` before `a`.
    .toSorted((a, b) => (a.slice(0, -3) < b.slice(0, -3) ? -1 : 1));

export const ruleNameOf = (path: string): string => path.replaceAll(/^.*\/|\.ts$/g, '');

/** Every rule, read from the folder and not from the generated index, so that a new one is there at once. */
export const loadRules = (): Promise<readonly RuleFile[]> => Promise.all(rulePaths().map(load));

const load = async (path: string): Promise<RuleFile> => {
  const [category = ''] = path.split('/');
  const where = { path: `rules/${path}`, category, name: ruleNameOf(path) };
  try {
    const module: { readonly default?: unknown } = await import(new URL(`../../rules/${path}`, import.meta.url).href);
    if (isRule(module.default)) return { ...where, rule: module.default, error: undefined };
    return { ...where, rule: undefined, error: new Error(`${where.path} has no rule as its default export`) };
  } catch (error) {
    return { ...where, rule: undefined, error };
  }
};

const isRule = (value: unknown): value is Rule =>
  typeof value === 'object' && value !== null && 'name' in value && 'check' in value && 'examples' in value;
