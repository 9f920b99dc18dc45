import type { Run } from '../ast/nodes.ts';
import type { ShellCommand, ShellWord } from '../shell/index.ts';
import { stageChain } from './chain.ts';
import type { Model } from './index.ts';
import { directoryOf, shellPath } from './shell-paths.ts';
import type { StageInfo } from './stages.ts';

/** What a program is written in, as far as builds differ; `native` is whatever ends in a program of the machine. */
export type Language = 'native' | 'go' | 'rust' | 'java' | 'dotnet' | 'node';

/** A command of a RUN that makes something out of sources. */
export interface BuildStep {
  readonly node: Run;
  readonly command: ShellCommand;
  readonly language: Language;
  /** Whether it puts what it made where programs are looked for. */
  readonly installs: boolean;
  /** The file or folder that it is told to make, in full. */
  readonly output: string | undefined;
  /** Where it works, in full; undefined when the file does not tell. */
  readonly directory: string | undefined;
}

/** The builds in a stage and in those that it is built on, in order. */
export const buildSteps = (model: Model, stage: StageInfo): readonly BuildStep[] =>
  stageChain(stage)
    .flatMap(({ node }) => node.instructions)
    .flatMap((node) => (node.kind === 'Run' ? stepsIn(model, node) : []));

const stepsIn = (model: Model, node: Run): readonly BuildStep[] => {
  const steps: BuildStep[] = [];
  for (const command of model.commandsOf(node)) {
    const language = languageBuilt(command);
    if (!language) continue;
    const option = command.option('-o', '--output');
    steps.push({
      node,
      command,
      language,
      installs: command.operands.some(({ text = '' }) => /^install/.test(text)) || command.has('--install'),
      output: option && shellPath(model, node, command, option.word),
      directory: buildDirectory(model, node, command),
    });
  }
  return steps;
};

const buildDirectory = (model: Model, node: Run, command: ShellCommand): string | undefined => {
  const option = command.option('-C', '--directory', '--build');
  return option ? shellPath(model, node, command, option.word) : directoryOf(model, node, command);
};

/** What the command builds; undefined where it is no build. */
const languageBuilt = (command: ShellCommand): Language | undefined => {
  const language = languageOf(command);
  return language && command.has('--version', '-version', '--help', '-dumpmachine') ? undefined : language;
};

/** The operands are for those alone to find whose name asks for them: most commands are no build. */
const languageOf = (command: ShellCommand): Language | undefined => {
  const { name = '' } = command;
  if (COMPILERS.test(name)) return command.operands.some(isSource) && !command.has('-v') ? 'native' : undefined;
  switch (name) {
    case '':
      return undefined;
    case 'make':
    case 'gmake':
      return command.operands.length === 0 || !command.operands.every(isChore) ? 'native' : undefined;
    case 'ninja':
    case 'scons':
      return 'native';
    case 'cmake':
      return command.has('--build', '--install') ? 'native' : undefined;
    case 'meson':
    case 'stack':
    case 'cabal':
    case 'swift':
    case 'crystal':
    case 'zig':
      return /^(?:compile|build|install)$/.test(operandAt(command, 0)) ? 'native' : undefined;
    case 'go':
      return /^(?:build|install)$/.test(operandAt(command, 0)) ? 'go' : undefined;
    case 'cargo':
      return /^(?:build|b|install|zigbuild)$/.test(operandAt(command, 0)) ? 'rust' : undefined;
    case 'rustc':
      return 'rust';
    case 'dotnet':
      return /^(?:build|publish)$/.test(operandAt(command, 0)) ? 'dotnet' : undefined;
    case 'javac':
      return command.operands.length > 0 ? 'java' : undefined;
    case 'tsc':
    case 'webpack':
      return 'node';
    default:
      if (JAVA.test(name)) return command.operands.some(({ text = '' }) => JAVA_GOAL.test(text)) ? 'java' : undefined;
      return isNodeBuild(command) ? 'node' : undefined;
  }
};

const COMPILERS =
  /^(?:(?:[\w-]+-)?(?:gcc|g\+\+|cc|c\+\+)(?:-[\d.]+)?|clang(?:\+\+)?(?:-\d+)?|gfortran|ghc|nim|dmd|ldc2)$/;
const SOURCE = /\.(?:c|cc|cpp|cxx|m|f|f90|f95|hs|nim|d|o|a)$/i;

const isSource = ({ text, raw }: ShellWord): boolean => SOURCE.test(text ?? raw);

const isChore = ({ text = '' }: ShellWord): boolean =>
  /^(?:clean|distclean|mrproper|help|test|check|docs?|\w+=.*)$/.test(text);

const JAVA = /^(?:mvn|mvnw|gradle|gradlew|sbt|lein|ant|activator|mill)$/;
const JAVA_GOAL =
  /^(?:[\w:-]*:)?(?:package|install|verify|build|assemble|bootJar|bootWar|shadowJar|installDist|installApp|jar|war|distTar|distZip|assembly|stage|dist|uberjar|fatJar|buildFatJar)$/;

const isNodeBuild = (command: ShellCommand): boolean => {
  const { name = '' } = command;
  if (NODE_TOOLS.test(name)) return operandAt(command, 0) === 'build';
  if (!/^(?:npm|bun|yarn|pnpm|npx)$/.test(name)) return false;
  const first = operandAt(command, 0);
  const second = operandAt(command, 1);
  if (name === 'npm' || name === 'bun') return /^run/.test(first) && NODE_SCRIPT.test(second);
  if (name === 'yarn' || name === 'pnpm') return NODE_SCRIPT.test(first === 'run' ? second : first);
  return /^(?:tsc|webpack)$/.test(first) || (NODE_TOOLS.test(first) && second === 'build');
};

const operandAt = ({ operands }: ShellCommand, index: number): string => operands[index]?.text ?? '';

const NODE_SCRIPT = /^build(?::[\w:-]+)?$/;
const NODE_TOOLS = /^(?:ng|vite|next|nuxt|gatsby|vue-cli-service|react-scripts)$/;
