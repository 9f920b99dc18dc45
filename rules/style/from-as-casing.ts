import { defineRule, replace } from '#lint';

export default defineRule({
  name: 'from-as-casing',
  codes: ['FromAsCasing'],
  category: 'style',
  summary: 'AS is not in the letter case of FROM',
  why: 'Both are keywords of one instruction. In the same letter case they set off the name of the stage.',
  severity: 'style',
  tags: ['format'],
  when: { text: /\bas\b/i },
  fix: { safety: 'safe' },
  examples: [
    { bad: 'FROM golang AS build\nFROM scratch as run\n', good: 'FROM golang AS build\nFROM scratch AS run\n' },
    { bad: 'from golang AS build\n', good: 'from golang as build\n' },
    { bad: 'FROM golang As build\n', good: 'FROM golang AS build\n' },
    { title: 'Both in lower case', good: 'from golang as build\n' },
  ],
  exceptions: { lowerCase: 'The letter case is what it looks at.' },
  check() {
    return {
      *From({ as, keyword }) {
        if (!as) return;
        const isLower = keyword.text === keyword.text.toLowerCase();
        // Of a keyword in mixed letters keyword-casing has something to say.
        if (!isLower && keyword.text !== keyword.text.toUpperCase()) return;
        const wanted = isLower ? 'as' : 'AS';
        if (as.text === wanted) return;
        const isWhole = as.end - as.start === as.text.length;
        yield {
          at: as,
          message: `\`${as.text}\` is not in the letter case of \`${keyword.text}\``,
          help: `Write \`${wanted}\`.`,
          fix: isWhole ? { title: `Write \`${wanted}\``, edits: [replace(as, wanted)] } : undefined,
        };
      },
    };
  },
});
