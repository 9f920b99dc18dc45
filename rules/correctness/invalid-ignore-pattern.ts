import { type Add, type Copy, contextPaths, defineRule } from '#lint';

export default defineRule({
  name: 'invalid-ignore-pattern',
  codes: [],
  category: 'correctness',
  summary: 'A line of the ignore file is no pattern',
  why: 'BuildKit refuses the whole ignore file, and every build that copies from the context stops.',
  severity: 'error',
  needs: ['context'],
  when: { instructions: ['Copy', 'Add'] },
  examples: [
    {
      title: 'The `.dockerignore` says `[a-`',
      bad: 'FROM alpine\nCOPY . /app\n',
      context: { files: ['a'], ignore: '*.md\n[a-\n' },
    },
    { title: 'It says `!`', bad: 'FROM alpine\nADD a /app\n', context: { files: ['a'], ignore: '*.md\n!\n' } },
    { title: 'It says `[a-c]`', good: 'FROM alpine\nCOPY . /app\n', context: { files: ['d'], ignore: '[a-c]\n' } },
    {
      title: 'Nothing is copied from the context',
      good: 'FROM alpine AS a\nFROM alpine\nCOPY --from=a /a /a\n',
      context: { files: [], ignore: '[a-\n' },
    },
  ],
  exceptions: { onbuild: 'A trigger copies from the context of another build.' },
  check({ model, facts }) {
    const ignoreFile = facts.context?.ignoreFile;
    if (!ignoreFile?.defect) return {};
    const { line, message } = ignoreFile.defect;
    let isTold = false;
    const check = function* (node: Copy | Add, { onbuild }: { readonly onbuild: boolean }) {
      const [first] = onbuild || isTold ? [] : contextPaths(model, node);
      if (!first) return;
      isTold = true;
      yield {
        at: first.at,
        message: `Nothing can be copied from the build context: line ${line} of ${ignoreFile.path} cannot be read, ${message}`,
        help: 'Write `\\` before a character that is meant as it is, such as `\\[`, and a path behind `!`.',
      };
    };
    return { Copy: check, Add: check };
  },
});
