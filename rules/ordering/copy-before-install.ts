import {
  baseName,
  type ContextCopy,
  defineRule,
  type EarlyCopy,
  type Edit,
  earlyCopy,
  endsOpen,
  fetchAlone,
  folderOf,
  hasCacheMount,
  type Iechorfile,
  type Instruction,
  insertLineAfter,
  installOf,
  isAbsolutePath,
  isWithin,
  type Model,
  managerOf,
  type PackageManager,
  type Problem,
  type ProjectInstall,
  projectInstalls,
  removeInstruction,
  replace,
  type ShellCommand,
} from '#lint';

export default defineRule({
  name: 'copy-before-install',
  codes: [],
  category: 'ordering',
  summary: 'All files are copied before the dependencies are installed',
  why: `A layer is built again when anything copied above it has changed. The manifest and the lock file seldom change: copied alone, they leave the install in the cache.`,
  severity: 'warning',
  when: { instructions: ['Copy', 'Add'] },
  fix: {
    safety: 'unsafe',
    note: 'Scripts that run during the install no longer find the sources, and manifests of workspaces have to be copied too.',
  },
  examples: [
    {
      bad: 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD ["node", "."]\n',
      good: 'FROM node:22\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\nCMD ["node", "."]\n',
    },
    {
      title: 'A manifest in a folder',
      bad: 'FROM python:3.13\nCOPY . /srv\nWORKDIR /srv\nRUN pip install -r requirements/prod.txt\n',
      good: 'FROM python:3.13\nCOPY requirements/ /srv/requirements/\nWORKDIR /srv\nRUN pip install -r requirements/prod.txt\nCOPY . /srv\n',
    },
    {
      title: 'The manifest is copied first, but not installed',
      bad: 'FROM python:3.13\nWORKDIR /app\nCOPY requirements.txt .\nCOPY . .\nRUN pip install -r requirements.txt\n',
      good: 'FROM python:3.13\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\n',
    },
    {
      title: 'A second install, now that the sources are there',
      good: 'FROM node:22\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm install --omit=dev\n',
    },
    {
      title: 'The project itself is installed',
      good: 'FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN pip install .\n',
    },
    {
      title: 'Only what the install needs',
      good: 'FROM ruby:3.4\nWORKDIR /app\nCOPY Gemfile Gemfile.lock vendor ./\nRUN bundle install\nCOPY . .\n',
    },
  ],
  exceptions: { onbuild: 'The trial makes a trigger of the COPY alone, below which nothing is installed then.' },
  check({ file, model }) {
    const reported = new Map<Instruction, Set<PackageManager>>();
    return {
      *Run(node) {
        for (const install of projectInstalls(model, node)) {
          const { manager } = install.install;
          const early = earlyCopy(model, install);
          const known = early && (reported.get(early.copy.node) ?? new Set());
          if (!early || !known || known.has(manager)) continue;
          reported.set(early.copy.node, known.add(manager));
          yield problemOf(file, model, install, early);
        }
      },
    };
  },
});

// Wording -----------------------------------------------------------------------------------------------------------

const problemOf = (
  file: Iechorfile,
  model: Model,
  install: ProjectInstall,
  { copy, hasManifest }: EarlyCopy,
): Problem => {
  const { node, command } = install;
  const text = oneLine(file, copy.node);
  const asked = node.command.kind === 'ExecForm' ? wordsOf(command) : oneLine(file, command);
  const isBuild = install.install.needsSources;
  const isCheap = isBuild || hasCacheMount(model, node);
  const names = manifestNames(install, copy);
  const fetch = fetchAlone(install) ?? asked;
  const isElsewhere = model.stageOf(copy.node) !== model.stageOf(node);
  const way = hasManifest
    ? `Move \`${text}\` below the install${isElsewhere ? ', out of this stage' : ''}.`
    : names
      ? `Write \`COPY ${names.sources.join(' ')} ${names.destination}\` and \`RUN ${fetch}\` first, and \`${text}\` below them.`
      : `First copy the files that the install reads, each to its folder, then install, then \`${text}\`.`;
  return {
    at: copy.node,
    message: `\`${text}\` stands above \`${asked}\`, which fetches all packages again when any file has changed`,
    help: `${way}${tipOf(install)}`,
    related: [{ range: { start: command.start, end: command.end }, message: 'Packages are fetched here' }],
    ...(isCheap ? { severity: 'info' as const } : {}),
    fix:
      isBuild || !(hasManifest || names)
        ? undefined
        : fixOf(file, model, install, copy, hasManifest ? undefined : names),
  };
};

const wordsOf = ({ name, arguments: words }: ShellCommand): string =>
  [name, ...words.map(({ text, raw }) => text ?? raw)].join(' ');

