import {
  appendedCommand,
  defineRule,
  type Edit,
  type HadolintCache,
  hadolintCaches,
  insertAfter,
  isIndexUpdate,
  isListReader,
  isListUse,
  isSpoilt,
  type KeptCache,
  keptCachesIn,
  type ListUse,
  laterListUses,
  type Model,
  managerOf,
  mountFlaws,
  type PackageManager,
  type Problem,
  programsOf,
  type Range,
  type Run,
  remove,
  removeInstruction,
  replace,
  type Severity,
  type ShellCommand,
  type ShellWord,
} from '#lint';

export default defineRule({
  name: 'package-cache-kept',
  codes: [
    ...['DL3009', 'DL3019', 'DL3032', 'DL3036', 'DL3040', 'DL3042', 'DL3060'],
    ...['DS-0015', 'DS-0019', 'DS-0020', 'DS-0025', 'DS-0027'],
    ...['DF004', 'DF029', 'DF030', 'DF045', 'DF046', 'DF047', 'DF055'],
    ...['remove-package-lists', 'remove-package-cache', 'missing-apk-no-cache', 'missing-yum-clean-all'],
    ...['missing-dnf-clean-all', 'missing-zypper-clean', 'missing-pip-no-cache-dir'],
  ],
  category: 'cache',
  summary: 'A package manager leaves its lists or downloads in the layer',
  why: `What a package manager fetches for its work is of no use to the image, and a later layer can hide it but not remove it. Clean up in the same RUN, switch it off by an option, or keep it in a cache mount.`,
  severity: 'warning',
  scope: 'final',
  when: {
    instructions: ['Run'],
    programs: [
      ...programsOf('apt', 'apk', 'yum', 'dnf', 'microdnf', 'tdnf', 'zypper'),
      ...programsOf('pip', 'uv', 'poetry', 'conda', 'npm', 'yarn', 'composer'),
    ],
  },
  fix: {
    safety: 'safe',
    note: 'Unsafe where a script in a later step may need what is cleaned, or where the option depends on the version of the package manager.',
  },
  examples: [
    {
      bad: 'FROM debian:12\nRUN apt-get update && apt-get install -y curl\n',
      good: 'FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n',
    },
    {
      title: 'Fetched by the install itself',
      bad: 'FROM debian:13\nRUN apt-get install --update -y curl\n',
      good: 'FROM debian:13\nRUN apt-get install --update -y curl && rm -rf /var/lib/apt/lists/*\n',
    },
    {
      title: 'Cleaned once, and fetched again',
      bad: 'FROM debian:12\nRUN apt-get update && rm -rf /var/lib/apt/lists/* && apt-get update && apt-get install -y curl\n',
      good: 'FROM debian:12\nRUN apt-get update && rm -rf /var/lib/apt/lists/* && apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n',
    },
    {
      bad: 'FROM alpine\nRUN apk update && apk add curl\n',
      good: 'FROM alpine\nRUN apk add --no-cache curl\n',
    },
    {
      bad: 'FROM python:3.13\nRUN pip install flask==3.1.0\n',
      good: 'FROM python:3.13\nRUN pip install --no-cache-dir flask==3.1.0\n',
    },
    {
      title: 'A line of a heredoc',
      bad: 'FROM fedora:42\nRUN <<EOF\nset -e\ndnf install -y git\nEOF\n',
      good: 'FROM fedora:42\nRUN <<EOF\nset -e\ndnf install -y git\ndnf clean all\nEOF\n',
    },
    {
      bad: 'FROM fedora\nRUN dnf install -y \\\n      git \\\n    && git --version\n',
      good: 'FROM fedora\nRUN dnf install -y \\\n      git \\\n    && dnf clean all \\\n    && git --version\n',
    },
    {
      title: 'A cache mount keeps it out of the layer',
      good: 'FROM python:3.13\nRUN --mount=type=cache,target=/root/.cache/pip pip install flask==3.1.0\n',
    },
    {
      title: 'The pip of an old release keeps nothing and does not know the option',
      good: 'FROM ubuntu:14.04\nRUN apt-get update && apt-get install -y python-pip && rm -rf /var/lib/apt/lists/*\nRUN pip install flask==1.0\n',
    },
    {
      title: 'One that was brought up to date does',
      bad: 'FROM ubuntu:14.04\nRUN apt-get update && apt-get install -y python-pip && rm -rf /var/lib/apt/lists/*\nRUN pip install --upgrade pip\nRUN pip install flask==1.0\n',
      good: 'FROM ubuntu:14.04\nRUN apt-get update && apt-get install -y python-pip && rm -rf /var/lib/apt/lists/*\nRUN pip install --upgrade pip\nRUN pip install --no-cache-dir flask==1.0\n',
    },
    {
      title: 'Switched off for the whole stage',
      good: 'FROM python:3.13\nENV PIP_NO_CACHE_DIR=1\nRUN pip install flask==3.1.0\n',
    },
    {
      title: 'pip takes any value for a yes, hadolint does not',
      as: 'hadolint',
      bad: 'FROM python:3.13\nENV PIP_NO_CACHE_DIR=no\nRUN pip install flask==3.1.0\n',
    },
    {
      title: 'A stage of which only some files are taken',
      good: 'FROM golang AS build\nRUN apt-get update && apt-get install -y upx\nFROM scratch\nCOPY --from=build /bin/upx /upx\n',
    },
  ],
  check({ model, as }) {
    const keptCaches = keptCachesIn(model);
    let known: ReadonlyMap<Run, ListUse> | undefined;
    const listUses = (): ReadonlyMap<Run, ListUse> => {
      known ??= laterListUses(model);
      return known;
    };
    return {
      *Run(node, { onbuild }) {
        if (as === 'hadolint') {
          const caches = hadolintCaches(model, node, onbuild);
          if (caches.length > 0) yield* hadolintProblems(model, node, caches, keptCaches(node), listUses);
          return;
        }
        const caches = keptCaches(node);
        if (caches.length === 0 || isSpoilt(model, node) || hasSpoiltMount(model, node)) return;
        for (const kept of caches) {
          const style = STYLES[kept.manager.name];
          const later = kept.manager.name === 'apt' ? listUses().get(node) : undefined;
          // Another rule asks to join the RUNs then.
          if (style && later !== 'certain') yield problemOf(model, node, kept, style, later === undefined);
        }
      },
    };
  },
});

