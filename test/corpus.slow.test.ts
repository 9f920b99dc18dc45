import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { corpusFiles } from '../src/dev/corpus-files.ts';
import { countFindings } from '../src/dev/counts.ts';

const hasCorpus = corpusFiles('dev').length > 0;
if (!hasCorpus) console.warn('SKIPPED: corpus tests, there is no ../shared/corpus');

describe.skipIf(!hasCorpus)('the corpus of real files', () => {
  const counts = countFindings();

  it('lints without a rule that fails', () => {
    expect(counts.internal).toBeUndefined();
  });

  it('has the findings that are committed (`npm run corpus` shows the difference)', () => {
    expect(counts).toEqual(JSON.parse(readFileSync('test/corpus.json', 'utf8')));
  });
});
