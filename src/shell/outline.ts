import type {
  AndOrList,
  CompoundCommand,
  Script,
  ShellArithmetic,
  ShellNode,
  ShellPipeline,
  ShellRedirection,
  ShellStatement,
  ShellSubstitution,
  ShellVariable,
  ShellWord,
  ShellWordPart,
  SimpleCommand,
} from './nodes.ts';
import {
  fromOutside,
  heldIn,
  joinInto,
  joinValues,
  layerOver,
  noValues,
  PLAIN,
  UNKNOWN,
  type Value,
  type Values,
  valueOfVariable,
  valueOfWords,
} from './values.ts';

/** What the shell reads a word for. */
export type WordRole =
  | 'name'
  | 'argument'
  | 'assignment'
  | 'element'
  | 'declaration'
  | 'target'
  | 'heredoc'
  | 'loop'
  | 'case'
  | 'test'
  | 'arithmetic'
  | 'operand';

/** A word where it stands: `command` is the simple command it belongs to. */
export interface WordPlace {
  readonly word: ShellWord;
  readonly role: WordRole;
  readonly command: SimpleCommand | undefined;
}

/** Something that is expanded, in the word that it stands in. */
export interface ExpansionPlace extends WordPlace {
  readonly part: ShellVariable | ShellSubstitution | ShellArithmetic;
  /** What a variable may hold here. */
  readonly value: Value;
}

/** A node where it stands. */
export interface NodePlace {
  readonly node: ShellNode;
  /** Whether its failure is asked for: in a condition, before `&&` or `||`. */
  readonly tested: boolean;
  /** Whether something runs behind it in the same shell, whatever became of it. */
  readonly followed: boolean;
  /** Whether it runs in a function. */
  readonly inFunction: boolean;
  /** The pipeline that it is a part of. */
  readonly pipeline: ShellPipeline | undefined;
  /** The list of `&&` and `||` that it is a part of. */
  readonly list: AndOrList | undefined;
  /** What it stands in, when that is a command substitution. */
  readonly substitution: ShellSubstitution | undefined;
}

/** All of a script in order, with what is in its substitutions; what it gives to another shell is not entered. */
export interface Outline {
  readonly words: readonly WordPlace[];
  readonly expansions: readonly ExpansionPlace[];
  readonly nodes: readonly NodePlace[];
  /** Whether it has `set -e`. */
  readonly errexit: boolean;
}

export const outlineOf = (script: Script): Outline => {
  if (script.memo.outline) return script.memo.outline;
  const found: Found = { words: [], expansions: [], nodes: [], errexit: false };
  walkStatements(script.statements, OUTSIDE, noValues(), found);
  script.memo.outline = found;
  return found;
};

interface Found {
  readonly words: WordPlace[];
  readonly expansions: ExpansionPlace[];
  readonly nodes: NodePlace[];
  errexit: boolean;
}

type Place = Omit<NodePlace, 'node'>;

const OUTSIDE: Place = {
  tested: false,
  followed: false,
  inFunction: false,
  pipeline: undefined,
  list: undefined,
  substitution: undefined,
};

const walkStatements = (
  statements: readonly ShellStatement[],
  at: Place,
  values: Values,
  found: Found,
  testedLast = false,
): void => {
  const last = statements.length - 1;
  for (const [index, { command }] of statements.entries()) {
    const tested = at.tested || (testedLast && index === last);
    const { inFunction, pipeline, substitution } = at;
    const followed = at.followed || index < last;
    walkNode(command, { tested, followed, inFunction, pipeline, list: undefined, substitution }, values, found);
  }
};

const walkNode = (node: ShellNode, at: Place, values: Values, found: Found): void => {
  const { tested, followed, inFunction, pipeline, list, substitution } = at;
  found.nodes.push({ node, tested, followed, inFunction, pipeline, list, substitution });
  if (node.kind === 'SimpleCommand') walkSimple(node, values, found);
  else if (node.kind === 'AndOrList') walkList(node, at, values, found);
  else if (node.kind === 'Pipeline') walkPipeline(node, at, values, found);
  else walkCompound(node, at, values, found);
};

const walkList = (list: AndOrList, at: Place, values: Values, found: Found): void => {
  for (const [index, command] of list.commands.entries()) {
    const isLast = index === list.commands.length - 1;
    const { followed, inFunction, pipeline, substitution } = at;
    const inner = { tested: at.tested || !isLast, followed, inFunction, pipeline, list, substitution };
    if (index === 0) {
      walkNode(command, inner, values, found);
      continue;
    }
    const branch = layerOver(values);
    walkNode(command, inner, branch, found);
    if (branch.held.size > 0 || branch.ended || values.ended) joinInto(values, [values, branch]);
  }
};

const walkPipeline = (pipeline: ShellPipeline, at: Place, values: Values, found: Found): void => {
  if (pipeline.commands.length === 1) {
    for (const command of pipeline.commands) walkNode(command, at, values, found);
    return;
  }
  for (const command of pipeline.commands) {
    walkNode(command, { ...at, pipeline, list: undefined, followed: false }, layerOver(values), found);
  }
};

// Compound commands -------------------------------------------------------------------------------------------------

