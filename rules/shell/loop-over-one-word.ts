import { defineRule, type Problem, type ScriptPlace, visitScripts } from '#lint';

export default defineRule({
  name: 'loop-over-one-word',
  codes: ['SC2043'],
  category: 'shell',
  summary: 'A loop runs once',
  why: `A list of one word needs no loop. Often more was meant: what a variable holds, what a command prints, or the files that a pattern matches.`,
  severity: 'info',
  off: true,
  when: { instructions: ['Run', 'Cmd', 'Entrypoint', 'Healthcheck'] },
  examples: [
    { bad: 'FROM alpine\nRUN for file in /etc/passwd; do cat "$file"; done\n' },
    { title: 'A list', good: 'FROM alpine\nRUN for key in A B; do echo "$key"; done\n' },
    {
      title: 'Many from one word',
      good: 'FROM alpine\nRUN for f in *.txt; do cat "$f"; done; for x in $LIST; do echo "$x"; done\n',
    },
  ],
  check(context) {
    return visitScripts(context, problemsIn);
  },
});

function* problemsIn({ outline }: ScriptPlace): Iterable<Problem> {
  for (const { node } of outline.nodes) {
    if (node.kind !== 'CompoundCommand' || node.type !== 'for' || !node.name || node.words.length !== 1) continue;
    const [word] = node.words;
    if (
      !word?.parts.every(
        (part) =>
          part.kind === 'Literal' ||
          ('quoted' in part &&
            part.quoted &&
            part.kind === 'Variable' &&
            part.name !== '@' &&
            part.operator === undefined),
      )
    )
      continue;
    yield {
      at: word,
      message: `The loop over \`${word.raw}\` runs once`,
      help: 'Set the variable once, or list all that is meant.',
    };
  }
}
