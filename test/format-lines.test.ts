import { describe, expect, it } from 'vitest';
import { parse } from '../src/ast/create.ts';
import { refusalOf } from '../src/model/validate.ts';
import { documentOf } from '../src/source/document.ts';
import { messagesOf, onlyOf, valuesOf } from './support/format.ts';

/* How BuildKit cuts bytes into lines and lines into instructions: each case is one of its habits. */

const TOO_LONG = 'dockerfile line greater than max allowed size of 65535';

describe('lines', () => {
  it.each([
    ['only a line feed ends one', 'FROM a\rRUN b\n', ['FROM|a|RUN|b']],
    ['carriage returns at its end are cut, all of them', 'FROM a\r\r\nRUN b \\\r\r\n c\r\r\n', ['FROM|a', 'RUN|b  c']],
    ['the last one needs no end', 'FROM a\nRUN b', ['FROM|a', 'RUN|b']],
    ['a line separator does not end one', 'FROM a\nRUN b\u2028c\n', ['FROM|a', 'RUN|b\u2028c']],
    ['NUL is kept', 'FROM a\nRUN b\0c\n', ['FROM|a', 'RUN|b\0c']],
    ['blank ones are skipped, whatever the blank', 'FROM a\n\n \t\v\f\u00a0\u0085\u3000\nRUN b\n', ['FROM|a', 'RUN|b']],
    ['a zero-width space is no blank', 'FROM a\n\u200b\nRUN b\n', ['FROM|a', '\u200b|', 'RUN|b']],
  ])('%s', (_title, text, expected) => {
    expect(valuesOf(text)).toEqual(expected);
  });

  it('one byte order mark is taken off, a second is part of the keyword, as is one further down', () => {
    expect(valuesOf(documentOf('\ufeffFROM a\n').text)).toEqual(['FROM|a']);
    expect(messagesOf(documentOf('\ufeff\ufeffFROM a\n').text)[0]).toContain('unknown instruction: \ufeffFROM');
    expect(messagesOf('FROM a\n\ufeffRUN b\n')[0]).toContain('unknown instruction: \ufeffRUN');
  });

  it.each([
    ['with a line end', (length: number) => `FROM a\nRUN ${'x'.repeat(length - 4)}\n`],
    ['without one', (length: number) => `FROM a\nRUN ${'x'.repeat(length - 4)}`],
    ['with a carriage return, which counts', (length: number) => `FROM a\nRUN ${'x'.repeat(length - 5)}\r\n`],
    ['of a comment', (length: number) => `FROM a\n#${'x'.repeat(length - 1)}\n`],
    ['inside a continuation', (length: number) => `FROM a\nRUN \\\n${'x'.repeat(length)}\n`],
    ['of a comment inside one', (length: number) => `FROM a\nRUN \\\n#${'x'.repeat(length - 1)}\n b\n`],
    ['in a heredoc', (length: number) => `FROM a\nRUN <<E\n${'x'.repeat(length)}\nE\n`],
    [
      'in bytes, not characters',
      (length: number) => `FROM a\nRUN ${'x'.repeat(length - 4 - 3 * 1000)}${'€'.repeat(1000)}\n`,
    ],
  ])('may have 65,535 bytes and no more: %s', (_title, make) => {
    expect(messagesOf(make(65_535))).toEqual([]);
    expect(messagesOf(make(65_536))).toEqual([TOO_LONG]);
  });

  it('joined ones may have any length', () => {
    expect(messagesOf(`FROM a\nRUN ${`${'x'.repeat(60_000)}\\\n`.repeat(5)}\n`)).toEqual([]);
  });

  it('what stands below one that is too long is read all the same', () => {
    expect(valuesOf(`FROM a\n${'x'.repeat(70_000)}\nCMD b\n`)).toEqual(['FROM|a', 'CMD|b']);
    expect(valuesOf(`FROM a\nRUN b \\\n${'x'.repeat(70_000)}\nCMD c\n`)).toEqual(['FROM|a', 'RUN|b', 'CMD|c']);
  });

  it.each(['', '\n', ' \t\n', '# c\n', '# syntax=x\n', '# escape=`\n\n'])('%j holds no instruction', (text) => {
    expect(messagesOf(text)).toEqual(['file with no instructions']);
  });
});

