import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where each rule stands on the page of all rules, which lies at the top of the package: file and line from 0. */
export interface RulePages {
  readonly uri: string;
  readonly lines: ReadonlyMap<string, number>;
}

let known: { readonly pages: RulePages | undefined } | undefined;

const pages = (): RulePages | undefined => {
  known ??= { pages: pagesIn('../../rules.md') ?? pagesIn('../rules.md') };
  return known.pages;
};

const pagesIn = (path: string): RulePages | undefined => {
  const file = join(import.meta.dirname, path);
  try {
    const lines = new Map<string, number>();
    for (const [line, text] of readFileSync(file, 'utf8').split('\n').entries()) {
      const [, name] = /^#{2,} ([a-z][a-z0-9-]*)$/.exec(text) ?? [];
      if (name !== undefined) lines.set(name, line);
    }
    return { uri: pathToFileURL(file).href, lines };
  } catch {
    return undefined;
  }
};

/** The address of a rule's part of the page; undefined for rules of plugins, and where there is no page. */
export const ruleAddress = (rule: string): string | undefined => {
  const found = pages();
  return found?.lines.has(rule) ? `${found.uri}#${rule}` : undefined;
};

export const rulePlace = (rule: string): { readonly uri: string; readonly line: number } | undefined => {
  const found = pages();
  const line = found?.lines.get(rule);
  return found && line !== undefined ? { uri: found.uri, line } : undefined;
};
