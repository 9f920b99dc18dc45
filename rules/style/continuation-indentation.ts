import {
  blanksOf,
  type ContinuedLine,
  columnsOf,
  continuedLines,
  defineRule,
  type Edit,
  type Iechorfile,
  type Indentation,
  type Instruction,
  indentationOf,
  isAligned,
  isSpoilt,
  type Model,
  replace,
  usualIndentation,
} from '#lint';

export default defineRule({
  name: 'continuation-indentation',
  codes: ['tally/consistent-indentation'],
  category: 'style',
  summary: 'The lines that continue an instruction are indented otherwise than most in the file',
  why: `Continued lines that all begin in the same column show at a glance where the next instruction begins.`,
  severity: 'style',
  off: true,
  tags: ['format'],
  options: {
    columns: {
      type: 'number',
      default: 0,
      description: 'How far the least indented line is indented; 0: as in most instructions of the file, or 4',
    },
    tabs: { type: 'boolean', default: false, description: 'Whether tabs are used, each as wide as 4 columns' },
  },
  fix: {
    safety: 'safe',
    note: 'The shell runs the same, but the text of a RUN is another then, so that it is built anew once.',
  },
  examples: [
    {
      bad: 'FROM alpine\nRUN apk add --no-cache \\\n  curl\nRUN mkdir /a && \\\n    touch /a/b\n',
      good: 'FROM alpine\nRUN apk add --no-cache \\\n    curl\nRUN mkdir /a && \\\n    touch /a/b\n',
    },
    {
      title: 'What is indented further stays so',
      bad: 'FROM alpine\nRUN if true; then \\\necho yes \\\n    ; fi\n',
      good: 'FROM alpine\nRUN if true; then \\\n    echo yes \\\n        ; fi\n',
    },
    {
      title: 'Most of the file counts',
      bad: 'FROM alpine\nRUN a && \\\n\tb\nRUN c && \\\n\td\nENV A=1 \\\n  B=2\n',
      good: 'FROM alpine\nRUN a && \\\n\tb\nRUN c && \\\n\td\nENV A=1 \\\n\tB=2\n',
    },
    {
      title: 'As the team has settled',
      bad: 'FROM alpine\nRUN a && \\\n    b\n',
      good: 'FROM alpine\nRUN a && \\\n  b\n',
      options: { columns: 2 },
    },
    {
      title: 'Where a line begins between quotes, the others stay as they are too',
      good: "FROM alpine\nRUN a && \\\n    b\nRUN echo 'one \\\n  two' && \\\n  c\n",
    },
    {
      title: 'What would be kept in the image stays as it is',
      good: 'FROM alpine\nRUN a && \\\n    b\nCMD c \\\n  d\n',
    },
    { title: 'One word over two lines', good: 'FROM alpine\nRUN a && \\\n    b\nENV PATH=/a:\\\n/b\n' },
    {
      title: 'Below the first argument',
      good: 'FROM alpine\nLABEL a=1 \\\n      b=2\nRUN a && \\\n    b\n',
    },
    {
      title: 'It cannot be said which of the lines are in their place',
      good: 'FROM alpine\nRUN a && \\\n    b && \\\n  c\nRUN d && \\\n    e\n',
    },
    { title: 'What closes a list', good: 'FROM alpine\nRUN a && \\\n    b\nCMD [ \\\n    "c", \\\n    "d" \\\n]\n' },
    { title: 'Commented-out lines', good: 'FROM alpine\nRUN apk add \\\n#   curl \\\n    git\n' },
  ],
  exceptions: { onbuild: 'The text of a trigger is kept in the image.' },
  check({ file, model, options }) {
    const columns = options.number('columns');
    return {
      *done() {
        const tabs = options.flag('tabs');
        const isSettled = columns > 0 || tabs;
        let usual = isSettled ? { columns: columns || 4, tabs } : undefined;
        for (const node of file.instructions) {
          const lines = continuedLines(model, node);
          const own = indentationOf(file, lines);
          if (!own || isSpoilt(model, node) || (!isSettled && isAligned(file, node, own))) continue;
          usual ??= usualIndentation(model);
          if (!isSettled && (isArgumentsAlone(model, node, own, usual) || isUneven(file, lines, own, usual))) continue;
          const edits = editsOf(file, lines, own, usual);
          const [first] = edits;
          if (!first) continue;
          yield {
            at: first.range,
            message: messageOf(node.keyword.text.toUpperCase(), wordsOf(own), wordsOf(usual)),
            help: `Indent the least indented of them by ${wordsOf(usual)}, and the others as much further as they are.`,
            fix: { title: `Indent them by ${wordsOf(usual)}`, edits },
          };
        }
      },
    };
  },
});

/** The arguments of one command alone may be as far in as those of the commands of others are. */
const isArgumentsAlone = (model: Model, node: Instruction, own: Indentation, usual: Indentation): boolean =>
  own.columns === 2 * usual.columns && own.tabs === usual.tabs && model.commandsOf(node).length === 1;

/** Whether the first line is a little further in than another, so that it cannot be said which of them is meant. */
const isUneven = (
  { text }: Iechorfile,
  [first]: readonly ContinuedLine[],
  own: Indentation,
  usual: Indentation,
): boolean => {
  const further = first ? columnsOf(text.slice(first.indent.start, first.indent.end)) - own.columns : 0;
  return further > 0 && further < usual.columns;
};

/** All lines, by as much as the least indented has to. */
const editsOf = (
  { text }: Iechorfile,
  lines: readonly ContinuedLine[],
  own: Indentation,
  usual: Indentation,
): readonly Edit[] =>
  lines.flatMap(({ indent, comment }) => {
    const before = text.slice(indent.start, indent.end);
    // A comment at the margin is most often a line that was commented out.
    if (comment && before === '') return [];
    const columns = Math.max(0, columnsOf(before) - own.columns + usual.columns);
    const after = blanksOf({ columns, tabs: usual.tabs });
    return after === before ? [] : replace(indent, after);
  });

const messageOf = (keyword: string, own: string, usual: string): string =>
  own === usual
    ? `The lines that continue the ${keyword} are indented by tabs and by spaces`
    : `The lines that continue the ${keyword} are indented by ${own}, not by ${usual}`;

const wordsOf = ({ columns, tabs }: Indentation): string => {
  if (columns === 0) return 'nothing';
  const count = tabs ? columns / 4 : columns;
  return `${count} ${tabs ? 'tab' : 'space'}${count === 1 ? '' : 's'}`;
};
