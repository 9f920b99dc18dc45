import { type Context, defineRule, type Problem, type ScriptPlace, visitScripts } from '#lint';

export default defineRule({
  name: 'mkdir-mode-for-last-only',
  codes: ['SC2174'],
  category: 'shell',
  summary: 'The mode of `mkdir -p` is that of the last folder alone',
  why: `The folders above it that \`mkdir -p -m\` makes on the way get the usual mode, so a secret in them may be open to all.`,
  severity: 'info',
  off: true,
  when: { instructions: ['Run', 'Cmd', 'Entrypoint', 'Healthcheck'], programs: ['mkdir'] },
  examples: [
    { bad: 'FROM alpine\nRUN mkdir -p -m 700 /srv/app/keys\n' },
    {
      title: 'One folder',
      good: 'FROM alpine\nRUN mkdir -m 700 /srv/keys && mkdir -p /srv/app && mkdir -p -m 755 keys\n',
    },
  ],
  check(context) {
    return visitScripts(context, (place) => problemsIn(context, place));
  },
});

function* problemsIn({ model }: Context, { node, script }: ScriptPlace): Iterable<Problem> {
  for (const command of model.commandsOf(node)) {
    if (command.name !== 'mkdir' || !command.has('-p', '--parents') || !command.has('-m', '--mode')) continue;
    if (command.wrappers.length > 0 || command.start < script.start) continue;
    const nested = command.operandsWith('-m', '--mode').find(({ raw }) => /[^/]\/+[^/]/.test(raw));
    if (!nested) continue;
    yield {
      at: command,
      message: `Only the last folder of \`${nested.raw}\` gets the mode`,
      help: 'Make each folder that needs the mode on its own.',
    };
  }
}