describe('parser directives', () => {
  it.each([
    '# escape=`\n',
    '#escape=`\n',
    ' # escape=`\n',
    '\u00a0#\u00a0escape=`\n',
    '# \tescape\t = ` \n',
    '# ESCAPE=`\n',
    '# syntax=x\n# escape=`\n',
    '# check=skip=all\n# Escape=`\r\n',
    '# escape=`',
  ])('%j sets the escape', (head) => {
    expect(parse(`${head}${head.endsWith('\n') ? '' : '\n'}FROM a\n`).escape).toBe('`');
  });

  it.each([
    '\n',
    '# comment\n',
    '# unknown=x\n',
    '# escape=\n',
    '## escape=`\n',
    '#!/bin/sh\n',
    '# escape\v=`\n',
    '# 1escape=`\n',
    'ARG a\n',
    '// syntax=x\n',
    '{"syntax": "x"}\n',
  ])('%j ends the head for good', (line) => {
    const file = parse(`${line}# escape=\`\nFROM a\n`);
    expect(file.escape).toBe('\\');
    expect(file.directives).toEqual([]);
  });

  it.each(['escape=`', 'syntax=x', 'check=skip=all'])('%s may stand once in the head', (directive) => {
    const [name] = directive.split('=');
    expect(messagesOf(`# ${directive}\n# ${directive.toUpperCase()}\nFROM a\n`)).toEqual([
      `only one ${name} parser directive can be used`,
    ]);
    expect(messagesOf(`# ${directive}\n\n# ${directive}\nFROM a\n`)).toEqual([]);
  });

  it.each(['x', '``', '` # c', '\\\\', '\u00a0`', '/'])('escape=%j is refused', (value) => {
    expect(messagesOf(`# escape=${value}\nFROM a\n`)).toEqual([
      `invalid escape token '${value}' does not match \` or \\`,
    ]);
  });

  it('a bad escape is said before all else', () => {
    expect(refusalOf(parse('# escape=x'))).toBe("invalid escape token 'x' does not match ` or \\");
  });

  it('never go on over lines', () => {
    expect(valuesOf('# syntax=x\\\nFROM a\n')).toEqual(['FROM|a']);
  });

  it('have ranges for key and value, and are no comments', () => {
    const file = parse('  #  Syntax = docker/dockerfile:1 \nFROM a\n');
    const [directive] = file.directives;
    expect(directive).toMatchObject({
      name: 'syntax',
      key: { text: 'Syntax', start: 5 },
      value: { text: 'docker/dockerfile:1', start: 14 },
    });
    expect(file.comments).toEqual([]);
    expect(file.instructions[0]?.comments).toEqual([]);
  });
});

describe('comments', () => {
  it.each([
    ['between instructions', 'FROM a\n  # c\nRUN b\n', ['FROM|a', 'RUN|b']],
    ['that end in the escape go on no further', 'FROM a\n# c \\\nRUN b\n', ['FROM|a', 'RUN|b']],
    ['inside a continuation', 'RUN a \\\n# c\n  # d \\\n b\n', ['RUN|a  b']],
    ['inside one that ends with the file', 'RUN a \\\n# c\n', ['RUN|a']],
    ['blank lines inside leave it open', 'RUN a \\\n\n \t\nCMD x\n', ['RUN|a CMD x']],
    ['are nothing in a heredoc', 'RUN <<E\n# c\n\nx \\\nE\n', ['RUN|<<E']],
    ['begin a line; a later # is text', 'RUN a # b\n', ['RUN|a # b']],
  ])('%s', (_title, text, expected) => {
    expect(valuesOf(text)).toEqual(expected);
  });

  it('behind an instruction are words of it', () => {
    expect(messagesOf('FROM a # c\n')).toEqual(['FROM requires either one or three arguments']);
    expect(messagesOf('FROM a\nENV b=c # d\n')).toHaveLength(2);
  });

  it('belong to the instruction below, over blank lines, and know whether they are inside one', () => {
    const file = parse('# a\n\n# b\nFROM x\nRUN y \\\n # c\n z\n');
    expect(file.instructions.map(({ comments }) => comments.map(({ text }) => text))).toEqual([[' a', ' b'], []]);
    expect(file.comments.map(({ text, inside }) => [text, inside])).toEqual([
      [' a', false],
      [' b', false],
      [' c', true],
    ]);
  });

  it('blank lines inside a continuation are noted, those in a heredoc and between instructions are not', () => {
    const text = 'FROM a\n\nRUN b \\\n\n  \n c <<E\n\nE\n';
    expect(parse(text).emptyContinuations.map(({ start, end }) => text.slice(start, end))).toEqual(['\n', '  \n']);
  });
});

