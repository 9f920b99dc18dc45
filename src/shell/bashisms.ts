import { type Bashism, type BashismWalk, note, textAt } from './bashism.ts';
import { bashismsOfCommand } from './bashism-commands.ts';
import type { BashFeature } from './bashism-features.ts';
import { wordsOf } from './expansions.ts';
import type {
  CompoundCommand,
  Script,
  ShellArithmetic,
  ShellAssignment,
  ShellNode,
  ShellRedirection,
  ShellStatement,
  ShellSubstitution,
  ShellVariable,
  ShellWord,
  ShellWordPart,
  SimpleCommand,
} from './nodes.ts';

/** Everything in the script that bash has and POSIX does not promise of `sh`, by place. */
export const bashismsOf = (script: Script): readonly Bashism[] => {
  if (!HINT.test(script.text)) return [];
  const found: Bashism[] = [];
  walkStatements(script.statements, { script, found, decisive: script.statements.length === 1 });
  return found.toSorted((a, b) => a.start - b.start || a.end - b.end);
};

/** Signs, words and variables without one of which there is nothing to be found: most scripts have none. */
const HINT = new RegExp(
  [
    String.raw`[[(]|(?<!\$)\{|\$\{[^}]*[^\w}]|<<<|&>|>&\s*[^\s\d$-]|\|&|\$['"]|\+=|\d\d[<>]|/dev/(?:tcp|udp)/`,
    String.raw`\b(?:source|let|local|declare|typeset|pushd|popd|dirs|disown|shopt|enable|mapfile|readarray|suspend|caller)\b`,
    String.raw`\b(?:compgen|complete|compopt|trap|printf|exec|select|function|coproc|test)\b`,
    String.raw`\b(?:cd|echo|export|hash|jobs|read|readonly|set|type|ulimit|umask|unset|wait)[\s\\]+["']?[-+]`,
    String.raw`RANDOM|UID|SECONDS|TYPE|HOSTNAME|PIPESTATUS|FUNCNAME|DIRSTACK|GROUPS|SHELLOPTS|BASH`,
  ].join('|'),
);

const walkStatements = (statements: readonly ShellStatement[], walk: BashismWalk): void => {
  for (const { command, terminator } of statements) {
    walkNode(command, terminator?.text === '&' ? undecided(walk) : walk);
  }
};

/** Inside what does not decide whether the script fails. */
const undecided = ({ script, found }: BashismWalk): BashismWalk => ({ script, found, decisive: false });

const walkNode = (node: ShellNode, walk: BashismWalk): void => {
  if (node.kind === 'SimpleCommand') walkSimple(node, walk);
  else if (node.kind === 'CompoundCommand') walkCompound(node, walk);
  else {
    for (const operator of node.operators) if (operator.text === '|&') note(walk, 'pipeBoth', operator);
    const decisive = walk.decisive && node.kind === 'AndOrList' && node.operators.every(({ text }) => text === '&&');
    for (const command of node.commands) walkNode(command, decisive ? walk : undecided(walk));
  }
};

const walkSimple = (node: SimpleCommand, walk: BashismWalk): void => {
  for (const assignment of node.assignments) noteAssignment(assignment, walk);
  for (const assignment of node.declared) noteAssignment(assignment, walk);
  bashismsOfCommand(node, walk);
  for (const redirection of node.redirections) walkRedirection(redirection, walk);
  for (const word of wordsOf(node)) walkWord(word, walk);
};

const noteAssignment = (assignment: ShellAssignment, walk: BashismWalk): void => {
  if (assignment.array) note(walk, 'array', assignment);
  else if (assignment.append) note(walk, 'appendAssignment', assignment);
};

// Compound commands -------------------------------------------------------------------------------------------------

const walkCompound = (node: CompoundCommand, outer: BashismWalk): void => {
  const walk = undecided(outer);
  noteCompound(node, walk);
  for (const redirection of node.redirections) walkRedirection(redirection, walk);
  for (const word of wordsOf(node)) walkWord(word, walk);
  for (const { statements } of node.bodies) walkStatements(statements, walk);
};

const noteCompound = (node: CompoundCommand, walk: BashismWalk): void => {
  const { type, name, words } = node;
  if (type === 'test') note(walk, 'doubleBracket', node);
  else if (type === 'arithmetic') noteArithmeticCommand(node, walk);
  else if (type === 'select') note(walk, 'select', node);
  else if (type === 'coproc') note(walk, 'coprocess', node);
  else if (type === 'for' && !name && words[0]?.parts[0]?.kind === 'Arithmetic') note(walk, 'arithmeticFor', node);
  else if (type === 'function' && name) noteFunction(node, name.text, walk);
};

