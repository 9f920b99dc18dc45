import {
  type Add,
  type Copy,
  cleanPath,
  copyTarget,
  defineRule,
  type Edit,
  type Iechorfile,
  type Instruction,
  inCaseOf,
  insertInstructionBefore,
  type Model,
  type Problem,
  type Run,
  remove,
  removeInstruction,
  replace,
  type ShellCommand,
} from '#lint';

export default defineRule({
  name: 'cd-instead-of-workdir',
  codes: ['DL3003', 'DS-0013', 'DF008'],
  category: 'maintainability',
  summary: '`cd` does the work of WORKDIR',
  why: `Each RUN starts in the working directory, so a \`cd\` is lost at its end and has to be repeated in the next one. WORKDIR holds for all that
    follows, the container included.`,
  severity: 'info',
  when: { programs: ['cd', 'pushd'] },
  fix: { safety: 'unsafe', note: 'What follows, the container included, then starts in that directory.' },
  examples: [
    {
      title: 'Lost at the end of the RUN',
      bad: 'FROM node\nRUN mkdir -p /app && cd /app\nRUN npm ci\n',
      good: 'FROM node\nWORKDIR /app\nRUN npm ci\n',
    },
    {
      title: 'Repeated in each RUN',
      bad: 'FROM alpine\nRUN cd /opt/build && make\nRUN cd /opt/build && \\\n    make install\n',
      good: 'FROM alpine\nWORKDIR /opt/build\nRUN make\nRUN make install\n',
    },
    {
      title: 'A WORKDIR follows',
      bad: 'FROM node\nRUN cd /app\nWORKDIR /app\n',
      good: 'FROM node\nWORKDIR /app\n',
    },
    {
      title: 'Where the program was copied to',
      bad: 'FROM node\nCOPY . /app\nRUN cd /app && npm ci\n',
      good: 'FROM node\nCOPY . /app\nWORKDIR /app\nRUN npm ci\n',
    },
    {
      title: 'For a while',
      good: 'FROM alpine\nRUN git clone $URL /tmp/tool && cd /tmp/tool && make install && rm -rf /tmp/tool\n',
    },
    { title: 'In one RUN only', good: 'FROM alpine\nWORKDIR /srv\nRUN cd /usr/lib && ln -s libb.so libb.so.1\n' },
    {
      title: 'hadolint wants no `cd` at all',
      bad: 'FROM alpine\nWORKDIR /srv\nRUN cd /usr/lib && ln -s libb.so libb.so.1\n',
      as: 'hadolint',
    },
    { title: 'In a subshell', good: 'FROM node\nCOPY . /app\nRUN (cd /app && npm ci)\n' },
    { title: 'And back', good: 'FROM node\nCOPY . /app\nRUN cd /app && npm ci && cd /app/docs && npm ci\n' },
  ],
  exceptions: { onbuild: 'It looks at the steps of a stage together.' },
  reproduces: 'hadolint',
  check({ file, model, as }) {
    if (as === 'hadolint') return { Run: (node) => anyIn(node, model) };
    return {
      *Stage({ instructions }) {
        const entered = new Map<string, Entry[]>();
        for (const [index, node] of instructions.entries()) {
          const entry = node.kind === 'Run' ? entryOf(node, model) : undefined;
          if (!entry) continue;
          if (isForgotten(entry)) yield forgotten(entry, instructions[index + 1], file);
          else if (!TEMPORARY.test(entry.path)) entered.set(entry.path, [...(entered.get(entry.path) ?? []), entry]);
        }
        for (const entries of entered.values()) yield* repeated(entries, instructions, model);
      },
    };
  },
});

/** hadolint wants none at all. */
const anyIn = function* (node: Run, model: Model): Iterable<Problem> {
  for (const command of model.commandsOf(node))
    if (command.name === 'cd')
      yield { at: command, message: '`cd` changes the directory for a part of this RUN only', help: 'Use WORKDIR.' };
};

const TEMPORARY = /^\/(?:var\/)?tmp(?:\/|$)|^\/$/;

/** A RUN with one `cd`, to an absolute path, on which all behind it depends. */
interface Entry {
  readonly node: Run;
  readonly path: string;
  readonly cd: ShellCommand;
  readonly commands: readonly ShellCommand[];
}

