import type { Add, Copy, Instruction, Run } from '../ast/nodes.ts';
import type { OptionValue, ShellCommand } from '../shell/index.ts';
import { copyTarget } from './copies.ts';
import type { Model } from './index.ts';
import { type Install, installOf } from './packages.ts';
import { cleanPath, isAbsolutePath } from './paths.ts';
import { directoryOf, shellValue } from './shell-paths.ts';

/** An install of what a project's manifests ask for. */
export interface ProjectInstall {
  readonly node: Run;
  readonly command: ShellCommand;
  readonly install: Install;
  /** Where the project lies, in full. */
  readonly directory: string;
  /** The manifests that it reads, in full; globs where the manager knows several names. */
  readonly manifests: readonly string[];
}

/** The installs of projects in a RUN, as far as it tells where they lie. */
export const projectInstalls = (model: Model, node: Run): readonly ProjectInstall[] =>
  model.commandsOf(node).flatMap((command) => {
    const install = installOf(command);
    if (install?.kind !== 'project' || install.manager.kind !== 'language') return [];
    const directory = projectDirectory(model, node, command, install);
    if (directory === undefined) return [];
    const named = install.manifests.map((value) => pathIn(model, node, directory, value));
    if (named.includes(undefined)) return [];
    const usual = install.manager.manifests.slice(0, 1).map((name) => cleanPath(`${directory}/${name}`));
    const manifests = named.filter((path) => path !== undefined);
    return [{ node, command, install, directory, manifests: manifests.length > 0 ? manifests : usual }];
  });

/** Options that say where the project lies. */
const DIRECTORY_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  npm: ['--prefix', '-C'],
  yarn: ['--cwd'],
  pnpm: ['-C', '--dir', '--prefix'],
  bun: ['--cwd'],
  uv: ['--project', '--directory'],
  poetry: ['-C', '--directory', '-P', '--project'],
  composer: ['-d', '--working-dir'],
  go: ['-C'],
};

const projectDirectory = (model: Model, node: Run, command: ShellCommand, { manager }: Install): string | undefined => {
  const directory = directoryOf(model, node, command, startDirectory(model, node));
  const value = command.option(...(DIRECTORY_OPTIONS[manager.name] ?? []));
  return directory === undefined || !value ? directory : pathIn(model, node, directory, value);
};

const pathIn = (model: Model, node: Run, directory: string, value: OptionValue): string | undefined => {
  const text = value.text ?? (value.start === value.word.start ? shellValue(model, node, value.word) : undefined);
  if (text === undefined || /:\/\/|^~/.test(text)) return undefined;
  return cleanPath(isAbsolutePath(text) ? text : `${directory}/${text}`);
};

/**
 * The directory that an instruction starts in. While nothing but the base image knows it, it has a name of its own, so
 * that paths in it can be compared.
 */
export const startDirectory = (model: Model, node: Instruction): string => {
  const { workdir, setBy } = model.stateBefore(node);
  return workdir ?? `/<${setBy.workdir?.start ?? 'base'}>`;
};

/** What a COPY or ADD takes from the build context. */
export interface ContextCopy {
  readonly node: Copy | Add;
  readonly target: string;
  readonly sources: readonly string[];
  /** `all` of the context, or a whole `folder`; undefined for files. */
  readonly breadth: 'all' | 'folder' | undefined;
}

/** The sources of a copy, as far as they are known and come from the build context. */
export const contextCopy = (model: Model, node: Copy | Add): ContextCopy | undefined => {
  if (node.flags.some(({ name }) => name.text === 'from' || name.text === 'exclude' || name.text === 'parents'))
    return undefined;
  const target = copyTarget(model, node, startDirectory(model, node));
  const values = node.sources.map((source) => (source.heredoc ? undefined : model.expand(source, node).value));
  const sources = values
    .filter((value) => value !== undefined && !/:\/\/|^git@/.test(value))
    .map((value) => value ?? '');
  if (target === undefined || sources.length < node.sources.length) return undefined;
  return { node, target, sources, breadth: breadthOf(sources) };
};

const breadthOf = (sources: readonly string[]): ContextCopy['breadth'] => {
  if (sources.some((source) => /^(?:\.?\/?\*?|\.\/\.)$/.test(source))) return 'all';
  return sources.length === 1 && sources.every((source) => FOLDER.test(source) && !FILE.test(source))
    ? 'folder'
    : undefined;
};

const FOLDER = /^(?:\.?\/)?[\w@-]+(?:[./][\w@-]+)*(?:\/[*.]?)?$/;
const FILE = /\.\w+$|(?:^|\/)(?:[A-Z]\w*file|LICENSE|VERSION|README|gradlew|mvnw|[\w-]*entrypoint)$/;
