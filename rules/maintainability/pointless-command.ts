import { defineRule, type Model, type Run, type ShellCommand } from '#lint';

const FOR_HADOLINT = new Set(['ssh', 'vim', 'shutdown', 'service', 'ps', 'free', 'top', 'kill', 'mount']);
const SHOWS = new Set(['top', 'htop', 'ps', 'free', 'ifconfig']);
const ENDS = new Set(['shutdown', 'reboot', 'halt', 'poweroff']);
const EDITORS = new Set(['vim', 'vi', 'nano', 'emacs']);
const COMMANDS = [...FOR_HADOLINT, ...SHOWS, ...ENDS, ...EDITORS, 'systemctl'];

export default defineRule({
  name: 'pointless-command',
  codes: ['DL3001', 'DF060'],
  category: 'maintainability',
  summary: 'A command is of no use in a build',
  why: `A RUN has no terminal and no init system, and all that it starts ends with it: only files are kept. What shows or starts something
    there is a leftover, or is meant for the container.`,
  severity: 'info',
  when: { instructions: ['Run'], programs: COMMANDS },
  examples: [
    { bad: 'FROM debian:12\nRUN top\n' },
    {
      title: 'A service that ends with the step',
      bad: 'FROM debian:12\nRUN apt-get update && apt-get install -y openssh-server\nRUN service ssh start\n',
    },
    { title: 'Without an init system', bad: 'FROM fedora:40\nRUN systemctl start httpd\n' },
    { title: 'Without the right to', bad: 'FROM debian:12\nRUN mount -t tmpfs none /mnt && make -C /mnt\n' },
    { title: 'Without a terminal', bad: 'FROM debian:12\nRUN vim /etc/app.conf\n' },
    {
      title: 'A service that the step itself needs',
      good: 'FROM debian:12\nRUN service postgresql start && psql -f /schema.sql && service postgresql stop\n',
    },
    { title: 'An editor at work', good: 'FROM debian:12\nRUN vim +PluginInstall +qall && vi -es /a <<< "%s/a/b/"\n' },
    { title: 'What is set for the next start', good: 'FROM fedora:40\nRUN systemctl enable httpd\n' },
    { title: 'With the right to', good: 'FROM debian:12\nRUN --security=insecure mount -t tmpfs none /mnt && make\n' },
    { title: 'What another one reads', good: 'FROM debian:12\nRUN ps aux | grep "[s]sh" || exit 0\n' },
    {
      title: 'Whatever they are for',
      as: 'hadolint',
      bad: 'FROM debian:12\nRUN service postgresql start && psql -f /schema.sql\n',
    },
  ],
  check({ file, model }) {
    const isReplaced = /systemctl[\w-]*\.py|docker-systemctl/.test(file.text);
    return {
      *Run(node) {
        const commands = model.commandsOf(node);
        const first = commands.find(({ name, wrappers }) => FOR_HADOLINT.has(name ?? '') && wrappers.length === 0);
        for (const command of commands) {
          const found = pointless(model, node, command);
          if (!found || (isReplaced && command.name === 'systemctl')) continue;
          yield { ...found, at: command, anchors: { hadolint: node }, codes: first ? CODES : OURS };
          return;
        }
        if (!first) return;
        yield {
          at: node,
          only: 'hadolint',
          message: `\`${first.name}\` is seldom of use in a build`,
          help: 'Leave it to the container.',
        };
      },
    };
  },
});

const CODES = ['DL3001', 'DF060'];
const OURS = ['DF060'];

interface Reason {
  readonly message: string;
  readonly help: string;
}

const pointless = (model: Model, node: Run, command: ShellCommand): Reason | undefined => {
  const { name = '', isolated, conditional } = command;
  if (isolated || conditional || command.has('--version', '--help')) return undefined;
  if (SHOWS.has(name) && command.redirections.length === 0) {
    return { message: `\`${name}\` shows what nobody will see`, help: 'Delete it.' };
  }
  if (ENDS.has(name)) return { message: `\`${name}\` has nothing to end in a build`, help: 'Delete it.' };
  if (EDITORS.has(name)) return isAtTerminal(command) ? editing(name) : undefined;
  if (name === 'mount') return mounting(node, command);
  return name === 'systemctl' ? systemctl(command) : starting(model, node, command);
};

const isAtTerminal = ({ arguments: words, redirections }: ShellCommand): boolean =>
  redirections.length === 0 && words.every(({ raw }) => !/^[-+]/.test(raw));

const editing = (name: string): Reason => ({
  message: `\`${name}\` waits for somebody at a terminal`,
  help: 'Change the file with `sed`, or copy it from the build context.',
});

const mounting = ({ flags }: Run, { operands }: ShellCommand): Reason | undefined => {
  if (operands.length === 0 || flags.some(({ name }) => name.text === 'security')) return undefined;
  return { message: 'A build may not `mount`', help: 'Write `RUN --mount=…`, or mount it when the container runs.' };
};

const systemctl = ({ operands: [verb, unit] }: ShellCommand): Reason | undefined => {
  if (!/^(?:re)?start$|^stop$|^reload$/.test(verb?.text ?? '') || !unit) return undefined;
  const help =
    verb?.text === 'start'
      ? `Write \`systemctl enable ${unit.raw}\` for an image that runs systemd; else start it by CMD.`
      : 'Delete it: nothing runs in a build that it could act on.';
  return { message: `\`systemctl ${verb?.text}\` finds no systemd in a build`, help };
};

/** A service that is started when nothing of the step is left to use it. */
const starting = (model: Model, node: Run, command: ShellCommand): Reason | undefined => {
  if (!isStart(command)) return undefined;
  const commands = model.commandsOf(node);
  if (!commands.slice(commands.indexOf(command)).every(isStart)) return undefined;
  return {
    message: `\`${command.name}\` starts what ends with this step`,
    help: 'Start it by CMD or ENTRYPOINT, when the container runs.',
  };
};

const isStart = (command: ShellCommand): boolean =>
  command.name === 'service' && /^(?:re)?start$/.test(command.operands[1]?.text ?? '');
