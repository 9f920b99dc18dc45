import type { Instruction, Run } from '../ast/nodes.ts';
import { instructionsBefore } from './chain.ts';
import { copyTarget } from './copies.ts';
import type { Model } from './index.ts';
import { installOf, type PackageManager } from './packages.ts';
import {
  type ContextCopy,
  contextCopy,
  type ProjectInstall,
  projectInstalls,
  startDirectory,
} from './project-installs.ts';
import { isWithin } from './shell-paths.ts';

/** A copy that stands above an install which needs little of it. */
export interface EarlyCopy {
  readonly copy: ContextCopy;
  /** Whether a copy of its own has brought the manifest already. */
  readonly hasManifest: boolean;
}

/** The copy of the context above an install that makes it run again for every change; undefined where that is as it should be. */
export const earlyCopy = (model: Model, install: ProjectInstall): EarlyCopy | undefined => {
  if (!isFetch(model, install) || model.mountsOf(install.node).some(({ type }) => type === 'bind')) return undefined;
  const before = instructionsBefore(model, install.node);
  const copies = before.flatMap((node) =>
    node.kind === 'Copy' || node.kind === 'Add' ? (contextCopy(model, node) ?? []) : [],
  );
  const [manifest = ''] = install.manifests;
  const hasManifest = copies.some((each) => bringsAlone(each, manifest));
  const copy = copies.find(({ breadth, target }) =>
    hasManifest ? breadth === 'all' : covers(breadth, target, manifest),
  );
  if (!copy) return undefined;
  const at = before.indexOf(copy.node);
  if (runsIn(before.slice(0, at)).some((node) => installsAlready(model, node, install))) return undefined;
  if (!hasManifest && comesFromElsewhere(model, before, manifest, copy.target)) return undefined;
  const since = [...runsIn(before.slice(at)), install.node];
  return since.some((node) => makesManifest(model, node, install)) ? undefined : { copy, hasManifest };
};

/** A folder that is laid over the root directory may hold anything. */
const covers = (breadth: ContextCopy['breadth'], target: string, manifest: string): boolean =>
  breadth !== undefined && isWithin(manifest, target) && !(breadth === 'folder' && target === '/');

/** Whether another stage or image may have brought the manifest. */
const comesFromElsewhere = (model: Model, before: readonly Instruction[], manifest: string, target: string): boolean =>
  before.some((node) => {
    if (node.kind !== 'Copy' || !node.flags.some(({ name }) => name.text === 'from')) return false;
    const place = copyTarget(model, node, startDirectory(model, node));
    return (
      place !== undefined &&
      isWithin(manifest, place) &&
      isWithin(place, target) &&
      place.length >= folderOf(manifest).length
    );
  });

const runsIn = (nodes: readonly Instruction[]): readonly Run[] => nodes.filter((node) => node.kind === 'Run');

const BUILDS: Readonly<Record<string, string>> = { go: 'go mod download', maven: 'mvn dependency:go-offline' };

/** How the packages are fetched alone that a build fetches by the way. */
export const fetchAlone = ({ install }: ProjectInstall): string | undefined =>
  install.needsSources ? BUILDS[install.manager.name] : undefined;

/** Whether the manifests are enough for the install, or for a part of it that can be had alone. */
const isFetch = (model: Model, { install, node, command, directory }: ProjectInstall): boolean => {
  const [asked = '', what = ''] = command.operands.map(({ text }) => text);
  if (command.conditional || (asked === 'mod' && what !== 'download')) return false;
  if (!install.needsSources) return true;
  if (BUILDS[install.manager.name] === undefined || command.has('-mod', '--offline')) return false;
  if (asked === 'generate' || asked === 'vet' || /^\/go\/src\/|\/src\/[\w-]+\.\w+\//.test(directory)) return false;
  // Go fetches nothing where the packages lie in the repository.
  const isFetched =
    install.manager.name !== 'go' || (GO_MODULES.test(model.file.text) && !model.file.text.includes('vendor'));
  return isFetched && !hasCacheMount(model, node);
};

const GO_MODULES = /\bgo (?:get|install)\b|GOPROXY|GO111MODULE=on|-mod=mod/;

/** Whether what is fetched stays in a cache of the builder. */
export const hasCacheMount = (model: Model, node: Run): boolean =>
  model.mountsOf(node).some(({ type }) => type === 'cache');

/** Whether the copy brings the manifest and little else. */
const bringsAlone = ({ breadth, target, sources }: ContextCopy, manifest: string): boolean => {
  const folder = folderOf(manifest);
  if (breadth === 'folder') return target === folder && sources.some((source) => MANIFEST_FOLDER.test(source));
  if (breadth === 'all') return false;
  return (
    target === manifest ||
    (target === folder && sources.some((source) => matches(baseName(source), baseName(manifest))))
  );
};

const MANIFEST_FOLDER =
  /(?:^|\/)(?:requirements?|reqs?|deps|dependencies|docker|build|conf(?:ig)?|environments?|tmp)\/?\*?$/;

/** The directory that a path lies in. */
export const folderOf = (path: string): string => path.replace(/\/[^/]*$/, '') || '/';
/** The last part of a path. */
export const baseName = (path: string): string => path.replace(/^.*\//, '');

/** Whether two globs can mean the same file. */
const matches = (a: string, b: string): boolean => {
  const pattern = (glob: string) =>
    new RegExp(
      `^${glob
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
    );
  return pattern(a).test(b) || pattern(b).test(a);
};

const installsAlready = (model: Model, node: Run, { install, directory }: ProjectInstall): boolean => {
  const isAlike = (other: PackageManager) => other.manifests.some((name) => install.manager.manifests.includes(name));
  const known = projectInstalls(model, node).filter((each) => isAlike(each.install.manager));
  if (known.length > 0) return known.some((each) => each.directory === directory);
  return model.commandsOf(node).some((command) => {
    const other = installOf(command);
    return other?.kind === 'project' && isAlike(other.manager);
  });
};

/** Whether a RUN may make the manifest or the folder that it lies in. */
const makesManifest = (model: Model, node: Run, { manifests, command: until }: ProjectInstall): boolean => {
  const names = manifests.map(baseName);
  const commands = model.commandsOf(node);
  const before = commands.includes(until) ? commands.slice(0, commands.indexOf(until)) : commands;
  return before.some((command) => {
    if (
      MAKERS.has(command.name ?? '') ||
      /^(?:init|new|create|clone|freeze|export|compile|lock)$/.test(command.operands[0]?.text ?? '')
    )
      return true;
    const words = [...command.arguments, ...command.redirections.flatMap(({ target }) => target ?? [])];
    const isMoved =
      command.name === 'cp' || command.name === 'mv' || command.name === 'ln' || command.redirections.length > 0;
    return isMoved && words.some(({ raw }) => names.some((name) => raw.endsWith(name)));
  });
};

const MAKERS = new Set(['tar', 'unzip', 'git', 'npx', 'degit', 'svn', 'hg', 'rsync']);
