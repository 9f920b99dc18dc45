import {
  blanksOf,
  columnsOf,
  continuedLines,
  defineRule,
  type Edit,
  type Iechorfile,
  indentOf,
  lineEndOf,
  type Model,
  type PackageList,
  packageLists,
  type Range,
  type Run,
  replace,
  type ShellWord,
  usualIndentation,
} from '#lint';

/** Fewer can be read on a line of any length. */
const FEW = 4;

export default defineRule({
  name: 'packages-on-one-line',
  codes: [],
  category: 'style',
  summary: 'A long line holds a list of packages',
  why: 'With one package on each line the list can be read without scrolling, and a comparison of versions shows which of them came or went.',
  severity: 'style',
  off: true,
  tags: ['format'],
  options: {
    columns: { type: 'number', default: 100, description: 'How long a line may be that holds four packages or more' },
  },
  fix: {
    safety: 'safe',
    note: 'The shell runs the same, but the text of the RUN is another then, so that it is built anew once.',
  },
  examples: [
    {
      bad: 'FROM alpine\nRUN apk add --no-cache bash build-base ca-certificates curl git libffi-dev openssl-dev postgresql-dev python3-dev\n',
      good: 'FROM alpine\nRUN apk add --no-cache \\\n    bash \\\n    build-base \\\n    ca-certificates \\\n    curl \\\n    git \\\n    libffi-dev \\\n    openssl-dev \\\n    postgresql-dev \\\n    python3-dev\n',
    },
    {
      title: 'What follows gets a line of its own',
      bad: 'FROM debian\nRUN apt-get update && apt-get install -y --no-install-recommends build-essential curl git libpq-dev && rm -rf /var/lib/apt/lists/*\n',
      good: 'FROM debian\nRUN apt-get update && apt-get install -y --no-install-recommends \\\n        build-essential \\\n        curl \\\n        git \\\n        libpq-dev \\\n    && rm -rf /var/lib/apt/lists/*\n',
    },
    {
      title: 'What is indented is indented further',
      bad: 'FROM debian\nRUN if true; then \\\n      apt-get update; \\\n      apt-get install -y --no-install-recommends build-essential curl git libpq-dev libxml2-dev zlib1g-dev; \\\n    fi\n',
      good: 'FROM debian\nRUN if true; then \\\n      apt-get update; \\\n      apt-get install -y --no-install-recommends \\\n          build-essential \\\n          curl \\\n          git \\\n          libpq-dev \\\n          libxml2-dev \\\n          zlib1g-dev; \\\n    fi\n',
    },
    {
      title: '`&&` stays at the end of lines',
      bad: 'FROM debian\nRUN apt-get update && \\\n    apt-get install -y --no-install-recommends build-essential curl git libpq-dev libxml2-dev zlib1g-dev && \\\n    rm -rf /var/lib/apt/lists/*\n',
      good: 'FROM debian\nRUN apt-get update && \\\n    apt-get install -y --no-install-recommends \\\n        build-essential \\\n        curl \\\n        git \\\n        libpq-dev \\\n        libxml2-dev \\\n        zlib1g-dev && \\\n    rm -rf /var/lib/apt/lists/*\n',
    },
    { title: 'A line that is not long', good: 'FROM alpine\nRUN apk add --no-cache bash curl git make\n' },
    {
      title: 'A long line for other reasons',
      good: 'FROM alpine\nRUN apk add bash curl && echo "This is a long text, that says nothing about packages, but it has to stand on one line"\n',
    },
  ],
  exceptions: { onbuild: 'The text of a trigger is kept in the image.' },
  check({ file, model, options }) {
    const most = options.number('columns');
    return {
      *Run(node, { onbuild }) {
        if (onbuild) return;
        for (const list of packageLists(model, node)) {
          const line = longLineIn(file, list, most);
          if (!line) continue;
          const [first, last] = [list.words[0], list.words.at(-1)];
          if (!first || !last) continue;
          yield {
            at: { start: first.start, end: last.end },
            message: `${list.words.length} packages stand in a line of ${line.end - line.start} characters`,
            help: 'Write each of them on a line of its own.',
            fix: { title: 'One package on each line', edits: layoutOf(model, node, list) },
          };
        }
      },
    };
  },
});