describe('continuation', () => {
  it.each([
    ['joins with nothing between', 'RUN a\\\nb\n', 'ab'],
    ['keeps the blanks of the lines below', 'RUN a\\\n  \tb\n', 'a  \tb'],
    ['takes blanks and tabs behind the escape', 'RUN a\\ \t \n b\n', 'a b'],
    ['cuts the blanks at both ends of it all', '  RUN  a \\\n b \n', 'a  b'],
    ['works inside quotes', 'RUN "a \\\nb"\n', '"a b"'],
    ['may end the file', 'RUN a \\', 'a'],
    ['may end it with an empty line', 'RUN a \\\n\\\n', 'a'],
    ['is not for a doubled escape', 'RUN a\\\\\n', 'a\\\\'],
    ['nor a tripled one', 'RUN a\\\\\\\n', 'a\\\\\\'],
    ['nor with other space behind', 'RUN a\\\u00a0\n', 'a\\'],
    ['nor for the other escape', 'RUN a`\n', 'a`'],
  ])('%s', (_title, text, value) => {
    expect(valuesOf(text)[0]).toBe(`RUN|${value}`);
  });

  it('falls inside a keyword, a flag, a word', () => {
    expect(valuesOf('FR\\\nOM \\\na\nCOPY --fr\\\nom=x a\\\nb c\n')).toEqual(['FROM|a', 'COPY|ab|c']);
    expect(onlyOf('COPY --fr\\\nom=x a b\n', 'Copy').flags.map(({ text }) => text)).toEqual(['--from=x']);
  });

  it('of a flag ends it where the next line begins with a blank', () => {
    const { flags, arguments: values } = onlyOf('RUN --mount=a,\\\n  target=/x b\n', 'Run');
    expect([flags.map(({ text }) => text), values]).toEqual([['--mount=a,'], ['target=/x b']]);
  });

  it('alone on a line begins an instruction there', () => {
    expect(parse('\\\n\nFROM a\n').instructions.map(({ lines }) => lines)).toEqual([{ first: 1, last: 3 }]);
    expect(messagesOf('FROM a\n\\\n')).toEqual(['unknown instruction: ']);
  });

  it('with a backtick leaves the backslash alone', () => {
    expect(valuesOf('# escape=`\nFROM a\nRUN a `\n b\\\nRUN c\n')).toEqual(['FROM|a', 'RUN|a  b\\', 'RUN|c']);
  });
});

describe('line numbers', () => {
  it.each([
    ['of one line', 'FROM a\n', [[1, 1]]],
    [
      'with continuations, comments and blank lines',
      'FROM a\nRUN b \\\n# c\n\n d\nCMD e\n',
      [
        [1, 1],
        [2, 5],
        [6, 6],
      ],
    ],
    [
      'with dropped lines at the end of the file',
      'FROM a\nRUN b \\\n# c\n\n',
      [
        [1, 1],
        [2, 4],
      ],
    ],
    [
      'of an escape before the end of the file',
      'FROM a\nRUN b \\\n',
      [
        [1, 1],
        [2, 2],
      ],
    ],
    [
      'with heredocs',
      'FROM a\nRUN <<E <<F\nx\nE\nF\nCMD e\n',
      [
        [1, 1],
        [2, 5],
        [6, 6],
      ],
    ],
    [
      'with a heredoc that ends the file',
      'FROM a\nRUN <<E\nE',
      [
        [1, 1],
        [2, 3],
      ],
    ],
    ['under a head', '# escape=`\n# c\nFROM a\n', [[3, 3]]],
  ])('%s', (_title, text, expected) => {
    expect(parse(text).instructions.map(({ lines }) => [lines.first, lines.last])).toEqual(expected);
  });
});
