import {
  type Artefact,
  type BuildStep,
  type BuiltInPlace,
  builtInPlace,
  type CompilersForPackages,
  compilersForPackages,
  type DependenciesForBuild,
  defineRule,
  dependenciesForBuild,
  type Edit,
  type Env,
  type Instruction,
  insertAfter,
  lineEndOf,
  type Model,
  type Problem,
  type Range,
  removeInstruction,
  replace,
  runtimeImage,
} from '#lint';

export default defineRule({
  name: 'toolchain-in-final-image',
  codes: ['tally/prefer-multi-stage-build', 'DF011'],
  category: 'multi-stage',
  summary: 'The final image keeps the tools that only its build needed',
  why: `Compilers, headers and sources are most of such an image: they are stored, sent and scanned with every release, and
    help whoever breaks in. In a stage of its own the build leaves only what it made.`,
  severity: 'info',
  fix: { safety: 'manual', note: 'Shows the file in two stages. Libraries that the program loads have to be added.' },
  examples: [
    {
      title: 'A compiler on a system',
      bad: 'FROM ubuntu:26.04\nRUN apt-get update && apt-get install -y build-essential\nWORKDIR /src\nCOPY . .\nRUN make\nCMD ["./hello"]\n',
      good: 'FROM ubuntu:26.04 AS build\nRUN apt-get update && apt-get install -y build-essential\nWORKDIR /src\nCOPY . .\nRUN make\n\nFROM ubuntu:26.04\nCOPY --from=build /src/hello /usr/local/bin/hello\nCMD ["hello"]\n',
    },
    {
      title: 'The image of a compiler',
      bad: 'FROM golang:1.26\nWORKDIR /src\nENV CGO_ENABLED=0\nEXPOSE 8080\nCOPY . .\nRUN go build -o /bin/server ./cmd/server\nENTRYPOINT ["/bin/server"]\n',
      good: 'FROM golang:1.26 AS build\nWORKDIR /src\nENV CGO_ENABLED=0\nCOPY . .\nRUN go build -o /bin/server ./cmd/server\n\nFROM gcr.io/distroless/static:nonroot\nEXPOSE 8080\nCOPY --from=build /bin/server /usr/local/bin/server\nENTRYPOINT ["server"]\n',
    },
    {
      title: 'A JDK where a JRE will do',
      bad: 'FROM maven:3.9-eclipse-temurin-21\nWORKDIR /app\nCOPY . .\nRUN mvn package\nCMD ["java", "-jar", "target/app.jar"]\n',
      good: 'FROM maven:3.9-eclipse-temurin-21 AS build\nWORKDIR /app\nCOPY . .\nRUN mvn package\n\nFROM eclipse-temurin:21-jre\nWORKDIR /app\nCOPY --from=build /app/target/app.jar /app/target/app.jar\nCMD ["java", "-jar", "target/app.jar"]\n',
    },
    {
      title: 'A compiler for packages of Python',
      bad: 'FROM python:3.14-slim\nRUN apt-get update && apt-get install -y gcc libpq-dev\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\nCMD ["python", "app.py"]\n',
    },
    {
      title: 'The development dependencies of Node.js',
      bad: 'FROM node:24\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nCMD ["node", "dist/server.js"]\n',
    },
    {
      title: 'Removed where it was installed',
      good: 'FROM alpine:3.24\nCOPY . /src\nRUN apk add --no-cache --virtual .build gcc musl-dev make && make -C /src && apk del .build\nCMD ["/src/hello"]\n',
    },
    {
      title: 'Two stages',
      good: 'FROM golang:1.26 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /bin/server .\nFROM alpine:3.24\nCOPY --from=build /bin/server /bin/server\nCMD ["/bin/server"]\n',
    },
    {
      title: 'Nothing is compiled',
      good: 'FROM python:3.14\nCOPY . /app\nRUN pip install -r /app/requirements.txt\nCMD ["python", "/app/main.py"]\n',
    },
    {
      title: 'An image to build in',
      good: 'FROM golang:1.26\nRUN go install golang.org/x/tools/cmd/goimports@latest\nCMD ["bash"]\n',
    },
    {
      title: 'Started by its tools',
      good: 'FROM golang:1.26\nWORKDIR /src\nCOPY . .\nRUN go build ./...\nCMD ["go", "run", "."]\n',
    },
  ],
  exceptions: { onbuild: 'What a trigger builds belongs to the image of the file that builds on this one.' },
  check({ model }) {
    return {
      *done() {
        const built = builtInPlace(model);
        const compilers = built ? undefined : compilersForPackages(model);
        const dependencies = built || compilers ? undefined : dependenciesForBuild(model);
        if (built) yield ofArtefact(model, built);
        if (compilers) yield ofPackages(compilers);
        if (dependencies) yield ofDependencies(model, dependencies);
      },
    };
  },
});

