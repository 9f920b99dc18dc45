import fc from 'fast-check';
import { describe, it } from 'vitest';
import { parse } from '../src/ast/create.ts';
import { corpusPaths, corpusText, hasCorpus, sample } from './support/corpus.ts';
import { editedText, RUNS } from './support/edits.ts';
import { expectLossless } from './support/lossless.ts';
import { expectNested } from './support/tree.ts';

const expectSound = (text: string): void => {
  expectLossless(text);
  expectNested(parse(text));
};

describe.skipIf(!hasCorpus)('no character is lost and every range lies in its place (needs ../shared)', () => {
  it('in every real file', () => {
    for (const path of corpusPaths('dev', 'rare', 'templates', 'fuzz')) expectSound(corpusText(path));
  }, 300_000);

  it('in every prefix of some', () => {
    for (const path of sample(corpusPaths('dev', 'rare', 'fuzz'), 40)) {
      const text = corpusText(path).slice(0, 2000);
      for (let end = 0; end < text.length; end++) expectSound(text.slice(0, end));
    }
  }, 300_000);

  it('after many random edits', () => {
    const texts = sample(corpusPaths('dev', 'rare', 'fuzz'), 1000).map(corpusText);
    fc.assert(fc.property(editedText(texts), expectSound), { ...RUNS, numRuns: 10_000 });
  }, 300_000);
});
