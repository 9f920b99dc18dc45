import { defineRule, type EmptyContinuation, type Iechorfile, type Instruction, remove } from '#lint';

export default defineRule({
  name: 'empty-continuation',
  codes: ['NoEmptyContinuation'],
  category: 'syntax',
  summary: 'An empty line stands inside a continued instruction',
  why: `The line does not end the instruction, though it looks so: what follows still belongs to it. BuildKit warns that this will be an
    error one day.`,
  severity: 'warning',
  fix: { safety: 'safe' },
  examples: [
    { bad: 'FROM alpine\nRUN apk add \\\n\n    curl\n', good: 'FROM alpine\nRUN apk add \\\n    curl\n' },
    {
      title: 'Comments stay',
      bad: 'FROM alpine\nRUN apk add curl \\\n\n    # for the database\n\n\n    libpq\n',
      good: 'FROM alpine\nRUN apk add curl \\\n    # for the database\n    libpq\n',
    },
    {
      title: 'The next instruction has become part of this one',
      bad: 'FROM alpine\nRUN apk add curl \\\n\nCMD curl\n',
    },
    { title: 'In a heredoc', good: 'FROM alpine\nRUN <<EOF\necho \\\n\necho\nEOF\n' },
  ],
  check({ file }) {
    return {
      *done() {
        for (const [node, lines] of linesByInstruction(file)) {
          const [first] = lines;
          if (!first) continue;
          const keyword = node.keyword.text.toUpperCase();
          const swallowed = swallowedBy(node, lines, file);
          yield {
            at: { start: first.start, end: first.start },
            message: `${lines.length > 1 ? `${lines.length} empty lines stand` : 'An empty line stands'} inside the ${keyword}`,
            help: swallowed
              ? `\`${swallowed} …\` is a part of the ${keyword} as it stands: take the ${file.escape === '`' ? 'backtick' : '`\\`'} off the line above.`
              : `Delete ${lines.length > 1 ? 'them' : 'it'}, or set the parts off with a comment.`,
            fix: swallowed ? undefined : { title: 'Delete the empty lines', edits: lines.map(remove) },
          };
        }
      },
    };
  },
});

const linesByInstruction = (file: Iechorfile): ReadonlyMap<Instruction, readonly EmptyContinuation[]> => {
  const groups = new Map<Instruction, EmptyContinuation[]>();
  for (const line of file.emptyContinuations) {
    const node = file.instructions.findLast(({ start }) => start < line.start);
    if (node) groups.set(node, [...(groups.get(node) ?? []), line]);
  }
  return groups;
};

const KEYWORD =
  /^(?:[\t ]*#.*\n)*[\t ]*((?:ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)[\t ]+\S{1,30})/;

/** The beginning of an instruction that was meant to stand behind one of the lines. */
const swallowedBy = (node: Instruction, lines: readonly EmptyContinuation[], file: Iechorfile): string | undefined => {
  for (const { end } of lines) {
    const found = KEYWORD.exec(file.text.slice(end, node.end));
    if (found) return found[1];
  }
  return undefined;
};