/** `(( find . | sort ))` are subshells, one in the other. */
const noteArithmeticCommand = (node: CompoundCommand, walk: BashismWalk): void => {
  const hasCommand = /[A-Za-z_]\w*\s+-?[\w./]|[;"']/.test(textAt(walk, node));
  note(walk, 'arithmeticCommand', node, hasCommand ? { knownTo: ['dash', 'busybox', 'bash'] } : {});
};

const noteFunction = (node: CompoundCommand, name: string, walk: BashismWalk): void => {
  const text = textAt(walk, node);
  const [head, parentheses] = /^function\b\s*[^\s(]+(?:\s*(\(\s*\)))?/.exec(text) ?? [];
  const at = head === undefined ? node : { start: node.start, end: node.start + head.length };
  if (head !== undefined) note(walk, parentheses ? 'functionKeywordParentheses' : 'functionKeyword', at);
  if (/\W/.test(name)) note(walk, 'functionName', node.name ?? node);
};

// Redirections ------------------------------------------------------------------------------------------------------

const walkRedirection = (redirection: ShellRedirection, walk: BashismWalk): void => {
  const feature = redirectionFeature(redirection, textAt(walk, redirection));
  if (feature) note(walk, feature, redirection, { redirection });
};

const redirectionFeature = (redirection: ShellRedirection, text: string): BashFeature | undefined => {
  const { operator, descriptor, target } = redirection;
  if (operator === '&>') return 'redirectBoth';
  if (operator === '&>>') return 'appendBoth';
  if (operator === '<<<') return 'hereString';
  if (text.startsWith('{')) return 'namedDescriptor';
  if (descriptor !== undefined && descriptor > 9) return 'largeDescriptor';
  if (/^\/dev\/(?:tcp|udp)\//.test(target?.raw ?? '')) return 'networkFile';
  const isFile = operator === '>&' && descriptor === undefined && !/^(?:\d+-?|-|\$.*)$/.test(target?.raw ?? '-');
  return isFile ? 'redirectToFile' : undefined;
};

// Words -------------------------------------------------------------------------------------------------------------

const walkWord = (word: ShellWord, walk: BashismWalk): void => {
  // As most words are: nothing in it but characters.
  if (!word.quoted && word.parts.length === 1 && word.parts[0]?.kind === 'Literal') return;
  if (word.quoted && /(?:^|[^\\"'$])\$"/.test(word.raw) && word.raw.startsWith('$"')) note(walk, 'localeQuote', word);
  for (const part of word.parts) walkPart(part, walk);
};

const walkPart = (part: ShellWordPart, walk: BashismWalk): void => {
  switch (part.kind) {
    case 'Literal':
      if (part.quoted && textAt(walk, part).startsWith("$'")) note(walk, 'ansiQuote', part);
      break;
    case 'Pattern':
      notePattern(part, walk);
      for (const inner of part.parts) walkPart(inner, walk);
      break;
    case 'Variable':
      noteVariable(part, walk);
      for (const word of part.operands) walkWord(word, walk);
      break;
    case 'Substitution':
      walkSubstitution(part, walk);
      break;
    case 'Arithmetic':
      noteArithmetic(part, walk);
      for (const inner of part.parts) walkPart(inner, walk);
  }
};

const notePattern = (part: Extract<ShellWordPart, { kind: 'Pattern' }>, walk: BashismWalk): void => {
  if (/^\{.*\}$/s.test(part.value)) note(walk, 'braceExpansion', part);
  else if (/^[?*+@!]\(/.test(part.value)) note(walk, 'extendedGlob', part);
  else if (part.value.startsWith('[^')) note(walk, 'caretGlob', part);
};

/** What bash sets by itself, and who runs a build does not. */
const SPECIAL = new Set(
  `RANDOM UID EUID SECONDS OSTYPE MACHTYPE HOSTTYPE HOSTNAME PIPESTATUS FUNCNAME DIRSTACK GROUPS SHELLOPTS BASHPID
  BASH_SOURCE BASH_LINENO BASH_COMMAND BASH_VERSINFO EPOCHSECONDS`.split(/\s+/),
);

const noteVariable = (variable: ShellVariable, walk: BashismWalk): void => {
  const feature = operatorFeature(variable, textAt(walk, variable));
  if (feature) note(walk, feature, variable);
  else if (SPECIAL.has(variable.name)) note(walk, 'specialVariable', variable);
};

const operatorFeature = ({ operator, name }: ShellVariable, text: string): BashFeature | undefined => {
  if (operator === '!') return name === '' || name === '!' ? undefined : 'indirection';
  if (/^\$\{#?\w+\[/.test(text)) return 'arrayElement';
  if (operator === ':') return 'substring';
  if (operator === undefined) return undefined;
  if (/^(?:\^\^?|,,?)$/.test(operator)) return 'changedCase';
  return /^\/[/#%]?$/.test(operator) ? 'replacement' : undefined;
};

const walkSubstitution = (part: ShellSubstitution, outer: BashismWalk): void => {
  const walk = undecided(outer);
  if (part.style === '<(' || part.style === '>(') note(walk, 'processSubstitution', part);
  const [only, ...more] = part.script?.statements ?? [];
  const command = more.length === 0 && only?.command.kind === 'SimpleCommand' ? only.command : undefined;
  const isRead = command?.words.length === 0 && command.assignments.length === 0;
  if (isRead && command.redirections.length === 1 && command.redirections[0]?.operator === '<')
    note(walk, 'fileSubstitution', part);
  walkStatements(part.script?.statements ?? [], walk);
};

const noteArithmetic = (part: ShellArithmetic, walk: BashismWalk): void => {
  if (part.parts.some(({ kind }) => kind === 'Substitution')) return;
  const text = textAt(walk, part);
  for (const [pattern, feature] of ARITHMETIC) {
    const match = pattern.exec(text);
    const start = part.start + (match?.index ?? 0);
    if (match) note(walk, feature, { start, end: start + match[0].length });
  }
};

const ARITHMETIC: readonly (readonly [RegExp, BashFeature])[] = [
  [/(?:\+\+|--)(?=\s*[$A-Za-z_])|(?<=[\w}]\s*)(?:\+\+|--)(?!\s*[\w$(])/, 'increment'],
  [/\*\*/, 'power'],
  [/(?<![\w$])\d+#\w+/, 'numberBase'],
];