/** hadolint looks at other words, at stages that others are built on, and never at what comes later. */
const hadolintProblems = (
  model: Model,
  node: Run,
  caches: readonly HadolintCache[],
  known: readonly KeptCache[],
  listUses: () => ReadonlyMap<Run, ListUse>,
): readonly Problem[] =>
  caches.map(({ code, command }) => {
    const style = STYLES[managerOf(command)?.name ?? ''];
    const kept = known.find(({ manager }) => manager === managerOf(command));
    const own = style && kept && problemOf(model, node, kept, style, !listUses().has(node));
    const message = `\`${askedOf(command)}\` leaves ${style?.what ?? 'its downloads'} in the layer`;
    return { at: askedRange(command), message, ...own, codes: [code], anchors: { hadolint: node } };
  });

/** Whether a cache mount has a flaw, which another rule tells of; where it was to lie nobody knows. */
const hasSpoiltMount = (model: Model, node: Run): boolean =>
  mountFlaws(model, node).some((flaw) =>
    node.flags.some(({ start, end, value }) => start <= flaw.start && flaw.start < end && value?.raw.includes('cach')),
  );

interface Style {
  readonly codes: readonly string[];
  readonly severity: Severity;
  /** What it leaves. */
  readonly what: string;
  /** The version decides whether it knows the option, or where its downloads are. */
  readonly isUnsure?: boolean;
}

const METADATA = { severity: 'warning', what: 'its metadata' } as const;
const DOWNLOADS = { severity: 'info', what: 'its downloads' } as const;

const STYLES: Readonly<Record<string, Style>> = {
  apt: { codes: ['DL3009', 'DF004', 'remove-package-lists'], severity: 'info', what: 'the package lists' },
  apk: {
    codes: ['DL3019', 'DS-0025', 'DF029', 'missing-apk-no-cache', 'remove-package-cache'],
    severity: 'info',
    what: 'the package index',
  },
  yum: { codes: ['DL3032', 'DS-0015', 'DF004', 'DF047', 'missing-yum-clean-all'], ...METADATA },
  dnf: { codes: ['DL3040', 'DS-0019', 'DS-0027', 'DF046', 'missing-dnf-clean-all'], ...METADATA },
  microdnf: { codes: ['DL3040', 'DS-0027', 'DF046'], ...METADATA },
  tdnf: { codes: [], ...METADATA },
  zypper: { codes: ['DL3036', 'DS-0020', 'DF045', 'missing-zypper-clean'], ...METADATA },
  pip: { codes: ['DL3042', 'DF030', 'missing-pip-no-cache-dir'], ...DOWNLOADS, severity: 'warning' },
  uv: { codes: [], ...DOWNLOADS },
  poetry: { codes: [], ...DOWNLOADS, isUnsure: true },
  conda: { codes: [], ...DOWNLOADS, severity: 'warning' },
  npm: { codes: [], ...DOWNLOADS },
  yarn: { codes: ['DL3060', 'DF055'], ...DOWNLOADS, isUnsure: true },
  composer: { codes: [], ...DOWNLOADS, isUnsure: true },
};

