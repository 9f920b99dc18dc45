import type { Add, Copy, Instruction, Run } from '../ast/nodes.ts';
import type { ShellCommand, ShellWord } from '../shell/index.ts';
import type { Range } from '../source/range.ts';
import { instructionsBefore } from './chain.ts';
import { copyTarget } from './copies.ts';
import { isDownloader } from './downloads.ts';
import type { Model } from './index.ts';
import { memo } from './memo.ts';
import { installOf, isRemoval, managerOf } from './packages.ts';
import { cleanPath } from './paths.ts';
import { directoryOf, isWithin, shellValue } from './shell-paths.ts';

/** What a RUN deletes or removes, though it lies in the layer of an instruction above it. */
export interface DeletedLater {
  /** The word that names it. */
  readonly at: Range;
  readonly kind: 'file' | 'package';
  /** Its path, or the name of the package. */
  readonly name: string;
  /** The instruction that brought it. */
  readonly from: Instruction;
}

interface Removal {
  readonly command: ShellCommand;
  readonly at: Range;
  readonly kind: 'file' | 'package';
  /** The path, where `*` and `?` stand for what they match; or the name of the package. */
  readonly name: string;
}

interface Brought {
  readonly node: Instruction;
  readonly kind: 'file' | 'package';
  readonly name: string;
}

/** Finds large files, repositories and packages that a RUN deletes in vain: what was last brought, for each command. */
export const deletedLater = (model: Model): ((run: Run) => readonly DeletedLater[]) => {
  const brought = {
    file: memo((node: Instruction) => filesOf(model, node)),
    package: memo((node: Instruction) => packagesOf(model, node)),
  };
  const gone = new Set<Brought>();
  const find = (run: Run, kind: Removal['kind'], removalsOf: typeof deletionsIn): readonly DeletedLater[] => {
    const earlier = instructionsBefore(model, run).flatMap(brought[kind]).slice(-MOST);
    return earlier.length === 0 ? [] : matches(earlier, removalsOf(model, run), gone);
  };
  return (run) => {
    const commands = model.commandsOf(run);
    const files = commands.some(isDeletion) ? find(run, 'file', deletionsIn) : [];
    return commands.some(isRemoval) ? [...files, ...find(run, 'package', removedPackagesIn)] : files;
  };
};

/** More of a RUN is not looked at, so that time stays in proportion to the file. */
const MOST = 300;

const matches = (
  earlier: readonly Brought[],
  removals: readonly Removal[],
  gone: Set<Brought>,
): readonly DeletedLater[] => {
  const told = new Set<ShellCommand>();
  return removals.flatMap((removal) => {
    const taken = earlier.filter((each) => !gone.has(each) && takes(removal, each));
    for (const each of taken) gone.add(each);
    const last = taken.at(-1);
    if (!last || told.has(removal.command)) return [];
    told.add(removal.command);
    return [{ at: removal.at, kind: removal.kind, name: last.name, from: last.node }];
  });
};

const isDeletion = ({ name }: ShellCommand): boolean => name === 'rm' || name === 'unlink';

