import { describe, expect, it } from 'vitest';
import { parse } from '../src/ast/create.ts';
import { durationText, quoted } from '../src/model/go-format.ts';
import { historyOf, runText, scriptFileOf } from '../src/model/history.ts';
import { modelOf } from '../src/model/index.ts';
import { historyIn } from './support/plan.ts';

/* BuildKit's words for each instruction in the history of an image, and which of them make a layer. */

describe('entries', () => {
  it.each([
    ['RUN in shell form', 'RUN a  && \\\n  b', '1 RUN /bin/sh -c a  &&   b # buildkit'],
    ['in exec form', 'RUN ["a", "b c"]', '1 RUN a b c # buildkit'],
    ['without its flags', 'RUN --mount=type=tmpfs,target=/x --network=none a', '1 RUN /bin/sh -c a # buildkit'],
    ['a heredoc is the script', 'RUN <<E\na\n\tb\nE', '1 RUN /bin/sh -c a\n\tb\n # buildkit'],
    ['without the tabs of <<-', 'RUN <<-E\n\ta\n\t\tb\n\tE', '1 RUN /bin/sh -c a\nb\n # buildkit'],
    ['one with #! is a file', 'RUN <<E\n#!/usr/bin/python3\nE', '1 RUN /bin/sh -c /dev/pipes/E # buildkit'],
    ['in a command it stays', 'RUN cat <<-E >f\n\ta\nE', '1 RUN /bin/sh -c cat <<-E >f\n\ta\nE # buildkit'],
    ['so do two', 'RUN <<E <<F\na\nE\nb\nF', '1 RUN /bin/sh -c <<E <<F\na\nE\nb\nF # buildkit'],
    ['COPY', 'COPY a "b" /c/', '1 COPY a b /c/ # buildkit'],
    ['as JSON', 'COPY ["a b", "/c/"]', '1 COPY a b /c/ # buildkit'],
    ['with variables', 'COPY $BASE /$BASE', '1 COPY from-base /from-base # buildkit'],
    [
      'flags',
      'COPY --chmod=0755 --link --from=x --chown=$BASE a /',
      '1 COPY --chown=from-base --chmod=0755 a / # buildkit',
    ],
    ['--parents', 'COPY --chown=1 --parents a /', '1 COPY --parents --chown=1 a / # buildkit'],
    ['--parents=false', 'COPY --parents=false a /', '1 COPY a / # buildkit'],
    ['files that stand in it come last', 'COPY <<-"E" a /b/\n\tx\nE', '1 COPY a <<E /b/ # buildkit'],
    ['ADD', 'ADD --keep-git-dir=true https://e.org/x.git#v1 /', '1 ADD https://e.org/x.git#v1 / # buildkit'],
    ['WORKDIR', 'WORKDIR a/../$BASE', '1 WORKDIR /from-base'],
    ['the root makes no layer', 'WORKDIR /', '0 WORKDIR /'],
    ['ENV', 'ENV A="x  y" B=$BASE', '0 ENV A=x  y B=from-base'],
    ['of the old form', 'ENV A x  y', '0 ENV A=x  y'],
    ['LABEL', 'LABEL "a.b"=\'$BASE\' c=d', '0 LABEL a.b=$BASE c=d'],
    ['ARG', 'ARG A B=$BASE C=', '0 ARG A B=from-base C='],
    ['that a build defines', 'ARG TARGETARCH', '0 ARG TARGETARCH=amd64'],
    ['USER', 'USER $BASE:1', '0 USER from-base:1'],
    ['VOLUME', 'VOLUME /b "/a"', '0 VOLUME [/b /a]'],
    ['as JSON', 'VOLUME ["/b", "/$BASE"]', '0 VOLUME [/b /from-base]'],
    ['STOPSIGNAL', 'STOPSIGNAL SIGINT', '0 STOPSIGNAL SIGINT'],
    ['EXPOSE in order of the words', 'EXPOSE 9/UDP 80-81 53', '0 EXPOSE [53/tcp 80/tcp 81/tcp 9/udp]'],
    ['CMD in shell form', 'CMD a "b"', '0 CMD ["/bin/sh" "-c" "a \\"b\\""]'],
    ['in exec form', 'CMD ["a", "b c"]', '0 CMD ["a" "b c"]'],
    ['without anything', 'CMD []', '0 CMD []'],
    ['ENTRYPOINT in shell form', 'ENTRYPOINT exec a', '0 ENTRYPOINT ["/bin/sh" "-c" "exec a"]'],
    ['in exec form', 'ENTRYPOINT ["C:\\\\a", "é\\u00a0"]', '0 ENTRYPOINT ["C:\\\\a" "é\\u00a0"]'],
    ['SHELL', 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]', '0 SHELL [/bin/bash -o pipefail -c]'],
    ['MAINTAINER', 'MAINTAINER A <$BASE>', '0 MAINTAINER A <$BASE>'],
  ])('%s', (_title, text, entry) => {
    expect(historyIn(`FROM a\n${text}\n`)).toEqual([entry]);
  });

  it.each([
    ['HEALTHCHECK NONE', 'Test:[NONE] Interval:0s Timeout:0s StartPeriod:0s StartInterval:0s Retries:0'],
    [
      'HEALTHCHECK --interval=90s --timeout=1.5s --start-period=2h --start-interval=20ms --retries=3 CMD a b',
      'Test:[CMD-SHELL a b] Interval:1m30s Timeout:1.5s StartPeriod:2h0m0s StartInterval:20ms Retries:3',
    ],
    ['HEALTHCHECK CMD ["a", "b"]', 'Test:[CMD a b] Interval:0s Timeout:0s StartPeriod:0s StartInterval:0s Retries:0'],
  ])('%s', (text, fields) => {
    expect(historyIn(`FROM a\n${text}\n`)).toEqual([`0 HEALTHCHECK {${fields}}`]);
  });

  it('ONBUILD adds none', () => {
    expect(historyIn('FROM a\nONBUILD RUN a\n')).toEqual([]);
  });

  it('the words of EXPOSE are sorted before their variables have values', () => {
    expect(historyIn('FROM a\nENV A=2 B=1\nEXPOSE $B $A 3\n').at(-1)).toBe('0 EXPOSE [2/tcp 1/tcp 3/tcp]');
  });

  it('the shell in force runs what follows', () => {
    const text = 'FROM a\nSHELL ["bash", "-c"]\nRUN a\nCMD b\n';
    expect(historyIn(text).slice(1)).toEqual(['1 RUN bash -c a # buildkit', '0 CMD ["bash" "-c" "b"]']);
  });
});

