import { defineRule, type Edit, type Iechorfile, type Range, remove, swallowedKeyword } from '#lint';

export default defineRule({
  name: 'swallowed-instruction',
  codes: [],
  category: 'correctness',
  summary: 'An instruction has become part of the one above it',
  why: `The last line above ends in the escape character, so this line continues it and its keyword is one more argument. Empty lines and
    comments in between do not end an instruction.`,
  severity: 'error',
  fix: { safety: 'unsafe', note: 'Removes the escape character at the end of the instruction above.' },
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
          const found = swallowedKeyword(model, node);
          if (!found) continue;
          const keyword = file.text.slice(found.start, found.end);
          const outer = node.keyword.text.toUpperCase();
          const edit = endAbove(found, file);
          yield {
            at: found,
            message: `This \`${keyword}\` is part of the ${outer} above, whose last line is continued`,
            help: `Remove the ${file.escape === '`' ? 'backtick' : '`\\`'} at the end of the ${outer} above.`,
            related: [{ range: node.keyword, message: `The ${outer} begins here` }],
            fix: edit && { title: `End the ${outer} before it`, edits: [edit] },
          };
        }
      },
    };
  },
});

/** Deletes the escape, and an operator before it, at the end of the last line above that is no comment. */
const endAbove = ({ start }: Range, file: Iechorfile): Edit | undefined => {
  const above = file.text.slice(0, start);
  const [tail = '', ending = ''] =
    /((?:[\t ]*(?:&&|;))?[\t ]*[\\`][\t ]*)\r?\n(?:[\t ]*(?:#.*)?\r?\n)*$/.exec(above) ?? [];
  const at = above.length - tail.length;
  return ending.includes(file.escape) ? remove({ start: at, end: at + ending.length }) : undefined;
};
