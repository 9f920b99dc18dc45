import {
  defineRule,
  type Iechorfile,
  type Instruction,
  indentOf,
  insertBefore,
  isShell,
  lineEndOf,
  type Model,
  type Problem,
  type Related,
  type Run,
  removeInstruction,
  replace,
  type ShellCommand,
  type StageInfo,
  subcommandOf,
} from '#lint';

export default defineRule({
  name: 'stale-package-index',
  codes: ['DS-0017', 'CKV_DOCKER_5'],
  category: 'cache',
  summary: 'Packages are installed from an index that another RUN fetched',
  why: `The layer with the index stays in the build cache while the install below it changes: months later that asks for versions which the mirror no longer has, or silently gets old ones.`,
  severity: 'warning',
  fix: { safety: 'safe', note: 'Unsafe where other steps or commands stand between, on which the result may depend.' },
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
      bad: 'FROM alpine AS base\nRUN apk update -q\nFROM base AS tools\nENV LANG=C\nFROM tools\nRUN apk add git\n',
    },
    {
      title: 'apk fetches its index by itself',
      good: 'FROM alpine\nRUN apk update\nRUN apk add --no-cache git\n',
    },
    {
      title: 'A package file needs no index',
      good: 'FROM debian:12\nRUN apt-get update\nRUN apt-get install -y ./tool.deb\n',
    },
  ],
  exceptions: { onbuild: 'Two RUNs take part, and the trial makes a trigger of one alone.' },
  check({ file, model }) {
    const ends = new Map<StageInfo, Indexes>();
    const reported = new Set<Instruction>();
    return {
      Stage(_node, { stage }) {
        const base = stage?.base.kind === 'stage' ? stage.base.stage : undefined;
        if (stage) ends.set(stage, new Map(base && ends.get(base)));
        return undefined;
      },
      *Run(node, { stage }) {
        const indexes = stage && ends.get(stage);
        for (const use of indexes ? usesIn(model, node, indexes) : []) {
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

/** By package manager; those of which nothing is known are left out. */
type Indexes = Map<Manager, Index>;

interface Use {
  readonly command: ShellCommand;
  readonly index: Index;
}

interface Manager {
  readonly names: readonly string[];
  readonly places: RegExp;
  readonly uses: readonly string[];
  readonly fresh: readonly string[];
}

const MANAGERS: readonly Manager[] = [
  {
    names: ['apt-get', 'apt', 'aptitude'],
    places: /^\/var\/lib(?:\/apt(?:\/lists.*)?)?$/,
    uses: ['install', 'build-dep', 'upgrade', 'dist-upgrade', 'full-upgrade', 'source', 'satisfy'],
    fresh: [],
  },
  {
    names: ['apk'],
    places: /^\/(?:var\/cache|etc)(?:\/apk(?:\/.*)?)?$/,
    uses: ['add', 'upgrade', 'fetch'],
    fresh: ['--no-cache', '-U', '--update-cache', '--update'],
  },
  { names: ['opkg'], places: /^\/var\/opkg-lists/, uses: ['install', 'upgrade'], fresh: [] },
];

/** Installs from an index of another RUN; keeps up what is known of the indexes. */
const usesIn = function* (model: Model, run: Run, indexes: Indexes): Iterable<Use> {
  const mounts = model.mountsOf(run).map(({ target }) => target ?? '');
  for (const command of model.commandsOf(run)) {
    if (isOpaque(command)) indexes.clear();
    if (command.name === 'rm' || /^dist-?clean$/.test(subcommandOf(command) ?? '')) forget(indexes, command);
    const manager = MANAGERS.find(({ names }) => names.includes(command.name ?? ''));
    if (!manager) continue;
    const index = indexes.get(manager);
    const isKept = !command.conditional && !mounts.some((target) => manager.places.test(target));
    if (subcommandOf(command) === 'update' || command.has(...manager.fresh)) {
      if (isKept && !command.has('--no-cache'))
        indexes.set(manager, { node: run, command, used: command.has(...manager.fresh) });
      else indexes.delete(manager);
    } else if (index && isKept && isUse(command, manager)) {
      if (index.node === run) indexes.set(manager, { ...index, used: true });
      else yield { command, index };
    }
  }
};

const isUse = (command: ShellCommand, { uses }: Manager): boolean => {
  const [subcommand, ...packages] = command.operands;
  if (!uses.includes(subcommand?.text ?? '')) return false;
  if (subcommand?.text?.endsWith('upgrade')) return true;
  return packages.some(({ text }) => text === undefined || !/^[./~]|\.(?:deb|apk|ipk)$/.test(text));
};

const forget = (indexes: Indexes, { name, operands }: ShellCommand): void => {
  for (const manager of MANAGERS) {
    const isNamed = operands.some(({ raw }) => manager.places.test(raw.replace(/\/?\*?$/, '')));
    if (isNamed || manager.names.includes(name ?? '')) indexes.delete(manager);
  }
};

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
    at: index.used ? command : index.command,
    message: index.used
      ? `\`${text(command)}\` relies on the package index that an earlier RUN fetched`
      : `\`${update}\` is in another RUN than the \`${text(command)}\` that needs its index`,
    help: index.used
      ? `Put \`${update} &&\` before it, or install everything in that one RUN.`
      : `Fetch and install in one RUN: \`RUN ${update} && ${text(command)} …\`.`,
    related: index.used
      ? [related(index.command, 'The index is fetched here')]
      : [related(command, 'This installs from it')],
    fix: fixOf(file, model, run, command, index),
  };
};

const related = ({ start, end }: ShellCommand, message: string): Related => ({ range: { start, end }, message });

const fixOf = (file: Iechorfile, model: Model, run: Run, command: ShellCommand, index: Index): Problem['fix'] => {
  const { node, command: update, used } = index;
  if (!isPlain(model, node) || !isPlain(model, run)) return undefined;
  const isNext = file.instructions[file.instructions.indexOf(node) + 1] === run;
  if (used) return isNext ? joined(file, node, run) : undefined;
  const text = file.text.slice(update.whole.start, update.whole.end);
  if (model.commandsOf(node).length > 1 || text.includes('\n')) return undefined;
  return {
    title: 'Fetch the index in the RUN that installs',
    edits: [removeInstruction(file, node), insertBefore(command.whole, `${text} && `)],
    safety: isNext ? 'safe' : 'unsafe',
  };
};

/** Whether the RUN is commands joined by `&&` alone, after which the shell is as before. */
const isPlain = (model: Model, run: Run): boolean =>
  run.flags.length === 0 &&
  run.heredocs.length === 0 &&
  model.scriptOf(run) !== undefined &&
  model
    .commandsOf(run)
    .every(
      ({ name, connector, conditional, isolated, wrappers }) =>
        (connector === undefined || connector.text === '&&') &&
        !(conditional || isolated || wrappers.some((wrapper) => isShell(wrapper.name))) &&
        name !== undefined &&
        !STATEFUL.has(name),
    );

const STATEFUL = new Set([
  'cd',
  'pushd',
  'export',
  'set',
  'umask',
  'ulimit',
  'alias',
  'shopt',
  'unset',
  'exec',
  'exit',
]);

const joined = (file: Iechorfile, first: Run, second: Run): Problem['fix'] => {
  const end = first.start + file.text.slice(first.start, first.end).trimEnd().length;
  const range = { start: end, end: second.command.start };
  if (second.comments.length > 0 || /(?:^|\s)#/.test(file.text.slice(first.start, first.end))) return undefined;
  const text = ` ${file.escape}${lineEndOf(file, first)}${indentOf(file, first)}    && `;
  return { title: 'Join it to the RUN that fetches the index', edits: [replace(range, text)], safety: 'unsafe' };
};
