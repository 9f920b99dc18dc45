import { defineRule, type Model, type Problem, type Run, type ShellCommand } from '#lint';

export default defineRule({
  name: 'password-set',
  codes: ['CKV2_DOCKER_17', 'DKL-LI-0001'],
  category: 'security',
  summary: 'The password of an account is set in the image',
  why: `It can be read in the image's history, and its hash in \`/etc/shadow\`, by everybody who can pull the image; all containers share it. A
    container needs no passwords: USER and \`exec -u\` ask for none.`,
  severity: 'warning',
  when: { programs: ['chpasswd', 'passwd', 'useradd', 'usermod'] },
  examples: [
    { bad: "FROM debian:12\nRUN echo 'root:secret' | chpasswd\n" },
    { bad: 'FROM fedora:40\nRUN echo secret | passwd --stdin app\n' },
    { title: 'Its hash', bad: "FROM debian:12\nRUN useradd -m -p '$6$salt$hash' app\n" },
    { title: 'None at all, so anybody gets in', bad: 'FROM debian:12\nRUN passwd -d root\n' },
    {
      title: 'From a secret',
      good: 'FROM debian:12\nRUN --mount=type=secret,id=users chpasswd < /run/secrets/users\n',
    },
    {
      title: 'From a secret that is piped',
      good: 'FROM debian:12\nRUN --mount=type=secret,id=users cat /run/secrets/users | chpasswd\n',
    },
    {
      title: 'One that nobody knows',
      good: 'FROM debian:12\nRUN useradd -p "$(head -c 32 /dev/urandom | base64)" app\n',
    },
    { title: 'Locked', good: "FROM debian:12\nRUN passwd -l root && useradd -p '*' app && usermod -p '!' app\n" },
    { title: 'An account without one', good: 'FROM debian:12\nRUN useradd -r app\n' },
  ],
  check({ file, model }) {
    return {
      *Run(node) {
        for (const command of model.commandsOf(node)) {
          const problem =
            takesSecret(model, node) || RANDOM.test(file.text.slice(node.start, node.end))
              ? undefined
              : problemOf(command);
          if (problem) yield problem;
        }
      },
    };
  },
});

/** Where it is one that nobody knows. */
const RANDOM = /\/dev\/u?random|openssl rand|\bpwgen\b|\buuidgen\b/;

const takesSecret = (model: Model, node: Run): boolean => model.mountsOf(node).some(({ type }) => type === 'secret');

const problemOf = (command: ShellCommand): Problem | undefined => {
  const { name = '' } = command;
  if (name === 'chpasswd') return told(command, '`chpasswd` sets a password in the image');
  if (name === 'passwd') {
    if (command.has('-d', '--delete')) return told(command, '`passwd -d` lets anybody in without a password');
    const isFed = command.segment > 0 || command.redirections.some(({ operator }) => operator.startsWith('<'));
    return isFed || command.has('--stdin') ? told(command, '`passwd` sets a password in the image') : undefined;
  }
  if (name !== 'useradd' && name !== 'usermod') return undefined;
  const value = command.option('-p', '--password');
  if (!value || /^[!*]/.test(value.text ?? '')) return undefined;
  return told(command, `\`${name} -p\` sets a password in the image`);
};

const told = (command: ShellCommand, message: string): Problem => ({
  at: { start: command.start, end: command.end },
  message,
  help: 'Do without it; where a program asks for a password, set it when the container starts.',
});
