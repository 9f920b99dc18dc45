import { defineRule, isInvocation, type Model, type Run, type ShellCommand, shellValue, subcommandOf } from '#lint';

export default defineRule({
  name: 'independent-builds',
  codes: [],
  category: 'cache',
  summary: 'Several RUNs of a stage build unrelated things one after the other',
  why: `RUNs of one stage wait for each other, and a change in one repeats all below it. Stages that do not need each other are built at the same time and cached separately.`,
  severity: 'info',
  when: { programs: ['make', 'ninja', 'mvn', 'gradle', 'bazel', 'cargo', 'cmake', 'go'] },
  examples: [
    {
      bad: 'FROM debian:12\nRUN git clone https://github.com/samtools/samtools && make -C samtools\nRUN git clone https://github.com/arq5x/bedtools2 && make -C bedtools2\n',
    },
    {
      title: 'The second needs the first',
      good: 'FROM debian:12\nRUN git clone https://github.com/samtools/htslib && make -C htslib install\nRUN git clone https://github.com/samtools/samtools && make -C samtools HTSDIR=../htslib\n',
    },
    {
      title: 'What the first installs, the second may find',
      good: 'FROM debian:12\nRUN git clone https://github.com/xiph/ogg && make -C ogg install\nRUN git clone https://github.com/xiph/vorbis && make -C vorbis install\n',
    },
    {
      title: 'A download alone is soon done',
      good: 'FROM debian:12\nRUN curl -fsSLo /bin/jq https://github.com/jqlang/jq/releases/download/jq-1.7/jq\nRUN curl -fsSLo /bin/yq https://github.com/mikefarah/yq/releases/download/v4.44/yq\n',
    },
  ],
  exceptions: { onbuild: 'Two RUNs take part, and the trial makes a trigger of one alone.' },
  check({ file, model }) {
    return {
      *Stage({ instructions }) {
        const builds = instructions.flatMap((node) => (node.kind === 'Run' ? (buildOf(model, node) ?? []) : []));
        const group: Build[] = [];
        for (const build of builds) {
          const text = file.text.slice(build.run.start, build.run.end).toLowerCase();
          const isLast = build === builds.at(-1);
          if (!group.some(({ name }) => text.includes(name)) && (isLast || build.isPrivate)) group.push(build);
        }
        const [first, ...others] = group;
        if (!first || others.length === 0) return;
        const names = group.map(({ name }) => `\`${name}\``);
        yield {
          at: first.run.keyword,
          message: `${names.slice(0, -1).join(', ')} and ${names.at(-1)} are built one after the other, though ${others.length === 1 ? 'neither names the other' : 'none names another'}`,
          help: 'If they do not need each other, build each in a stage of its own and take the results with `COPY --from`.',
          related: others.map(({ name, run }) => ({
            range: run.keyword,
            message: `\`${name}\` is built here`,
          })),
        };
      },
    };
  },
});

interface Build {
  readonly run: Run;
  /** What is built, in lower case. */
  readonly name: string;
  /** Whether it puts nothing where other builds look for libraries unasked. */
  readonly isPrivate: boolean;
}

/** What a RUN fetches and compiles. */
const buildOf = (model: Model, run: Run): Build | undefined => {
  const commands = model.commandsOf(run);
  if (!commands.some((command) => isCompile(command) && !command.conditional)) return undefined;
  for (const command of commands) {
    const name = command.conditional ? undefined : projectOf(model, run, command);
    if (name !== undefined) return { run, name, isPrivate: commands.every((each) => !isShared(each)) };
  }
  return undefined;
};

const isCompile = (command: ShellCommand): boolean => {
  const { name } = command;
  if (name === 'make' || name === 'ninja' || name === 'mvn' || name === 'gradle' || name === 'bazel') return true;
  return (name === 'cargo' || name === 'cmake' || name === 'go') && subcommandOf(command) === 'build';
};

const isShared = (command: ShellCommand): boolean => {
  const { name, arguments: words } = command;
  if (name === 'ldconfig' || name === 'pip' || name === 'pip3' || name === 'python' || name === 'python3') return true;
  if (words.some(({ raw }) => /\.(?:so|a|h|pc)(?:$|[.*"'])|\/(?:lib|include)(?:\/|$)/.test(raw))) return true;
  const isBuilder = name === 'make' || name === 'ninja' || name === 'cmake';
  return isBuilder && words.some(({ raw }) => /^(?:--)?install\b/.test(raw));
};

/** The project that `git clone`, curl or wget fetches, as its address names it. */
const projectOf = (model: Model, run: Run, command: ShellCommand): string | undefined => {
  const { name, arguments: words } = command;
  if (name !== 'curl' && name !== 'wget' && !isInvocation(command, 'git', 'clone')) return undefined;
  const url = words
    .map((word) => shellValue(model, run, word) ?? word.raw)
    .find((word) => /^["']?(?:https?|git|ssh|ftp):\/\//.test(word));
  if (url === undefined) return undefined;
  const [, repository] = /(?:github|gitlab|bitbucket)\.\w+\/[^/]+\/([\w.-]+?)(?:\.git)?(?:["'/]|$)/.exec(url) ?? [];
  const [, file] = /\/([A-Za-z][A-Za-z+]*(?:[-_][A-Za-z][A-Za-z+]*)*)[^/]*$/.exec(url) ?? [];
  const found = repository ?? file;
  return found && found.length > 2 ? found.toLowerCase() : undefined;
};
