import { defineRule, type Rule, type Safety, type Severity } from '../../src/lint/index.ts';

/** A rule that reports a word wherever it stands in the text, and may know the better word. */
const marker = (name: string, severity: Severity, better?: { readonly word: string; readonly safety: Safety }): Rule =>
  defineRule({
    name,
    codes: [`T${name.length}`],
    category: 'style',
    summary: `The file says ${name}`,
    why: `Tests look for ${name}.`,
    severity,
    examples: [],
    ...(better ? { fix: { safety: better.safety } } : {}),
    check: ({ document }) => ({
      *done() {
        for (const { index } of document.text.matchAll(new RegExp(name, 'g'))) {
          const at = { start: index, end: index + name.length };
          const fix = better && { title: `Say ${better.word}`, edits: [{ range: at, text: better.word }] };
          yield { at, message: `Here is ${name}`, fix };
        }
      },
    }),
  });

/** Words as rules, so that tests of the command line need no real ones. */
export const markerRules: readonly Rule[] = [
  marker('broken', 'error'),
  marker('doubtful', 'warning', { word: 'certain', safety: 'safe' }),
  marker('risky', 'warning', { word: 'bold', safety: 'unsafe' }),
  marker('remark', 'info'),
  marker('ugly', 'style', { word: 'neat', safety: 'safe' }),
  { ...marker('rare', 'warning'), off: true },
];
