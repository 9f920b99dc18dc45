import { type Copy, copyTarget, defineRule, type Instruction, type Model, type ShellCommand, shellPath } from '#lint';

export default defineRule({
  name: 'archive-copied',
  codes: ['DL3010', 'DF067'],
  category: 'size',
  summary: 'An archive is copied that a RUN unpacks',
  why: `The layer of the COPY keeps the archive beside the files that the RUN takes out of it, also where a later step deletes it. ADD
    unpacks a tar archive by itself, and keeps its files alone.`,
  severity: 'info',
  when: { instructions: ['Copy'] },
  examples: [
    { bad: 'FROM debian:12\nCOPY app.tar.gz /tmp/\nRUN tar -xzf /tmp/app.tar.gz -C /opt && rm /tmp/app.tar.gz\n' },
    {
      title: 'By a relative path',
      bad: 'FROM debian:12\nWORKDIR /src\nCOPY vendor/app.tar.xz app.tar.xz\nRUN mkdir /opt/app && tar xf app.tar.xz -C /opt/app\n',
    },
    { title: 'ADD', good: 'FROM debian:12\nADD app.tar.gz /opt/\n' },
    { title: 'Nothing unpacks it', good: 'FROM debian:12\nCOPY app.tar.gz /srv/downloads/\n' },
    {
      title: 'ADD cannot leave folders out',
      good: 'FROM debian:12\nCOPY app.tar.gz /tmp/\nRUN tar -xzf /tmp/app.tar.gz -C /opt --strip-components=1\n',
    },
    {
      title: 'ADD takes tar archives alone',
      good: 'FROM debian:12\nCOPY app.zip /tmp/\nRUN unzip /tmp/app.zip -d /opt\n',
    },
    {
      title: 'Another file',
      good: 'FROM debian:12\nCOPY app.tar.gz /srv/\nRUN wget -qO /tmp/app.tar.gz https://example.com/ && tar -xf /tmp/app.tar.gz\n',
    },
    {
      title: 'From another stage, where ADD cannot take it',
      good: 'FROM debian:12 AS pack\nRUN tar -czf /app.tar.gz /app\nFROM debian:12\nCOPY --from=pack /app.tar.gz /\nRUN tar -xf /app.tar.gz\n',
    },
    {
      title: 'Any archive of that name',
      as: 'hadolint',
      bad: 'FROM debian:12\nCOPY app.tar.gz /srv/\nRUN tar -xf app.tar.gz --strip-components=1\n',
    },
  ],
  exceptions: { onbuild: 'A COPY and a RUN take part, and the trial makes a trigger of one alone.' },
  check({ as, model }) {
    let copies: CopiedArchive[] = [];
    return {
      Stage() {
        copies = [];
        return undefined;
      },
      Copy(node) {
        if (!node.flags.some(({ name }) => name.text === 'from')) copies.push(...archivesIn(model, node));
        return undefined;
      },
      *Run(node) {
        const unpacked = new Set<CopiedArchive>();
        for (const command of copies.length === 0 ? [] : model.commandsOf(node)) {
          for (const copy of copies) {
            const found = as === 'hadolint' ? mayUnpack(command, copy) : unpacks(model, node, command, copy);
            if (!found || unpacked.has(copy)) continue;
            unpacked.add(copy);
            yield problemOf(copy, command);
          }
        }
        copies = copies.filter((copy) => !unpacked.has(copy));
      },
    };
  },
});

interface CopiedArchive {
  readonly node: Copy;
  readonly source: Copy['sources'][number];
  readonly name: string;
  /** Where it stands in the image; undefined where the file does not tell. */
  readonly path: string | undefined;
}

const ARCHIVE = /\.(?:tar|Z|bz2|gz|lz|lzma|tZ|tb2|tbz2?|tgz|tlz|tpz|txz|xz)$/;

const archivesIn = (model: Model, node: Copy): readonly CopiedArchive[] => {
  const target = copyTarget(model, node);
  const isFile = ARCHIVE.test(target ?? node.destination.raw.replace(/["']$/, ''));
  return node.sources.flatMap((source) => {
    const name = baseName(source.raw);
    if (source.heredoc || !ARCHIVE.test(name)) return [];
    if (isFile)
      return [{ node, source, name: baseName(target ?? node.destination.text ?? node.destination.raw), path: target }];
    const path = target === undefined || name.includes('*') ? undefined : `${target.replace(/\/$/, '')}/${name}`;
    return [{ node, source, name, path }];
  });
};

const baseName = (path: string): string => path.replace(/["']/g, '').replace(/^.*[\\/]/, '');

const unpacks = (model: Model, node: Instruction, command: ShellCommand, { path, name }: CopiedArchive): boolean => {
  if (command.name !== 'tar' || path === undefined || !/\.t|lzma$/.test(name) || command.conditional) return false;
  const archive = archiveOf(command);
  return archive !== undefined && isWhole(command) && shellPath(model, node, command, archive) === path;
};

/** The archive that `tar -xf`, `tar xf` or `tar --extract --file` unpacks. */
const archiveOf = (command: ShellCommand) => {
  const [first, second] = command.arguments;
  if (/^[a-zA-Z]*x[a-zA-Z]*f$/.test(first?.text ?? '')) return second;
  return command.has('-x', '--extract', '--get') ? command.option('-f', '--file')?.word : undefined;
};

/** Whether all of it is unpacked, as ADD does. */
const isWhole = (command: ShellCommand): boolean =>
  !command.has('--strip-components', '--strip', '--exclude', '--transform', '--xform', '-T', '--wildcards') &&
  command.operands.length <= (/^-/.test(command.arguments[0]?.raw ?? '') ? 0 : 2);

/** Whether it unpacks something of that name. */
const mayUnpack = (command: ShellCommand, { name }: CopiedArchive): boolean => {
  const isTar =
    command.name === 'tar' && command.arguments.some(({ raw }) => /^(?:-[a-zA-Z]*x|--extract$|--get$)/.test(raw));
  if (!isTar && !UNPACKERS.has(command.name)) return false;
  return command.arguments.some(({ text, raw }) => baseName(text ?? raw) === name);
};

const UNPACKERS = new Set<string | undefined>([
  'unzip',
  'gunzip',
  'bunzip2',
  'unlzma',
  'unxz',
  'zgz',
  'uncompress',
  'zcat',
  'gzcat',
]);

const problemOf = ({ node, source }: CopiedArchive, command: ShellCommand) => ({
  at: source,
  anchors: { hadolint: node },
  message: `\`${source.raw}\` is copied, only to be unpacked by a RUN`,
  help: 'Write `ADD` with the folder to unpack it to, and delete the `tar`.',
  related: [{ range: { start: command.start, end: command.end }, message: 'It is unpacked here' }],
});
