import { type Context, defineRule, type Problem, type ScriptPlace, visitScripts } from '#lint';

export default defineRule({
  name: 'space-after-assignment',
  codes: ['SC1007'],
  category: 'shell',
  summary: 'A blank stands between an assignment and what may be its value',
  why: `\`NAME= value\` runs the command \`value\` with an empty NAME.`,
  severity: 'info',
  off: true,
  when: { instructions: ['Run', 'Cmd', 'Entrypoint', 'Healthcheck'] },
  examples: [
    { bad: 'FROM alpine\nRUN VERSION= 1.2 && echo "$VERSION"\n' },
    { title: 'Empty on purpose', good: "FROM alpine\nRUN A=; B='' cmd && C= && IFS= read -r line < /f\n" },
    {
      title: 'A command with words of its own',
      good: 'FROM ruby\nRUN MAIL_FROM= rake assets:precompile\n',
    },
    { title: 'ShellCheck wants the quotes', as: 'hadolint', bad: 'FROM ruby\nRUN MAIL_FROM= rake assets:precompile\n' },
    { title: 'A value', good: 'FROM alpine\nRUN VERSION=1.2 && MODE=dev ./build\n' },
  ],
  check(context) {
    return visitScripts(context, (place) => problemsIn(context, place));
  },
});

function* problemsIn({ file, as }: Context, { outline }: ScriptPlace): Iterable<Problem> {
  for (const { node } of outline.nodes) {
    if (node.kind !== 'SimpleCommand') continue;
    for (const { name, nameRange, end, values } of node.assignments) {
      if (name === 'IFS' || values[0]?.raw !== '' || file.text.slice(nameRange.end, end) !== '=') continue;
      const [next, another] = node.words;
      if (
        !next ||
        (another && as === undefined && /^[a-z]/.test(next.raw)) ||
        !/^[ \t]+$/.test(file.text.slice(end, next.start))
      )
        continue;
      yield {
        at: { start: nameRange.start, end },
        message: `\`${name}=\` is empty: \`${next.raw}\` is run as a command`,
        help: `Leave out the blank, or write \`${name}=''\` if an empty value is meant.`,
      };
    }
  }
}
