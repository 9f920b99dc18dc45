import type { Range } from '../source/range.ts';
import { FILLER } from './mask.ts';
import type {
  AndOrList,
  CompoundCommand,
  CompoundType,
  Script,
  ShellBody,
  ShellNode,
  ShellPipeline,
  ShellProblem,
  ShellStatement,
  ShellToken,
  ShellWord,
} from './nodes.ts';
import { explain } from './problems.ts';
import { redirectionOf, simpleOf } from './simple.ts';
import { rangeOf, type Source, tokenOf } from './source.ts';
import { type Bash, parse } from './unbash.ts';
import { arithmeticOf, wordOf } from './words.ts';

/** Beyond this many nested commands nothing is read. */
const MAX_DEPTH = 100;

/** One mistake draws others behind it, and of many only the first are worth reading. */
const MAX_PROBLEMS = 10;

/** Shell text as a tree. `masked` stands at `offset` of the file, in which all ranges count. Never throws. */
export const parseShell = (masked: string, offset: number): Script =>
  parseLocated(masked, (position) => position + offset, offset);

/**
 * Like `parseShell` for a text that is not in the file as it is: `locateInside` says where its positions stand there.
 * `shift` is how far behind them that is, where it is the same for all.
 */
export const parseLocated = (
  text: string,
  locateInside: (position: number) => number,
  shift: number | undefined = undefined,
): Script => {
  const locate = (position: number): number => locateInside(Math.min(Math.max(position, 0), text.length));
  const start = locate(0);
  const end = locate(text.length);
  const problems: ShellProblem[] = [];
  try {
    const source = { text, shift, locate, filled: text.includes(FILLER), depth: 0, problems, nested: scriptOf };
    const { statements } = scriptOf(parse(inOnePiece(text)), source);
    return { kind: 'Script', text, start, end, statements, problems, memo: {} };
  } catch {
    // The parser recurses over its input, so hostile nesting can end in a stack overflow.
    const problem = { start, end, message: explain('nesting') };
    return { kind: 'Script', text, start, end, statements: [], problems: [problem], memo: {} };
  }
};

/**
 * The same text, no longer a part of others. The parser reads each character by itself, for which V8 looks up anew what
 * to do where texts are of several kinds.
 */
const inOnePiece = (text: string): string => String(JSON.parse(JSON.stringify(text)));

const scriptOf = (script: Bash.ParsedScript, source: Source): Script => {
  for (const error of script.errors ?? []) {
    if (source.problems.length >= MAX_PROBLEMS) break;
    source.problems.push({ ...problemRange(error.pos, source), message: explain(error.message) });
  }
  const text = source.text.slice(script.pos, script.end);
  const statements = statementsOf(script.commands, source);
  const { start, end } = rangeOf(script, source);
  return { kind: 'Script', text, start, end, statements, problems: [], memo: {} };
};

/** The characters that belong together at the place, or before it where it is blank. */
const problemRange = (position: number, { text, locate }: Source): Range => {
  const place = Math.max(0, Math.min(position, text.length - 1));
  const before = text.slice(Math.max(0, place - 80), place + 1);
  const blank = /\s$/.test(before) && /(?:[;&|<>()]+|[^\s;&|<>()]+)(?=\s+$)/.exec(before);
  const start = blank ? place + 1 - before.length + blank.index : place;
  const length = /^(?:[;&|<>()]+|[^\s;&|<>()]+)/.exec(text.slice(start, start + 80))?.[0].length ?? 0;
  return { start: locate(start), end: locate(start + length) };
};

const statementsOf = (statements: readonly Bash.Statement[], source: Source): ShellStatement[] => {
  const first = statements[0];
  if (first === undefined || source.depth > MAX_DEPTH) return [];
  if (source.depth === MAX_DEPTH) source.problems.push({ ...rangeOf(first, source), message: explain('nesting') });
  const inner = deeper(source);
  return statements.map((statement) => statementOf(statement, inner));
};

