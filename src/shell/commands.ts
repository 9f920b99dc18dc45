import { type CommandPlace, commandOf, isInvocation, type ShellCommand } from './command.ts';
import { visitExpansions, wordsOf } from './expansions.ts';
import { type NestedScript, scriptInHeredoc, scriptInWord, type Text } from './nested.ts';
import type {
  AndOrList,
  CompoundCommand,
  Script,
  ShellNode,
  ShellPipeline,
  ShellStatement,
  ShellWord,
  SimpleCommand,
} from './nodes.ts';
import { isShell, programName, unwrap, wrapperOf } from './wrappers.ts';

/** How many scripts in words of scripts are entered. */
const MAX_NESTED = 5;

/** What a walk over a script finds. */
export interface Findings {
  readonly commands: ShellCommand[];
  readonly nested: NestedScript[];
}

/** Where the walk is. */
interface Surroundings extends Omit<CommandPlace, 'whole'> {
  readonly text: Text | undefined;
  readonly depth: number;
}

const OUTSIDE: Surroundings = {
  connector: undefined,
  conditional: false,
  isolated: false,
  pipeline: undefined,
  segment: 0,
  wrappers: [],
  text: undefined,
  depth: 0,
};

const findingsOf = (script: Script): Findings => {
  if (script.memo.findings) return script.memo.findings;
  const found: Findings = { commands: [], nested: [] };
  const text = { text: script.text, start: script.start, exact: script.end - script.start === script.text.length };
  walkStatements(script.statements, { ...OUTSIDE, text }, found);
  script.memo.findings = found;
  return found;
};

/**
 * The simple commands that run, in order, also those inside groups, branches, loops, functions, substitutions (before
 * the command they stand in) and in what `sh -c` and the like are given (instead of the shell).
 */
export const commandsOf = (script: Script): readonly ShellCommand[] => findingsOf(script).commands;

/** The same for words that stand for themselves, as in the exec form. */
export const commandsOfWords = (words: readonly ShellWord[]): readonly ShellCommand[] => {
  const [first] = words;
  if (first === undefined) return [];
  const found: Findings = { commands: [], nested: [] };
  const range = { start: first.start, end: words.at(-1)?.end ?? first.end };
  const none = { assignments: [], declared: [], redirections: [] };
  walkSimple({ kind: 'SimpleCommand', ...range, words, ...none }, OUTSIDE, found);
  return found.commands;
};

/** Scripts that stand in words and heredocs of the script and are run by a shell of their own. */
export const nestedScriptsOf = (script: Script): readonly NestedScript[] => findingsOf(script).nested;

/** The commands that run the program with these first operands, such as `apt-get`, `install`. */
export const invocationsOf = (script: Script, name: string, ...subcommands: readonly string[]): ShellCommand[] =>
  commandsOf(script).filter((command) => isInvocation(command, name, ...subcommands));

/** Whether the script runs the program with these first operands. */
export const invokes = (script: Script, name: string, ...subcommands: readonly string[]): boolean =>
  commandsOf(script).some((command) => isInvocation(command, name, ...subcommands));

/**
 * The same surroundings but for these. Written out, as other places in hot code are: V8 gives objects that are spread
 * and changed a class for each place, and looks up by name what it would else find at once.
 */
const changed = (
  { pipeline, segment, wrappers, text, depth }: Surroundings,
  connector: CommandPlace['connector'],
  conditional: boolean,
  isolated: boolean,
): Surroundings => ({ connector, conditional, isolated, pipeline, segment, wrappers, text, depth });

// Walking -----------------------------------------------------------------------------------------------------------

const walkStatements = (statements: readonly ShellStatement[], at: Surroundings, found: Findings): void => {
  let { connector } = at;
  for (const { command, terminator } of statements) {
    const isolated = at.isolated || terminator?.text === '&';
    walkNode(command, changed(at, connector, at.conditional, isolated), found);
    connector = terminator;
  }
};

const walkNode = (node: ShellNode, at: Surroundings, found: Findings): void => {
  if (node.kind === 'SimpleCommand') walkSimple(node, at, found);
  else if (node.kind === 'AndOrList') walkList(node, at, found);
  else if (node.kind === 'Pipeline') walkPipeline(node, at, found);
  else walkCompound(node, at, found);
};

const walkList = (list: AndOrList, at: Surroundings, found: Findings): void => {
  let tested = false;
  for (const [index, command] of list.commands.entries()) {
    const operator = list.operators[index - 1];
    const conditional = at.conditional || operator?.text === '||' || tested;
    walkNode(command, changed(at, operator ?? at.connector, conditional, at.isolated), found);
    tested ||= isTest(command);
  }
};

