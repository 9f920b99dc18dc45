import { escapeLine } from './escape.ts';

// `##[` and `::` are commands to CI systems, in whose logs a report may end.
const SPECIAL = /[&<>"'\ufffe\uffff]|#(?=#)|:(?=:)/g;

/** Text for XML or HTML, between tags or in a quoted value; hidden characters have been made visible before. */
export const escapeMarkup = (text: string): string => text.replace(SPECIAL, entityOf);

const entityOf = (character: string): string =>
  // No character of XML, not even so.
  character >= '\ufffe' ? `\\u{${character.charCodeAt(0).toString(16)}}` : `&#${character.charCodeAt(0)};`;

/** A tag's attributes, each value of one line; those that are undefined are left out. */
export const attributes = (values: Readonly<Record<string, string | number | undefined>>): string => {
  let text = '';
  for (const [name, value] of Object.entries(values))
    if (value !== undefined) text += ` ${name}="${escapeMarkup(escapeLine(String(value)))}"`;
  return text;
};

/** What stands between backticks as code, the rest as text, each escaped as told. */
export const withCode = (text: string, escape: (part: string) => string): string => {
  const parts = text.split('`');
  // The last backtick has no partner where there is an even number of parts.
  const isOpen = parts.length % 2 === 0;
  return parts
    .map((part, at) => {
      if (at % 2 === 0) return escape(part);
      return isOpen && at === parts.length - 1 ? escape(`\`${part}`) : `<code>${escape(part)}</code>`;
    })
    .join('');
};
