import type { Cmd, Entrypoint, Instruction } from '../ast/nodes.ts';
import type { ShellCommand, ShellWord } from '../shell/index.ts';
import { type BuildStep, buildSteps } from './builds.ts';
import { stageChain } from './chain.ts';
import { copyTarget } from './copies.ts';
import type { Model } from './index.ts';
import { installOf } from './packages.ts';
import { cleanPath } from './paths.ts';
import { directoryOf, isWithin, shellPath, shellValue } from './shell-paths.ts';
import type { StageInfo } from './stages.ts';
import { isToolbox, startupOf } from './startup.ts';
import { languageOfImage, type Toolchain, toolchainOf } from './toolchains.ts';
import { setsOnlyPath } from './variables.ts';

/** What a build made and CMD or ENTRYPOINT starts. */
export interface Artefact {
  readonly node: Cmd | Entrypoint;
  readonly command: ShellCommand;
  /** What names it there. */
  readonly word: ShellWord;
  /** In full; undefined when the file does not tell where it is. */
  readonly path: string | undefined;
  readonly step: BuildStep;
}

/** A stage that starts what was built in it, with the tools that built it still there. */
export interface BuiltInPlace {
  readonly stage: StageInfo;
  readonly toolchain: Toolchain;
  readonly steps: readonly BuildStep[];
  readonly artefact: Artefact;
}

/** The final stage as such a one; undefined where it is none, or that is not certain. */
export const builtInPlace = (model: Model): BuiltInPlace | undefined => {
  const { final: stage } = model;
  if (!stage?.node.from || isToolbox(model, stage)) return undefined;
  const all = buildSteps(model, stage);
  const toolchain = all.length > 0 ? toolchainOf(model, stage) : undefined;
  if (!toolchain) return undefined;
  const steps = all.filter(({ language }) => toolchain.languages.includes(language));
  const artefact = steps.length > 0 ? startedArtefact(model, stage, steps) : undefined;
  return artefact && { stage, toolchain, steps, artefact };
};

const startedArtefact = (model: Model, stage: StageInfo, steps: readonly BuildStep[]): Artefact | undefined => {
  const { entrypoint, cmd } = startupOf(model, stage);
  const around: Surroundings = {
    model,
    steps,
    bottom: stageChain(stage)[0] ?? stage,
    instructions: stageChain(stage).flatMap(({ node }) => node.instructions),
  };
  for (const node of [entrypoint, cmd]) {
    if (!node) continue;
    for (const command of model.commandsOf(node)) {
      if (DEVELOPMENT.has(command.name ?? '')) return undefined;
      const found =
        javaArtefact(around, node, command) ?? dotnetArtefact(around, node, command) ?? program(around, node, command);
      if (found) return { node, command, ...found };
    }
  }
  return undefined;
};

/** Debuggers and what starts a program again when its sources change: they need the tools. */
const DEVELOPMENT: ReadonlySet<string> = new Set(
  'dlv air reflex realize fresh gow modd watchexec CompileDaemon cargo go mvn mvnw gradle gradlew sbt lein make goreman gdb'.split(
    ' ',
  ),
);

interface Surroundings {
  readonly model: Model;
  readonly steps: readonly BuildStep[];
  readonly bottom: StageInfo;
  readonly instructions: readonly Instruction[];
}

type Found = Pick<Artefact, 'word' | 'path' | 'step'>;

const javaArtefact = (
  { model, steps }: Surroundings,
  node: Cmd | Entrypoint,
  command: ShellCommand,
): Found | undefined => {
  const step = steps.findLast(({ language }) => language === 'java');
  if (!step || command.name !== 'java') return undefined;
  const flag = command.arguments.findIndex(({ text }) => text === '-jar');
  const word =
    flag < 0 ? command.arguments.findLast(({ text = '' }) => /^[\w$.]+$/.test(text)) : command.arguments[flag + 1];
  if (!word) return undefined;
  return { word, step, path: flag < 0 ? undefined : shellPath(model, node, command, word) };
};

const dotnetArtefact = (
  { model, steps }: Surroundings,
  node: Cmd | Entrypoint,
  command: ShellCommand,
): Found | undefined => {
  const step = steps.findLast(({ language }) => language === 'dotnet');
  const [word] = command.operands;
  if (!step || command.name !== 'dotnet' || !word?.text?.endsWith('.dll')) return undefined;
  return { word, step, path: shellPath(model, node, command, word) };
};

// Programs of the machine -----------------------------------------------------------------------------------------

const program = (around: Surroundings, node: Cmd | Entrypoint, command: ShellCommand): Found | undefined => {
  const { name, word } = command;
  const written = word && shellValue(around.model, node, word);
  if (!name || !written || SCRIPT.test(name)) return undefined;
  const path = written.includes('/') ? shellPath(around.model, node, command, word) : undefined;
  if (isCopied(around, name, path)) return undefined;
  if (!written.includes('/')) return named(around, name, word);
  const workdir = directoryOf(around.model, node, command);
  const step = around.steps.findLast((each) => path !== undefined && makes(each, path, written, workdir));
  return step && { word, path, step };
};

