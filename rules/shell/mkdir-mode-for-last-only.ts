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
    {
      title: 'In a folder that is there',
      good: 'FROM alpine\nRUN mkdir -p -m 700 ~/.ssh /var/lib/app /run/sshd\n',
    },
    {
      title: 'ShellCheck looks at the path alone',
      as: 'hadolint',
      bad: 'FROM alpine\nRUN mkdir -p -m 700 /var/lib/app\n',
    },
  ],
  check(context) {
    return visitScripts(context, (place) => problemsIn(context, place));
  },
});

function* problemsIn({ model, as }: Context, { node, script }: ScriptPlace): Iterable<Problem> {
  for (const command of model.commandsOf(node)) {
    if (command.name !== 'mkdir' || !command.has('-p', '--parents') || !command.has('-m', '--mode')) continue;
    if (command.wrappers.length > 0 || command.start < script.start) continue;
    const nested = command
      .operandsWith('-m', '--mode')
      .find(({ raw }) => isNested(raw) && (as !== undefined || !THERE.test(raw)));
    if (!nested) continue;
    yield {
      at: command,
      message: `Only the last folder of \`${nested.raw}\` gets the mode`,
      help: 'Make each folder that needs the mode on its own.',
    };
  }
}

const isNested = (path: string): boolean => /[^/]\/+[^/]/.test(path);

/** A folder in one that every system has. */
const THERE =
  /^"?(?:~|\$HOME|\$\{HOME\}|\/(?:root|etc|opt|run|srv|tmp|home|mnt|usr|var|(?:usr|usr\/local)\/(?:bin|etc|lib|sbin|share|src)|usr\/local|var\/(?:cache|lib|local|log|opt|run|spool|tmp)))\/+[^/]+\/*$/;
