import { type Context, defineRule, type Problem, type ScriptPlace, visitScripts } from '#lint';

export default defineRule({
  name: 'variable-in-printf-format',
  codes: ['SC2059'],
  category: 'shell',
  summary: 'A variable stands in the format of `printf`',
  why: `A percent sign or a backslash in its value is taken for a part of the format.`,
  severity: 'info',
  off: true,
  when: { instructions: ['Run', 'Cmd', 'Entrypoint', 'Healthcheck'], programs: ['printf'] },
  examples: [
    { bad: 'FROM alpine\nRUN printf "path=$PATH\\n" > /f\n' },
    { title: 'As an argument', good: 'FROM alpine\nRUN printf \'path=%s\\n\' "$PATH" > /f\n' },
    {
      title: 'A format that is kept in a variable',
      good: 'FROM alpine\nRUN FORMAT="%s-%s.tar.gz" && printf "$FORMAT" tool 1.2 > /name\n',
    },
    { title: 'ShellCheck wants none at all', as: 'hadolint', bad: 'FROM alpine\nRUN printf "$FORMAT" tool\n' },
    { title: 'A file', good: 'FROM alpine\nRUN printf "a\\n" > "$HOME/f"\n' },
  ],
  check(context) {
    return visitScripts(context, (place) => problemsIn(context, place));
  },
});

function* problemsIn({ as }: Context, { outline }: ScriptPlace): Iterable<Problem> {
  for (const { node } of outline.nodes) {
    if (node.kind !== 'SimpleCommand' || node.words[0]?.text !== 'printf') continue;
    let [, format, third, ...more] = node.words;
    if (format?.text === '--') format = third;
    else if (format?.text === '-v') format = more[0];
    const part = format?.parts.find(({ kind }) => kind === 'Variable' || kind === 'Substitution');
    if (!format || !part || /%/.test(format.raw)) continue;
    // A format of its own, with what is to be put into it.
    if (as === undefined && format.parts.length === 1 && node.words.at(-1) !== format) continue;
    yield {
      at: part,
      message: 'What is put into the format of `printf` may hold a percent sign or a backslash',
      help: 'Write `printf \'…%s…\' "$variable"`.',
    };
  }
}
