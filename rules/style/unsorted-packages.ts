import { defineRule, type Edit, type Iechorfile, type PackageList, packageLists, replace, type ShellWord } from '#lint';

export default defineRule({
  name: 'unsorted-packages',
  codes: ['tally/sort-packages'],
  category: 'style',
  summary: 'A list with a package on each line is not sorted',
  why: `In a sorted list a package is found at a glance, none stands there twice, and two changes seldom meet in one line. To the package
    managers of the distributions the order is all the same.`,
  severity: 'style',
  off: true,
  tags: ['format'],
  fix: {
    safety: 'safe',
    note: 'The same packages are installed, but the text of the RUN is another then, so that it is built anew once.',
  },
  examples: [
    {
      bad: 'FROM alpine\nRUN apk add --no-cache \\\n    git \\\n    curl \\\n    bash\n',
      good: 'FROM alpine\nRUN apk add --no-cache \\\n    bash \\\n    curl \\\n    git\n',
    },
    {
      title: 'A comment may be about the package below it, or about all of them: they stay there',
      bad: 'FROM debian\nRUN apt-get install -y \\\n    make \\\n    gcc=4:12.2.0-3 \\\n    # for the tests\n    jq \\\n    curl \\\n    && true\n',
      good: 'FROM debian\nRUN apt-get install -y \\\n    gcc=4:12.2.0-3 \\\n    make \\\n    # for the tests\n    jq \\\n    curl \\\n    && true\n',
    },
    { title: 'Several on a line', good: 'FROM debian\nRUN apt-get install -y make gcc \\\n    curl bash\n' },
    {
      title: 'A variable keeps its place',
      good: 'FROM debian\nRUN apt-get install -y \\\n    make \\\n    $MORE \\\n    curl\n',
    },
    {
      title: 'Sorted as if `-` were no character',
      good: 'FROM debian\nRUN apt-get install -y \\\n    libxml2 \\\n    libxml-dev \\\n    make\n',
    },
    { title: 'The order of languages may matter', good: 'FROM python\nRUN pip install \\\n    wheel \\\n    numpy\n' },
  ],
  exceptions: { onbuild: 'The text of a trigger is kept in the image.' },
  check({ file, model }) {
    return {
      *Run(node, { onbuild }) {
        if (onbuild) return;
        for (const list of packageLists(model, node)) {
          if (list.manager.kind !== 'system' || !isOnePerLine(file, list)) continue;
          for (const words of plainRuns(list.words)) {
            const at = firstOutOfOrder(words);
            if (!at || isBelowComment(file, words)) continue;
            yield {
              at,
              message: `\`${at.text}\` is not in its place in the list of packages`,
              help: 'Sort the list, as far as no comment or variable stands in it.',
              fix: { title: 'Sort the list', edits: sortingEdits(file, words) },
            };
          }
        }
      },
    };
  },
});

const isOnePerLine = ({ text }: Iechorfile, { words }: PackageList): boolean =>
  words.every((word, index) => index === 0 || text.slice(words[index - 1]?.end, word.start).includes('\n'));

const isBelowComment = ({ text, comments }: Iechorfile, [first]: readonly ShellWord[]): boolean => {
  const line = text.lastIndexOf('\n', first?.start) + 1;
  return comments.some(({ inside, end }) => inside && text.indexOf('\n', end) + 1 === line);
};

/** Words that nothing is expanded in; what ends in `-` would be removed. */
const plainRuns = (words: readonly ShellWord[]): readonly (readonly ShellWord[])[] => {
  const runs: ShellWord[][] = [[]];
  for (const word of words) {
    if (word.text === undefined || word.raw.length !== word.end - word.start || /^-|-$/.test(word.text)) runs.push([]);
    else runs.at(-1)?.push(word);
  }
  return runs;
};

type Order = (a: string, b: string) => number;

const byCode: Order = (a, b) => (a < b ? -1 : Number(a > b));

/** The name without its version. */
const nameOf = (text: string): string => text.split(/[=<>~@/:]/, 1).join('');

const byName: Order = (a, b) => byCode(nameOf(a), nameOf(b)) || byCode(a, b);

const numbered = (text: string): string => text.replace(/\d+/g, (digits) => digits.padStart(12, '0'));

const bare = (text: string): string =>
  nameOf(text)
    .toLowerCase()
    .replace(/[^a-z\d]/g, '');

/** The orders in which people, editors and `sort` sort; what is in any of them is sorted. */
const ORDERS: readonly Order[] = [
  byName,
  byCode,
  (a, b) => byCode(numbered(nameOf(a)), numbered(nameOf(b))),
  (a, b) => byCode(bare(a), bare(b)),
  (a, b) => byCode(numbered(bare(a)), numbered(bare(b))),
];

const textOf = ({ text = '' }: ShellWord): string => text;

const firstOutOfOrder = (words: readonly ShellWord[]): ShellWord | undefined => {
  const places = ORDERS.map((order) =>
    words.findIndex((word, index) => {
      const before = words[index - 1];
      return before !== undefined && order(textOf(before), textOf(word)) > 0;
    }),
  );
  return places.includes(-1) ? undefined : words[places[0] ?? 0];
};

const sortingEdits = ({ text }: Iechorfile, words: readonly ShellWord[]): readonly Edit[] => {
  const sorted = words.toSorted((a, b) => byName(textOf(a), textOf(b)));
  return words.flatMap((word, index) => {
    const next = sorted[index] ?? word;
    return next === word ? [] : replace(word, text.slice(next.start, next.end));
  });
};
