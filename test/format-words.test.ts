import { describe, expect, it } from 'vitest';
import { parse } from '../src/ast/create.ts';
import { messagesOf, onlyOf, valuesOf } from './support/format.ts';

/* How BuildKit cuts an instruction into keyword, flags and values: each case is one of its habits. */

/** The values of the one instruction of a text. */
const valueOf = (text: string): string => valuesOf(text).join('\n');

describe('keywords', () => {
  it('are taken in any letter case', () => {
    expect(parse('fRoM a\nrun b\n').instructions.map(({ kind }) => kind)).toEqual(['From', 'Run']);
  });

  it.each(['RUN\u00a0x', 'RUN=x', 'RUNx', 'RUN"x"', '{', '//', "'RUN' x"])('%s is none', (text) => {
    const file = parse(`FROM a\n${text}\n`);
    expect(file.instructions[1]?.kind).toBe('Invalid');
    expect(file.problems).toHaveLength(1);
  });

  it.each(['RUN\tx', 'RUN\vx', 'RUN\fx', 'RUN \r\t x'])('%j ends one', (text) => {
    expect(valueOf(text)).toBe('RUN|x');
  });

  it.each([
    ['RUNN', 'unknown instruction: RUNN (did you mean RUN?)', 'RUN'],
    ['form', 'unknown instruction: form (did you mean from?)', 'from'],
    ['EXPOSED', 'unknown instruction: EXPOSED (did you mean EXPOSE?)', 'EXPOSE'],
    ['apt-get', 'unknown instruction: apt-get', undefined],
  ])('%s is answered with the nearest', (keyword, message, suggestion) => {
    const [problem, ...more] = parse(`FROM a\n${keyword} x\n`).problems;
    expect(problem?.message).toBe(message);
    expect(problem?.suggestion?.text).toBe(suggestion);
    expect(more).toEqual([]);
  });
});

describe('flags', () => {
  const flagsOf = (text: string): readonly string[] =>
    parse(text).instructions.flatMap(({ flags }) => flags.map((flag) => flag.text));

  it.each([
    ['ENV --x=1 a=b', ['--x=1'], 'ENV|a|b|='],
    ['NOPE --x y', ['--x'], 'NOPE|'],
    ['COPY  --a  --b=c d e', ['--a', '--b=c'], 'COPY|d|e'],
    ['RUN --a="b c"d e', ['--a=b cd'], 'RUN|e'],
    ["RUN --a='b c' d", ['--a=b c'], 'RUN|d'],
    ["RUN --a='\\b' c", ['--a=b'], 'RUN|c'],
    ['RUN --a=b\\ c d', ['--a=b c'], 'RUN|d'],
    ['RUN --a="b c', ['--a=b c'], 'RUN'],
    ['RUN --a\\\\', ['--a\\'], 'RUN'],
    ['CMD -- --a', [], 'CMD|--a'],
    ['CMD --a -- --b', ['--a'], 'CMD|--b'],
    ['CMD "--" a', [], 'CMD|"--" a'],
    ['CMD -a', [], 'CMD|-a'],
    ['RUN a --b', [], 'RUN|a --b'],
    ['COPY a --from=x b', [], 'COPY|a|--from=x|b'],
    ['ONBUILD --a RUN --b c', ['--a'], 'ONBUILD|RUN|c'],
  ])('%s', (text, flags, values) => {
    expect(flagsOf(text)).toEqual(flags);
    expect(valueOf(text)).toBe(values);
  });

  it('have ranges for name and value', () => {
    const text = 'COPY --from="a b" c d';
    const [flag] = onlyOf(text, 'Copy').flags;
    expect(text.slice(flag?.name.start, flag?.name.end)).toBe('from');
    expect(text.slice(flag?.value?.start, flag?.value?.end)).toBe('"a b"');
    expect(flag?.value?.text).toBe('a b');
  });
});