/** A line that is too long and holds several of the packages. */
const longLineIn = (file: Iechorfile, { words }: PackageList, most: number): Range | undefined => {
  for (const { start } of words) {
    const line = lineOf(file, start);
    const own = words.filter((word) => word.start >= line.start && word.end <= line.end);
    if (line.end - line.start > most && own.length >= FEW) return line;
  }
  return undefined;
};

const lineOf = ({ text }: Pick<Iechorfile, 'text'>, at: number): Range => {
  const newline = text.indexOf('\n', at);
  const end = newline < 0 ? text.length : newline;
  return { start: text.lastIndexOf('\n', at - 1) + 1, end: text[end - 1] === '\r' ? end - 1 : end };
};

const layoutOf = (model: Model, node: Run, { command, words }: PackageList): readonly Edit[] => {
  const { file } = model;
  const { columns, tabs } = usualIndentation(model);
  const isFirstLine = lineOf(file, command.start).start <= node.start;
  const own = isFirstLine ? columns : columnsOf(indentOf(file, command));
  const next = breakBehind(file, node, words.at(-1)?.end ?? command.end);
  const isAlone = isFirstLine && !next && continuedLines(model, node).every(({ indent }) => isWithin(indent, words));
  const inner = own + (isAlone ? 0 : columns);
  const lineAt = (column: number): string =>
    ` ${file.escape}${lineEndOf(file, command)}${blanksOf({ columns: column, tabs })}`;
  const from = isFirstLine ? undefined : lineOf(file, command.start).start;
  const edits = words.map((word, index) => breakBefore(file, word, index === 0 ? from : undefined, lineAt(inner)));
  return next ? [...edits, replace(next.gap, lineAt(next.isArgument ? inner : own))] : edits;
};

/**
 * A break before the word. Before the first it takes the lines from the command on with it as they are: who changes how
 * far they are indented has to go first, for the packages follow them.
 */
const breakBefore = (file: Iechorfile, word: ShellWord, from: number | undefined, line: string): Edit => {
  const gap = gapBefore(file, word);
  if (from === undefined) return replace(gap, line);
  return replace({ start: from, end: gap.end }, file.text.slice(from, gap.start) + line);
};

const isWithin = ({ start }: Range, words: readonly ShellWord[]): boolean =>
  start > (words[0]?.start ?? 0) && start < (words.at(-1)?.end ?? 0);

/** The blanks and continuations before a word. */
const gapBefore = ({ text, escape }: Iechorfile, { start }: Range): Range => {
  let from = start;
  while (/[\s]/.test(text[from - 1] ?? '') || (text[from - 1] === escape && /[\r\n\t ]/.test(text[from] ?? ''))) from--;
  return { start: from, end: start };
};

interface Break {
  readonly gap: Range;
  /** Whether what follows are more arguments, and not another command. */
  readonly isArgument: boolean;
}

/** Where the line goes on behind the list, with another command or with more arguments. */
const breakBehind = ({ text, escape }: Iechorfile, node: Run, at: number): Break | undefined => {
  const rest = text.slice(at, lineOf({ text }, at).end).trimEnd();
  const own = rest.endsWith(escape) ? rest.slice(0, -1) : rest;
  const [, connector = '', blanks = '', word = ''] = /^(\s*;|\s*(?:&&|\|\|)(?=\s|$))?(\s*)(\S*)/.exec(own) ?? [];
  if (word === '') return undefined;
  // `&&` stays where the other lines have it.
  const isBehind = connector.endsWith(';') || /&&[\t ]*[\\`][\t ]*\r*\n/.test(text.slice(node.start, node.end));
  const start = at + (isBehind ? connector.length : 0);
  const end = isBehind || connector === '' ? start + blanks.length : at + connector.search(/\S/);
  return end === start ? undefined : { gap: { start, end }, isArgument: connector === '' && !/^[&|)}]/.test(word) };
};
