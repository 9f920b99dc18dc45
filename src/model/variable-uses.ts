import type { Instruction, InstructionKind, Run } from '../ast/nodes.ts';
import { isShell, pipedInto, type ShellCommand, subcommandOf, withoutVersion } from '../shell/index.ts';
import { mentions } from '../source/mention.ts';
import { stageChain } from './chain.ts';
import type { Model } from './index.ts';

/** `named`: its text names the variable. `possible`: it runs something that may read it from the environment. */
export type VariableUse = 'named' | 'possible' | 'none';

/** A variable with its value, as far as that is known. */
export interface NamedValue {
  readonly name: string;
  readonly value: string | undefined;
}

/** Whether an instruction uses a variable, be it an argument or of the environment; its value, written out, is a use too. */
export const variableUse = (model: Model, node: Instruction, { name, value }: NamedValue): VariableUse => {
  const text = model.file.text.slice(node.start, node.end);
  if (mentions(text, name) || isWritten(text, value)) return 'named';
  if (node.kind === 'Arg' && node.declarations.some((each) => mentions(globalDefault(model, each.name.text), name)))
    return 'named';
  if (node.kind !== 'Run') return 'none';
  const commands = model.commandsOf(node);
  return commands.length > 0 && commands.every((command) => isIndifferent(command)) ? 'none' : 'possible';
};

/** `1.2.3` of `v1.2.3-rc1` tells enough. */
const isWritten = (text: string, value: string | undefined): boolean => {
  const [version] = /\d+(?:[._]\d+)+|[0-9a-f]{7,}|^\d+$/.exec(value ?? '') ?? [];
  if (version === undefined || !text.includes(version)) return false;
  return version.length > 2 || new RegExp(`(?<!\\d)${version}(?!\\d)`).test(text);
};

/** What stands behind the ARGs of that name before the first FROM. */
const globalDefault = (model: Model, name: string): string => {
  const declarations = model.file.globals.flatMap((node) => node.declarations);
  return declarations.find((each) => each.name.text === name)?.default?.raw ?? '';
};

/** What follows an instruction in its stage until a variable is used. */
export interface IdleSteps {
  /** The long RUNs that do not use it: a new value repeats them for nothing. */
  readonly runs: readonly Run[];
  /** Where it is first used, or perhaps; undefined when the stage ends before. */
  readonly until: Instruction | undefined;
  /** Whether any step of the stage names it. */
  readonly isNamed: boolean;
}

const NONE: IdleSteps = { runs: [], until: undefined, isNamed: false };

/** The steps below an instruction that no use of the variables needs; instructions of the ignored kinds count as no use. */
export const idleSteps = (
  model: Model,
  node: Instruction,
  variables: readonly NamedValue[],
  ignored: readonly InstructionKind[] = [],
): IdleSteps => {
  const runs: Run[] = [];
  const stage = model.stageOf(node);
  if (!stage || stageChain(stage).some(({ node: { from } }) => from && isUsed(model, from, variables))) return NONE;
  const all = stage.node.instructions;
  const below = all.slice(all.indexOf(node) + 1);
  for (const [index, step] of below.entries()) {
    if (!ignored.includes(step.kind) && isUsed(model, step, variables)) {
      const isNamed = below.slice(index).some((each) => isUsed(model, each, variables, 'named'));
      return { runs, until: step, isNamed };
    }
    if (step.kind === 'Run' && isExpensive(model, step)) runs.push(step);
  }
  return { runs, until: undefined, isNamed: false };
};

const isUsed = (model: Model, node: Instruction, variables: readonly NamedValue[], how?: 'named'): boolean =>
  variables.some((variable) => {
    const use = variableUse(model, node, variable);
    return how ? use === how : use !== 'none';
  });

const VERSION =
  /(?:^|_)(?:VERSION|VER|TAG|COMMIT|SHA\d*|MD5|REV|REVISION|HASH|CHECKSUM|REF|RELEASE|MAJOR|MINOR|PATCH)(?:_|$)|VERSION$/;

/** How names of what is new in each build begin, and how they may go on; as one pattern it takes a millisecond to compile. */
const PER_BUILD = [
  [
    /^(?:BUILD|BUILT|CI|IMAGE|DOCKER)_?/,
    /^(?:DATE|TIME|TIMESTAMP|ID|NUMBER|NUM|REV|REVISION|REF|SHA|COMMIT|TAG|VERSION)$/,
  ],
  [
    /^(?:GIT|VCS|SOURCE|SRC|SCM)_?/,
    /^(?:COMMIT|SHA1?|REF|REV|REVISION|HASH|TAG|DESCRIBE|BRANCH)(?:_?(?:SHA|HASH|ID|REF|SHORT|DATE))?$/,
  ],
  [/^(?:APP_)?COMMIT/, /^(?:_?(?:SHA1?|HASH|ID|REF|DATE))?$/],
  [/^(?:REVISION|DATE|TIMESTAMP|CREATED)/, /^$/],
] as const;

const NOT_GIVEN = new Set(['', 'unknown', 'none', 'dev', 'local', 'latest', 'main', 'master', 'head', 'n/a', 'unset']);

