import type { Run } from '../ast/nodes.ts';
import type { ShellCommand, ShellWord } from '../shell/index.ts';
import { isSeenByHadolint, programForHadolint } from './hadolint-caches.ts';
import type { Model } from './index.ts';
import { shellValue } from './shell-paths.ts';

/** A package without a version in the eyes of hadolint. */
export interface HadolintPin {
  readonly code: string;
  readonly command: ShellCommand;
  readonly word: ShellWord;
}

/** How hadolint looks for a version. */
interface Check {
  readonly code: string;
  readonly programs: readonly string[];
  readonly verbs: readonly string[];
  /** What fixes a version, or is no name of a package. */
  readonly pinned: RegExp;
  /** Options with which no version is asked for. */
  readonly options?: readonly string[];
}

const RPM = {
  verbs: ['install'],
  pinned: /-\d[^-]*(?:-[^-]+)?$|\.rpm$/,
} as const;

const SYSTEM: readonly Check[] = [
  { code: 'DL3008', programs: ['apt-get'], verbs: ['install'], pinned: /=|\/|\.deb$/ },
  { code: 'DL3018', programs: ['apk'], verbs: ['add'], pinned: /[=<>~]|\.apk$/ },
  { code: 'DL3033', programs: ['yum'], ...RPM },
  { code: 'DL3041', programs: ['dnf', 'microdnf'], ...RPM },
  { code: 'DL3037', programs: ['zypper'], verbs: ['install', 'in'], pinned: /[=<>~]|\.rpm$/ },
];

const LANGUAGE: readonly Check[] = [
  {
    code: 'DL3013',
    programs: ['pip'],
    verbs: ['install'],
    pinned: /[=<>!~]=|[<>]|^git\+.*@|\.(?:whl|zip|tgz|tar\.\w+|tar)$|^[^+]*\/|^\.$/,
    options: ['-r', '--requirement', '-c', '--constraint', '-e', '--editable'],
  },
  {
    code: 'DL3016',
    programs: ['npm'],
    verbs: ['install'],
    pinned: /^(?:git|https?|ssh)\S*#|^(?:\/|\.\.?\/|~\/)|\.(?:tar|tar\.gz|tgz)$|^@?[^@:]+@/,
  },
  {
    code: 'DL3028',
    programs: ['gem'],
    verbs: ['install', 'i'],
    pinned: /:/,
    options: ['-v', '--version'],
  },
  { code: 'DL3062', programs: ['go'], verbs: ['install', 'get', 'run'], pinned: /@(?!latest$)|^[./]|\.go$|^\$|^tool$/ },
];

/** Finds the first package without a version in each command that hadolint looks at, one for each code. */
export const hadolintPinsIn = (model: Model, kind: 'system' | 'language'): ((run: Run) => readonly HadolintPin[]) => {
  const args = argsOf(model);
  return (run) => {
    const found: HadolintPin[] = [];
    for (const command of model.commandsOf(run)) {
      if (!isSeenByHadolint(command)) continue;
      for (const check of kind === 'system' ? SYSTEM : LANGUAGE) {
        if (found.some(({ code }) => code === check.code)) continue;
        const word = packagesIn(command, check).find((each) => !check.pinned.test(textOf(model, run, args, each)));
        if (word) found.push({ code: check.code, command, word });
      }
    }
    return found;
  };
};

/** The defaults of all ARGs: what one stage declares hadolint takes for known in the others. */
const argsOf = ({ file }: Model): ReadonlyMap<string, string> => {
  const args = new Map<string, string>();
  for (const node of file.instructions) {
    if (node.kind !== 'Arg') continue;
    for (const { name, default: value } of node.declarations) {
      if (value?.text !== undefined) args.set(name.text, value.text);
    }
  }
  return args;
};

const textOf = (model: Model, run: Run, args: ReadonlyMap<string, string>, word: ShellWord): string =>
  shellValue(model, run, word) ??
  word.text ??
  word.raw.replaceAll(/["']/g, '').replace(/\$\{?(\w+)\}?/g, (whole, name: string) => args.get(name) ?? whole);

const packagesIn = (command: ShellCommand, { programs, verbs, options = [] }: Check): readonly ShellWord[] => {
  if (!programs.includes(programForHadolint(command)) || command.has(...options)) return [];
  const [first, ...rest] = command.operands;
  // A module has its stream behind a colon.
  if (first?.text === 'module' && rest[0]?.text === 'install')
    return rest.slice(1).filter(({ raw }) => !raw.includes(':'));
  if (command.name === 'yum' && first?.text === 'group' && rest[0]?.text === 'install') return rest.slice(1);
  if (!verbs.includes(first?.text ?? '')) return [];
  if (command.name === 'go') return rest.slice(0, 1);
  return command.name === 'gem' ? beforeOptions(command, rest) : rest;
};

/** Options behind the packages are for the compiler of an extension. */
const beforeOptions = (command: ShellCommand, packages: readonly ShellWord[]): readonly ShellWord[] => {
  const [first] = packages;
  const option = command.arguments.find(({ start, raw }) => first && start > first.start && raw.startsWith('-'));
  return option ? packages.filter(({ start }) => start < option.start) : packages;
};