describe('values', () => {
  it.each([
    ['RUN  a  b ', 'RUN|a  b'],
    ['ENTRYPOINT a b', 'ENTRYPOINT|a b'],
    ['USER a b', 'USER|a b'],
    ['WORKDIR /a b', 'WORKDIR|/a b'],
    ['STOPSIGNAL 9', 'STOPSIGNAL|9'],
    ['MAINTAINER a <b>', 'MAINTAINER|a <b>'],
    ['EXPOSE 1 "2 3"', 'EXPOSE|1|"2|3"'],
    ['FROM a  AS\tb', 'FROM|a|AS|b'],
    ["COPY 'a b' c", "COPY|'a|b'|c"],
    ['COPY a\\ b c', 'COPY|a\\|b|c'],
    ['COPY a\u00a0b c', 'COPY|a\u00a0b|c'],
    ['VOLUME a b', 'VOLUME|a|b'],
    ['HEALTHCHECK CMD a b', 'HEALTHCHECK|CMD|a b'],
    ['HEALTHCHECK CMD\u00a0a', 'HEALTHCHECK|CMD|a'],
    ['HEALTHCHECK none', 'HEALTHCHECK|none'],
    ['ONBUILD onbuild RUN a', 'ONBUILD|onbuild|RUN|a'],
    ['ONBUILD ENV a=b', 'ONBUILD|ENV|a|b|='],
    ['RUN \u00a0a\u2003', 'RUN|a'],
  ])('%j', (text, values) => {
    expect(valueOf(text)).toBe(values);
  });

  it('a heredoc belongs to the trigger', () => {
    const { trigger } = onlyOf('ONBUILD RUN <<E\nx\nE\n', 'Onbuild');
    expect(trigger.heredocs.map(({ content }) => content)).toEqual(['x\n']);
  });
});

describe('JSON form', () => {
  it.each([
    ['CMD ["a", "b"]', 'CMD|a|b'],
    ['CMD \u00a0["a"]\u00a0', 'CMD|a'],
    ['CMD [ \t\r"a"\r, "b" ]', 'CMD|a|b'],
    ['CMD []', 'CMD'],
    ['CMD ["\\u00e9\\n\\"\\/"]', 'CMD|é\n"/'],
    ['CMD ["\\ud83d\\udc33"]', 'CMD|\u{1f433}'],
    ['CMD ["\\ud800"]', 'CMD|\ufffd'],
    ['CMD ["a",\\\n  "b"]', 'CMD|a|b'],
    ['CMD ["a\\\nb"]', 'CMD|ab'],
    ['COPY ["a b", "c"]', 'COPY|a b|c'],
    ['VOLUME ["a"]', 'VOLUME|a'],
    ['HEALTHCHECK CMD ["a", "b"]', 'HEALTHCHECK|CMD|a|b'],
    ['ONBUILD CMD ["a"]', 'ONBUILD|CMD|a'],
    ['RUN --network=none ["a"]', 'RUN|a'],
  ])('%j', (text, values) => {
    const [node] = parse(text).instructions;
    expect(valueOf(text)).toBe(values);
    expect(node?.kind === 'Onbuild' ? node.trigger.json : node?.json).toBe(true);
  });

  it.each([
    "CMD ['a']",
    'CMD ["a"] b',
    'CMD ["a",]',
    'CMD ["a" "b"]',
    'CMD ["\\x"]',
    'CMD ["\t"]',
    'CMD ["a"',
    'CMD [a]',
    'CMD [1e999]',
    'CMD ["a",\u00a0"b"]',
    'CMD [\f"a"]',
    'CMD {"a": "b"}',
    'CMD "a"',
    `CMD ${'['.repeat(10_001)}${']'.repeat(10_001)}`,
  ])('%.40s is not, but text', (text) => {
    const [node] = parse(text).instructions;
    expect(node?.json).toBe(false);
    expect(node?.arguments).toEqual([text.slice(4)]);
    expect(messagesOf(text)).toEqual([]);
  });

  it.each([
    'CMD [1]',
    'RUN ["a", null]',
    'COPY ["a", ["b"]]',
    'VOLUME [true]',
    'SHELL [{}]',
    'HEALTHCHECK CMD ["a", 1]',
    'ONBUILD CMD [1]',
  ])('%s is refused: strings only', (text) => {
    expect(messagesOf(text)).toEqual(['when using JSON array syntax, arrays must be comprised of strings only']);
  });

  it.each([
    ['EXPOSE ["1"]', 'EXPOSE|["1"]'],
    ['WORKDIR ["a"]', 'WORKDIR|["a"]'],
    ['USER ["a"]', 'USER|["a"]'],
    ['STOPSIGNAL ["a"]', 'STOPSIGNAL|["a"]'],
    ['MAINTAINER ["a"]', 'MAINTAINER|["a"]'],
    ['ARG ["a"]', 'ARG|["a"]'],
    ['FROM ["a"]', 'FROM|["a"]'],
    ['ENV ["a"]=b', 'ENV|["a"]|b|='],
    ['ONBUILD ["RUN"]', 'ONBUILD|["RUN"]|'],
  ])('%s never has it', (text, values) => {
    expect(valueOf(text)).toBe(values);
  });

  it('has a range for each string, its quotes included', () => {
    const text = 'CMD ["a" , "\\u0062"]';
    const { command } = onlyOf(text, 'Cmd');
    const elements = command.kind === 'ExecForm' ? command.elements : [];
    expect(elements.map(({ start, end, value }) => [text.slice(start, end), value])).toEqual([
      ['"a"', 'a'],
      ['"\\u0062"', 'b'],
    ]);
  });
});

