import {
  defineRule,
  type Iechorfile,
  type Instruction,
  insertBefore,
  installOf,
  isIndexUpdate,
  isPlainRun,
  isShell,
  isWithin,
  joinedRuns,
  type Model,
  managerOf,
  type Problem,
  programsOf,
  type Range,
  type Related,
  type Run,
  removeInstruction,
  type ShellCommand,
  type StageInfo,
  subcommandOf,
} from '#lint';

export default defineRule({
  name: 'stale-package-index',
  codes: ['DS-0017', 'CKV_DOCKER_5'],
  category: 'cache',
  summary: 'Packages are installed from an index that another RUN fetched',
  why: `The layer with the index stays in the build cache while the install below it changes: months later, the install asks for versions that the mirror no longer has, or silently gets old ones.`,
  severity: 'warning',
  when: { programs: programsOf('apt') },
  fix: { safety: 'safe', note: 'Unsafe where other steps stand in between, on which the result may depend.' },
  examples: [
    {
      bad: 'FROM debian:12\nRUN apt-get update\nRUN apt-get install -y curl\n',
      good: 'FROM debian:12\nRUN apt-get update && apt-get install -y curl\n',
    },
    {
      title: 'A second install without an index of its own',
      bad: 'FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN apt-get install -y git && git --version\n',
      good: 'FROM debian:12\nRUN apt-get update && apt-get install -y curl \\\n    && apt-get install -y git && git --version\n',
    },
    {
      title: 'In a stage that is built on it',
      bad: 'FROM debian:12 AS base\nRUN apt-get update -q\nFROM base AS tools\nENV LANG=C\nFROM tools\nRUN apt-get install -y git\n',
    },
    {
      title: 'One that fetches it itself',
      good: 'FROM debian:13\nRUN apt-get update && apt-get install -y git\nRUN apt-get install --update -y curl\n',
    },
    {
      title: 'apk fetches an old index again by itself',
      good: 'FROM alpine\nRUN apk update\nRUN apk add git\n',
    },
    {
      title: 'A package file needs no index',
      good: 'FROM debian:12\nRUN apt-get update\nRUN apt-get install -y ./tool.deb\n',
    },
  ],
  exceptions: { onbuild: 'Two RUNs take part, and the trial makes a trigger of one alone.' },
  check({ file, model }) {
    const ends = new Map<StageInfo, Index | undefined>();
    const reported = new Set<Instruction>();
    return {
      Stage(_node, { stage }) {
        const base = stage?.base.kind === 'stage' ? stage.base.stage : undefined;
        if (stage) ends.set(stage, base && ends.get(base));
        return undefined;
      },
      *Run(node, { stage }) {
        if (!stage) return;
        const { uses, after } = usesIn(model, node, ends.get(stage));
        ends.set(stage, after);
        for (const use of uses) {
          if (reported.has(use.index.node)) continue;
          reported.add(use.index.node);
          yield problemOf(file, model, node, use);
        }
      },
    };
  },
});

/** A fetched index; `used` when its own RUN installs from it too. */
interface Index {
  readonly node: Run;
  readonly command: ShellCommand;
  readonly used: boolean;
}

interface Use {
  readonly command: ShellCommand;
  readonly index: Index;
}

/** Installs from an index of another RUN, and what is known of the index after it. */
const usesIn = (
  model: Model,
  run: Run,
  before: Index | undefined,
): { uses: readonly Use[]; after: Index | undefined } => {
  const uses: Use[] = [];
  let index = before;
  const isMounted = model.mountsOf(run).some(({ target }) => target !== undefined && isWithin(LISTS, target));
  for (const command of model.commandsOf(run)) {
    if (managerOf(command)?.name !== 'apt') {
      if (isOpaque(command) || removesLists(command)) index = undefined;
    } else if (isIndexUpdate(command) || command.has('--update', '-U')) {
      index = command.conditional || isMounted ? undefined : { node: run, command, used: false };
    } else if (/^dist-?clean$/.test(subcommandOf(command) ?? '')) {
      index = undefined;
    } else if (index && !command.conditional && !isMounted && readsIndex(command)) {
      if (index.node !== run) uses.push({ command, index });
      else index = { ...index, used: true };
    }
  }
  return { uses, after: index };
};

const LISTS = '/var/lib/apt/lists';

const readsIndex = (command: ShellCommand): boolean =>
  managerOf(command)?.upgrade.includes(subcommandOf(command) ?? '') === true ||
  (installOf(command)?.packages.length ?? 0) > 0;

const removesLists = (command: ShellCommand): boolean =>
  command.name === 'rm' && command.operands.some(({ raw }) => isWithin(LISTS, raw.replace(/\/?\*?$/, '') || '/'));

/** Whether it runs something of which the file does not tell what it fetches. */
const isOpaque = ({ name, word }: ShellCommand): boolean => {
  if (name === undefined) return word !== undefined;
  if (isShell(name) || OPAQUE.has(name)) return true;
  return word?.text?.includes('/') === true && !/^\/(?:usr\/)?s?bin\//.test(word.text);
};

const OPAQUE = new Set([
  '.',
  'source',
  'eval',
  'make',
  'add-apt-repository',
  'apt-add-repository',
  'ansible-playbook',
  'npx',
  'playwright',
]);

const problemOf = (file: Iechorfile, model: Model, run: Run, { command, index }: Use): Problem => {
  const text = (range: ShellCommand) => `${range.name} ${subcommandOf(range) ?? ''}`.trim();
  const codes = index.used ? { codes: [], severity: 'info' as const } : {};
  const update = text(index.command);
  return {
    ...codes,
    at: askedRange(index.used ? command : index.command),
    message: index.used
      ? `\`${text(command)}\` relies on the package index that an earlier RUN fetched`
      : `\`${update}\` is in another RUN than the \`${text(command)}\` that needs its index`,
    help: index.used
      ? `Put \`${update} &&\` before it, or install everything in that RUN.`
      : `Fetch and install in one RUN: \`RUN ${update} && ${text(command)} …\`.`,
    related: index.used
      ? [related(index.command, 'The index is fetched here')]
      : [related(command, 'This installs from it')],
    fix: fixOf(file, model, run, command, index),
  };
};

const related = (command: ShellCommand, message: string): Related => ({ range: askedRange(command), message });

/** The program and what it is to do, without the packages. */
const askedRange = (command: ShellCommand): Range => {
  const asked = command.operands.find(({ text }) => text === subcommandOf(command));
  return { start: command.start, end: asked?.end ?? command.end };
};

const fixOf = (file: Iechorfile, model: Model, run: Run, command: ShellCommand, index: Index): Problem['fix'] => {
  const { node, command: update, used } = index;
  if (!isPlain(model, node) || !isPlain(model, run)) return undefined;
  const isNext = file.instructions[file.instructions.indexOf(node) + 1] === run;
  if (used) return isNext ? joined(file, model, node, run) : undefined;
  const text = file.text.slice(update.whole.start, update.whole.end);
  if (model.commandsOf(node).length > 1 || text.includes('\n')) return undefined;
  return {
    title: 'Fetch the index in the RUN that installs',
    edits: [removeInstruction(file, node), insertBefore(command.whole, `${text} && `)],
    safety: isNext ? 'safe' : 'unsafe',
  };
};

const isPlain = (model: Model, run: Run): boolean => run.flags.length === 0 && isPlainRun(model, run);

const joined = (file: Iechorfile, model: Model, first: Run, second: Run): Problem['fix'] => {
  const edits = joinedRuns(file, model, first, second);
  return edits && { title: 'Join it to the RUN that fetches the index', edits, safety: 'unsafe' };
};
