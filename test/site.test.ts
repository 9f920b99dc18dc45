import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rules } from '../rules/index.ts';
import { ALL_FLAGS } from '../src/cli/arguments.ts';
import { isCommandName, pairedCommand } from '../src/cli/command-names.ts';
import { COMMANDS } from '../src/cli/commands.ts';
import { mistakeIn, tokensOf } from '../src/cli/tokens.ts';
import { configure } from '../src/config/select.ts';
import { format } from '../src/lint/format.ts';
import { defineRule } from '../src/lint/index.ts';
import { documentOf } from '../src/source/document.ts';
import { deadLinksIn, idsIn, markupErrorsIn, siteWith } from './support/site.ts';

const site = siteWith(rules);
const pages = [...site].filter(([path]) => path.endsWith('.html'));

describe('the site', () => {
  it('has a page for each rule', () => {
    for (const { name } of rules) expect(site.has(`rules/${name}.html`), name).toBe(true);
  });

  it('has no link that leads nowhere', () => {
    const dead = pages.flatMap(([path]) => deadLinksIn(path, site).map((link) => `${path}: ${link}`));
    expect(dead).toEqual([]);
  });

  it('has markup without mistakes, and no id twice', () => {
    const errors = pages.flatMap(([path, html]) => markupErrorsIn(html).map((error) => `${path}: ${error}`));
    expect(errors).toEqual([]);
    for (const [path, html] of pages) expect(new Set(idsIn(html)).size, path).toBe(idsIn(html).length);
  });

  it('finds rules by the codes of other tools, and leads to pages that are there', () => {
    const script = site.get('search-index.js') ?? '';
    const items: [string, string, string, string][] = JSON.parse(
      script.slice(script.indexOf('['), script.lastIndexOf(']') + 1),
    );
    const found = items.find(([, words]) => words.split(' ').includes('DL3000'));
    expect(found?.[3]).toBe('rules/relative-workdir.html');
    const dead = items.filter(([, , , path]) => {
      const [file = '', anchor] = path.split('#');
      const html = site.get(file);
      return html === undefined || (anchor !== undefined && !idsIn(html).includes(anchor));
    });
    expect(dead).toEqual([]);
  });

  it('shows what a rule says of its own examples', () => {
    const html = site.get('rules/relative-workdir.html') ?? '';
    expect(html).toContain('<mark>app</mark>');
    expect(html).toContain('depends on the base image');
  });

  it('takes nothing that a rule says for markup', () => {
    const evil = defineRule({
      name: 'evil',
      codes: ['<b>'],
      category: 'style',
      summary: '<script>alert(1)</script> & `<i>`',
      why: 'Because </p><img src=x onerror=alert(1)>.',
      severity: 'style',
      options: { most: { type: 'strings', default: ['"><script>'], description: '<u>' } },
      examples: [{ title: '<h1>', path: '<x>', bad: 'FROM a\nRUN echo "</code></pre><script>" \u202e\n' }],
      check: () => ({
        *Run(node) {
          yield { at: node.keyword, message: '<svg onload=alert(1)>', help: '`</span><script>`' };
        },
      }),
    });
    const own = siteWith([evil, ...rules]);
    for (const path of ['rules/evil.html', 'rules/index.html']) {
      const html = own.get(path) ?? '';
      expect(markupErrorsIn(html)).toEqual([]);
      expect(html.replace(/<script src="[^"]*" defer><\/script>/g, '')).not.toMatch(
        /<(?:script|img|svg|u|i|x)[\s>]|\u202e/,
      );
    }
    expect(own.get('search-index.js')).not.toContain('<');
  });
});

const GUIDES = readdirSync('docs/guides').map((name) => `docs/guides/${name}`);

/** The command lines of a guide, without what a shell does with them. */
const callsIn = (markdown: string): readonly (readonly string[])[] =>
  Array.from(markdown.matchAll(/^(?:npx )?iechorlint( .*)?$/gm), ([, rest = '']) =>
    rest
      .replace(/ +#.*| [|<>].*/, '')
      .trim()
      .split(/ +/)
      .filter(Boolean),
  );

const mistakeOf = (words: readonly string[]): string | undefined => {
  const args = words.includes('--build') ? ['build', ...words.filter((word) => word !== '--build')] : words;
  const [first = ''] = args;
  const name = pairedCommand(first, args[1]) ?? (isCommandName(first) ? first : 'lint');
  const { flags } = COMMANDS[name];
  return mistakeIn([...tokensOf(args, ALL_FLAGS)], flags);
};

describe('the guides', () => {
  it('call the program as it can be called', () => {
    const calls = ['docs/index.md', ...GUIDES].flatMap((path) => callsIn(readFileSync(path, 'utf8')));
    expect(calls.length).toBeGreaterThan(20);
    expect(calls.map((call) => [call.join(' '), mistakeOf(call)]).filter(([, mistake]) => mistake)).toEqual([]);
  });
});

describe('the guide to formatting', () => {
  it('shows what formatting does', () => {
    const text = readFileSync('docs/guides/formatting.md', 'utf8');
    const [before = '', after] = Array.from(text.matchAll(/```dockerfile\n([\s\S]*?)```/g), ([, code = '']) => code);
    expect(format(documentOf(before), configure(rules, { select: ['format'], ignore: [] })).text).toBe(after);
  });
});
