import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandsOf, maskBody, maskShell, parseShell, type Script, variablesOf } from '../src/shell/index.ts';
import { FILLER } from '../src/shell/mask.ts';
import type { Range } from '../src/source/range.ts';

/** The lines of a continuation that BuildKit drops. */
const droppedIn = (text: string): Range[] => {
  const dropped: Range[] = [];
  let start = 0;
  for (const line of text.split(/(?<=\n)/)) {
    const end = start + line.length;
    if (start > 0 && /^\s*(?:#|$)/.test(line)) dropped.push({ start, end });
    start = end;
  }
  return dropped;
};

const mask = (text: string, escapeCharacter: '\\' | '`' = '\\'): string =>
  maskShell(text, { start: 0, end: text.length }, droppedIn(text), escapeCharacter);

/** What BuildKit hands to the shell. */
const join = (text: string): string => {
  let joined = '';
  for (const [index, line] of text.split('\n').entries()) {
    const content = line.replace(/\r+$/, '');
    if (index > 0 && /^\s*(?:#|$)/.test(content)) continue;
    const continued = /(?<!\\)\\[ \t]*$/.test(content);
    joined += continued ? content.replace(/\\[ \t]*$/, '') : `${content}\n`;
  }
  return joined;
};

/** The values of all words, whatever they stand in. */
const wordsIn = (node: unknown): readonly unknown[] => {
  if (Array.isArray(node)) return node.flatMap(wordsIn);
  if (typeof node !== 'object' || node === null) return [];
  const inner = Object.values(node).flatMap(wordsIn);
  return 'kind' in node && node.kind === 'Word' && 'text' in node ? [node.text, ...inner] : inner;
};

const words = (masked: string): readonly unknown[] => wordsIn(parseShell(masked, 0));

describe('maskShell', () => {
  it.each([
    ['one line', 'apt-get update && echo "# no comment"'],
    ['continued lines', 'a \\\n  && b \\\n  && c'],
    ['a comment line in the continuation', 'a && \\\n# why\n  b'],
    ['indented comments and one that ends in the escape', 'a && \\\n  # why \\\n\t# and \\\n  b'],
    ['empty lines', 'a && \\\n\n   \n  b'],
    ['white space after the escape', 'a && \\  \t\n  b'],
    ['a glued word', 'ec\\\nho x'],
    ['a word glued over a comment of odd length', 'ec\\\n# c\nho x'],
    ['a word glued over white space after the escape', 'ec\\ \nho x'],
    ['a word glued over two escapes', 'ec\\\n\\\nho x'],
    ['a word glued over carriage returns', 'ec\\\r\nho x'],
    ['carriage returns', 'a && \\\r\n  b "c" \\\r\n  # d\r\n\r\n  && e\r'],
    ['several carriage returns', 'a \\\r\r\n b'],
    ['a doubled escape, which continues nothing', 'echo a\\\\\nb'],
    ['a glued string', 'echo "a\\\nb" \'c\\\nd\''],
    ['the escape alone on its line', 'a \\\n\\\n  \\\n b'],
    ['a continuation at the end', 'a b \\\n'],
    ['an escape without line end at the end', 'a b \\'],
    ['a comment that swallows the following lines', 'a # b \\\n && c'],
    ['a comment that swallows a glued word', 'a # b\\\nc'],
    ['a number sign inside a word or quotes', 'a b#c "$#" \' #x \\\n y\' \\\n d'],
  ])('reads like the line that BuildKit joins: %s', (_, text) => {
    const masked = mask(text);
    expect(masked).toHaveLength(text.length);
    expect(words(masked)).toEqual(words(join(text)));
    expect(parseShell(masked, 0).problems).toEqual([]);
  });

  it('leaves text alone that has nothing of the iEchorfile', () => {
    expect(mask('a && b \\\n  && c')).toBe('a && b \\\n  && c');
    expect(mask('a\rb')).toBe('a\rb');
  });

  it('takes a backtick at the line end for the escape', () => {
    expect(words(mask('ec`\nho `\n# c\n x', '`'))).toEqual(['echo', 'x']);
    expect(words(mask('echo `date` `\n x', '`'))).toEqual(['echo', undefined, 'date', 'x']);
  });

  it('does not let a backslash before a backtick escape what follows', () => {
    expect(mask('C:\\`\nx', '`')).toBe('C:\\  x');
  });

  it('masks a part of a file, with what is dropped anywhere in it', () => {
    const text = '# x\nRUN a \\\n# y\n  b\nRUN c \\\n# z\n  d\n';
    const start = text.indexOf('c');
    const range = { start, end: text.indexOf('d') + 1 };
    const masked = maskShell(text, range, droppedIn(text), '\\');
    expect(masked).toHaveLength(range.end - range.start);
    expect(words(masked)).toEqual(['c', 'd']);
    expect(parseShell(masked, start).statements[0]).toMatchObject(range);
  });

  it('keeps the length of any text', () => {
    const pieces = fc.constantFrom('\\', '`', '\n', '\r\n', ' ', '\t', '#', 'a', '"', "'", '$(', '&&', FILLER, '<<E\n');
    const texts = fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(texts, fc.constantFrom('\\' as const, '`' as const), fc.nat(), fc.nat(), (text, sign, from, to) => {
        const start = text.length === 0 ? 0 : from % text.length;
        const range = { start, end: start + (to % (text.length - start + 1)) };
        expect(maskShell(text, range, droppedIn(text), sign)).toHaveLength(range.end - range.start);
        expect(maskBody(text, range)).toHaveLength(range.end - range.start);
      }),
    );
  });

  it('reads continued lines like the joined line, whatever is in them', () => {
    const kept = fc.stringMatching(/^ {0,2}(?:[x-z/.-]{1,8} ){0,3}[x-z&|]{0,3}$/);
    const between = fc.constantFrom('', '# note\n', '\n', '  # odd\n\n', '\t\n');
    const line = fc.tuple(kept, fc.constantFrom('\\\n', '\\ \n', '\\\r\n'), between);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), kept, (lines, last) => {
        const text = `x ${lines.map((parts) => parts.join('')).join('')}${last || 'y'}`;
        const joined = join(text);
        // An operator in two lines is beyond the parser.
        fc.pre(!/[&|](?:\\[ \r]?\n|\s*#.*\n|\s*\n)+[&|]/.test(text));
        expect(words(mask(text))).toEqual(words(joined));
      }),
    );
  });

  it('is put together with the bodies of heredocs', () => {
    const text = 'cat <<E > /f && \\\n  ls\na \\\nb # c\nE\n';
    const body = text.indexOf('\na ');
    const masked =
      maskShell(text, { start: 0, end: body }, [], '\\') + maskBody(text, { start: body, end: text.length });
    expect(words(masked)).toEqual(['cat', 'E', 'a b # c\n', '/f', 'ls']);
  });

  it('takes carriage returns out of a heredoc body', () => {
    const text = 'cat <<E\r\na\r\nE\r\nb \\\r\n  c\r\n';
    const script = parseShell(maskBody(text, { start: 0, end: text.length }), 0);
    expect(script.problems).toEqual([]);
    expect(commandsOf(script).map(({ name, arguments: words }) => [name, ...words.map((word) => word.text)])).toEqual([
      ['cat'],
      ['b', 'c'],
    ]);
  });
});

describe('parseShell', () => {
  const parse = (text: string): Script => parseShell(text, 0);

  it('counts ranges in the file', () => {
    const [statement] = parseShell('ls "$X"', 100).statements;
    expect(statement?.command).toMatchObject({
      kind: 'SimpleCommand',
      start: 100,
      end: 107,
      words: [
        { start: 100, end: 102, text: 'ls', quoted: false },
        { start: 103, end: 107, raw: '"$X"', text: undefined, quoted: true },
      ],
    });
  });

  it('has the parts of words', () => {
    const [statement] = parse(`a'b'"c$D"\${E:-f}*.x$(g)\`h\`$((i+1))`).statements;
    const command = statement?.command;
    const parts = command?.kind === 'SimpleCommand' ? command.words[0]?.parts : undefined;
    expect(parts).toMatchObject([
      { kind: 'Literal', value: 'a', quoted: false },
      { kind: 'Literal', value: 'b', quoted: true },
      { kind: 'Literal', value: 'c', quoted: true },
      { kind: 'Variable', name: 'D', quoted: true, nameRange: { start: 7, end: 8 } },
      { kind: 'Variable', name: 'E', operator: ':-', operands: [{ text: 'f' }], quoted: false },
      { kind: 'Pattern', value: '*' },
      { kind: 'Literal', value: '.x' },
      { kind: 'Substitution', style: '$(', script: { statements: [{ start: 21, end: 22 }] } },
      { kind: 'Substitution', style: '`', script: { statements: [{ start: 24, end: 25 }] } },
      {
        kind: 'Arithmetic',
        parts: [
          { kind: 'Variable', name: 'i' },
          { kind: 'Literal', value: '1' },
        ],
      },
    ]);
  });

  it('keeps patterns in the text of a word', () => {
    expect(words('rm -rf /var/lib/apt/lists/* {a,b} {a,$X}')).toEqual([
      'rm',
      '-rf',
      '/var/lib/apt/lists/*',
      '{a,b}',
      undefined,
    ]);
  });

  it('has the operators and what ends statements at their places', () => {
    const script = parse('a && b || c; d & e | f\ng # h ; i');
    expect(script.statements.map(({ terminator }) => terminator)).toEqual([
      { text: ';', start: 11, end: 12 },
      { text: '&', start: 15, end: 16 },
      { text: '\n', start: 22, end: 23 },
      undefined,
    ]);
    expect(script.statements[0]?.command).toMatchObject({
      kind: 'AndOrList',
      operators: [
        { text: '&&', start: 2 },
        { text: '||', start: 7 },
      ],
    });
  });

  it('reads redirections and heredocs', () => {
    const text = 'cat <<-"E" 2>&1 >> /f\n\tx $Y\n\tE\n';
    expect(parse(text).statements[0]?.command).toMatchObject({
      redirections: [
        { operator: '<<-', target: { text: 'E', quoted: true }, body: { raw: '\tx $Y\n', quoted: true } },
        { operator: '>&', descriptor: 2, target: { text: '1' } },
        { operator: '>>', descriptor: undefined, target: { text: '/f' } },
      ],
    });
  });

  it('tells bodies that may not run from those that do', () => {
    const conditions = (text: string) => {
      const command = parse(text).statements[0]?.command;
      return command?.kind === 'CompoundCommand' ? command.bodies.map(({ conditional }) => conditional) : undefined;
    };
    expect(conditions('if a; then b; elif c; then d; else e; fi')).toEqual([false, true, true, true, true]);
    expect(conditions('while a; do b; done')).toEqual([false, true]);
    expect(conditions('for i in 1 2; do b; done')).toEqual([false]);
    expect(conditions('for i in $X; do b; done')).toEqual([true]);
    expect(conditions('case $x in a) b;; *) c; esac')).toEqual([true, true]);
    expect(conditions('{ a; }')).toEqual([false]);
    expect(conditions('f() { a; }')).toEqual([true]);
  });

  it('finds the places inside backticks with escapes', () => {
    const text = 'echo `ls \\`cat \\"x\\" \\$Y\\` z`';
    const names = commandsOf(parse(text)).map(({ start, end }) => text.slice(start, end));
    expect(names).toEqual(['cat \\"x\\" \\$Y', 'ls \\`cat \\"x\\" \\$Y\\` z', text]);
    expect(variablesOf(parse(text)).uses.map(({ start, end }) => text.slice(start, end))).toEqual(['$Y']);
  });

  it.each([
    ['if a; then b', '`if` without `fi`', 'b'],
    ['(a', '`(` without `)`', 'a'],
    ['{ a', '`{` without `}`', 'a'],
    ['a "b', 'The double quote `"` is never closed', '"b'],
    ["a 'b", "The single quote `'` is never closed", "'b"],
    ['a $(b', '`$(` is never closed', '$'],
    ['a ${b', '`${` is never closed', '${b'],
    ['a `b', 'The backtick is never closed', '`b'],
    ['a && ', 'A command is missing after `&&`', '&&'],
    ['&& a', 'The shell does not expect `&&` here', '&&'],
    ['a;;b', 'The shell does not expect `;;` here', ';;'],
    ['a )', 'The shell does not expect `)` here', ')'],
    ['a >', 'The redirection names no file', '>'],
    ['for i in a; b; done', 'The shell expects `do` here', ';'],
  ])('says what is wrong with %j', (text, message, place) => {
    const [problem] = parse(text).problems;
    expect(problem?.message).toBe(message);
    expect(problem && text.slice(problem.start, problem.end)).toBe(place);
  });

  it('reports a mistake inside a substitution once, on the outermost script', () => {
    const script = parse('a "$(b; fi)" && c');
    expect(script.problems).toMatchObject([{ message: 'The shell does not expect `fi` here', start: 8, end: 10 }]);
  });
});