const ofArtefact = (model: Model, built: BuiltInPlace): Problem => {
  const { toolchain, artefact } = built;
  const program = artefact.path ?? artefact.word.text ?? artefact.word.raw;
  const taken = artefact.path ? `\`${artefact.path}\`` : 'what was built';
  return {
    at: toolchain.at,
    message: `The image keeps ${toolchain.isBase ? `all of \`${toolchain.names[0]}\`` : listed(toolchain.names)}, but runs only \`${program}\``,
    help: `Build in a stage of its own, and take ${taken} from there into a small image with \`COPY --from=build\`.`,
    related: [
      { range: placeOf(artefact.step.command), message: 'It is built here' },
      { range: placeOf(artefact.word), message: 'It is started here' },
    ],
    fix: inTwoStages(model, built),
  };
};

const ofPackages = ({ toolchain, install, manager }: CompilersForPackages): Problem => ({
  at: toolchain.at,
  message: `The image keeps ${listed(toolchain.compilers)}, which only \`${manager}\` needed, to compile packages`,
  help: `Install the packages in a stage of its own and take them from there, such as ${TAKEN[manager] ?? TAKEN.pip}; or remove the compilers in the same RUN.`,
  related: [{ range: placeOf(install), message: 'The packages are installed here' }],
});

const IN_VENV = '`RUN python -m venv /venv` with `COPY --from=build /venv /venv`';
const MODULES = '`COPY --from=build /app/node_modules ./node_modules`';
const GEMS = '`COPY --from=build /usr/local/bundle /usr/local/bundle`';
const TAKEN: Readonly<Record<string, string>> = {
  pip: IN_VENV,
  npm: MODULES,
  yarn: MODULES,
  pnpm: MODULES,
  gem: GEMS,
  bundler: GEMS,
};

const ofDependencies = ({ file }: Model, { install, step, startup }: DependenciesForBuild): Problem => {
  const text = (range: Range) => file.text.slice(range.start, range.end).replace(/\s+/g, ' ');
  return {
    at: step.command,
    message: `The image keeps the sources and all that \`${text(step.command)}\` needed, but runs only what it made`,
    help: 'Build in a stage of its own. In the last stage, install without development dependencies and take what was built with `COPY --from=build`.',
    related: [
      { range: placeOf(install), message: 'The development dependencies are installed here' },
      { range: placeOf(startup), message: 'The image starts here' },
    ],
  };
};

const placeOf = ({ start, end }: Range): Range => ({ start, end });

const listed = (names: readonly string[]): string => {
  const shown = names.slice(0, 3).map((name) => `\`${name}\``);
  if (names.length > 3) return `${shown.join(', ')} and ${names.length - 3} more`;
  return shown.length > 1 ? `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}` : (shown[0] ?? '');
};

// The file in two stages ------------------------------------------------------------------------------------------------

const inTwoStages = (model: Model, built: BuiltInPlace): Problem['fix'] => {
  const { file } = model;
  const {
    base,
    node: { from, instructions },
  } = built.stage;
  if (!from || base.kind !== 'image' || model.referencesTo(built.stage).length > 0) return undefined;
  const split = lastOfBuild(model, built) + 1;
  const before = instructions.slice(0, split);
  const after = instructions.slice(split);
  const last = before.at(-1);
  const isTaken = model.stages.some(({ name: taken }) => taken === 'build');
  const name = from.name?.text ?? (isTaken ? `build-${built.stage.index}` : 'build');
  const placed = placing(model, built.artefact, after, name);
  const runtime = runtimeImage(base, built.artefact.step.language, {
    shell: after.some(needsShell),
    isStatic: isStatic(model, built.artefact.step),
  });
  if (!last || last.heredocs.length > 0 || !placed || !runtime || before.some(isOtherUser)) return undefined;
  const moved = before.filter(({ kind }) => MOVED.has(kind));
  const kept = before.filter((node) => node.kind === 'Env' && !isForBuild(node));
  const texts = [...kept, ...moved].map((node) => file.text.slice(node.start, node.end));
  const lines = ['', `FROM ${runtime === base.text ? from.image.raw : runtime}`, ...texts, ...placed.lines];
  return {
    title: 'Build in a stage of its own',
    edits: [
      ...(from.name ? [] : [insertAfter(from.image, ` AS ${name}`)]),
      ...moved.map((node) => removeInstruction(file, node)),
      insertAfter(last, lines.map((line) => lineEndOf(file, last) + line).join('')),
      ...placed.edits,
    ],
  };
};

