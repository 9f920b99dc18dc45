import {
  defineRule,
  hasCacheMount,
  type Iechorfile,
  installOf,
  instructionsBefore,
  isSpoilt,
  isWindowsStage,
  type KeptCache,
  keptCachesIn,
  type PackageManager,
  type Problem,
  programsOf,
  type Run,
  replace,
  type ShellCommand,
  subcommandOf,
} from '#lint';

export default defineRule({
  name: 'cache-mount-missing',
  codes: ['tally/prefer-package-cache-mounts', 'tally/ruby/prefer-bundler-cache-mount'],
  category: 'cache',
  summary: 'A step downloads or compiles from the start whenever it runs',
  why: `When a manifest or a source changes, the step runs again and downloads everything, what did not change too. A cache mount keeps the downloads
    for the next build, and out of the image.`,
  severity: 'info',
  off: true,
  when: {
    instructions: ['Run'],
    programs: [
      ...programsOf('pip', 'uv', 'poetry', 'pipenv', 'npm', 'yarn', 'pnpm', 'bun', 'bundler', 'composer'),
      ...programsOf('go', 'cargo', 'nuget', 'maven', 'gradle'),
    ],
  },
  fix: { safety: 'unsafe', note: 'A later step that needs what is downloaded has to have the same mount.' },
  examples: [
    {
      bad: 'FROM node:22\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\n',
      good: 'FROM node:22\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN --mount=type=cache,target=/root/.npm npm ci\n',
    },
    {
      bad: 'FROM golang:1.24\nWORKDIR /src\nCOPY . .\nRUN go build -o /bin/app .\n',
      good: 'FROM golang:1.24\nWORKDIR /src\nCOPY . .\nRUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build go build -o /bin/app .\n',
    },
    {
      bad: 'FROM maven:3.9\nCOPY . .\nRUN mvn package\n',
      good: 'FROM maven:3.9\nCOPY . .\nRUN --mount=type=cache,target=/root/.m2 mvn package\n',
    },
    {
      title: 'Switched off, or cleaned',
      good: 'FROM python:3.13\nCOPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt\nRUN npm ci && npm cache clean --force\n',
    },
    {
      title: 'The step above has downloaded it, until that has a mount',
      bad: 'FROM golang:1.24\nCOPY go.mod go.sum ./\nRUN go mod download\nCOPY . .\nRUN go build .\n',
      good: 'FROM golang:1.24\nCOPY go.mod go.sum ./\nRUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build go mod download\nCOPY . .\nRUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build go build .\n',
    },
    {
      title: 'Some cache mount is there',
      good: 'FROM node:22\nRUN --mount=type=cache,target=/cache npm ci --cache /cache\n',
    },
    { title: 'Nobody knows where the cache lies', good: 'FROM example.com/tools\nRUN cargo build --release\n' },
    { title: 'Packages by name, or none', good: 'FROM node:22\nRUN npm install -g serve@14.2.0 && go version\n' },
    { title: 'Root would own the mount', good: 'FROM node:22\nUSER node\nRUN npm ci\n' },
  ],
  exceptions: { onbuild: 'What the stage itself has downloaded is there when its triggers run.' },
  check({ model }) {
    const keptCaches = keptCachesIn(model);
    const known = new Map<Run, readonly KeptCache[]>();
    const projectCaches = (node: Run): readonly KeptCache[] => {
      const found = known.get(node) ?? keptCaches(node).filter(isProject);
      known.set(node, found);
      return found;
    };
    const isInLayer = (node: Run, manager: PackageManager): boolean =>
      instructionsBefore(model, node).some(
        (before) => before.kind === 'Run' && projectCaches(before).some((kept) => kept.manager === manager),
      );
    return {
      *Run(node, { stage }) {
        if (hasCacheMount(model, node) || (stage && isWindowsStage(model.file, stage))) return;
        // What an earlier step has downloaded is there, and a mount would hide it.
        const caches = projectCaches(node).filter(({ manager }) => !isInLayer(node, manager));
        const [first] = caches;
        if (first && !isSpoilt(model, node))
          yield problemOf(
            model.file,
            node,
            first,
            caches.flatMap(({ mounts }) => mounts),
          );
      },
    };
  },
});

const problemOf = (file: Iechorfile, node: Run, { commands }: KeptCache, mounts: readonly string[]): Problem => {
  const rest = { start: node.keyword.end, end: node.end };
  const command = commands.find(installsProject) ?? commands[0];
  const words = command.operands.slice(0, /^(?:mod|pip|env)$/.test(subcommandOf(command) ?? '') ? 2 : 1);
  const flags = mounts.map((target) => `--mount=type=cache,target=${target}`).join(' ');
  return {
    at: { start: command.start, end: words.at(-1)?.end ?? command.word?.end ?? command.end },
    message: `\`${[command.name, ...words.map(({ text, raw }) => text ?? raw)].join(' ')}\` starts with an empty cache whenever the step runs`,
    help: `Write \`RUN ${flags}\`.`,
    // All of the RUN, so that no other fix empties the cache in the same round.
    fix: { title: 'Add a cache mount', edits: [replace(rest, ` ${flags}${file.text.slice(rest.start, rest.end)}`)] },
  };
};

const isProject = ({ manager, mounts, commands }: KeptCache): boolean =>
  manager.kind === 'language' && mounts.length > 0 && commands.some(installsProject);

const installsProject = (command: ShellCommand): boolean => installOf(command)?.kind === 'project';
