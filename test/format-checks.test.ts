import { describe, expect, it } from 'vitest';
import { parse } from '../src/ast/create.ts';
import { refusalOf } from '../src/model/validate.ts';
import { messagesOf } from './support/format.ts';

/* What BuildKit refuses of an instruction that it can cut into words, in its own words. */

const inStage = (line: string): readonly string[] => messagesOf(`FROM a\n${line}\n`);

describe('the number and form of arguments', () => {
  it.each([
    ['ENV', 'ENV requires at least one argument'],
    ['LABEL', 'LABEL requires at least one argument'],
    ['ARG', 'ARG requires at least one argument'],
    ['MAINTAINER', 'MAINTAINER requires exactly one argument'],
    ['USER', 'USER requires exactly one argument'],
    ['WORKDIR', 'WORKDIR requires exactly one argument'],
    ['STOPSIGNAL', 'STOPSIGNAL requires exactly one argument'],
    ['EXPOSE', 'EXPOSE requires at least one argument'],
    ['VOLUME', 'VOLUME requires at least one argument'],
    ['VOLUME []', 'VOLUME requires at least one argument'],
    ['VOLUME [""]', 'VOLUME specified can not be an empty string'],
    ['VOLUME [" "]', 'VOLUME specified can not be an empty string'],
    ['ONBUILD', 'ONBUILD requires at least one argument'],
    ['HEALTHCHECK', 'HEALTHCHECK requires at least one argument'],
    ['SHELL', 'SHELL requires at least one argument'],
    ['SHELL []', 'SHELL requires at least one argument'],
    ['SHELL bash', 'SHELL requires the arguments to be in JSON form'],
    ['COPY', 'COPY requires at least two arguments, but only one was provided. Destination could not be determined'],
    ['COPY a', 'COPY requires at least two arguments, but only one was provided. Destination could not be determined'],
    [
      'ADD ["a"]',
      'ADD requires at least two arguments, but only one was provided. Destination could not be determined',
    ],
    ['COPY a <<E\nE', 'COPY cannot accept a heredoc as a destination'],
    ['FROM', 'FROM requires either one or three arguments'],
    ['FROM a b', 'FROM requires either one or three arguments'],
    ['FROM a b c', 'FROM requires either one or three arguments'],
    ['FROM a as b c', 'FROM requires either one or three arguments'],
    ['FROM a AS 1b', 'invalid name for build stage: "1b", name can\'t start with a number or contain symbols'],
    ['FROM a AS b/c', 'invalid name for build stage: "b/c", name can\'t start with a number or contain symbols'],
    ['HEALTHCHECK NONE x', 'HEALTHCHECK NONE takes no arguments'],
    ['HEALTHCHECK CMD', 'Missing command after HEALTHCHECK CMD'],
    ['HEALTHCHECK CMD []', 'Missing command after HEALTHCHECK CMD'],
    ['HEALTHCHECK curl', 'Unknown type "CURL" in HEALTHCHECK (try CMD)'],
    ['ONBUILD ONBUILD RUN x', "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"],
    ['onbuild from x', "FROM isn't allowed as an ONBUILD trigger"],
    ['ONBUILD MAINTAINER x', "MAINTAINER isn't allowed as an ONBUILD trigger"],
  ])('%s', (line, message) => {
    expect(inStage(line)).toEqual([message]);
  });

  it.each([
    'RUN',
    'RUN []',
    'CMD',
    'CMD []',
    'ENTRYPOINT',
    'ENTRYPOINT []',
    'FROM b as C',
    'FROM b aſ c',
    'FROM b AS c-d_e.f1',
    'HEALTHCHECK none',
    'healthcheck cmd x',
    'HEALTHCHECK --nope=x NONE',
    'USER a b',
    'STOPSIGNAL nope',
    'EXPOSE nope',
    'ARG a=',
    'ENV a=',
    'LABEL a=""',
  ])('%s is fine', (line) => {
    expect(inStage(line)).toEqual([]);
  });

  it.each(['ONBUILD FOO x', 'ONBUILD COPY a', 'ONBUILD RUN --nope x', 'ONBUILD HEALTHCHECK x'])(
    '%s stops no build before a child runs it',
    (line) => {
      const file = parse(`FROM a\n${line}\n`);
      expect(file.problems.map(({ phase }) => phase)).not.toContain('semantic');
      expect(refusalOf(file)).toBeUndefined();
    },
  );

  it('ONBUILD ENV x does: its line cannot be cut', () => {
    expect(refusalOf(parse('FROM a\nONBUILD ENV x\n'))).toBe('ENV must have two arguments');
  });
});

