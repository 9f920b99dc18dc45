import { defineRule, type Iechorfile, type Range, remove } from '#lint';

export default defineRule({
  name: 'repeated-empty-lines',
  codes: [],
  category: 'style',
  summary: 'Several empty lines stand together, or some at the top or at the end of the file',
  why: 'One empty line sets parts of a file apart. More of them, and those at its ends, only move what is there out of sight.',
  severity: 'style',
  off: true,
  tags: ['format'],
  options: {
    most: { type: 'number', default: 1, description: 'How many empty lines may stand together' },
  },
  fix: { safety: 'safe' },
  examples: [
    { bad: 'FROM alpine\n\n\nRUN true\n', good: 'FROM alpine\n\nRUN true\n' },
    { title: 'At both ends', bad: '\nFROM alpine\nRUN true\n\n\n', good: 'FROM alpine\nRUN true\n' },
    {
      title: 'A comment must not become a directive',
      bad: '\n\n# escape=`\nFROM alpine\n',
      good: '\n# escape=`\nFROM alpine\n',
    },
    { title: 'Two are fine', good: 'FROM alpine\n\n\nRUN true\n', options: { most: 2 } },
    { title: 'A heredoc is taken as it is', good: 'FROM alpine\nCOPY <<EOF /a\n\n\nyes\nEOF\n' },
    {
      title: 'Inside an instruction none may stand, which is for empty-continuation to say',
      good: 'FROM alpine\nRUN apk add \\\n\n\n    curl\n',
    },
  ],
  exceptions: { laterStage: 'The top and the end of the file are no matter of stages.' },
  check({ file, options }) {
    return {
      *done() {
        const most = Math.max(1, options.number('most'));
        for (const run of emptyLinesIn(file)) {
          const surplus = run.slice(allowedAt(file, run, most));
          const [first, last] = [surplus[0], surplus.at(-1)];
          if (!first || !last) continue;
          const range = { start: first.start, end: last.end };
          yield {
            at: { start: range.start, end: range.start },
            message: `${run.length === 1 ? 'An empty line stands' : `${run.length} empty lines stand`} ${placeOf(file, run)}`,
            help: surplus.length === run.length ? 'Delete them.' : 'Leave one of them, or put a comment there.',
            fix: {
              title: surplus.length === 1 ? 'Delete one' : `Delete ${surplus.length} of them`,
              edits: [remove(range)],
            },
          };
        }
      },
    };
  },
});

/** Empty lines that follow on each other, each with its line end. */
type Lines = readonly Range[];

const isFirst = (run: Lines): boolean => run[0]?.start === 0;

const isLast = ({ text }: Iechorfile, run: Lines): boolean => run.at(-1)?.end === text.length;

const allowedAt = (file: Iechorfile, run: Lines, most: number): number => {
  if (isLast(file, run)) return 0;
  if (!isFirst(run)) return most;
  // Whatever could be read as a directive at the very top is none now.
  return /^[^\n]*(?:=|#!)/.test(file.text.slice(run.at(-1)?.end)) ? 1 : 0;
};

const placeOf = (file: Iechorfile, run: Lines): string => {
  if (isFirst(run)) return 'at the top of the file';
  return isLast(file, run) ? 'at the end of the file' : 'together';
};

const emptyLinesIn = (file: Iechorfile): readonly Lines[] => {
  const { text, instructions } = file;
  const runs: Range[][] = [];
  let next = 0;
  for (let start = 0, end = 0; start < text.length; start = end) {
    end = text.indexOf('\n', start) + 1 || text.length;
    while (next < instructions.length && (instructions[next]?.end ?? 0) < start) next++;
    const isInside = (instructions[next]?.start ?? text.length) < start;
    if (isInside || /[^\t\r\n ]/.test(text.slice(start, end))) continue;
    const run = runs.at(-1);
    if (run?.at(-1)?.end === start) run.push({ start, end });
    else runs.push([{ start, end }]);
  }
  return runs;
};
