import {
  type CompoundCommand,
  isShell,
  type Script,
  type ShellCommand,
  type ShellNode,
  type ShellOptions,
  type ShellPipeline,
  type ShellStatement,
  type SimpleCommand,
  withOptions,
} from '../shell/index.ts';
import { dialectOf } from './shells.ts';

const NOTHING: ShellOptions = { errexit: false, nounset: false, xtrace: false, pipefail: false };

/** The options that the words of a SHELL put in force, such as `-eo pipefail`. */
export const optionsOfShell = (argv: readonly string[] | undefined): ShellOptions => {
  const program = argv?.findIndex((word) => dialectOf(word) !== 'other' || isShell(word.replace(/^.*\//, ''))) ?? -1;
  return argv && program >= 0 ? withOptions(NOTHING, argv.slice(program + 1)) : NOTHING;
};

/** Pipelines of which only the last command decides whether the script fails, though the failure of another would matter. */
export const unguardedPipes = (script: Script, options: ShellOptions): readonly ShellPipeline[] => {
  const found: ShellPipeline[] = [];
  walkStatements(script.statements, { options, found, counts: true });
  return found;
};

interface Walk {
  options: ShellOptions;
  readonly found: ShellPipeline[];
  /** Whether the script fails where what is walked does. */
  readonly counts: boolean;
}

const walkStatements = (statements: readonly ShellStatement[], walk: Walk): void => {
  for (const [index, { command, terminator }] of statements.entries()) {
    const isLast = index === statements.length - 1;
    const counts = walk.counts && terminator?.text !== '&' && (isLast || walk.options.errexit);
    const inner: Walk = { options: walk.options, found: walk.found, counts };
    walkNode(command, inner);
    walk.options = inner.options;
  }
};

const walkNode = (node: ShellNode, walk: Walk): void => {
  if (node.kind === 'Pipeline') walkPipeline(node, walk);
  else if (node.kind === 'SimpleCommand') walkSimple(node, walk);
  else if (node.kind === 'CompoundCommand') walkCompound(node, walk);
  else {
    for (const [index, command] of node.commands.entries()) {
      const counts = walk.counts && node.operators[index]?.text !== '||';
      const inner: Walk = { options: walk.options, found: walk.found, counts };
      walkNode(command, inner);
      walk.options = inner.options;
    }
  }
};

const walkPipeline = (node: ShellPipeline, walk: Walk): void => {
  if (node.negated) return;
  if (node.commands.length === 1) for (const command of node.commands) walkNode(command, walk);
  else if (walk.counts && !walk.options.pipefail) walk.found.push(node);
};

const walkSimple = (node: SimpleCommand, walk: Walk): void => {
  const [first, ...rest] = node.words;
  if (first?.text === 'set')
    walk.options = withOptions(
      walk.options,
      rest.map(({ text }) => text),
    );
  // The status of `name=$(…)` is that of what stands inside.
  if (first !== undefined) return;
  for (const value of node.assignments.flatMap(({ values }) => values)) {
    for (const part of value.parts) {
      if (part.kind === 'Substitution' && part.script) walkStatements(part.script.statements, { ...walk });
    }
  }
};

const walkCompound = (node: CompoundCommand, walk: Walk): void => {
  if (node.type === 'function' || node.type === 'coproc') return;
  for (const { role, statements } of node.bodies) {
    const inner: Walk = { options: walk.options, found: walk.found, counts: walk.counts && role === 'body' };
    walkStatements(statements, inner);
    if (node.type === 'group') walk.options = inner.options;
  }
};

/** The first command of a pipeline whose failure matters and is lost; undefined where pipefail would be of no use. */
export const lostFailure = (pipe: ShellPipeline, commands: readonly ShellCommand[]): ShellCommand | undefined => {
  const inside = commands.find(({ pipeline }) => pipeline?.start === pipe.start && pipeline.end === pipe.end);
  // What is substituted into a command is lost with pipefail too.
  const segments = (inside?.pipeline?.segments ?? []).map((each) =>
    each.filter(({ pipeline }) => pipeline === inside?.pipeline),
  );
  const last = segments.at(-1) ?? [];
  if (segments.slice(1).flat().some(stopsEarly) || last.some(failsOnNothing)) return undefined;
  return segments
    .slice(0, -1)
    .flat()
    .find((command) => command.name !== undefined && !isHarmless(command));
};

const set = (list: string): ReadonlySet<string> => new Set(list.split(/\s+/));

/** Where they write to a pipe, they hardly fail, or failing is an answer. */
const HARMLESS =
  set(`[ . : apt-cache apt-config apt-mark arch awk basename cat cd column crontab cut date df diff dirname
  dpkg-query du echo egrep env export expr false fgrep file find gawk getconf getent git-lfs grep head hostname id jq ldd
  locale ls lsb_release mawk nproc objdump od paste pidof popd printenv printf ps pushd pwd readelf readlink realpath rev
  rpm scanelf sed seq set sleep sort stat strings tac tail tee test tr true type uname uniq uptime wc which whoami xargs yes yq`);

const isHarmless = (command: ShellCommand): boolean => {
  const { name = '', operands } = command;
  if (HARMLESS.has(name) || /sum$/.test(name) || command.has('--version', '-version', '-V', '--help')) return true;
  if (/^php[\d.]*$/.test(name)) return command.has('-m', '-v', '-i');
  if (name === 'mount') return operands.length === 0;
  if (name === 'gpg') return command.has('--fingerprint', '--list-keys', '--show-keys', '--list-packets');
  if (name === 'dpkg')
    return command.has('-l', '-L', '-s', '-S', '--print-architecture', '--list', '--listfiles', '--get-selections');
  return (
    /^(?:go|git|npm|yarn|pip3?|apt|python3?-config|pkg-config)$/.test(name) && QUESTIONS.has(operands[0]?.text ?? '')
  );
};

const QUESTIONS = set('config env list log ls-files rev-parse freeze show status tag version describe');

/** What refuses to work on nothing or on half of something, so that a lost failure does not stay unseen. */
const STRICT = set(
  'apt-key bsdtar bunzip2 bzcat cpio dpkg gpg gpgv gunzip tar unlzma unxz unzip unzstd xzcat zcat zstdcat',
);

const failsOnNothing = (command: ShellCommand): boolean => {
  const { name = '' } = command;
  if (STRICT.has(name)) return true;
  if (/sum$/.test(name)) return command.has('-c', '--check');
  if (/^(?:gzip|xz|bzip2|zstd|lzma|lz4)$/.test(name)) return command.has('-d', '--decompress', '--uncompress');
  return /^(?:docker|podman)$/.test(name) && /^(?:image|load|import)$/.test(command.operands[0]?.text ?? '');
};

/** Whether it may leave the pipe before its end, which pipefail would take for a failure of what writes to it. */
const stopsEarly = (command: ShellCommand): boolean => {
  const { name = '' } = command;
  if (/^(?:head|true|:|less|more)$/.test(name)) return true;
  if (/^[ef]?grep$/.test(name)) return command.has('-q', '-m', '--quiet', '--silent', '--max-count');
  if (name === 'sed') return command.operands.some(({ raw }) => /(?:^|[\s;{}\d/$"'])q\b/.test(raw));
  return /awk$/.test(name) && command.operands.some(({ raw }) => /\bexit\b/.test(raw));
};