const TESTS = new Set(['[', 'test', 'which', 'type', 'hash', 'grep', 'egrep', 'id', 'getent', 'false']);

/** Whether the command is there to ask something, so that its failure is an answer. */
const isTest = (node: ShellNode): boolean => {
  if (node.kind === 'CompoundCommand') return node.type === 'test' || node.type === 'arithmetic';
  if (node.kind === 'Pipeline') return node.negated || node.commands.slice(-1).some(isTest);
  if (node.kind === 'AndOrList') return node.commands.some(isTest);
  const name = programName(node.words[0]);
  if (name === 'command') return /^-[vV]/.test(node.words[1]?.raw ?? '');
  return name !== undefined && TESTS.has(name);
};

const walkPipeline = (pipeline: ShellPipeline, at: Surroundings, found: Findings): void => {
  if (pipeline.commands.length === 1) {
    for (const command of pipeline.commands) walkNode(command, at, found);
    return;
  }
  const segments: ShellCommand[][] = [];
  const place = { start: pipeline.start, end: pipeline.end, segments };
  for (const [segment, command] of pipeline.commands.entries()) {
    const connector = pipeline.operators[segment - 1] ?? at.connector;
    const first = found.commands.length;
    walkNode(command, { ...at, connector, isolated: true, pipeline: place, segment }, found);
    segments.push(found.commands.slice(first));
  }
};

const walkCompound = (node: CompoundCommand, at: Surroundings, found: Findings): void => {
  walkSubstitutions(wordsOf(node), at, found);
  const isolated = at.isolated || node.type === 'subshell' || node.type === 'coproc';
  for (const [index, body] of node.bodies.entries()) {
    const connector = index === 0 ? at.connector : undefined;
    const conditional = at.conditional || body.conditional;
    walkStatements(body.statements, changed(at, connector, conditional, isolated), found);
  }
};

const walkSubstitutions = (words: readonly ShellWord[], at: Surroundings, found: Findings): void => {
  if (words.every(({ text }) => text !== undefined)) return;
  const inside = { connector: undefined, isolated: true, pipeline: undefined, segment: 0 };
  visitExpansions(words, {
    substitution({ script }) {
      if (script) walkStatements(script.statements, { ...at, ...inside }, found);
    },
  });
};

const walkSimple = (node: SimpleCommand, at: Surroundings, found: Findings): void => {
  const { wrappers, words, script } = unwrap(node.words);
  const inner = at.depth < MAX_NESTED ? nestedIn(node, words, script, at.text) : undefined;
  // What is expanded in a nested script is found there.
  const expanded = inner?.expanded ? inner.word : undefined;
  const own = wordsOf(node);
  walkSubstitutions(expanded ? own.filter((word) => word !== expanded) : own, at, found);
  if (inner === undefined || inner.script.statements.length === 0) {
    const all = at.wrappers.length === 0 ? wrappers : [...at.wrappers, ...wrappers];
    found.commands.push(commandOf(words, node, all, at));
    return;
  }
  found.nested.push(inner);
  const shell = wrapperOf(programName(words[0]) ?? 'sh', words);
  const all = [...at.wrappers, ...wrappers, ...(shell ? [shell] : [])];
  const text = textOf(inner.script);
  const isolated = at.isolated || shell?.name !== 'eval';
  walkStatements(inner.script.statements, { ...at, wrappers: all, text, isolated, depth: at.depth + 1 }, found);
};

const textOf = ({ text, start, end }: Script): Text => ({ text, start, exact: end - start === text.length });

/** Whether a shell with these words reads its script from its input: no operand names a file, or `-s` says so. */
const readsInput = (words: readonly ShellWord[]): boolean => {
  for (let index = 1; index < words.length; index++) {
    const { text = '' } = words[index] ?? {};
    if (/^-[a-zA-Z]*s/.test(text)) return true;
    if (!/^[-+](?!\w*c)\w+$/.test(text)) return false;
    if (text.endsWith('o')) index++;
  }
  return true;
};

const nestedIn = (
  node: SimpleCommand,
  words: readonly ShellWord[],
  script: ShellWord | undefined,
  text: Text | undefined,
): NestedScript | undefined => {
  if (script) return scriptInWord(script, text);
  if (!isShell(programName(words[0])) || !readsInput(words)) return undefined;
  const heredoc = node.redirections.find(({ body }) => body !== undefined);
  return heredoc && scriptInHeredoc(heredoc, text);
};
