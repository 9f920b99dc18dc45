import { defineRule, type Problem, type ScriptPlace, visitScripts } from '#lint';

export default defineRule({
  name: 'text-between-quotes',
  codes: ['SC2140'],
  category: 'shell',
  summary: 'Quotes inside quotes end the text',
  why: `In \`"a "b" c"\` the second quote closes the first, so that b stands outside and its quotes are lost.`,
  severity: 'warning',
  when: { instructions: ['Run', 'Cmd', 'Entrypoint', 'Healthcheck'] },
  examples: [
    { bad: 'FROM alpine\nRUN echo "{"name":"app"}" > /app.json\n' },
    { title: 'Single quotes around', good: 'FROM alpine\nRUN echo \'{"name":"app"}\' > /app.json\n' },
    { title: 'Escaped', good: 'FROM alpine\nRUN echo "{\\"name\\":1}" > /app.json && echo "$A"/"$B" "a"\'b\'"c"\n' },
    { title: 'Paths and options', good: 'FROM alpine\nRUN ls "$A"/lib/"$B" --opt="a"="b"\n' },
  ],
  check(context) {
    return visitScripts(context, problemsIn, /"[\w,:@%+-]+"/);
  },
});

function* problemsIn({ outline }: ScriptPlace): Iterable<Problem> {
  for (const { word, role } of outline.words) {
    if (role === 'heredoc' || role === 'test' || word.text === undefined || !word.raw.includes('"')) continue;
    const found = /^[^"'\\]*"(?:[^"\\]|\\.)*"([\w,:@%+-]+)"(?:[^"\\]|\\.)*"/s.exec(word.raw)?.[1];
    if (found === undefined) continue;
    yield {
      at: word,
      message: `\`${found}\` stands outside the quotes: the second quote closes the first`,
      help: 'Escape the quotes inside as `\\"`, or put single quotes around all of it.',
    };
  }
}