const entryOf = (node: Run, model: Model): Entry | undefined => {
  if (node.json || !node.arguments[0]?.includes('cd')) return undefined;
  const commands = model.commandsOf(node);
  const changes = commands.filter(({ name }) => name === 'cd' || name === 'pushd' || name === 'popd');
  const [cd, another] = changes;
  const path = cd?.operands[0]?.text;
  if (!cd || another || cd.isolated || cd.conditional || cd.wrappers.length || !path?.startsWith('/')) return undefined;
  return { node, cd, commands, path: cleanPath(path) };
};

/** Whether nothing is left to do in the folder. */
const isForgotten = ({ cd, commands }: Entry): boolean =>
  commands.at(-1) === cd && commands.every((command) => command === cd || command.name === 'mkdir');

const forgotten = ({ node, path, cd, commands }: Entry, next: Instruction | undefined, file: Iechorfile): Problem => {
  const makes = commands.flatMap((command) => (command === cd ? [] : command.operands));
  const isSame = makes.every(({ text }) => text !== undefined && cleanPath(text) === path);
  const hasComment = file.comments.some(({ start }) => start > node.start && start < node.end);
  const isPlain = isSame && node.flags.length === 0 && !hasComment;
  const problem = { at: cd, message: `\`cd ${path}\` is lost at the end of the RUN`, severity: 'warning' } as const;
  if (isSame && next?.kind === 'Workdir' && cleanPath(next.path.text ?? '') === path) {
    return {
      ...problem,
      help: 'Delete the RUN: the WORKDIR below creates the directory and enters it.',
      fix: isPlain ? { title: 'Delete the RUN', edits: [removeInstruction(file, node)] } : undefined,
    };
  }
  return {
    ...problem,
    help: `Write \`WORKDIR ${path}\`, which also creates the directory.`,
    fix: isPlain
      ? { title: `Write \`WORKDIR ${path}\``, edits: [replace(node, inCaseOf(node, `WORKDIR ${path}`))] }
      : undefined,
  };
};

const repeated = function* (
  all: readonly Entry[],
  instructions: readonly Instruction[],
  model: Model,
): Iterable<Problem> {
  const entries = all.filter(({ cd, commands }) => commands[0] === cd && commands.length > 1);
  const [first, ...others] = entries;
  if (!first || (others.length === 0 && !isProgramFolder(first, instructions, model))) return;
  const { path, cd, node } = first;
  yield {
    at: cd,
    message: others.length
      ? `${entries.length} RUNs begin with \`cd ${path}\``
      : `\`cd ${path}\` does the work of a WORKDIR`,
    help: `Put \`WORKDIR ${path}\` above ${others.length ? 'the first of them' : 'the RUN'}.`,
    related: others.map(({ cd: { start, end } }) => ({ range: { start, end }, message: 'Here as well' })),
    fix: fixOf(entries, node, path, instructions, model),
  };
};

/** Whether the stage copies to it, leaves it there, and has no working directory of its own. */
const isProgramFolder = (entry: Entry, instructions: readonly Instruction[], model: Model): boolean => {
  const { node, path, commands } = entry;
  if (instructions.some(({ kind }) => kind === 'Workdir') || model.stateBefore(node).workdir !== undefined)
    return false;
  const removed = commands.filter(({ name }) => name === 'rm').flatMap(({ operands }) => operands);
  if (removed.some(({ text = '' }) => cleanPath(text) === path)) return false;
  return instructions.some((each) => isCopy(each) && each.start < node.start && copyTarget(model, each) === path);
};

const isCopy = (node: Instruction): node is Copy | Add => node.kind === 'Copy' || node.kind === 'Add';

const fixOf = (
  entries: readonly Entry[],
  first: Run,
  path: string,
  instructions: readonly Instruction[],
  model: Model,
) => {
  const behind = instructions.filter(({ start }) => start > first.start);
  if (behind.some(dependsOnFolder)) return undefined;
  const runs = behind.filter(({ kind }) => kind === 'Run').length + 1;
  const edits: Edit[] = [insertInstructionBefore(model, first, `WORKDIR ${path}`)];
  for (const { cd, commands } of entries) {
    const next = commands[1]?.whole;
    const range = next && { start: cd.whole.start, end: next.start };
    if (!range || !/^cd\s\S+\s*(?:&&|;)[\s\\`]*$/.test(model.file.text.slice(range.start, range.end))) return undefined;
    edits.push(remove(range));
  }
  // Other steps in between were to start elsewhere.
  return runs === entries.length ? { title: `Write \`WORKDIR ${path}\``, edits } : undefined;
};

const dependsOnFolder = (node: Instruction): boolean =>
  node.kind === 'Workdir' || (isCopy(node) && !node.destination.raw.startsWith('/'));