const oneLine = ({ text }: Iechorfile, { start, end }: { readonly start: number; readonly end: number }): string => {
  const line = text
    .slice(start, end)
    .replace(/\s*[\\`]?\r?\n\s*/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > 70 ? `${line.slice(0, 69)}…` : line;
};

/** Options without which the install looks for the sources too. */
const LEAN: Readonly<Record<string, string>> = {
  poetry: '--no-root',
  uv: '--no-install-project',
  composer: '--no-scripts',
};

const leanOption = ({ install, command }: ProjectInstall): string | undefined => {
  const option = LEAN[install.manager.name];
  return option !== undefined && !command.has(option, '--no-install-workspace') ? option : undefined;
};

const tipOf = (install: ProjectInstall): string => {
  const option = leanOption(install);
  return option === undefined ? '' : ` Without the sources the install needs \`${option}\`.`;
};

interface ManifestNames {
  readonly sources: readonly string[];
  readonly destination: string;
}

/** What to copy of the context, and where to; undefined where the manifests lie in several folders. */
const manifestNames = (
  install: ProjectInstall,
  { node, target, sources, breadth }: ContextCopy,
): ManifestNames | undefined => {
  const named =
    install.install.manifests.length > 0
      ? install.manifests
      : usualNames(install).map((name) => `${install.directory}/${name}`);
  const [folder, another] = new Set(named.map(folderOf));
  if (folder === undefined || another !== undefined || !isWithin(folder, target)) return undefined;
  const inside = folder.slice(target === '/' ? 1 : target.length + 1);
  const root = breadth === 'folder' ? (sources[0] ?? '').replace(/^\.\//, '').replace(/\/[*.]?$/, '') : '';
  const prefix = [root, inside]
    .filter((part) => part !== '')
    .map((part) => `${part}/`)
    .join('');
  const destination = `${node.destination.raw.replace(/\/$/, '')}/${inside ? `${inside}/` : ''}`;
  const isFolder = /(?:^|\/)requirements$/.test(inside);
  return { sources: isFolder ? [prefix] : named.map((path) => `${prefix}${baseName(path)}`), destination };
};

const usualNames = ({ install: { manager }, command }: ProjectInstall): readonly string[] => {
  const [manifest = ''] = manager.manifests;
  const [lock] = manager.locks;
  const isFrozen =
    command.has('--frozen-lockfile', '--immutable', '--frozen', '--locked', '--deploy', '--deployment') ||
    /^(?:ci|clean-install|sync|mod)$/.test(command.operands[0]?.text ?? '');
  if (manager.name === 'npm' && !isFrozen) return ['package*.json'];
  if (manager.name === 'nuget') return ['*.csproj'];
  if (manager.name === 'gradle') return ['build.gradle*', 'settings.gradle*'];
  return lock === undefined ? [manifest] : [manifest, isFrozen ? lock : `${lock}*`];
};

// Fixing ------------------------------------------------------------------------------------------------------------

const fixOf = (
  file: Iechorfile,
  model: Model,
  install: ProjectInstall,
  { node, sources }: ContextCopy,
  names: ManifestNames | undefined,
): Problem['fix'] => {
  const { node: run } = install;
  const all = model.stageOf(run)?.node.instructions ?? [];
  const between = all.slice(all.indexOf(node) + 1, all.indexOf(run));
  const isPlain =
    all.includes(node) &&
    !node.json &&
    sources.length === 1 &&
    !endsOpen(file, run) &&
    leanOption(install) === undefined &&
    !install.manifests.some((path) => /\.slnx?$/.test(path)) &&
    !install.command.has('-f', '--find-links');
  if (!isPlain || between.some((each) => !canPass(each, node)) || !model.commandsOf(run).every(isInstallOnly))
    return undefined;
  const text = file.text.slice(node.start, node.end);
  const below = insertLineAfter(file, run, text);
  const [first] = node.sources;
  if (!names) return { title: 'Install first', edits: [removeInstruction(file, node), below] };
  if (!first) return undefined;
  const edits: Edit[] = [
    replace({ start: first.start, end: node.destination.end }, `${names.sources.join(' ')} ${names.destination}`),
    below,
  ];
  return { title: 'Copy the manifest, install, then copy the rest', edits };
};

/** Whether the copy may move below the instruction. */
const canPass = (node: Instruction, copy: ContextCopy['node']): boolean => {
  if (node.kind === 'Workdir') return isAbsolutePath(copy.destination.text ?? '');
  return (
    node.kind === 'Env' ||
    node.kind === 'Arg' ||
    node.kind === 'Label' ||
    node.kind === 'Expose' ||
    node.kind === 'User'
  );
};

const isInstallOnly = (command: ShellCommand): boolean => {
  if (managerOf(command))
    return (
      installOf(command)?.needsSources !== true &&
      !/^(?:run|exec|test|x|dlx|start)$/.test(command.operands[0]?.text ?? '')
    );
  return /^(?:set|echo|true|rm|mkdir|corepack)$/.test(command.name ?? '');
};
