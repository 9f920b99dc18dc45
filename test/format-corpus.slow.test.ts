import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { rules } from '../rules/index.ts';
import { configure } from '../src/config/select.ts';
import { corpusFiles } from '../src/dev/corpus-files.ts';
import { format } from '../src/lint/format.ts';
import { decode } from '../src/source/decode.ts';
import { readingOf } from './support/layout.ts';
import { commentsIn } from './support/soundness.ts';

/* Formatting of all real files there are, and of damaged ones: once is enough, and BuildKit sees what it saw. */

const paths = (['dev', 'rare', 'templates', 'fuzz'] as const).flatMap(corpusFiles);
if (paths.length === 0) console.warn('SKIPPED: formatting of real files, there is no ../shared/corpus');

const config = configure(rules, { select: ['format'], ignore: [] });

const flawsOf = (path: string): { readonly flaws: readonly string[]; readonly isChanged: boolean } => {
  const document = decode(path, readFileSync(path));
  const { text } = format(document, config);
  if (text === document.text) return { flaws: [], isChanged: false };
  const flaws: string[] = [];
  if (format({ ...document, text }, config).text !== text) flaws.push('formatted twice it is another');
  if (!isDeepStrictEqual(readingOf(text), readingOf(document.text))) flaws.push('BuildKit reads another file');
  if (!isDeepStrictEqual(commentsIn(text), commentsIn(document.text))) flaws.push('other comments');
  return { flaws: flaws.map((flaw) => `${path}: ${flaw}`), isChanged: true };
};

describe.skipIf(paths.length === 0)('formatting of real files', { timeout: 600_000 }, () => {
  it('changes the layout alone, and once', () => {
    const results = paths.map(flawsOf);
    expect(results.flatMap(({ flaws }) => flaws).slice(0, 20)).toEqual([]);
    expect(results.filter(({ isChanged }) => isChanged).length).toBeGreaterThan(paths.length / 5);
  });
});
