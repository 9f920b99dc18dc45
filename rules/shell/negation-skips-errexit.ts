import { defineRule, insertAfter, type Problem, type ScriptPlace, visitScripts } from '#lint';

export default defineRule({
  name: 'negation-skips-errexit',
  codes: ['SC2251'],
  category: 'shell',
  summary: 'A negated command never stops the script',
  why: `\`set -e\` does not look at a command behind \`!\`, so a check written this way passes whatever it finds.`,
  severity: 'warning',
  when: { instructions: ['Run', 'Cmd', 'Entrypoint', 'Healthcheck'] },
  fix: { safety: 'unsafe', note: 'A check that passed whatever it found can fail.' },
  examples: [
    {
      bad: 'FROM alpine\nRUN set -e; ! grep -q debug /etc/app.conf; ./install\n',
      good: 'FROM alpine\nRUN set -e; ! grep -q debug /etc/app.conf || exit 1; ./install\n',
    },
    {
      title: 'In a condition',
      good: 'FROM alpine\nRUN set -e; if ! grep -q x /f; then exit 1; fi; ! grep -q y /f || exit 1\n',
    },
    { title: 'The last command decides', good: 'FROM alpine\nRUN set -e; ./install; ! grep -q debug /etc/app.conf\n' },
    { title: 'A chain', good: 'FROM alpine\nRUN ! grep -q debug /etc/app.conf && ./install\n' },
  ],
  check(context) {
    return visitScripts(context, problemsIn, /!/);
  },
});

function* problemsIn({ outline, script }: ScriptPlace): Iterable<Problem> {
  if (!outline.errexit) return;
  for (const { node, tested, followed, list } of outline.nodes) {
    if (node.kind !== 'Pipeline' || !node.negated || tested || !followed) continue;
    const text = script.text.slice(node.start - script.start, node.end - script.start);
    yield {
      at: node,
      message: `${text.length > 60 || text.includes('\n') ? 'This negated command' : `\`${text}\``} never stops the script, in spite of \`set -e\``,
      help: 'Write `if command; then exit 1; fi`, or append `|| exit 1`.',
      fix: list ? undefined : { title: 'Append `|| exit 1`', edits: [insertAfter(node, ' || exit 1')] },
    };
  }
}
