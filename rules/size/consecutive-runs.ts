import { defineRule, isShell, joinedRuns, type Model, type Run } from '#lint';

export default defineRule({
  name: 'consecutive-runs',
  codes: ['DL3059', 'S7031', 'DF003'],
  category: 'size',
  summary: 'A RUN follows on another',
  why: `Each RUN makes a layer, and what one of them deletes is still in the layer of the one before. Joined, they make one layer without it;
    the price is that a change runs all of them again.`,
  severity: 'info',
  off: true,
  scope: 'final',
  when: { instructions: ['Run'] },
  fix: { safety: 'unsafe', note: 'A shell variable that one command leaves behind is seen by the next.' },
  examples: [
    {
      bad: 'FROM debian:12\nRUN touch /a\nRUN touch /b\n',
      good: 'FROM debian:12\nRUN touch /a \\\n    && touch /b\n',
    },
    {
      title: 'With the same flags',
      bad: 'FROM debian:12\nRUN --network=none make\nRUN --network=none make install\n',
      good: 'FROM debian:12\nRUN --network=none make \\\n    && make install\n',
    },
    { title: 'The second would find itself elsewhere', bad: 'FROM debian:12\nRUN cd /src && make\nRUN ls\n' },
    { title: 'Something stands between', good: 'FROM debian:12\nRUN touch /a\nWORKDIR /b\nRUN touch c\n' },
    { title: 'With other flags', good: 'FROM debian:12\nRUN make\nRUN --network=none make install\n' },
    {
      title: 'In a stage that is not built on',
      good: 'FROM debian:12 AS build\nRUN make\nRUN make install\nFROM debian:12\n',
    },
    {
      title: 'In every stage',
      as: 'hadolint',
      bad: 'FROM debian:12 AS build\nRUN make\nRUN make install\nFROM debian:12\nCOPY --from=build /out /\n',
    },
    {
      title: 'As the lines are continued there',
      bad: 'FROM debian:12\nRUN make && \\\n  make install\nRUN make clean\n',
      good: 'FROM debian:12\nRUN make && \\\n  make install && \\\n  make clean\n',
    },
    {
      title: 'Where there is one command in each',
      as: 'hadolint',
      good: 'FROM debian:12\nRUN make && make install\nRUN make clean\n',
    },
  ],
  exceptions: { onbuild: 'Two RUNs take part, and the trial makes a trigger of one alone.' },
  check({ as, file, model }) {
    const all = file.instructions;
    return {
      *Run(node) {
        const before = all[all.indexOf(node) - 1];
        if (before?.kind !== 'Run' || flagsOf(before) !== flagsOf(node)) return;
        if (as === 'hadolint' && (isLong(model, before) || isLong(model, node))) return;
        const edits = joinedRuns(file, model, before, node);
        yield {
          at: node.keyword,
          anchors: { hadolint: node },
          message: 'This RUN makes a layer of its own',
          help: 'Join it to the RUN above by `&&`, unless the two are apart for the build cache.',
          related: [{ range: before.keyword, message: 'The RUN above' }],
          fix: edits && { title: 'Join it to the RUN above', edits },
        };
      },
    };
  },
});

const flagsOf = ({ flags }: Run): string =>
  flags
    .map(({ text }) => text)
    .toSorted()
    .join('\n');

/** Whether it runs several programs, tests and those behind a variable not counted, as far as the text tells. */
const isLong = (model: Model, node: Run): boolean => {
  const { command } = node;
  if (command.kind === 'ShellForm' && !model.scriptOf(node))
    return /[;|]|&&/.test(command.text.replace(/"[^"]*"|'[^']*'/gs, ''));
  const programs = model
    .commandsOf(node)
    .filter(
      ({ name, word, wrappers }) =>
        word?.text !== undefined && name !== '[' && wrappers.every((wrapper) => !isShell(wrapper.name)),
    );
  return programs.length > 1;
};
