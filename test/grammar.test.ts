import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IechorfileParser } from '../grammar/iechorfile.ts';
import { createLexer } from '../grammar/tokens.ts';
import { parse } from '../src/ast/create.ts';
import { modelOf } from '../src/model/index.ts';
import { planImage } from '../src/model/plan.ts';
import { decode } from '../src/source/decode.ts';
import { corpusPaths, corpusText, hasCorpus, sample } from './support/corpus.ts';
import { editedText, noise, RUNS } from './support/edits.ts';
import { expectLossless } from './support/lossless.ts';
import { SAMPLES } from './support/samples.ts';
import { expectNested } from './support/tree.ts';

const expectSound = (text: string): void => {
  expectLossless(text);
  expectNested(parse(text));
};

describe('the definitions', () => {
  it('of the lexer pass the checks of the toolkit', () => {
    expect(createLexer(false).lexerDefinitionErrors).toEqual([]);
  });

  it('of the parser pass the checks of the toolkit, which throw', () => {
    expect(() => new IechorfileParser(false)).not.toThrow();
  });
});

describe('no character is lost and every range lies in its place', () => {
  it.each(SAMPLES)('%j', (text) => {
    expectSound(text);
  });

  it('in every prefix of a file', () => {
    for (const text of SAMPLES) for (let end = 0; end <= text.length; end++) expectSound(text.slice(0, end));
  });

  it('in every suffix of a file', () => {
    for (const text of SAMPLES) for (let start = 0; start <= text.length; start++) expectSound(text.slice(start));
  });

  it('after random edits', () => {
    fc.assert(fc.property(editedText(SAMPLES), expectSound), { ...RUNS, numRuns: 2000 });
  });

  it('in noise', () => {
    fc.assert(fc.property(noise, expectSound), { ...RUNS, numRuns: 2000 });
  });

  it('in random strings', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), expectSound), { ...RUNS, numRuns: 1000 });
  });

  it('in random bytes', () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(bytes, (given) => expectSound(decode('iEchorfile', given).text)),
      { ...RUNS, numRuns: 1000 },
    );
  });

  it.skipIf(!hasCorpus)('in real files with random edits', () => {
    const texts = sample(corpusPaths('dev', 'rare'), 100).map(corpusText);
    fc.assert(fc.property(editedText(texts), expectSound), { ...RUNS, numRuns: 500 });
  });
});

describe('nothing throws or hangs', () => {
  // As many as one line holds.
  const lineOf = (piece: string): string => piece.repeat(Math.floor(60_000 / piece.length));
  const DEEP = [
    '${',
    '${a:-',
    '${a/',
    '[',
    '["',
    '"',
    "'",
    '"$',
    '\\',
    '`',
    '<<',
    '<<"',
    '<<E ',
    '{',
    ',',
    '=',
    'a=',
    '$',
    ' ',
    '\t',
    '--',
    '--a="',
  ];
  const BEFORE = [
    'RUN ',
    'CMD ',
    'COPY ',
    'ENV ',
    'ENV a=',
    'LABEL ',
    'ARG ',
    'ONBUILD RUN ',
    'EXPOSE ',
    'WORKDIR ',
    'VOLUME ',
    'HEALTHCHECK CMD ',
    'FROM ',
  ];

  it.each(DEEP)('a line of %j', (piece) => {
    const run = lineOf(piece);
    for (const before of BEFORE) {
      const file = parse(`FROM a\n${before}${run}\n`);
      expect(file.instructions).toHaveLength(2);
      planImage(file, {});
    }
  });

  it('ONBUILD of ONBUILD of …', () => {
    const file = parse(`FROM a\n${lineOf('ONBUILD ')}RUN x\n`);
    expect(file.instructions).toHaveLength(2);
    expect(file.problems.map(({ message }) => message)).toContain(
      "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed",
    );
    expect(modelOf(file).stages).toHaveLength(1);
  });

  it.each(['${a:-', '["', '"${', '${a/b/', '<<"', 'ONBUILD '])('ten continued lines of %j', (piece) => {
    for (const before of ['RUN ', 'ENV a=', 'COPY ']) {
      const file = parse(`FROM a\n${before}${`${lineOf(piece)}\\\n`.repeat(10)}\n`);
      expect(file.instructions).toHaveLength(2);
      planImage(file, {});
    }
  });

  it('an instruction of very many words', () => {
    for (const [before, word] of [
      ['COPY', 'a'],
      ['ENV', 'a=b'],
      ['ARG', 'a'],
      ['EXPOSE', '1'],
    ]) {
      const file = parse(`FROM a\n${before} \\\n${`${word} \\\n`.repeat(200_000)}\n`);
      expect(file.instructions.at(-1)?.arguments.length).toBeGreaterThanOrEqual(200_000);
    }
  });

  it.each([
    ['a line', `RUN ${'x'.repeat(50_000_000)}`],
    ['a line of quotes', `ENV ${'"'.repeat(50_000_000)}`],
    ['a comment', `#${' '.repeat(50_000_000)}`],
    ['a continued line', `RUN a \\\n${'x'.repeat(50_000_000)}`],
    ['blanks', ' '.repeat(50_000_000)],
  ])('%s of 50 MB', { timeout: 60_000 }, (_title, line) => {
    const file = parse(`FROM a\n${line}\nCMD b\n`);
    expect(file.problems.map(({ message }) => message)).toEqual([
      'dockerfile line greater than max allowed size of 65535',
    ]);
    expect(file.instructions.at(-1)?.kind).toBe('Cmd');
  });

  it.each([
    ['instructions', 'RUN a\n'],
    ['continued lines', 'RUN a \\\n'],
    ['empty continued lines', '\\\n'],
    ['comments', '# c\n'],
    ['comments in a continuation', 'RUN a \\\n# c\n'],
    ['heredocs', 'RUN <<E\nx\nE\n'],
    ['openers', 'RUN <<E <<F\n'],
    ['empty lines', '\n'],
    ['stages', 'FROM a AS b\nCOPY --from=b a b\n'],
    ['variables', 'ENV a=$a$b${c:-$d}\n'],
  ])('any number of %s is no burden', { timeout: 60_000 }, (_title, piece) => {
    // What is quadratic would run into the time limit of tests.
    expect(parse(piece.repeat(40_000)).text.length).toBe(piece.length * 40_000);
  });
});
