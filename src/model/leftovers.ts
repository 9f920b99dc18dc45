import { type ShellCommand, subcommandOf } from '../shell/index.ts';
import type { Range } from '../source/range.ts';
import { type BuildStep, buildSteps } from './builds.ts';
import { stageChain } from './chain.ts';
import type { Model } from './index.ts';
import { installOf } from './packages.ts';
import type { StageInfo } from './stages.ts';
import { isToolbox, startupOf } from './startup.ts';
import { type Toolchain, toolchainOf } from './toolchains.ts';
import { setsOnlyPath } from './variables.ts';

/** Compilers that stay, though only an install of a language's packages can have needed them. */
export interface CompilersForPackages {
  readonly toolchain: Toolchain;
  readonly install: ShellCommand;
  /** The package manager, such as `pip`. */
  readonly manager: string;
}

/** Development dependencies that stay, though only a build needed them. */
export interface DependenciesForBuild {
  readonly install: Range;
  readonly step: BuildStep;
  readonly startup: Range;
}

/** In the final stage, where what it starts is a program of an interpreter; undefined where that is not certain. */
export const compilersForPackages = (model: Model): CompilersForPackages | undefined => {
  const stage = servingStage(model, INTERPRETED);
  const toolchain = stage && toolchainOf(model, stage);
  if (!toolchain || toolchain.isBase || !toolchain.languages.includes('native')) return undefined;
  if (buildSteps(model, stage).length > 0) return undefined;
  for (const command of commandsIn(model, stage)) {
    const install = command.start > toolchain.at.start ? installOf(command) : undefined;
    const manager = install?.manager.name;
    if (manager && COMPILING.has(manager) && !isOfItself(command)) return { toolchain, install: command, manager };
  }
  return undefined;
};

/** Whether it brings but the package manager and its like up to date. */
const isOfItself = (command: ShellCommand): boolean =>
  installOf(command)?.kind === 'packages' &&
  command.operands
    .slice(1)
    .every(({ text = '' }) =>
      /^(?:pip|setuptools|wheel|poetry|uv|npm|yarn|pnpm|corepack|bundler)(?:[<=>@:~].*)?$/.test(text),
    );

/** In the final stage, on an image of Node.js; undefined where that is not certain. */
export const dependenciesForBuild = (model: Model): DependenciesForBuild | undefined => {
  const stage = servingStage(model, NODE);
  const { base } = (stage && stageChain(stage)[0]) ?? {};
  if (!stage || base?.kind !== 'image' || !/(?:^|\/)node$/.test(base.reference?.repository ?? '')) return undefined;
  const step = buildSteps(model, stage).findLast(({ language }) => language === 'node');
  const [startup] = startupOf(model, stage).commands;
  if (!step || !startup) return undefined;
  const installs = commandsIn(model, stage).filter((command) =>
    /^(?:npm|yarn|pnpm|bun)$/.test(installOf(command)?.manager.name ?? ''),
  );
  const project = installs.find((command) => installOf(command)?.kind === 'project');
  if (!project || commandsIn(model, stage).some(leavesOutDevelopment)) return undefined;
  const environment = model.stateBefore(step.node).bindings.get('NODE_ENV')?.value;
  return environment === 'production' ? undefined : { install: project, step, startup };
};

const leavesOutDevelopment = (command: ShellCommand): boolean =>
  command.has('--production', '--omit', '--only', '--prod', '-P') || command.operands[0]?.text === 'prune';

const servingStage = (model: Model, programs: ReadonlySet<string>): StageInfo | undefined => {
  const { final } = model;
  if (!final?.node.from || isToolbox(model, final)) return undefined;
  const { base } = stageChain(final)[0] ?? final;
  const isPlain = setsOnlyPath(base) || (base.kind === 'image' && PLAIN.test(base.reference?.repository ?? ''));
  const { commands } = startupOf(model, final);
  const [first] = commands;
  if (!isPlain || !first?.name || !programs.has(first.name) || commands.some(isForDevelopment)) return undefined;
  return final;
};

const PLAIN = /^(?:library\/|arm64v8\/|arm32v7\/|amd64\/)?(?:python|node|ruby)$/;

const isForDevelopment = (command: ShellCommand): boolean =>
  (command.name === 'npx' && !/^(?:serve|http-server|next|nuxt)$/.test(subcommandOf(command) ?? '')) ||
  command.arguments.some(({ text = '' }) =>
    /^(?:dev|watch|test|lint|develop|--watch|--reload|--debug|start:dev|serve:dev)$|(?:^|:)(?:dev|watch)$/.test(text),
  );

const commandsIn = (model: Model, stage: StageInfo): readonly ShellCommand[] =>
  stageChain(stage)
    .flatMap(({ node }) => node.instructions)
    .flatMap((node) => (node.kind === 'Run' ? model.commandsOf(node) : []));

const NODE: ReadonlySet<string> = new Set(
  'node npm npx yarn pnpm pm2 pm2-runtime serve http-server next nuxt'.split(' '),
);
const INTERPRETED: ReadonlySet<string> = new Set(
  `python python2 python3 gunicorn uvicorn hypercorn daphne flask celery streamlit fastapi poetry uv pipenv ruby puma rails
  bundle rackup unicorn ${[...NODE].join(' ')}`.split(/\s+/),
);

/** Package managers that may compile what they install. */
const COMPILING: ReadonlySet<string> = new Set([
  'pip',
  'uv',
  'poetry',
  'pipenv',
  'npm',
  'yarn',
  'pnpm',
  'gem',
  'bundler',
]);