const SCRIPT =
  /\.(?:sh|bash|ash|py|rb|pl|js|php|lua|tcl|r)$|^(?:(?:docker-)?entrypoint|run|start|startup|init|setup|boot|bootstrap|launch|dind)$/i;

/** Whether COPY or ADD brings that file: at its path, or for a name alone anywhere. */
const isCopied = ({ model, instructions }: Surroundings, name: string, path: string | undefined): boolean =>
  instructions.some((node) => {
    if (node.kind !== 'Copy' && node.kind !== 'Add') return false;
    const isSource = node.sources.some(({ raw }) => raw.replace(/^.*\//s, '') === name);
    if (path === undefined) return isSource || node.destination.raw.endsWith(`bin/${name}`);
    const target = copyTarget(model, node);
    return target === path || (isSource && target !== undefined && cleanPath(`${target}/${name}`) === path);
  });

const makes = (step: BuildStep, path: string, written: string, workdir: string | undefined): boolean => {
  const { output, directory, language, installs } = step;
  if (output !== undefined && isWithin(path, output)) return true;
  if (directory !== undefined && directory !== '/' && isWithin(path, directory)) return true;
  if (language === 'rust' && path.includes('/target/')) return true;
  if (installs && /^(?:\/go\/bin|\/root\/go\/bin|\/usr\/local\/cargo\/bin|\/root\/\.cargo\/bin)\//.test(path))
    return true;
  if (written.startsWith('/') || workdir === undefined || workdir === '/') return false;
  return directory === undefined || isWithin(directory, workdir);
};

/** A program without a path: one that the build names, or one that it installs. */
const named = (around: Surroundings, name: string, word: ShellWord): Found | undefined => {
  for (const step of around.steps) {
    const { output, language, installs, command } = step;
    if (output?.endsWith(`/${name}`)) return { word, path: output, step };
    if (language === 'go' && installs && command.operands.some(({ text = '' }) => isGoName(text, name))) {
      return { word, path: `/go/bin/${name}`, step };
    }
    if (language === 'rust' && installs && !INTERPRETER.test(name))
      return { word, path: `/usr/local/cargo/bin/${name}`, step };
  }
  const placed = around.steps.findLast(({ language }) => language === 'native');
  const path = placed && pathOf(around, name);
  if (path) return { word, path, step: placed };
  const step = around.steps.findLast(({ installs, language }) => installs && language === 'native');
  return step && isInstalledByBuild(around, name) ? { word, path: undefined, step } : undefined;
};

/** Where `cp`, `mv` or `install` puts a program of that name for the shell to find. */
const pathOf = ({ model, instructions }: Surroundings, name: string): string | undefined => {
  for (const node of instructions) {
    for (const command of node.kind === 'Run' ? model.commandsOf(node) : []) {
      if (!/^(?:cp|mv|install|ln)$/.test(command.name ?? '')) continue;
      const target = command.operands.at(-1)?.text?.replace(/\/$/, '') ?? '';
      const [, folder, file = name] = /^(\/(?:usr\/(?:local\/)?)?s?bin)(?:\/([^/]+))?$/.exec(target) ?? [];
      const isMeant = command.operands.slice(0, -1).some(({ text = '' }) => text.replace(/^.*\//s, '') === name);
      if (folder && file === name && (isMeant || target.endsWith(`/${name}`))) return `${folder}/${name}`;
    }
  }
  return undefined;
};

/** Whether `go install` makes that program of the package; of `./...` it makes several. */
const isGoName = (path: string, name: string): boolean =>
  /^\.\/(?:.*\/)?\.\.\.$|^\.$/.test(path)
    ? !INTERPRETER.test(name)
    : path
        .replace(/@.*$/s, '')
        .replace(/\/v\d+$/, '')
        .split('/')
        .at(-1) === name;

const INTERPRETER =
  /^(?:sh|bash|ash|python[\d.]*|node|nodejs|ruby|perl|php|java|tail|sleep|cat|env|supervisord|npm|yarn)$/;

/** The base image has nothing of that name, no package brings it, and the text of the build names it. */
const isInstalledByBuild = ({ model, bottom, instructions, steps }: Surroundings, name: string): boolean => {
  if ((!setsOnlyPath(bottom.base) && languageOfImage(bottom.base) !== 'native') || INTERPRETER.test(name)) return false;
  const pattern = new RegExp(`(?<![\\w-])${name.replace(/[^\w-]/g, '\\$&')}(?![\\w])`, 'i');
  const isNamed = steps.some(
    ({ node, directory = '' }) => pattern.test(directory) || pattern.test(model.file.text.slice(node.start, node.end)),
  );
  return (
    isNamed &&
    !instructions.some(
      (node) => node.kind === 'Run' && model.commandsOf(node).some((command) => bringsPackage(command, name)),
    )
  );
};

const bringsPackage = (command: ShellCommand, name: string): boolean =>
  installOf(command)?.packages.some(({ raw }) => raw.startsWith(name) || raw.includes(`-${name}`)) ?? false;
