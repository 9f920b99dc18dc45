import {
  type DeadComment,
  deadComment,
  defineRule,
  type Edit,
  type Iechorfile,
  type Instruction,
  insertBefore,
  lineEndOf,
  type Model,
  type Problem,
  removeWithSpaceBefore,
} from '#lint';

export default defineRule({
  name: 'commented-out-continuation',
  codes: [],
  category: 'correctness',
  summary: 'A comment after a command takes the continued lines with it',
  why: `Builders join continued lines before the shell sees them, so to the shell everything after the \`#\` is one comment. Only a line that
    begins with \`#\` is left out before that.`,
  severity: 'error',
  fix: { safety: 'unsafe', note: 'What was commented out runs then.' },
  examples: [
    {
      bad: 'FROM alpine\nRUN apk add curl && # for the health check \\\n    apk add git\n',
      good: 'FROM alpine\n# for the health check\nRUN apk add curl && \\\n    apk add git\n',
    },
    {
      title: 'Further down',
      bad: 'FROM alpine\nRUN apk add \\\n    curl \\\n    git # for bower \\\n    nodejs\n',
      good: 'FROM alpine\nRUN apk add \\\n    curl \\\n    # for bower\n    git \\\n    nodejs\n',
    },
    {
      title: 'After the escape character, where the instruction ends',
      bad: 'FROM alpine\nRUN apk add \\\n    curl \\ # for the health check\n    git\n',
      good: 'FROM alpine\nRUN apk add \\\n    # for the health check\n    curl \\\n    git\n',
    },
    { title: 'A line of its own', good: 'FROM alpine\nRUN apk add \\\n    # for bower\n    git \\\n    nodejs\n' },
    { title: 'On the last line', good: 'FROM alpine\nRUN apk add \\\n    git # for bower\n' },
    { title: 'In quotes and words', good: 'FROM alpine\nRUN echo "a # b" \'# c\' a#b $# \\\n    && true\n' },
    { title: 'In a heredoc', good: 'FROM alpine\nRUN <<EOF\necho a # comment \\\necho b\nEOF\n' },
  ],
  check({ model }) {
    const check = (node: Instruction) => findingIn(node, model);
    return { Run: check, Cmd: check, Entrypoint: check, Healthcheck: check };
  },
});

const findingIn = (node: Instruction, model: Model): readonly Problem[] | undefined => {
  const dead = deadComment(model, node);
  return dead && [problemOf(dead, model)];
};

const problemOf = (dead: DeadComment, model: Model): Problem => {
  const place = placeOf(dead.start, model.file);
  return {
    at: { start: dead.start, end: place.end },
    message: dead.endsInstruction
      ? 'The instruction ends here, because a comment follows the escape character'
      : 'This comment takes the continued lines below with it',
    help: 'Put the comment on a line of its own.',
    fix: { title: 'Move the comment to a line of its own', edits: moved(dead.start, place, model.file) },
  };
};

/** A comment behind a command, without an escape at its end. */
interface Place {
  readonly end: number;
  readonly lineStart: number;
  readonly lineEnd: number;
}

const placeOf = (hash: number, file: Iechorfile): Place => {
  const newline = file.text.indexOf('\n', hash);
  const lineEnd = newline < 0 ? file.text.length : newline;
  const comment = file.text.slice(hash, lineEnd).replace(/[\t ]*[\\`]?[\t ]*\r*$/, '');
  return { end: hash + comment.length, lineStart: file.text.lastIndexOf('\n', hash) + 1, lineEnd };
};

const moved = (hash: number, { end, lineStart }: Place, file: Iechorfile): readonly Edit[] => {
  const indent = /^[\t ]*/.exec(file.text.slice(lineStart, hash))?.[0] ?? '';
  const line = `${indent}${file.text.slice(hash, end)}${lineEndOf(file, { start: hash, end })}`;
  return [insertBefore({ start: lineStart, end: lineStart }, line), removeWithSpaceBefore(file, { start: hash, end })];
};
