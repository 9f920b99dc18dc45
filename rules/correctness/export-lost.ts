import { defineRule, type Problem, type ShellCommand } from '#lint';

export default defineRule({
  name: 'export-lost',
  codes: [],
  category: 'correctness',
  summary: 'A variable is exported, or an alias set, at the end of a RUN',
  why: `Each RUN has a shell of its own, which ends with it: what it has set is gone before the next step, and is not in the container.`,
  severity: 'warning',
  when: { instructions: ['Run'], programs: ['export', 'alias'] },
  examples: [
    { bad: 'FROM python:3.13\nRUN export FLASK_APP=app.py\nCMD ["flask", "run"]\n' },
    { bad: 'FROM node:24\nRUN npm ci && export PATH="$PATH:/app/bin"\n' },
    { bad: 'FROM alpine:3.24\nRUN <<EOF\nset -e\nmake\nexport VERSION=$(cat version)\nEOF\n' },
    { title: 'What uses it follows', good: 'FROM debian:12\nRUN export A=1 && make\nENV B=2\n' },
    { title: 'A file that shells read', good: "FROM alpine:3.24\nRUN echo 'export A=1' >> /etc/profile\n" },
    { title: 'In a branch', good: 'FROM alpine:3.24\nRUN if [ -f /a ]; then export A=1; fi; make\n' },
  ],
  check({ model }) {
    return {
      *Run(node) {
        const last = lastOf(model.commandsOf(node));
        if (last) yield problemAt(last);
      },
    };
  },
});

/** The command with which the script ends, where that only sets what ends with the shell. */
const lastOf = (commands: readonly ShellCommand[]): ShellCommand | undefined => {
  const last = commands.findLast((each) => !commands.some((other) => other !== each && holds(other, each)));
  if (last?.name !== 'export' && last?.name !== 'alias') return undefined;
  const isPlain = !last.isolated && !last.conditional && !last.pipeline && last.wrappers.length === 0;
  // Without a value it prints.
  return isPlain && last.redirections.length === 0 && /=/.test(last.operands[0]?.raw ?? '') ? last : undefined;
};

const holds = (outer: ShellCommand, inner: ShellCommand): boolean =>
  outer.whole.start <= inner.whole.start && inner.whole.end <= outer.whole.end;

const problemAt = (command: ShellCommand): Problem => {
  const [name = ''] = (command.operands[0]?.raw ?? '').split('=');
  return command.name === 'alias'
    ? {
        at: command,
        message: `The alias \`${name}\` is gone at the end of the RUN`,
        help: 'Put a script of that name into a folder of the PATH.',
      }
    : {
        at: command,
        message: `\`${name}\` is gone at the end of the RUN`,
        help: `Set it for all that follows with \`ENV ${name}=…\`, or in the RUN that needs it.`,
      };
};
