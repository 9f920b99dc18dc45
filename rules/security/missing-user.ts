import {
  accountsOf,
  type Cmd,
  defineRule,
  dropsPrivileges,
  type Entrypoint,
  endOfBuild,
  type Iechorfile,
  type Instruction,
  insertAtEnd,
  isToolbox,
  isWindowsStage,
  knownBaseOf,
  lineEndOf,
  type Model,
  type Problem,
  type ShellCommand,
  type StageInfo,
  stageChain,
  startupOf,
  subcommandOf,
  unprivilegedSteps,
} from '#lint';

export default defineRule({
  name: 'missing-user',
  codes: ['DS-0002', 'CKV_DOCKER_3', 'S6471'],
  category: 'security',
  summary: 'No USER is set, so the container runs as root',
  why: `Whoever breaks into the program is root in the container: they can change its files, read every mounted secret, and are one kernel or runtime flaw away from the host.`,
  severity: 'warning',
  fix: { safety: 'manual', note: 'What the program writes to has to belong to the new user.' },
  examples: [
    {
      title: 'The base has an account for it',
      bad: 'FROM node:22\nCOPY . /app\nCMD ["node", "/app/server.js"]\n',
      good: 'FROM node:22\nCOPY . /app\nUSER node\nCMD ["node", "/app/server.js"]\n',
    },
    {
      title: 'A base without one',
      bad: 'FROM alpine:3.22\nCOPY app /app\nENTRYPOINT ["/app"]\n',
      good: 'FROM alpine:3.22\nCOPY app /app\nRUN addgroup -S app && adduser -S -G app app\nUSER app\nENTRYPOINT ["/app"]\n',
    },
    {
      title: 'An empty image',
      bad: 'FROM scratch\nCOPY app /app\nENTRYPOINT ["/app"]\n',
      good: 'FROM scratch\nCOPY app /app\nUSER 10001:10001\nENTRYPOINT ["/app"]\n',
    },
    { title: 'Up to a base image that is not known', bad: 'FROM example.com/team/base:1\nCMD ["app"]\n' },
    {
      title: 'A step that only root can do',
      bad: 'FROM example.com/base:1\nRUN apt-get update && apt-get install -y nginx-light\nCMD ["app"]\n',
      good: 'FROM example.com/base:1\nRUN apt-get update && apt-get install -y nginx-light\nUSER 10001:10001\nCMD ["app"]\n',
    },
    { title: 'USER is set', good: 'FROM node:22\nCOPY . /app\nUSER node\nCMD ["node", "/app/server.js"]\n' },
    { title: 'By the stage below', good: 'FROM node:22 AS base\nUSER node\nFROM base\nCMD ["node", "server.js"]\n' },
    { title: 'By the base image', good: 'FROM gcr.io/distroless/static:nonroot\nCOPY app /app\nCMD ["/app"]\n' },
    {
      title: 'The program gives its rights up by itself',
      good: 'FROM debian:13\nCMD ["nginx", "-g", "daemon off;"]\n',
    },
    {
      title: 'A development container, whose user devcontainer.json names',
      path: '.devcontainer/iEchorfile',
      good: 'FROM debian:13\nCMD ["sleep", "infinity"]\n',
    },
    {
      title: 'A base or a toolbox: who starts something from it says as whom',
      good: 'FROM debian:13\nRUN apt-get update && apt-get install -y gcc\nCMD ["bash"]\n',
    },
    { title: 'Nothing is ever started from it', good: 'FROM scratch\nCOPY --from=build /out /\n' },
  ],
  exceptions: { onbuild: 'The file does not show whom the child image ends as.' },
  check({ file, model, document }) {
    if (/\.devcontainer\b/.test(document.path)) return {};
    return {
      *done() {
        const stage = model.final;
        if (!stage?.node.from || model.stateAfter(stage).setBy.user) return;
        if (isWindowsStage(file, stage) || dropsPrivileges(model, stage)) return;
        const problem = isRootBase(model, stage) ? rootProblem(file, model, stage) : unknownProblem(model, stage);
        if (problem) yield problem;
      },
    };
  },
});

