import { defineRule, type Run, type ShellCommand, type StageInfo } from '#lint';

export default defineRule({
  name: 'wget-and-curl-both',
  codes: ['DL4001', 'DS-0014', 'DF058'],
  category: 'size',
  summary: 'Both wget and curl are used in a stage',
  why: `They do the same, so the image needs one of them and the libraries that come with it. What is not there needs no updates.`,
  severity: 'info',
  off: true,
  when: { programs: ['wget', 'curl'] },
  examples: [
    { bad: 'FROM debian:12\nRUN wget -q https://example.com/a\nRUN curl -fsSO https://example.com/b\n' },
    {
      title: 'In one RUN',
      bad: 'FROM debian:12\nRUN wget -q https://example.com/a && curl -fsSO https://example.com/b\n',
    },
    {
      title: 'In a stage that is built on another',
      bad: 'FROM debian:12 AS base\nRUN wget -q https://example.com/a\nFROM base\nRUN curl -fsSO https://example.com/b\n',
    },
    {
      title: 'One of them',
      good: 'FROM debian:12\nRUN wget -q https://example.com/a\nRUN wget -q https://example.com/b\n',
    },
    {
      title: 'In stages that have nothing in common',
      good: 'FROM debian:12 AS fetch\nRUN wget -q https://example.com/a\nFROM alpine\nRUN curl -fsSO https://example.com/b\n',
    },
    {
      title: 'Whichever the image has',
      good: 'FROM debian:12\nRUN wget -q https://example.com/a || curl -fsSO https://example.com/a\n',
    },
    {
      title: 'Each RUN from the second on',
      as: 'hadolint',
      bad: 'FROM debian:12\nRUN wget -q https://example.com/a\nRUN curl -fsSO https://example.com/b\nRUN wget -q https://example.com/c\n',
    },
  ],
  exceptions: { onbuild: 'Two RUNs take part, and the trial makes a trigger of one alone.' },
  check({ as, model }) {
    const known = new Map<StageInfo, Uses>();
    let reported = false;
    return {
      Stage(_node, { stage }) {
        const base = stage?.base.kind === 'stage' && as === undefined ? stage.base.stage : undefined;
        if (stage) known.set(stage, new Map(base && known.get(base)));
        reported = false;
        return undefined;
      },
      *Run(node, { stage }) {
        const uses = stage && known.get(stage);
        const used = downloadsIn(model.commandsOf(node), as !== undefined);
        const last = used.at(-1);
        if (!uses || !last) return;
        for (const command of used) if (!uses.has(command.name)) uses.set(command.name, command);
        if (uses.size < 2 || (reported && as === undefined)) return;
        const second = used.find((command) => uses.get(command.name) === command && !isFirst(uses, command)) ?? last;
        const other = [...uses.values()].find(({ name }) => name !== second.name);
        reported = true;
        yield problemOf(node, second, other);
      },
    };
  },
});

/** The first command of each of the two in a stage. */
type Uses = Map<string | undefined, ShellCommand>;

const isFirst = (uses: Uses, command: ShellCommand): boolean => uses.values().next().value === command;

const downloadsIn = (commands: readonly ShellCommand[], all: boolean): readonly ShellCommand[] =>
  commands.filter(({ name, conditional }) => (name === 'wget' || name === 'curl') && (all || !conditional));

const problemOf = (node: Run, command: ShellCommand, other: ShellCommand | undefined) => ({
  at: command.word ?? command,
  anchors: { hadolint: node },
  message: `\`${command.name}\` is used beside \`${other?.name}\`, which does the same`,
  help: `Use \`${other?.name}\` here too, and do not install \`${command.name}\`.`,
  related: other ? [{ range: other.word ?? other, message: `\`${other.name}\` is used here` }] : [],
});
