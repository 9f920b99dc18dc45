import { COMMANDS } from '../../cli/commands.ts';
import { oneLine } from '../../lint/document.ts';
import type { Rule } from '../../lint/index.ts';
import type { Written } from './markdown.ts';

/** What can be found: a title, more words that lead to it, what it is, and where. */
type Item = readonly [title: string, words: string, text: string, path: string];

/** A script that holds all that can be found, for a file may not read another but as a script. */
export const searchIndex = (rules: readonly Rule[], pages: readonly Written[]): string => {
  const items: Item[] = [
    ...rules.map(
      ({ name, codes, category, summary }): Item => [
        name,
        [...codes, category].join(' '),
        oneLine(summary),
        `rules/${name}.html`,
      ],
    ),
    ...pages.flatMap(itemsOf),
    ...Object.entries(COMMANDS).map(
      ([name, { describe }]): Item => [`iechorlint ${name}`, 'command', describe, `commands.html#${name}`],
    ),
    ...Object.entries(COMMANDS).flatMap(([name, { flags }]) =>
      Object.entries(flags).map(
        ([flag, { describe }]): Item => [`--${flag}`, `option ${name}`, describe, `commands.html#${name}-${flag}`],
      ),
    ),
  ];
  // No text ends the script element it may be copied into.
  return `globalThis.iechorlintItems = ${JSON.stringify(items).replaceAll('<', '\\u003c')};\n`;
};

const itemsOf = ({ title, description, path, headings }: Written): readonly Item[] => [
  [title, '', description, path],
  ...headings.filter(({ depth }) => depth > 1).map(({ text, id }): Item => [text, '', title, `${path}#${id}`]),
];