describe('flags', () => {
  it.each([
    ['COPY --x a b', 'unknown flag: --x'],
    ['COPY --fom=x a b', 'unknown flag: --fom (did you mean from?)'],
    ['COPY --FROM=x a b', 'unknown flag: --FROM (did you mean from?)'],
    ['ADD --from=x a b', 'unknown flag: --from'],
    ['RUN --from=x a', 'unknown flag: --from'],
    ['CMD --x a', 'unknown flag: --x'],
    ['EXPOSE --x 1', 'unknown flag: --x'],
    ['FROM --x a', 'unknown flag: --x'],
    ['COPY --from=x --from=y a b', 'duplicate flag specified: --from'],
    ['RUN --network=none --network=host a', 'duplicate flag specified: --network'],
    ['COPY --from a b', 'missing a value on flag: --from'],
    ['RUN --mount a', 'missing a value on flag: --mount'],
    ['COPY --link= a b', 'missing a value on flag: --link'],
    ['COPY --link=1 a b', 'expecting boolean value for flag --link, not: 1'],
    ['RUN --network= a', 'unsupported network mode ""'],
    ['RUN --network=bridge a', 'unsupported network mode "bridge"'],
    ['RUN --security=None a', 'security "None" is not valid'],
    ['HEALTHCHECK --interval=5 CMD a', 'time: invalid duration "5"'],
    ['HEALTHCHECK --timeout=$T CMD a', 'time: invalid duration "$T"'],
    ['HEALTHCHECK --interval=-1s CMD a', 'Interval "interval" cannot be less than 1ms'],
    ['HEALTHCHECK --start-period=999us CMD a', 'Interval "start-period" cannot be less than 1ms'],
    ['HEALTHCHECK --retries=-1 CMD a', '--retries must be a number that is not negative, not "-1"'],
    ['HEALTHCHECK --retries=x CMD a', '--retries must be a number that is not negative, not "x"'],
    ['HEALTHCHECK --retries=2147483648 CMD a', '--retries must be a number that is not negative, not "2147483648"'],
    ['RUN --mount= a', 'failed to parse CSV mounts: EOF'],
    ['RUN --mount=a\\"b a', 'failed to parse CSV mounts: bare " in non-quoted-field'],
    ['RUN --mount=from=$x,target=/y a', "'from' doesn't support variable expansion, define alias stage instead"],
    ['RUN --device=\\" a', 'failed to parse CSV devices: extraneous or missing " in quoted-field'],
  ])('%s', (line, message) => {
    expect(inStage(line)).toEqual([message]);
  });

  it.each([
    'COPY --from= a b',
    'COPY --chown=a:b --chmod=755 --from=x --link --parents --exclude=a --exclude=b a b',
    'COPY --link=TRUE a b',
    'COPY --link=false a b',
    'ADD --checksum=x --keep-git-dir --unpack=true --link --exclude=a a b',
    'FROM --platform=linux/amd64 b',
    'RUN --mount=type=cache,target=/a --mount=type=bind --network=host --security=insecure --device=x a',
    'RUN --mount=from=x$,target=/y a',
    'HEALTHCHECK --interval=1h2m3.5s --timeout=1ms --start-period=0 --start-interval= --retries=0 CMD a',
    'ARG --nope a',
    'STOPSIGNAL --nope 9',
  ])('%s is fine', (line) => {
    expect(inStage(line)).toEqual([]);
  });
});

describe('the whole file', () => {
  it.each([
    ['FROM a\nCOPY x\n', /^dockerfile parse error on line 2: COPY requires/],
    ['FROM a\n\nRUN \\\n x\nFOO\n', /^dockerfile parse error on line 5: unknown instruction: FOO/],
    ['RUN x\nFROM a\n', /^no build stage in current context$/],
    ['FOO\nRUN x\n', /^dockerfile parse error on line 1: unknown instruction/],
    ['FROM a\nCMD [1]\nFOO\n', /^when using JSON array syntax/],
    ['FROM a\nFOO\nENV x\n', /^ENV must have two arguments$/],
  ])('%j is refused', (text, message) => {
    expect(refusalOf(parse(text))).toMatch(message);
  });

  it.each(['ARG a\n', 'FROM a\n', 'ARG a\nFROM b\nRUN c\n'])('%j is read', (text) => {
    expect(refusalOf(parse(text))).toBeUndefined();
  });

  it('one bad line hides no other', () => {
    const messages = messagesOf('FORM a\nRUN ok\nCOPY x\nENV\nFOO\nCMD ["a", 1]\n');
    expect(messages.map((message) => message.split(' ')[0])).toEqual(['unknown', 'COPY', 'ENV', 'unknown', 'when']);
  });

  it('stands in order: stages, globals, instructions', () => {
    const file = parse('ARG a\nFROM b AS c\nRUN d\nFROM e\nARG f\n');
    expect(file.globals.map(({ declarations }) => declarations.map(({ name }) => name.text))).toEqual([['a']]);
    expect(
      file.stages.map(({ from, instructions }) => [from?.name?.text, instructions.map(({ kind }) => kind)]),
    ).toEqual([
      ['c', ['Run']],
      [undefined, ['Arg']],
    ]);
  });

  it('without FROM is one stage', () => {
    const file = parse('ARG a\nRUN b\nARG c\n');
    expect(file.stages.map(({ from, instructions }) => [from, instructions.map(({ kind }) => kind)])).toEqual([
      [undefined, ['Run', 'Arg']],
    ]);
  });
});
