import { defineRule, type Edit, type Iechorfile, insertAfter, isGnuWget, type Run, type ShellCommand } from '#lint';

export default defineRule({
  name: 'wget-without-progress',
  codes: ['DL3047', 'DF056'],
  category: 'style',
  summary: 'wget fills the log with its progress',
  why: `Without a terminal, wget writes a line of dots for every 50 kB that it fetches, thousands of them for a large file. What went wrong
    is hard to find among them.`,
  severity: 'style',
  when: { programs: ['wget'] },
  fix: { safety: 'safe' },
  examples: [
    {
      bad: 'FROM debian:12\nRUN wget https://example.com/tool.tar.gz\n',
      good: 'FROM debian:12\nRUN wget -nv https://example.com/tool.tar.gz\n',
    },
    {
      title: 'On Alpine, where it is installed',
      bad: 'FROM alpine:3.20\nRUN apk add --no-cache wget \\\n && wget -O /tool https://example.com/tool\n',
      good: 'FROM alpine:3.20\nRUN apk add --no-cache wget \\\n && wget -nv -O /tool https://example.com/tool\n',
    },
    {
      title: 'Quiet, told what to show, or written to a file',
      good: 'FROM debian:12\nRUN wget -qO- https://example.com/a && wget -nv https://example.com/a && wget --progress=dot:giga https://example.com/a && wget -o log https://example.com/a\n',
    },
    {
      title: 'The wget of busybox does not, and has not these options',
      good: 'FROM alpine:3.20\nRUN wget https://example.com/a\n',
    },
    {
      title: 'It fetches nothing',
      good: 'FROM debian:12\nRUN wget --version && wget --spider https://example.com/a\n',
    },
    {
      title: 'Whatever the image has',
      as: 'hadolint',
      bad: 'FROM alpine:3.20\nRUN wget https://example.com/a\n',
    },
  ],
  check({ file, model }) {
    return {
      *Run(node) {
        const loud = model.commandsOf(node).filter((command) => command.name === 'wget' && !isTold(command));
        const [first, ...more] = loud.filter((command) => isLoud(command) && isGnuWget(model, node, command));
        if (first) {
          yield {
            at: first.word ?? first,
            anchors: { hadolint: node },
            message: '`wget` fills the log with its progress',
            help: 'Write `wget -nv`: it tells what it fetches and what goes wrong, and no more.',
            related: more.map(({ start, end }) => ({ range: { start, end }, message: 'So does this' })),
            fix: fixOf(file, node, [first, ...more]),
          };
        } else if (loud.length > 0) {
          yield {
            at: node,
            only: 'hadolint',
            message: '`wget` is given no `--progress`',
            help: 'Write `wget --progress=dot:giga`, `-nv` or `-q`.',
          };
        }
      },
    };
  },
});

const isTold = (command: ShellCommand): boolean =>
  command.has(
    ...['-q', '--quiet', '-nv', '--no-verbose', '-o', '--output-file', '-a', '--append-output', '--progress'],
  );

/** Whether it fetches something and tells a log of it. */
const isLoud = (command: ShellCommand): boolean =>
  !command.has('--version', '-V', '--help', '-h', '--spider', '-b', '--background') &&
  !command.redirections.some(
    ({ operator, descriptor }) => operator.startsWith('&>') || (descriptor === 2 && operator.startsWith('>')),
  ) &&
  command.arguments.some(({ raw }) => !raw.startsWith('-'));

const fixOf = (file: Iechorfile, { json }: Run, commands: readonly ShellCommand[]) => {
  const edits: Edit[] = [];
  for (const { word } of commands) {
    if (json || !word || file.text.slice(word.start, word.end) !== word.raw) return undefined;
    edits.push(insertAfter(word, ' -nv'));
  }
  return { title: 'Add `-nv`', edits };
};