/** Whether the base image ends as root: it is known to, or a step of the file could not work otherwise. */
const isRootBase = (model: Model, stage: StageInfo): boolean => {
  const chain = stageChain(stage);
  if (chain[0]?.base.kind === 'scratch' || knownBaseOf(stage)?.user === 'root') return true;
  return chain.some(({ node }) =>
    node.instructions.some((each) => each.kind === 'Run' && model.commandsOf(each).some(needsRoot)),
  );
};

const MANAGERS: ReadonlySet<string> = new Set('apk apt apt-get dnf microdnf tdnf yum zypper'.split(' '));
const CHANGES: ReadonlySet<string> = new Set('add in install update upgrade'.split(' '));

const needsRoot = (command: ShellCommand): boolean => {
  const { name = '', wrappers, conditional } = command;
  if (conditional || wrappers.some((wrapper) => /^(?:sudo|doas|su)$/.test(wrapper.name))) return false;
  return MANAGERS.has(name) && CHANGES.has(subcommandOf(command) ?? '');
};

const rootProblem = (file: Iechorfile, model: Model, stage: StageInfo): Problem | undefined => {
  // Accounts are made to be used: whether they are is another question.
  if (accountsOf(model, stage).length > 0 || isForOthers(model, stage)) return undefined;
  // Whoever starts something from a base or a toolbox says as whom.
  if (isToolbox(model, stage)) return undefined;
  const steps = unprivilegedSteps(knownBaseOf(stage));
  const shown = steps.map((step) => `\`${step}\``).join(' and ');
  const end = endOfBuild(file, stage);
  const isStart = end?.kind === 'Cmd' || end?.kind === 'Entrypoint';
  return {
    at: startOf(model, stage) ?? stage.node.from ?? stage.node,
    message: 'No USER is set, so this runs as root',
    help: `Put ${shown} ${isStart ? `above the ${end.keyword.text.toUpperCase()}` : 'at the end of the stage'}${livesInRoot(model, stage) ? ', and move what it uses out of `/root`, where no other user may look' : ''}.`,
    fix: end && { title: `Add ${shown}`, edits: [insertAtEnd(model, end, steps.join(lineEndOf(file, end)))] },
  };
};

/** Whether files are put below the home directory of root, or looked for there. */
const livesInRoot = (model: Model, stage: StageInfo): boolean =>
  stageChain(stage).some(({ node: { instructions } }) =>
    instructions.some((node) => {
      if (node.kind === 'Copy' || node.kind === 'Add')
        return ROOT.test(model.expand(node.destination, node).value ?? '');
      return node.kind === 'Env' && node.pairs.some(({ value }) => ROOT.test(value.raw));
    }),
  );

const ROOT = /(?:^|[:"'=])\/root(?:[/:"']|$)/;

const unknownProblem = (model: Model, stage: StageInfo): Problem | undefined => {
  const [{ base } = stage] = stageChain(stage);
  const at = startOf(model, stage);
  if (base.kind !== 'image' || !base.reference || knownBaseOf(stage) || !at || isToolbox(model, stage))
    return undefined;
  if (accountsOf(model, stage).length > 0 || isForOthers(model, stage)) return undefined;
  return {
    at,
    message: `No USER is set, so \`${base.text}\` decides whether this runs as root`,
    help: 'Set USER here, so that an update of the base image cannot change it.',
    severity: 'info',
  };
};

/** Whether it is there to be built on, unpacked or filled with a system, so that others decide. */
const isForOthers = (model: Model, stage: StageInfo): boolean => {
  const chain = stageChain(stage);
  if (chain.some(({ node }) => node.instructions.some(({ kind }) => kind === 'Onbuild'))) return true;
  if (chain[0]?.base.kind !== 'scratch') return false;
  return isToolbox(model, stage) || chain.some(({ node }) => node.instructions.some(unpacksSystem));
};

const unpacksSystem = (node: Instruction): boolean =>
  node.kind === 'Add' && node.sources.some(({ raw }) => /\.(?:tar|tgz|tar\.\w+|txz)$/.test(raw));

/** The ENTRYPOINT or CMD that is in force, if it stands in the stage itself. */
const startOf = (model: Model, stage: StageInfo): Cmd | Entrypoint | undefined => {
  const { entrypoint, cmd } = startupOf(model, stage);
  const isEmpty = entrypoint?.command.kind === 'ExecForm' && entrypoint.command.elements.length === 0;
  return [isEmpty ? undefined : entrypoint, cmd].find((start) => start && stage.node.instructions.includes(start));
};
