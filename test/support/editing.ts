import { defineRule, type Edit, type LintConfig, plainSettings, type Rule, type Safety } from '../../src/lint/index.ts';

/** A rule that looks for a text and, at each place where it stands, offers the edits told. */
export const editing = (
  name: string,
  wanted: string,
  editsAt: (offset: number, text: string) => readonly Edit[],
  safety: Safety = 'safe',
): Rule =>
  defineRule({
    name,
    codes: [`X-${name}`],
    category: 'style',
    summary: `There is ${wanted}`,
    why: 'Tests look for it.',
    severity: 'warning',
    examples: [],
    fix: { safety },
    check: ({ file: { text } }) => ({
      *done() {
        for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
          const edits = editsAt(at, text);
          const place = { start: at, end: at + wanted.length };
          yield {
            at: place,
            message: `Here is ${wanted}`,
            fix: edits.length ? { title: `Edit ${wanted}`, edits } : undefined,
          };
        }
      },
    }),
  });

/** A rule that says one text instead of another. */
export const saying = (name: string, wanted: string, better: string, safety?: Safety): Rule =>
  editing(name, wanted, (start) => [{ range: { start, end: start + wanted.length }, text: better }], safety);

export const configOf = (...rules: readonly Rule[]): LintConfig => ({
  rules: plainSettings(rules),
  inlineIgnores: true,
});