const isOtherUser = (node: Instruction): boolean => node.kind === 'User' && !/^(?:root|0)(?::|$)/.test(node.user.raw);

/** Said of the image, not needed by the build. */
const MOVED: ReadonlySet<string> = new Set(['Expose', 'Label', 'Volume', 'Stopsignal', 'Healthcheck', 'Maintainer']);

const BUILD_ONLY =
  /^(?:CGO_\w+|GO\w+|CARGO_\w+|RUST\w*|CC|CXX|C\w*FLAGS|LDFLAGS|MAKEFLAGS|DEBIAN_FRONTEND|MAVEN_\w+|GRADLE_\w+|SBT_\w+|NUGET_\w+)$/;

const isForBuild = ({ pairs }: Env): boolean => pairs.every(({ key }) => BUILD_ONLY.test(key.raw));

const needsShell = (node: Instruction): boolean =>
  node.kind === 'Run' ||
  ((node.kind === 'Cmd' || node.kind === 'Entrypoint' || node.kind === 'Healthcheck') &&
    node.command?.kind === 'ShellForm');

const isStatic = (model: Model, { node }: BuildStep): boolean =>
  model.stateBefore(node).bindings.get('CGO_ENABLED')?.value === '0' ||
  /CGO_ENABLED=0|-static\b|-musl\b/.test(model.file.text.slice(node.start, node.end));

/** The last RUN that builds, or has to do with what was built. */
const lastOfBuild = ({ file }: Model, { stage, steps, artefact }: BuiltInPlace): number => {
  const program = artefact.path?.replace(/^.*\//s, '') ?? '';
  const nodes = new Set<Instruction>(steps.map(({ node }) => node));
  return stage.node.instructions.findLastIndex(
    (node) => nodes.has(node) || (node.kind === 'Run' && file.text.slice(node.start, node.end).includes(program)),
  );
};

interface Placing {
  readonly lines: readonly string[];
  readonly edits: readonly Edit[];
}

/** The instructions that bring what was built, and how it is called then. */
const placing = (
  model: Model,
  artefact: Artefact,
  after: readonly Instruction[],
  stage: string,
): Placing | undefined => {
  const { path, word, node, step } = artefact;
  const written = word.text;
  if (!path || !written || !after.includes(node)) return undefined;
  const isRelative = !written.startsWith('/') && !after.some(({ kind }) => kind === 'Workdir');
  const workdir = isRelative ? [`WORKDIR ${model.stateBefore(node).workdir}`] : [];
  const copying = (from: string, to: string) => `COPY --from=${stage} ${from} ${to}`;
  if (step.language === 'java') {
    const [, folder = path] = /^(.+)\/bin\/[^/]+$/.exec(path) ?? [];
    return { lines: [...workdir, copying(folder, folder)], edits: [] };
  }
  if (step.language === 'dotnet') {
    const { output, directory } = step;
    return output && output !== directory ? { lines: [...workdir, copying(output, output)], edits: [] } : undefined;
  }
  // Files that it is given would have to come along.
  if (givenWords(artefact, after).some((text) => /^[^-].*[./]/.test(text))) return undefined;
  const program = path.replace(/^.*\//s, '');
  const isQuoted = model.file.text[word.start] === '"';
  const edits = written === program ? [] : [replace(word, isQuoted ? `"${program}"` : program)];
  return { lines: [copying(path, `/usr/local/bin/${program}`)], edits };
};

/** What it is started with, be it by CMD behind ENTRYPOINT. */
const givenWords = ({ command, node }: Artefact, after: readonly Instruction[]): readonly string[] => {
  const cmd = after.find((each) => each.kind === 'Cmd' && each !== node);
  return [...command.arguments.map(({ text = '' }) => text), ...(cmd?.arguments ?? [])];
};
