import { defineRule, managerOf, type ShellCommand } from '#lint';

export default defineRule({
  name: 'installed-as-user',
  codes: [],
  category: 'correctness',
  summary: 'A package manager of the system runs as a user who may not install',
  why: 'It has to be root to write to `/usr` and to its database, and stops with an error where a USER above made somebody else of it.',
  severity: 'error',
  when: { instructions: ['User'] },
  examples: [
    {
      bad: 'FROM debian:13\nRUN useradd app\nUSER app\nRUN apt-get update && apt-get install -y curl\n',
      good: 'FROM debian:13\nRUN useradd app && apt-get update && apt-get install -y curl\nUSER app\n',
    },
    { bad: 'FROM alpine:3.22\nUSER 1000:1000\nRUN apk add --no-cache git\n' },
    { title: 'With sudo', good: 'FROM debian:13\nUSER app\nRUN sudo apt-get update && sudo apt-get install -y curl\n' },
    { title: 'It only shows', good: 'FROM debian:13\nUSER app\nRUN apt-get --version && apt-cache policy curl\n' },
    {
      title: 'Root again',
      good: 'FROM debian:13\nUSER app\nUSER root\nRUN apt-get update && apt-get install -y curl\n',
    },
    {
      title: 'Who that is decides the build',
      good: 'FROM debian:13\nARG WHO\nUSER $WHO\nRUN apt-get install -y curl\n',
    },
    { title: 'It may fail', good: 'FROM debian:13\nUSER app\nRUN apt-get install -y curl || true\n' },
  ],
  check({ model }) {
    return {
      *Run(node) {
        const { user, setBy } = model.stateBefore(node);
        if (user === undefined || setBy.user?.kind !== 'User' || /^(?:root|0+)(?::|$)/.test(user)) return;
        const { user: word } = setBy.user;
        if (
          !/^[\w.-]+(?::[\w.-]+)?$/.test(user) ||
          /\|\|/.test(node.command.kind === 'ShellForm' ? node.command.text : '')
        )
          return;
        const command = model.commandsOf(node).find((each) => needsRoot(each));
        if (!command) return;
        yield {
          at: command,
          message: `\`${command.name} ${command.operands[0]?.text ?? ''}\` needs root, and runs as \`${word.raw}\``,
          help: `Move it above \`USER ${word.raw}\`, or put \`USER root\` before it and \`USER ${word.raw}\` behind.`,
          related: [{ range: setBy.user, message: 'From here on it is this user' }],
        };
      },
    };
  },
});

const SYSTEM = new Set(['apt', 'apk', 'yum', 'dnf', 'microdnf', 'tdnf', 'zypper', 'pacman']);

/** Whether it changes what is installed, surely, and nothing makes it root. */
const needsRoot = (command: ShellCommand): boolean => {
  const manager = managerOf(command);
  if (!manager || !SYSTEM.has(manager.name) || command.conditional || command.wrappers.length > 0) return false;
  const verb = command.operands[0]?.text ?? '';
  if (command.has('--root', '--installroot', '-R', '--dry-run', '--simulate', '-s', '--download-only', '-p'))
    return false;
  return [...manager.install, ...manager.upgrade, ...manager.remove].includes(verb);
};
