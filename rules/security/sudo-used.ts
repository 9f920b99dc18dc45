import {
  defineRule,
  type Iechorfile,
  knownBaseOf,
  type Model,
  type Problem,
  type Run,
  remove,
  type ShellCommand,
  type Wrapper,
} from '#lint';

export default defineRule({
  name: 'sudo-used',
  codes: ['DL3004', 'DS-0010', 'CKV2_DOCKER_1', 'DKL-DI-0001', 'DF010'],
  category: 'security',
  summary: '`sudo` is used in a RUN',
  why: `A step runs as the user that USER names, so nobody has to be asked. A sudo that works without a password stays in the image, and gives
    root to whoever breaks into the program.`,
  severity: 'warning',
  when: { programs: ['sudo'] },
  fix: {
    safety: 'unsafe',
    note: 'sudo resets the environment; without it the command sees the variables of the build.',
  },
  examples: [
    {
      bad: 'FROM ubuntu:24.04\nRUN sudo apt-get update && sudo -E apt-get install -y curl\n',
      good: 'FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y curl\n',
    },
    { title: 'As another user', bad: 'FROM ubuntu:24.04\nUSER app\nRUN sudo make install\n' },
    { title: 'To take another user', bad: 'FROM ubuntu:24.04\nRUN sudo -u postgres createdb app\n' },
    {
      title: 'Root for the step',
      good: 'FROM ubuntu:24.04\nUSER app\nRUN make\nUSER root\nRUN make install\nUSER app\n',
    },
    { title: 'Installing it', good: 'FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y sudo\n' },
    { title: 'A word of another command', good: 'FROM ubuntu:24.04\nRUN usermod -aG sudo app && echo sudo reboot\n' },
  ],
  check({ file, model }) {
    return {
      *Run(node) {
        const seen = new Set<number>();
        for (const command of model.commandsOf(node)) {
          const sudo = sudoIn(command);
          if (!sudo || seen.has(sudo.start)) continue;
          seen.add(sudo.start);
          yield problemOf(sudo, command, node, file, model);
        }
      },
    };
  },
});

/** The `sudo` before a command, or one that starts a shell. */
const sudoIn = (command: ShellCommand): Wrapper | undefined => {
  const wrapper = command.wrappers.find(({ name }) => name === 'sudo');
  if (wrapper || command.name !== 'sudo' || !command.word) return wrapper;
  return { name: 'sudo', word: command.word, arguments: command.arguments, start: command.start, end: command.end };
};

const problemOf = (sudo: Wrapper, command: ShellCommand, node: Run, file: Iechorfile, model: Model): Problem => {
  const other = otherUser(sudo);
  const { user } = model.stateBefore(node);
  const isRoot = user === undefined ? isRootByDefault(node, model) : /^(?:root|0+)(?::|$)/.test(user);
  if (other !== undefined) {
    return {
      at: sudo.word,
      message: `\`sudo\` runs the command as ${other}`,
      help: `Set that USER for the step, or run the command with \`runuser -u\`, which needs no sudo in the image.`,
      severity: 'info',
    };
  }
  const help = isRoot
    ? 'Delete `sudo`.'
    : 'Set `USER root` above the steps that need it, and the other user again below them.';
  const edit = isRoot ? removal(sudo, command, file) : undefined;
  return {
    at: sudo.word,
    message: isRoot ? '`sudo` is not needed: the step runs as root' : '`sudo` runs the command as root',
    help,
    fix: edit && { title: 'Delete `sudo`', edits: [edit] },
  };
};

const isRootByDefault = (node: Run, model: Model): boolean => {
  const stage = model.stageOf(node);
  const base = stage && knownBaseOf(stage);
  return base !== undefined && base.user !== 'other';
};

/** Whom `-u` names, as written; undefined for root. */
const otherUser = (sudo: Wrapper): string | undefined => {
  const words = sudo.arguments.map(({ raw }) => raw);
  const at = words.findIndex((word) => /^-[A-Za-z]*u$/.test(word) || word === '--user');
  const joined = words.find((word) => /^-u./.test(word) || word.startsWith('--user='));
  const name = at >= 0 ? words[at + 1] : joined?.replace(/^-u|^--user=/, '');
  return name && !/^["']?(?:root|#?0)["']?$/.test(name) ? `\`${name}\`` : undefined;
};

/** Undefined where an option of sudo does something of its own. */
const removal = (sudo: Wrapper, command: ShellCommand, file: Iechorfile) => {
  const range = { start: sudo.start, end: command.start };
  const words = file.text.slice(range.start, range.end);
  return command.name !== 'sudo' && /^sudo(?:[\t ]+-[EHkn]+)*[\t ]+$/.test(words) ? remove(range) : undefined;
};
