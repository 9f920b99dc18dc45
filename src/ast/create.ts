import {
  type HeredocText,
  type LogicalLine,
  parseTokens,
  type Spliced,
  splice,
  tokenize,
} from '../../grammar/index.ts';
import type { Range } from '../source/range.ts';
import { instructionOf } from './instructions.ts';
import { addProblem, fileRange, type Line } from './line.ts';
import type {
  Arg,
  Comment,
  Directive,
  EmptyContinuation,
  Heredoc,
  Iechorfile,
  Instruction,
  Stage,
  SyntaxProblem,
} from './nodes.ts';

/** Reads a file's text, byte order mark taken off. Total: whatever the text, there is a tree; what is wrong with it is in `problems`. */
export const parse = (source: string): Iechorfile => {
  const spliced = splice(source);
  const problems: SyntaxProblem[] = spliced.head.problems.map((problem) => headProblem(problem, source));
  const instructions = instructionsOf(spliced, problems);
  if (instructions.length === 0 && problems.length === 0) problems.push(emptyProblem(source));
  const { globals, stages } = arrange(instructions);
  return {
    kind: 'Iechorfile',
    text: source,
    escape: spliced.head.escape,
    directives: directivesOf(spliced),
    globals,
    stages,
    instructions,
    comments: spliced.comments.map((comment) => commentOf(source, comment)),
    emptyContinuations: spliced.lines.flatMap((line) => line.emptyLines.map(emptyContinuation)),
    problems,
  };
};

const instructionsOf = (spliced: Spliced, problems: SyntaxProblem[]): readonly Instruction[] => {
  const cst = parseTokens(tokenize(spliced.text, spliced.head.escape));
  const instructions: Instruction[] = [];
  for (const [index, node] of (cst.children.line ?? []).entries()) {
    const logical = spliced.lines[index];
    if (!logical) continue;
    const line: Line = { line: logical, text: spliced.text, escape: spliced.head.escape, trigger: false, problems };
    if (logical.problem) addLineProblem(line, logical.problem);
    // Nothing is read of a line that is too long.
    if (logical.problem?.kind === 'too-long' && logical.start === logical.end) continue;
    instructions.push(
      instructionOf(line, node.children.instruction?.[0], {
        heredocs: logical.heredocs.map((heredoc) => heredocOf(spliced.source, line, heredoc)),
        comments: logical.comments.map((comment) => commentOf(spliced.source, comment)),
      }),
    );
  }
  return instructions;
};

const addLineProblem = (line: Line, problem: NonNullable<LogicalLine['problem']>): void => {
  if (problem.kind === 'unterminated-heredoc') {
    const last = line.line.heredocs.at(-1)?.opener;
    const at = last
      ? fileRange(line, { start: line.line.start + last.start, end: line.line.start + last.end })
      : problem.at;
    addProblem(line, at, 'unterminated heredoc', {
      phase: 'parse',
      help: `End the heredoc with a line that holds nothing but \`${last?.name ?? ''}\`.`,
    });
    return;
  }
  addProblem(
    line,
    { start: problem.at.start, end: problem.at.start },
    'dockerfile line greater than max allowed size of 65535',
    {
      phase: 'parse',
      help: 'BuildKit stops reading at such a line. Put the content into a file of its own and COPY it.',
    },
  );
};

const heredocOf = (source: string, line: Line, { opener, body, terminator }: HeredocText): Heredoc => {
  const range = fileRange(line, { start: line.line.start + opener.start, end: line.line.start + opener.end });
  return {
    kind: 'Heredoc',
    ...range,
    name: opener.name,
    opener: range,
    body,
    content: source.slice(body.start, body.end),
    terminator,
    stripTabs: opener.stripTabs,
    expand: opener.expand,
  };
};

const commentOf = (source: string, { start, end, inside }: Range & { inside: boolean }): Comment => ({
  kind: 'Comment',
  start,
  end,
  text: source.slice(start + 1, end),
  inside,
});

const emptyContinuation = ({ start, end }: Range): EmptyContinuation => ({ kind: 'EmptyContinuation', start, end });

const directivesOf = ({ source, head }: Spliced): readonly Directive[] =>
  head.directives.map(({ name, start, end, key, value }) => ({
    kind: 'Directive',
    name,
    start,
    end,
    key: { ...key, text: source.slice(key.start, key.end) },
    value: { ...value, text: source.slice(value.start, value.end) },
  }));

const headProblem = ({ start, end, message }: Range & { message: string }, source: string): SyntaxProblem => ({
  start,
  end,
  phase: 'parse',
  message,
  line: undefined,
  suggestion: undefined,
  help: message.startsWith('only one')
    ? `Delete \`${source.slice(start, end)}\`: the first directive counts.`
    : 'Write `# escape=\\` or `# escape=` followed by one backtick.',
});

const emptyProblem = (source: string): SyntaxProblem => ({
  start: source.length,
  end: source.length,
  phase: 'parse',
  message: 'file with no instructions',
  line: undefined,
  help: 'An iEchorfile starts with `FROM image`.',
  suggestion: undefined,
});

/** A stage begins at each FROM, also at one that cannot be read. */
const arrange = (instructions: readonly Instruction[]): { globals: readonly Arg[]; stages: readonly Stage[] } => {
  const globals: Arg[] = [];
  const stages: { from: Stage['from']; opener: Instruction | undefined; instructions: Instruction[] }[] = [];
  for (const instruction of instructions) {
    if (instruction.kind === 'From') stages.push({ from: instruction, opener: instruction, instructions: [] });
    else if (isBrokenFrom(instruction))
      stages.push({ from: undefined, opener: instruction, instructions: [instruction] });
    else if (instruction.kind === 'Arg' && stages.length === 0) globals.push(instruction);
    else {
      if (stages.length === 0) stages.push({ from: undefined, opener: undefined, instructions: [] });
      stages.at(-1)?.instructions.push(instruction);
    }
  }
  return { globals, stages: stages.map(stageOf) };
};

const isBrokenFrom = (node: Instruction): boolean =>
  node.kind === 'Invalid' && node.keyword.text.toLowerCase() === 'from';

const stageOf = ({
  from,
  opener,
  instructions,
}: {
  from: Stage['from'];
  opener: Instruction | undefined;
  instructions: Instruction[];
}): Stage => {
  const first = opener ?? instructions[0];
  const last = instructions.at(-1) ?? opener;
  return { kind: 'Stage', from, instructions, start: first?.start ?? 0, end: last?.end ?? 0 };
};