const problemOf = (model: Model, run: Run, kept: KeptCache, style: Style, isUnused: boolean): Problem => {
  const { manager, place, commands } = kept;
  const [first] = commands;
  const [option] = manager.noCache;
  const isAlone = option !== undefined && commands.every(isIndexUpdate);
  const instead = isAlone
    ? `Leave it out, and install with \`${option}\``
    : option === undefined
      ? `Clean in the same RUN: \`${cleanOf(first, manager)}\``
      : `Add \`${option}\``;
  const mount =
    place.mount && `\`RUN --mount=type=cache,target=${place.mount}${manager.locked ? ',sharing=locked' : ''}\``;
  const own = option === undefined ? cleaning(model, run, kept) : switching(model, run, commands, option);
  const edits = own ?? (isAlone ? removing(model, run) : undefined);
  return {
    at: askedRange(first),
    codes: style.codes,
    severity: style.severity,
    message: `\`${askedOf(first)}\` leaves ${style.what} in the layer${place.path ? `, in \`${place.path}\`` : ''}`,
    help: mount ? `${instead}; or keep it out of the image with ${mount}.` : `${instead}.`,
    fix: edits && { title: instead, edits, ...(own && isUnused && !style.isUnsure ? {} : { safety: 'unsafe' }) },
  };
};

/** The RUN as a whole goes when it fetches an index and does nothing else. */
const removing = (model: Model, run: Run): Edit[] | undefined =>
  model.commandsOf(run).length === 1 ? [removeInstruction(model.file, run)] : undefined;

/** The words that say what is done, without packages and options. */
const askedWords = ({ operands }: ShellCommand): readonly ShellWord[] =>
  operands.slice(0, /^(?:pip|tool|global|env)$/.test(operands[0]?.text ?? '') ? 2 : 1);

const askedOf = (command: ShellCommand): string =>
  [command.name, ...askedWords(command).map(({ text, raw }) => text ?? raw)].join(' ');

const askedRange = (command: ShellCommand): Range => ({
  start: command.start,
  end: askedWords(command).at(-1)?.end ?? command.end,
});

const cleanOf = ({ name, word }: ShellCommand, { clean: [clean = ''] }: PackageManager): string =>
  clean.startsWith('rm ') ? clean : clean.replace(/^\S+/, word?.text ?? name ?? '');

/** The cleaning command behind the last one of the manager. */
const cleaning = (model: Model, run: Run, { manager, commands }: KeptCache): Edit[] | undefined => {
  const all = model.commandsOf(run);
  const last = all.findLast((command) =>
    manager.kind === 'system' ? managerOf(command) === manager : commands.includes(command),
  );
  if (!last || last.start < (commands.at(-1)?.start ?? 0)) return undefined;
  if (manager.name === 'apt' && !isPlainApt(all, last)) return undefined;
  // One user's command leaves the cache of another alone.
  if (manager.kind === 'language' && commands.some(({ wrappers }) => wrappers.length !== last.wrappers.length)) {
    return undefined;
  }
  const insertion = appendedCommand(model, run, last, cleanOf(last, manager));
  return insertion && [insertAfter({ start: insertion.at, end: insertion.at }, insertion.text)];
};

/** Whether something is installed, and nothing behind it reads the lists. */
const isPlainApt = (all: readonly ShellCommand[], last: ShellCommand): boolean =>
  all.some(isListUse) && !all.slice(all.indexOf(last)).some(isListReader);

/** The option in every command; what only fetches the index goes. */
const switching = (model: Model, run: Run, commands: readonly ShellCommand[], option: string): Edit[] | undefined => {
  const edits: Edit[] = [];
  for (const command of commands) {
    const all = model.commandsOf(run);
    const next = all[all.indexOf(command) + 1];
    const asked = command.operands.find(({ text }) =>
      /^(?:install|add|upgrade|sync|require|update|download|wheel|fix)$/.test(text ?? ''),
    );
    if (isIndexUpdate(command)) {
      const between = next && model.file.text.slice(command.whole.end, next.whole.start);
      if (!next || !between || command.conditional || !/^[\s\\`]*(?:&&|;|\n)[\s\\`]*$/.test(between)) return undefined;
      edits.push(remove({ start: command.whole.start, end: next.whole.start }));
      continue;
    }
    const fresh = command.arguments.find(
      ({ text }) => text === '-U' || text === '--update' || text === '--update-cache',
    );
    if (fresh && managerOf(command)?.name === 'apk') edits.push(replace(fresh, option));
    else if (asked && model.file.text.slice(asked.start, asked.end) === asked.text)
      edits.push(insertAfter(asked, ` ${option}`));
    else return undefined;
  }
  return edits;
};