const deeper = ({ text, shift, locate, filled, depth, problems, nested }: Source): Source => ({
  text,
  shift,
  locate,
  filled,
  depth: depth + 1,
  problems,
  nested,
});

const statementOf = (statement: Bash.Statement, source: Source): ShellStatement => {
  const { start, end } = rangeOf(statement, source);
  const command = nodeOf(statement.command, source);
  return { kind: 'Statement', start, end, command, terminator: terminatorOf(statement.command.end, source) };
};

const TERMINATOR = /(?:[ \t\uFFFF]|\\\n|(?<=[ \t])#[^\n]*(?![^\n]))*(;(?![;&])|&(?!&)|\n)/y;

const terminatorOf = (end: number, source: Source): ShellToken | undefined => {
  TERMINATOR.lastIndex = end;
  const text = TERMINATOR.exec(source.text)?.[1];
  return text === undefined ? undefined : tokenOf(text, TERMINATOR.lastIndex - 1, source);
};

// Lists and pipelines -----------------------------------------------------------------------------------------------

const nodeOf = (node: Bash.PipelineNode | Bash.AndOr | Bash.CompoundList, source: Source): ShellNode => {
  switch (node.type) {
    case 'Command':
      return simpleOf(node, source);
    case 'AndOr':
      return listOf(node, source);
    case 'Pipeline':
      return pipelineOf(node, source);
    case 'Redirected': {
      const redirections = node.redirects.map((redirect) => redirectionOf(redirect, source));
      const { start, end } = rangeOf(node, source);
      const { kind, type, name, words, bodies } = compoundOf(node.command, source);
      return { kind, start, end, type, name, words, bodies, redirections };
    }
    default:
      return compoundOf(node, source);
  }
};

const listOf = (node: Bash.AndOr, source: Source): AndOrList => {
  const { start, end } = rangeOf(node, source);
  const commands = node.commands.map((command) => nodeOf(command, source));
  return { kind: 'AndOrList', start, end, commands, operators: operatorsOf(node, source) };
};

const pipelineOf = (node: Bash.Pipeline, source: Source): ShellPipeline => {
  const { start, end } = rangeOf(node, source);
  const negated = node.prefixes.filter((prefix) => prefix.type === 'Negation').length % 2 === 1;
  const commands = node.commands.map((command) => nodeOf(command, source));
  return { kind: 'Pipeline', start, end, negated, commands, operators: operatorsOf(node, source) };
};

/** Each operator stands after the command before it. */
const operatorsOf = (node: Bash.AndOr | Bash.Pipeline, source: Source): ShellToken[] =>
  node.operators.map((operator, index) => {
    const from = node.commands[index]?.end ?? node.pos;
    const position = source.text.indexOf(operator, from);
    return tokenOf(operator, position < 0 ? from : position, source);
  });

// Compound commands -------------------------------------------------------------------------------------------------

/** What a compound command is made of, range aside. */
interface Shape {
  readonly type: CompoundType;
  readonly name?: Bash.Word | undefined;
  readonly words?: readonly ShellWord[];
  readonly bodies?: readonly ShellBody[];
}

const compoundOf = (node: CompoundNode, source: Source): CompoundCommand => {
  const { type, name, words = [], bodies = [] } = shapeOf(node, source);
  const token = name && tokenOf(name.value, name.pos, source);
  const { start, end } = rangeOf(node, source);
  return { kind: 'CompoundCommand', start, end, type, name: token, words, bodies, redirections: [] };
};

type CompoundNode = Bash.CompoundCommand | Bash.Function | Bash.Coproc | Bash.CompoundList;

const shapeOf = (node: CompoundNode, source: Source): Shape => {
  switch (node.type) {
    case 'Subshell':
      return { type: 'subshell', bodies: [bodyOf(node.body, source)] };
    case 'BraceGroup':
      return { type: 'group', bodies: [bodyOf(node.body, source)] };
    case 'CompoundList':
      return { type: 'group', bodies: [bodyOf(node, source)] };
    case 'If':
      return { type: 'if', bodies: branchesOf(node, source) };
    case 'While':
      return {
        type: node.kind,
        bodies: [bodyOf(node.clause, source, false, 'condition'), bodyOf(node.body, source, true)],
      };
    case 'Case': {
      const words = [node.word, ...node.items.flatMap((item) => item.pattern)].map((word) => wordOf(word, source));
      return { type: 'case', words, bodies: node.items.map((item) => bodyOf(item.body, source, true)) };
    }
    case 'Function':
      return { type: 'function', name: node.name, bodies: [wrappedBody(node.body, source)] };
    case 'Coproc':
      return { type: 'coproc', name: node.name, bodies: [wrappedBody(node.body, source)] };
    case 'TestCommand':
      return { type: 'test', words: operandsOf(node.expression).map((word) => wordOf(word, source)) };
    case 'ArithmeticCommand':
      return { type: 'arithmetic', words: [arithmeticWord(node, [node.expression], source)] };
    default:
      return loopOf(node, source);
  }
};

const loopOf = (node: Bash.For | Bash.Select | Bash.ArithmeticFor, source: Source): Shape => {
  if (node.type === 'ArithmeticFor') {
    const words = [arithmeticWord(node, [node.initialize, node.test, node.update], source)];
    return { type: 'for', words, bodies: [bodyOf(node.body, source, true)] };
  }
  const words = (node.wordlist ?? []).map((word) => wordOf(word, source));
  // Over a list with at least one plain word the body runs.
  const conditional = node.type === 'Select' || !words.some((word) => word.text !== undefined);
  const type = node.type === 'For' ? 'for' : 'select';
  return { type, name: node.name, words, bodies: [bodyOf(node.body, source, conditional)] };
};

const branchesOf = (node: Bash.If, source: Source): ShellBody[] => {
  const bodies = [bodyOf(node.clause, source, false, 'condition'), bodyOf(node.then, source, true)];
  for (const { clause, then } of node.elif) {
    bodies.push(bodyOf(clause, source, true, 'condition'), bodyOf(then, source, true));
  }
  return node.else ? [...bodies, bodyOf(node.else, source, true)] : bodies;
};

const bodyOf = (
  list: Bash.CompoundList,
  source: Source,
  conditional = false,
  role: ShellBody['role'] = 'body',
): ShellBody => {
  const { start, end } = rangeOf(list, source);
  return { start, end, role, conditional, statements: statementsOf(list.commands, source) };
};

/** The one command that is the body of a function or a coprocess. */
const wrappedBody = (node: Bash.Function['body'] | Bash.Coproc['body'], source: Source): ShellBody => {
  const range = rangeOf(node, source);
  const statement: ShellStatement = {
    kind: 'Statement',
    ...range,
    command: nodeOf(node, source),
    terminator: undefined,
  };
  return { ...range, role: 'body', conditional: true, statements: [statement] };
};

const arithmeticWord = (
  node: Bash.ArithmeticCommand | Bash.ArithmeticFor,
  expressions: readonly (Bash.ArithmeticExpression | undefined)[],
  source: Source,
): ShellWord => {
  const present = expressions.filter((expression) => expression !== undefined);
  const parts = [arithmeticOf(node, present, source)];
  const raw = source.text.slice(node.pos, node.end);
  const { start, end } = rangeOf(node, source);
  return { kind: 'Word', start, end, raw, text: undefined, quoted: false, parts };
};

const operandsOf = (test: Bash.TestExpression): readonly Bash.Word[] => {
  switch (test.type) {
    case 'TestUnary':
      return [test.operand];
    case 'TestBinary':
      return [test.left, test.right];
    case 'TestLogical':
      return test.operands.flatMap(operandsOf);
    case 'TestNot':
      return operandsOf(test.operand);
    case 'TestGroup':
      return operandsOf(test.expression);
  }
};
