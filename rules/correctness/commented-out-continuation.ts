import {
  defineRule,
  type Edit,
  type Iechorfile,
  type Instruction,
  insertBefore,
  lineEndOf,
  type Model,
  type Problem,
  removeWithSpaceBefore,
  type Script,
} from '#lint';

export default defineRule({
  name: 'commented-out-continuation',
  codes: [],
  category: 'correctness',
  summary: 'A comment behind a command takes the continued lines with it',
  why: `Builders join continued lines before the shell sees them, so to the shell all that follows the \`#\` is one comment. Only a line
    that begins with \`#\` is left out.`,
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
      title: 'Behind the escape character, where the instruction ends',
      bad: 'FROM alpine\nRUN apk add \\\n    curl \\ # for the health check\n    git\n',
      good: 'FROM alpine\nRUN apk add \\\n    # for the health check\n    curl \\\n    git\n',
    },
    { title: 'A line of its own', good: 'FROM alpine\nRUN apk add \\\n    # for bower\n    git \\\n    nodejs\n' },
    { title: 'On the last line', good: 'FROM alpine\nRUN apk add \\\n    git # for bower\n' },
    { title: 'In quotes and words', good: 'FROM alpine\nRUN echo "a # b" \'# c\' a#b $# \\\n    && true\n' },
    { title: 'In a heredoc', good: 'FROM alpine\nRUN <<EOF\necho a # comment \\\necho b\nEOF\n' },
  ],
  check({ file, model }) {
    const check = (node: Instruction) => findingIn(node, file, model);
    return { Run: check, Cmd: check, Entrypoint: check, Healthcheck: check };
  },
});

const findingIn = function* (node: Instruction, file: Iechorfile, model: Model): Iterable<Problem> {
  if (node.json || node.heredocs.length || !node.arguments.at(-1)?.includes('#')) return;
  const script = model.scriptOf(node);
  const hash = script && commentStart(script);
  if (hash === undefined) return;
  const place = placeOf(hash, file);
  const isContinued = /\n[\t ]*[^\s#]/.test(file.text.slice(place.lineEnd, node.end));
  if (!isContinued && !endsEarly(hash, node, file)) return;
  yield {
    at: { start: hash, end: place.end },
    message: isContinued
      ? 'The lines below belong to this comment'
      : 'The instruction ends here: a comment stands behind the escape character',
    help: 'Give the comment a line of its own.',
    fix: { title: 'Give the comment a line of its own', edits: moved(hash, place, file) },
  };
};

/** Whether an escape before the `#` was to continue the line, so that the next one is no instruction. */
const endsEarly = (hash: number, node: Instruction, file: Iechorfile): boolean => {
  if (!/[\t ][\\`][\t ]+$/.test(file.text.slice(node.start, hash))) return false;
  const next = file.instructions.find(({ start }) => start > node.end);
  return next?.kind === 'Invalid' && next.lines.first === node.lines.last + 1;
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

/** The first `#` that begins a word outside quotes, or stands behind an escape, where the shell reads nothing behind it. */
const commentStart = (script: Script): number | undefined => {
  for (const match of script.text.matchAll(/'[^']*'|"[^"\\]*(?:\\.[^"\\]*)*"|\\[\t ]+#|\\.|(?<=^|[\s;&|()])#/gs)) {
    if (!match[0].endsWith('#') || /^["']/.test(match[0])) continue;
    const hash = script.start + match.index + match[0].length - 1;
    const isRead = match[0] === '#' && script.statements.some(({ end }) => end > hash);
    return isRead && script.problems.length === 0 ? undefined : hash;
  }
  return undefined;
};
