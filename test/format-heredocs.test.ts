import { describe, expect, it } from 'vitest';
import { parse } from '../src/ast/create.ts';
import { messagesOf, onlyOf } from './support/format.ts';

/* Which words open a heredoc for BuildKit, and what its body is: each case is one of its habits. */

describe('heredocs', () => {
  const namesOf = (line: string, ends: readonly string[] = []): readonly string[] =>
    (parse(`${[line, ...ends].join('\n')}\n`).instructions[0]?.heredocs ?? []).map(({ name }) => name);

  it.each([
    ['RUN <<EOF', ['EOF']],
    ['run cat <<EOF > x', ['EOF']],
    ['RUN 3<<EOF', ['EOF']],
    ['RUN <<-EOF', ['EOF']],
    ['RUN << EOF', ['EOF']],
    ['RUN <<E cat <<F', ['E', 'F']],
    ['COPY <<E <<E /x', ['E', 'E']],
    ['ADD <<E /x', ['E']],
    ['ONBUILD RUN <<E', ['E']],
    ['ONBUILD --x COPY <<E /y', ['E']],
    ["RUN <<'E F'", ['E F']],
    ['RUN <<"E"x', ['Ex']],
    ['RUN <<\\EOF', ['EOF']],
    ['RUN <<$X', ['$X']],
    ['RUN <<EOF;cat', ['EOF;cat']],
    ['RUN <<EOF)', ['EOF)']],
    ['RUN <<EOF>x', ['EOF>x']],
    ['RUN echo $((1 << 2))', ['2))']],
    ['RUN x # <<EOF', ['EOF']],
    ['RUN <<--E', ['-E']],
    ['RUN <<E\\\nOF', ['EOF']],
  ])('%s opens %j', (line, names) => {
    expect(namesOf(line, names)).toEqual(names);
  });

  it.each([
    'RUN cat<<EOF',
    'RUN (<<EOF)',
    'RUN <<<x',
    'RUN a<<b<c',
    'RUN \\<<EOF',
    'RUN "<<EOF"',
    "RUN '<<EOF'",
    'RUN --mount=type=bind,<<E x',
    'RUN <<- EOF',
    "RUN <<''",
    'RUN <<',
    'RUN ["<<EOF", "/x"]',
    'COPY ["<<EOF", "/x"]',
    'RUN <<E "open',
    'RUN <<E ${',
    'RUN <<E ${}',
    'RUN <<E ${x^^}',
    'RUN <<E${x:-y}',
    'RUN x${y:-z}<<E',
    'CMD <<EOF',
    'ENTRYPOINT <<EOF',
    'HEALTHCHECK CMD <<EOF',
    'ENV a <<EOF',
    'SHELL <<EOF',
    'NOPE <<EOF',
    'ONBUILD ONBUILD RUN <<E',
    'RUN a \\\n# <<EOF\n b',
  ])('%s opens none', (line) => {
    expect(namesOf(line)).toEqual([]);
  });

  it.each([
    ['RUN <<E\nx\nE\n', 'x\n', true],
    ['RUN <<E\nE\n', '', true],
    ['RUN <<E\n E\nE \nE', ' E\nE \n', true],
    ['RUN <<E\n# c\n\nx \\\nE\n', '# c\n\nx \\\n', true],
    ['RUN <<E \\\n cat\nx\nE\n', 'x\n', true],
    ["RUN <<'E'\n$x\nE\n", '$x\n', false],
    ['RUN <<"E"\nx\nE\n', 'x\n', false],
    ['RUN <<\\E\nx\nE\n', 'x\n', true],
    ['RUN <<-E\n\tx\n\t\tE\n', '\tx\n', true],
    ['RUN <<E\n\tE\nE\n', '\tE\n', true],
    ['RUN <<E\r\nx\r\nE\r\n', 'x\r\n', true],
  ])('%j', (text, content, expands) => {
    const [heredoc] = onlyOf(text, 'Run').heredocs;
    expect(heredoc?.content).toBe(content);
    expect(heredoc?.expand).toBe(expands);
    expect(messagesOf(text)).toEqual([]);
    expect(parse(text).instructions).toHaveLength(1);
  });

  it('follow one another, each after the terminator of the one before', () => {
    const { heredocs } = onlyOf('RUN <<A <<B\na\nB\nA\nb\nB\n', 'Run');
    expect(heredocs.map(({ content }) => content)).toEqual(['a\nB\n', 'b\n']);
  });

  it('that never end are one problem', () => {
    expect(messagesOf('FROM a\nRUN <<E\nx\n')).toEqual(['unterminated heredoc']);
    expect(messagesOf('FROM a\nRUN <<E <<F\nE\n')).toEqual(['unterminated heredoc']);
  });

  it('are sources of COPY where a plain word opens them', () => {
    const { sources, destination } = onlyOf('COPY a <<E <<E /d\n1\nE\n2\nE\n', 'Copy');
    expect(sources.map(({ raw, heredoc }) => [raw, heredoc?.content])).toEqual([
      ['a', undefined],
      ['<<E', '2\n'],
      ['<<E', '2\n'],
    ]);
    expect(destination.raw).toBe('/d');
    const split = onlyOf('COPY <<"E F" /d\nx\nE F\n', 'Copy');
    expect(split.sources.map(({ raw, heredoc }) => [raw, heredoc])).toEqual([
      ['<<"E', undefined],
      ['F"', undefined],
    ]);
  });
});