describe('ENV, LABEL and ARG', () => {
  it.each([
    ['ENV a=b c=d', 'ENV|a|b|=|c|d|='],
    ['ENV a="b c" d=\'e f\'', 'ENV|a|"b c"|=|d|\'e f\'|='],
    ['ENV a=b\\ c d=e', 'ENV|a|b\\ c|=|d|e|='],
    ['ENV a=\\"b c=d', 'ENV|a|\\"b|=|c|d|='],
    ["ENV a='b\\' c=d", "ENV|a|'b\\'|=|c|d|="],
    ['ENV a="b\\" c" d=e', 'ENV|a|"b\\" c"|=|d|e|='],
    ['ENV a="b c', 'ENV|a|"b c|='],
    ['ENV a=\u00a0b=c', 'ENV|a||=|b|c|='],
    ['ENV "a b"=c', 'ENV|"a b"|c|='],
    ['ENV a=b=c', 'ENV|a|b=c|='],
    ['ENV a b', 'ENV|a|b|'],
    ['ENV a  b = "c" ', 'ENV|a|b = "c"|'],
    ['ENV a = b', 'ENV|a|= b|'],
    ['ENV a b=c', 'ENV|a|b=c|'],
    ['ENV "a b" c', 'ENV|"a|b" c|'],
    ['ENV a\\ b c', 'ENV|a\\|b c|'],
    ['LABEL a=b "c d"=e', 'LABEL|a|b|=|"c d"|e|='],
    ['ARG a b=c "d e"=f', 'ARG|a|b=c|"d e"=f'],
    ["ARG ''", "ARG|''"],
  ])('%s', (text, values) => {
    expect(valueOf(text)).toBe(values);
    expect(messagesOf(text)).toEqual([]);
  });

  it.each([
    ['ENV a', 'ENV must have two arguments'],
    ['ENV a\u00a0b', 'ENV must have two arguments'],
    ['LABEL a', 'LABEL must have two arguments'],
    ['ENV a=b c', 'Syntax error - can\'t find = in "c". Must be of the form: name=value'],
    ['ENV =a', 'ENV names can not be blank'],
    ['LABEL a=b =c', 'LABEL names can not be blank'],
    ['ARG a = b', 'ARG names can not be blank'],
  ])('%s is refused', (text, message) => {
    expect(messagesOf(text)).toEqual([message]);
  });

  it('a bad pair hides no good one', () => {
    const { pairs } = onlyOf('ENV a=b c d=e', 'Env');
    expect(pairs.map(({ key, value, legacy }) => [key.raw, value.raw, legacy])).toEqual([
      ['a', 'b', false],
      ['d', 'e', false],
    ]);
  });
});
