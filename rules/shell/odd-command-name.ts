import { defineRule, type Problem, type ScriptPlace, visitScripts } from '#lint';

export default defineRule({
  name: 'odd-command-name',
  codes: ['SC2288'],
  category: 'shell',
  summary: 'The name of a command ends in a punctuation mark',
  why: `No program is called so: most often a blank or a quote is missing, or the line is for another shell.`,
  severity: 'warning',
  when: { instructions: ['Run', 'Cmd', 'Entrypoint', 'Healthcheck'] },
  examples: [
    { bad: 'FROM alpine\nRUN echo Path: %PATH% ; %PATH%\n' },
    { title: 'Others', bad: 'FROM alpine\nRUN make, install\n' },
    { title: 'A pattern', good: 'FROM alpine\nRUN /lib/ld-linux*.so.* --help\n' },
    { title: 'What is called so', good: 'FROM alpine\nRUN : && [ -f /a ] && . /b && ./c.sh && g++ -v && true\n' },
  ],
  check(context) {
    return visitScripts(context, problemsIn);
  },
});

function* problemsIn({ outline }: ScriptPlace): Iterable<Problem> {
  for (const { word, role } of outline.words) {
    if (role !== 'name' || word.parts.some(({ kind }) => kind !== 'Literal')) continue;
    const { text } = word;
    if (text === undefined || text.length < 2 || text.startsWith('[') || !/[%,'"#@^&*({<>?!|;:-]$/.test(text)) continue;
    yield {
      at: word,
      message: `The command \`${text}\` ends in \`${text.slice(-1)}\``,
      help: 'Look for a blank or a quote that is missing.',
    };
  }
}
