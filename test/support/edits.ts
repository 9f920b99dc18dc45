import fc from 'fast-check';

/** What the format, or what people type, has a meaning for. */
const SNIPPETS = [
  '\\\n',
  '`\n',
  '\\',
  '`',
  '\n',
  '\r',
  '\r\n',
  ' ',
  '\t',
  '\v',
  '\u00a0',
  '\u0085',
  '\u2028',
  '\ufeff',
  '\0',
  '\ud800',
  'é',
  '\u{1f433}',
  '"',
  "'",
  '[',
  ']',
  '{',
  '}',
  '$',
  '${',
  ':-',
  '##',
  '/',
  '#',
  '# ',
  '# escape=`\n',
  '=',
  ',',
  '<<',
  '<<-',
  '<<EOF',
  '\nEOF\n',
  '--x=',
  ' -- ',
  'FROM ',
  'RUN ',
  'ONBUILD ',
  'HEALTHCHECK ',
  'CMD ["a", "b"]',
  'COPY ',
  'ENV ',
  'a=b',
];

interface Change {
  /** Where, and how much of the text goes, as shares of its length. */
  readonly at: number;
  readonly removed: number;
  readonly inserted: string;
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.05, noNaN: true })),
  inserted: fc.oneof(fc.constantFrom(...SNIPPETS), fc.string({ unit: 'binary', maxLength: 4 }), fc.constant('')),
});

/** One of the texts with a few random edits. */
export const editedText = (texts: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...texts), fc.array(change, { minLength: 1, maxLength: 5 }))
    .map(([text, changes]) => changes.reduce(apply, text));

const apply = (text: string, { at, removed, inserted }: Change): string => {
  const start = Math.floor(at * text.length);
  return text.slice(0, start) + inserted + text.slice(start + Math.floor(removed * text.length));
};

/** Lines of such snippets: nothing like a file. */
export const noise: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...SNIPPETS), { maxLength: 40 })
  .map((parts) => parts.join(''));

/** The same run each time unless told otherwise. */
export const RUNS = { seed: Number(process.env.SEED ?? 1) };