describe('the arguments of RUN', () => {
  const lastRun = (text: string, buildArgs?: ReadonlyMap<string, string>) => historyIn(text, { buildArgs }).at(-1);

  it.each([
    ['each ARG above in its order, also without a value', 'ARG B=2\nARG A', '|2 B=2 A='],
    ['declared again it keeps its place', 'ARG A=1\nARG B=2\nARG A=3', '|2 A=3 B=2'],
    ['an ENV below wins', 'ARG A=1\nENV A=2', '|1 A=2'],
    ['an ENV alone is none', 'ENV A=2', ''],
    ['without a value it shows that of the ENV', 'ENV A=2\nARG A', '|1 A=2'],
  ])('%s', (_title, above, shown) => {
    expect(lastRun(`FROM a\n${above}\nRUN x\n`)).toBe(`1 RUN ${shown && `${shown} `}/bin/sh -c x # buildkit`);
  });

  it('are those that the build gives', () => {
    const text = 'ARG G=1\nFROM a\nARG G\nARG A=1\nRUN x\n';
    expect(lastRun(text, new Map([['A', 'b c']]))).toBe('1 RUN |2 G=1 A=b c /bin/sh -c x # buildkit');
  });

  it('are inherited from the stage below', () => {
    expect(lastRun('FROM a AS b\nARG A=1\nFROM b\nRUN x\n')).toBe('1 RUN |1 A=1 /bin/sh -c x # buildkit');
  });
});

describe('stages', () => {
  it('those of the stages below come first, others leave nothing', () => {
    const text = 'FROM a AS b\nENV A=1\nFROM a AS c\nENV A=2\nFROM b\nCOPY --from=c x /\n';
    expect(historyIn(text)).toEqual(['0 ENV A=1', '1 COPY x / # buildkit']);
  });

  it('triggers have entries in the stage that runs them, and in no later one', () => {
    const text = 'FROM a AS b\nENV A=1\nONBUILD RUN $A\nFROM b AS c\nWORKDIR /c\nFROM c\nUSER d\n';
    const entries = ['0 ENV A=1', '1 RUN /bin/sh -c $A # buildkit', '1 WORKDIR /c', '0 USER d'];
    expect(historyIn(text)).toEqual(entries);
  });

  it('that of the base image comes before all', () => {
    const baseHistory = [{ text: 'below', hasLayer: true }];
    expect(historyIn('FROM a AS b\nFROM b\nENV A=1\n', { baseHistory })).toEqual(['1 below', '0 ENV A=1']);
    expect(historyIn('FROM scratch\nENV A=1\n', { baseHistory })).toEqual(['0 ENV A=1']);
  });

  it('a model tells them one by one, and what it cannot know as it is written', () => {
    const file = parse('FROM a\nENV A=$B\nWORKDIR b\nONBUILD USER c\n');
    const model = modelOf(file);
    expect(file.instructions.map((node) => historyOf(model, node))).toEqual([
      undefined,
      { text: 'ENV A=$B', hasLayer: false },
      { text: 'WORKDIR b', hasLayer: true },
      undefined,
    ]);
  });
});

it('a script with #! is a program of its own', () => {
  const [run] = parse('FROM a\nRUN <<-E\n#!/bin/awk\n\tx\nE\n').instructions.slice(1);
  if (run?.kind !== 'Run') throw new Error('no RUN');
  expect(scriptFileOf(run)).toEqual({ path: '/dev/pipes/E', content: '#!/bin/awk\nx\n' });
  expect(runText(run, '<<-E')).toBe('#!/bin/awk\nx\n');
});

describe('Go prints', () => {
  it.each([
    [0, '0s'],
    [1, '1ns'],
    [1500, '1.5µs'],
    [2_500_000, '2.5ms'],
    [1_000_000_000, '1s'],
    [61_001_000_000, '1m1.001s'],
    [3_600_000_000_000, '1h0m0s'],
    [-1_000_000_000, '-1s'],
  ])('%i ns', (nanoseconds, text) => {
    expect(durationText(nanoseconds)).toBe(text);
  });

  it('texts in quotes', () => {
    expect(quoted('a\t\x07\x1b\x7f"\\ é\u00a0\u{e0001}😀')).toBe('"a\\t\\a\\x1b\\x7f\\"\\\\ é\\u00a0\\U000e0001😀"');
  });
});
