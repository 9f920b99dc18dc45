import {
  defineRule,
  type EmptyContinuation,
  type Iechorfile,
  type Instruction,
  type Range,
  remove,
  swallowedKeyword,
} from '#lint';

export default defineRule({
  name: 'empty-continuation',
  codes: ['NoEmptyContinuation'],
  category: 'syntax',
  summary: 'An empty line stands inside a continued instruction',
  why: `The line looks as if it ended the instruction, but what follows still belongs to it. BuildKit warns that a future release will refuse
    such lines.`,
  severity: 'warning',
  tags: ['format'],
  fix: { safety: 'safe' },
  examples: [
    { bad: 'FROM alpine\nRUN apk add \\\n\n    curl\n', good: 'FROM alpine\nRUN apk add \\\n    curl\n' },
    {
      title: 'Comments stay',
      bad: 'FROM alpine\nRUN apk add curl \\\n\n    # for the database\n\n\n    libpq\n',
      good: 'FROM alpine\nRUN apk add curl \\\n    # for the database\n    libpq\n',
    },
    {
      title: 'Where the next instruction has become part of this one, that is the problem',
      good: 'FROM alpine\nRUN apk add curl \\\n\nCMD curl\n',
    },
    { title: 'In a heredoc', good: 'FROM alpine\nRUN <<EOF\necho \\\n\necho\nEOF\n' },
  ],
  check({ file, model, as }) {
    return {
      *done() {
        for (const [node, lines] of linesByInstruction(file)) {
          const [first] = lines;
          if (!first || (!as && swallowedKeyword(model, node))) continue;
          const keyword = node.keyword.text.toUpperCase();
          yield {
            at: { start: first.start, end: first.start },
            message: `${lines.length > 1 ? `${lines.length} empty lines stand` : 'An empty line stands'} inside the ${keyword}`,
            help: `Delete ${lines.length > 1 ? 'them' : 'it'}, or put a comment there to set the parts off.`,
            // BuildKit names the last line of the instruction.
            anchors: { buildkit: lastLine(node, file) },
            fix: { title: `Delete the empty ${lines.length > 1 ? 'lines' : 'line'}`, edits: lines.map(remove) },
          };
        }
      },
    };
  },
});

const lastLine = ({ start, lines, heredocs }: Instruction, { text }: Iechorfile): Range => {
  let at = heredocs[0] ? text.lastIndexOf('\n', heredocs[0].body.start - 2) + 1 : start;
  for (let line = lines.first; line < lines.last && !heredocs[0]; line++) at = text.indexOf('\n', at) + 1;
  return { start: at, end: at };
};

const linesByInstruction = (file: Iechorfile): ReadonlyMap<Instruction, readonly EmptyContinuation[]> => {
  const groups = new Map<Instruction, EmptyContinuation[]>();
  for (const line of file.emptyContinuations) {
    const node = file.instructions.findLast(({ start }) => start < line.start);
    if (node) groups.set(node, [...(groups.get(node) ?? []), line]);
  }
  return groups;
};