/** What a RUN deletes, but for lists and caches of packages, in order. */
const deletionsIn = (model: Model, run: Run): readonly Removal[] => {
  const found: Removal[] = [];
  for (const command of model.commandsOf(run)) {
    if (!isDeletion(command)) continue;
    for (const word of command.operands) {
      if (/^["']?\/var\/(?:lib\/apt|cache|log)\b/.test(word.raw)) continue;
      const name = pathOf(model, run, command, word)?.replace(/\/\*$/, '');
      if (name !== undefined && name !== '' && name !== '/') found.push({ command, at: word, kind: 'file', name });
    }
  }
  return found.slice(0, MOST);
};

/** The packages that a RUN removes by name. */
const removedPackagesIn = (model: Model, run: Run): readonly Removal[] =>
  model
    .commandsOf(run)
    .filter(isRemoval)
    .flatMap((command) =>
      command.operands
        .slice(1)
        .map((word) => ({ command, at: word, kind: 'package', name: packageName(word) }) as const),
    )
    .slice(0, MOST);

/** The path of a word; where its value is not known, as it is written. */
const pathOf = (model: Model, run: Run, command: ShellCommand, word: ShellWord): string | undefined =>
  namedIn(folderOf(model, run, command), shellValue(model, run, word) ?? word.raw.replace(/["']/g, ''));

/** Where the file does not tell in which folder a stage begins, all of it begins in the same. */
const folderOf = (model: Model, run: Run, command: ShellCommand): string | undefined =>
  directoryOf(model, run, command, model.stateBefore(run).workdir ?? '/');

const namedIn = (directory: string | undefined, name: string): string | undefined => {
  if (name.startsWith('/')) return cleanPath(name);
  return directory === undefined || /^[~$]/.test(name) ? undefined : cleanPath(`${directory}/${name}`);
};

/** Whether a removal takes what was brought, whole. */
const takes = (removal: Removal, { kind, name }: Brought): boolean => {
  if (removal.kind !== kind) return false;
  if (kind === 'package') return removal.name === name;
  if (!/[*?]/.test(removal.name)) return isWithin(name, removal.name);
  // A pattern of many parts would take its time.
  if (removal.name.split('*').length > 5) return false;
  const pattern = removal.name
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '[^/]*')
    .replace(/\?/g, '[^/]');
  return new RegExp(`^${pattern}(?:/|$)`).test(name);
};

/** Large files, and folders with a repository. */
const filesOf = (model: Model, node: Instruction): readonly Brought[] => {
  if (node.kind === 'Copy' || node.kind === 'Add') return copied(model, node);
  if (node.kind !== 'Run' || !/\b(?:curl|wget|aria2c|clone)\b/.test(model.file.text.slice(node.start, node.end)))
    return NOTHING;
  return kept(model, node, fetched(model, node), deletionsIn(model, node));
};

const packagesOf = (model: Model, node: Instruction): readonly Brought[] =>
  node.kind === 'Run' ? kept(model, node, installed(model, node), removedPackagesIn(model, node)) : NOTHING;

const NOTHING: readonly Brought[] = [];

const kept = (model: Model, run: Run, found: readonly Brought[], gone: readonly Removal[]): readonly Brought[] => {
  if (found.length === 0) return found;
  const mounts = model.mountsOf(run);
  return found
    .slice(0, MOST)
    .filter(
      (each) =>
        !gone.some((removal) => takes(removal, each)) &&
        !mounts.some(({ target }) => target !== undefined && isWithin(each.name, target)),
    );
};

/** Archives, packages and installers, which are large. */
const LARGE = /\.(?:tar|tgz|tbz2?|txz|gz|xz|bz2|zst|zip|7z|rar|deb|rpm|apk|jar|war|ear|whl|run|bin|iso|img|exe|msi)$/i;

/** What ADD takes apart, so that the archive itself is not in the image. */
const UNPACKED = /^(?!\w+:\/\/).*\.(?:tar(?:\.\w+)?|tgz|tbz2?|txz)$/i;

const copied = (model: Model, node: Copy | Add): readonly Brought[] => {
  if (!/\.\w|\$/.test(node.sources.map(({ raw }) => raw).join(' '))) return NOTHING;
  const names = node.sources
    .map((source) => model.expand(source, node).value ?? '')
    .filter((name) => LARGE.test(name) && !(node.kind === 'Add' && UNPACKED.test(name)));
  const target = names.length > 0 ? copyTarget(model, node) : undefined;
  if (target === undefined) return [];
  const isFolder = node.destination.raw.endsWith('/') || node.sources.length > 1 || !LARGE.test(target);
  return names.map((name) => {
    const path = isFolder ? cleanPath(`${target}/${name.replace(/^.*\//, '')}`) : target;
    return { node, kind: 'file', name: path };
  });
};

const fetched = (model: Model, node: Run): readonly Brought[] =>
  model.commandsOf(node).flatMap((command) => {
    const name = isDownloader(command) ? savedTo(model, node, command) : clonedTo(model, node, command);
    return name === undefined ? [] : [{ node, kind: 'file', name }];
  });

const installed = (model: Model, node: Run): readonly Brought[] =>
  model.commandsOf(node).flatMap((command) => {
    const install = managerOf(command)?.kind === 'system' ? installOf(command) : undefined;
    if (!install) return [];
    const virtual = command.optionValues('--virtual', '-t').map(({ text = '' }) => text);
    return [...install.packages.map(packageName), ...virtual].map((name) => ({ node, kind: 'package', name }) as const);
  });

const packageName = ({ raw }: ShellWord): string => raw.replace(/["']/g, '').replace(/[=:].*$/, '');

/** Small files, of which nothing need be said. */
const SMALL =
  /\.(?:sh|asc|sig|sha\d*(?:sums?)?|md5|key|gpg|pub|pem|crt|list|repo|txt|conf|ini|json|ya?ml|toml|xml|patch|diff|py|rb|pl|php|js|r|service|html?|sql)$/i;

const savedTo = (model: Model, node: Run, command: ShellCommand): string | undefined => {
  const path = outputOf(model, node, command) ?? remoteName(model, node, command);
  return path === undefined || SMALL.test(path) || /\/-$|^\/dev\//.test(path) ? undefined : path;
};

/** The file that an option or a redirection names. */
const outputOf = (model: Model, node: Run, command: ShellCommand): string | undefined => {
  const option = command.name === 'curl' ? command.option('-o', '--output') : command.option('-O', '--output-document');
  if (option) {
    if (option.start === option.word.start) return pathOf(model, node, command, option.word);
    return namedIn(folderOf(model, node, command), option.text ?? '/-');
  }
  const redirection = command.redirections.find(({ operator, descriptor = 1 }) => operator === '>' && descriptor === 1);
  return redirection?.target && pathOf(model, node, command, redirection.target);
};

/** The last part of the address, where that is what the file is called. */
const remoteName = (model: Model, node: Run, command: ShellCommand): string | undefined => {
  const isSaved = command.name === 'wget' || command.has('-O', '--remote-name');
  if (!isSaved || command.has('-P', '--directory-prefix', '--output-dir', '-i')) return undefined;
  const [address] = command.operands;
  if (!address) return undefined;
  const url = shellValue(model, node, address) ?? address.raw.replace(/["']/g, '');
  const name = url.replace(/[?#].*$/, '').replace(/^.*\//, '');
  return name === '' ? undefined : namedIn(folderOf(model, node, command), name);
};

const clonedTo = (model: Model, node: Run, command: ShellCommand): string | undefined => {
  if (command.name !== 'git' || command.operands[0]?.text !== 'clone') return undefined;
  const [, address, folder] = command.operands;
  if (folder) return pathOf(model, node, command, folder);
  const name = address?.text
    ?.replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .replace(/^.*[/:]/, '');
  return name ? namedIn(folderOf(model, node, command), name) : undefined;
};