const walkCompound = (node: CompoundCommand, at: Place, values: Values, found: Found): void => {
  const { type, name, words, redirections } = node;
  readWords(words, roleIn(type), undefined, values, found);
  readRedirections(redirections, undefined, values, found);
  if ((type === 'for' || type === 'select') && name) values.held.set(name.text, valueOfWords(words, values));
  if (type === 'subshell' || type === 'coproc') walkBodies(node, { ...at, followed: false }, layerOver(values), found);
  else if (type === 'if' || type === 'case') walkBranches(node, at, values, found);
  else if (type === 'function') walkBodies(node, { ...OUTSIDE, inFunction: true }, layerOver(values, false), found);
  else walkBodies(node, at, values, found);
};

const roleIn = (type: CompoundCommand['type']): WordRole => {
  if (type === 'for' || type === 'select') return 'loop';
  if (type === 'case') return 'case';
  return type === 'test' ? 'test' : 'arithmetic';
};

/** Bodies that run one after the other, as far as they do. */
const walkBodies = ({ bodies }: CompoundCommand, at: Place, values: Values, found: Found): void => {
  for (const { role, conditional, statements } of bodies) {
    if (!conditional) {
      walkStatements(statements, at, values, found, role === 'condition');
      continue;
    }
    const inside = layerOver(values);
    walkStatements(statements, at, inside, found, role === 'condition');
    joinInto(values, [values, inside]);
  }
};

/** Of `if` and `case` one body runs, or none. */
const walkBranches = ({ type, bodies, words }: CompoundCommand, at: Place, values: Values, found: Found): void => {
  const ways: Values[] = [];
  let before = values;
  let complete = type === 'case' && words.some(({ text }) => text === '*');
  for (const [index, { role, statements }] of bodies.entries()) {
    if (role === 'condition') {
      walkStatements(statements, at, before, found, true);
      continue;
    }
    const inside = layerOver(before);
    walkStatements(statements, at, inside, found);
    ways.push(inside);
    if (type === 'if' && bodies[index - 1]?.role !== 'condition') complete = true;
    before = layerOver(before);
  }
  joinInto(values, complete ? ways : [...ways, before]);
};

// Simple commands ---------------------------------------------------------------------------------------------------

const DECLARING = new Set(['export', 'declare', 'local', 'readonly', 'typeset']);

const walkSimple = (command: SimpleCommand, values: Values, found: Found): void => {
  const first = command.words[0];
  const rest = command.words.slice(1);
  for (const { index, array, values: words } of command.assignments) {
    if (index) readWords([index], 'arithmetic', command, values, found);
    readWords(words, array ? 'element' : 'assignment', command, values, found);
  }
  if (first) readWords([first], 'name', command, values, found);
  const role = DECLARING.has(first?.text ?? '') ? 'declaration' : 'argument';
  readWords(rest, role, command, values, found);
  readRedirections(command.redirections, command, values, found);
  if (first?.text === 'set') found.errexit ||= rest.some(({ text = '' }) => /^-\w*e/.test(text) || text === 'errexit');
  if (first?.text === 'exit' || first?.text === 'return') values.ended = true;
  assign(command, values);
};

const READERS = new Set(['read', 'mapfile', 'readarray', 'getopts']);

const assign = ({ assignments, declared, words }: SimpleCommand, values: Values): void => {
  for (const assignment of words.length === 0 ? assignments : declared) {
    const own = valueOfWords(assignment.values, values);
    const { name, append } = assignment;
    values.held.set(name, append ? joinValues(heldIn(values, name) ?? UNKNOWN, own) : own);
  }
  const name = words[0]?.text ?? '';
  if (name === 'unset') for (const { text = '' } of words.slice(1)) values.held.set(text, fromOutside(text));
  if (!READERS.has(name)) return;
  for (const { text = '' } of words.slice(1)) if (NAME.test(text)) values.held.set(text, UNKNOWN);
};

const NAME = /^[A-Za-z_]\w*$/;

const readRedirections = (
  redirections: readonly ShellRedirection[],
  command: SimpleCommand | undefined,
  values: Values,
  found: Found,
): void => {
  for (const { target, body } of redirections) {
    if (target) readWords([target], 'target', command, values, found);
    if (body) readWords([body], 'heredoc', command, values, found);
  }
};

// Words -------------------------------------------------------------------------------------------------------------

const readWords = (
  words: readonly ShellWord[],
  role: WordRole,
  command: SimpleCommand | undefined,
  values: Values,
  found: Found,
): void => {
  for (const word of words) {
    const place = { word, role, command };
    found.words.push(place);
    if (word.text === undefined) readParts(word.parts, place, values, found);
  }
};

const readParts = (parts: readonly ShellWordPart[], place: WordPlace, values: Values, found: Found): void => {
  for (const part of parts) {
    if (part.kind === 'Pattern') readParts(part.parts, place, values, found);
    else if (part.kind !== 'Literal') readExpansion(part, place, values, found);
  }
};

const readExpansion = (part: ExpansionPlace['part'], place: WordPlace, values: Values, found: Found): void => {
  const value = part.kind === 'Variable' ? valueOfVariable(part, values) : part.kind === 'Arithmetic' ? PLAIN : UNKNOWN;
  const { word, role, command } = place;
  found.expansions.push({ word, role, command, part, value });
  if (part.kind === 'Variable') {
    readWords(part.operands, 'operand', place.command, values, found);
    if (part.operator === '=' || part.operator === ':=') values.held.set(part.name, value);
  } else if (part.kind === 'Arithmetic') {
    for (const { text } of part.assigns) values.held.set(text, PLAIN);
    readParts(part.parts, { ...place, role: 'arithmetic' }, values, found);
  } else if (part.script) {
    walkStatements(part.script.statements, { ...OUTSIDE, substitution: part }, layerOver(values), found);
  }
};