/** How often a variable of that name and default is likely to get a new value; undefined when its name does not tell. */
export const changesWith = (name: string, value: string | undefined): 'build' | 'release' | undefined => {
  const capitals = name.toUpperCase();
  if (/CACHE|BUST|REBUILD|REFRESH/.test(capitals)) return undefined;
  if ((value === undefined || NOT_GIVEN.has(value.toLowerCase())) && isPerBuild(capitals)) return 'build';
  return VERSION.test(capitals) ? 'release' : undefined;
};

const isPerBuild = (name: string): boolean =>
  PER_BUILD.some(([start, rest]) => start.test(name) && rest.test(name.replace(start, '')));

/** Whether the command is known not to look at variables that its words do not name. */
const isIndifferent = (command: ShellCommand): boolean => {
  const { name, word } = command;
  if (name === undefined) return word === undefined;
  if (word?.text?.includes('/') && !/^\/(?:usr\/(?:local\/)?)?s?bin\//.test(word.text)) return false;
  if (pipedInto(command).some((reader) => isShell(reader.name) || INTERPRETERS.has(reader.name ?? ''))) return false;
  const subcommands = MANAGERS.get(withoutVersion(name)) ?? MANAGERS.get(name);
  if (subcommands === undefined) return TOOLS.has(name);
  const [subcommand = '', ...rest] = command.operands.map(({ text }) => text);
  return (
    subcommands.includes(subcommand) &&
    !rest.some((operand) => operand === undefined || /^\.{1,2}(?:\/|$)/.test(operand))
  );
};

const INTERPRETERS = new Set(['python', 'python3', 'perl', 'php', 'node', 'ruby']);

/** Package managers with the subcommands that only fetch and unpack. */
const MANAGERS: ReadonlyMap<string, readonly string[]> = new Map([
  ...['apt-get', 'apt', 'aptitude', 'yum', 'dnf', 'microdnf', 'tdnf', 'zypper'].map(
    (name) =>
      [
        name,
        'update upgrade dist-upgrade install autoremove remove purge clean autoclean makecache groupinstall refresh build-dep'.split(
          ' ',
        ),
      ] as const,
  ),
  ['apk', ['add', 'del', 'update', 'upgrade']],
  ['pip', ['install', 'download', 'cache', 'uninstall']],
  ['npm', ['install', 'i', 'ci', 'cache', 'config']],
  ['yarn', ['install', 'add', 'global', 'cache', 'config']],
  ['pnpm', ['install', 'i', 'add', 'fetch']],
  ['gem', ['install', 'update']],
  ['bundle', ['install', 'config']],
  ['composer', ['install', 'require', 'global', 'clear-cache']],
  ['go', ['get', 'mod', 'install']],
  ['cargo', ['install', 'fetch']],
  ['conda', ['install', 'create', 'update', 'clean', 'config', 'env']],
  ['dotnet', ['restore', 'tool']],
  ['git', ['clone', 'config', 'checkout', 'fetch', 'init', 'remote', 'submodule', 'reset']],
  ['pecl', ['install', 'channel-update']],
]);

const TOOLS = new Set(
  `a2dismod a2enmod add-apt-repository addgroup adduser apt-cache apt-key apt-mark awk base64 basename bzip2 cat cd
  chgrp chmod chown chpasswd command cp curl cut date delgroup deluser dirname docker-php-ext-configure
  docker-php-ext-enable docker-php-ext-install dpkg dpkg-reconfigure dpkg-query echo egrep exit export false fc-cache find getent gpg
  gpgconf grep groupadd groupmod gunzip gzip hash head id install install_packages ldconfig ln locale-gen localedef ls md5sum mkdir
  mkfifo mktemp mv passwd pear pod popd printf pushd pwd readlink realpath rm rmdir rpm sed set setcap sha1sum sha256sum
  sha512sum shasum sleep sort stat strip sync tail tar tee test touch tr true type umask uname uniq unset unlink unzip
  update-alternatives update-ca-certificates update-locale useradd userdel usermod wc wget which xargs xz yes zcat [ [[ :`.split(
    /\s+/,
  ),
);

/** Whether the RUN takes long: it installs packages, downloads or compiles. */
const isExpensive = (model: Model, node: Instruction): boolean =>
  node.kind === 'Run' &&
  model.commandsOf(node).some((command) => {
    const { name = '' } = command;
    const subcommands = MANAGERS.get(withoutVersion(name)) ?? MANAGERS.get(name);
    if (subcommands === undefined) return SLOW.has(name);
    return !QUICK.has(subcommandOf(command) ?? '');
  });

const SLOW = new Set([
  'curl',
  'wget',
  'make',
  'cmake',
  'ninja',
  'mvn',
  'gradle',
  'docker-php-ext-install',
  'install_packages',
  'pear',
]);
const QUICK = new Set([
  'clean',
  'autoclean',
  'autoremove',
  'remove',
  'purge',
  'del',
  'config',
  'cache',
  'uninstall',
  'init',
  'reset',
  'checkout',
  'remote',
  'clear-cache',
  'channel-update',
]);
