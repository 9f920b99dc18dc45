import { defineRule, type Edit, type Iechorfile, type Instruction, type Model, type Range, remove } from '#lint';

export default defineRule({
  name: 'swallowed-instruction',
  codes: [],
  category: 'correctness',
  summary: 'An instruction is the continuation of the one above it',
  why: `The line above ends in the escape character, so the keyword is no keyword but one more argument. Empty lines and comments in
    between do not end an instruction.`,
  severity: 'error',
  fix: { safety: 'unsafe', note: 'Takes the continuation off the line above.' },
  examples: [
    {
      bad: 'FROM swift\nRUN tar xzf swift.tgz && rm swift.tgz \\\n\n# The installed version\nRUN swift --version\n',
      good: 'FROM swift\nRUN tar xzf swift.tgz && rm swift.tgz\n\n# The installed version\nRUN swift --version\n',
    },
    {
      title: 'With an operator left over',
      bad: 'FROM alpine\nRUN apk add curl && \\\nCMD curl example.com\n',
      good: 'FROM alpine\nRUN apk add curl\nCMD curl example.com\n',
    },
    {
      title: 'In a value',
      bad: 'FROM alpine\nENV HOST localhost \\\nENV PORT 8080\n',
      good: 'FROM alpine\nENV HOST localhost\nENV PORT 8080\n',
    },
    { title: 'HEALTHCHECK', good: 'FROM alpine\nHEALTHCHECK --interval=30s \\\nCMD curl -f localhost\n' },
    { title: 'In quotes', good: 'FROM alpine\nRUN echo "FROM alpine \\\nRUN true" > Dockerfile\n' },
  ],
  check({ file, model }) {
    return {
      *done() {
        for (const node of file.instructions) {
          if (node.lines.first === node.lines.last || node.kind === 'Invalid') continue;
          const found = swallowedIn(node, file, model);
          if (!found) continue;
          const keyword = file.text.slice(found.start, found.end);
          const outer = node.keyword.text.toUpperCase();
          const edit = endAbove(found, file);
          yield {
            at: found,
            message: `\`${keyword}\` here is a part of the ${outer} above`,
            help: `Take the ${file.escape === '`' ? 'backtick' : '`\\`'} off the last line of the ${outer}.`,
            related: [{ range: node.keyword, message: `The ${outer} goes on from here` }],
            fix: edit && { title: `End the ${outer} above`, edits: [edit] },
          };
        }
      },
    };
  },
});

const KEYWORDS =
  /\n(ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)[\t ]/g;

const swallowedIn = (node: Instruction, file: Iechorfile, model: Model): Range | undefined => {
  const end = node.heredocs[0]?.body.start ?? node.end;
  for (const match of file.text.slice(node.start, end).matchAll(KEYWORDS)) {
    const [, keyword = ''] = match;
    const start = node.start + match.index + 1;
    if (start === inner(node)?.start || (node.kind === 'Healthcheck' && keyword === 'CMD')) continue;
    const range = { start, end: start + keyword.length };
    if (isWord(range, keyword, node, model)) return range;
  }
  return undefined;
};

const inner = (node: Instruction): Range | undefined => (node.kind === 'Onbuild' ? node.trigger.keyword : undefined);

/** Whether it stands as a word of its own where a shell reads the text; where another one does, nobody knows. */
const isWord = (range: Range, keyword: string, node: Instruction, model: Model): boolean => {
  if (node.kind !== 'Run' && node.kind !== 'Cmd' && node.kind !== 'Entrypoint' && node.kind !== 'Healthcheck')
    return true;
  return model
    .commandsOf(node)
    .some(({ word, arguments: words }) =>
      [word, ...words].some((each) => each?.start === range.start && each.raw === keyword),
    );
};

/** Deletes the escape, and an operator before it, at the end of the last line above that is no comment. */
const endAbove = ({ start }: Range, file: Iechorfile): Edit | undefined => {
  const above = file.text.slice(0, start);
  const [tail = '', ending = ''] =
    /((?:[\t ]*(?:&&|;))?[\t ]*[\\`][\t ]*)\r?\n(?:[\t ]*(?:#.*)?\r?\n)*$/.exec(above) ?? [];
  const at = above.length - tail.length;
  return ending.includes(file.escape) ? remove({ start: at, end: at + ending.length }) : undefined;
};
