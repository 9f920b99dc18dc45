import { defineRule, type Problem, type ScriptPlace, visitScripts } from '#lint';

export default defineRule({
  name: 'redirection-order',
  codes: ['SC2069'],
  category: 'shell',
  summary: 'Error output goes where the output went before',
  why: `Redirections are made from left to right: \`2>&1 >file\` sends errors to the terminal, and the output alone to the file.`,
  severity: 'warning',
  when: { instructions: ['Run', 'Cmd', 'Entrypoint', 'Healthcheck'] },
  fix: { safety: 'unsafe', note: 'Errors are no longer shown.' },
  examples: [
    { bad: 'FROM alpine\nRUN ./check 2>&1 > /dev/null\n', good: 'FROM alpine\nRUN ./check > /dev/null 2>&1\n' },
    {
      title: 'Errors are read on purpose',
      good: 'FROM alpine\nRUN ./check 2>&1 >/dev/null | grep bad; e=$(./check 2>&1 >/dev/null)\n',
    },
    { title: 'In order', good: 'FROM alpine\nRUN ./check >/dev/null 2>&1 && ./more 2>&1\n' },
  ],
  check(context) {
    return visitScripts(context, problemsIn, /2>&/);
  },
});

function* problemsIn({ outline }: ScriptPlace): Iterable<Problem> {
  for (const { node, pipeline, substitution } of outline.nodes) {
    if (node.kind !== 'SimpleCommand' && node.kind !== 'CompoundCommand') continue;
    if ((pipeline && pipeline.commands.at(-1) !== node) || substitution) continue;
    const { redirections } = node;
    for (const [index, errors] of redirections.entries()) {
      const output = redirections[index + 1];
      if (!output || errors.operator !== '>&' || errors.descriptor !== 2 || errors.target?.text !== '1') continue;
      if (!/^>>?$/.test(output.operator) || (output.descriptor ?? 1) !== 1) continue;
      yield {
        at: { start: errors.start, end: output.end },
        message: 'Errors do not go where the output goes: the redirections stand in the wrong order',
        help: `Put \`2>&1\` last.`,
        fix: {
          title: 'Put `2>&1` last',
          edits: [
            { range: { start: errors.start, end: output.start }, text: '' },
            { range: { start: output.end, end: output.end }, text: ' 2>&1' },
          ],
        },
      };
    }
  }
}
