import { type Add, type Copy, contextPaths, defineRule, excluderOf, hasExceptions, type IgnoreFile } from '#lint';

export default defineRule({
  name: 'copy-ignored-file',
  codes: ['CopyIgnoredFile'],
  category: 'correctness',
  summary: 'All that a COPY names is left out by the ignore file',
  why: `What the ignore file leaves out is never sent to the builder. A pattern such as \`*.txt\` that then matches nothing is no error:
    the build succeeds, and the files are missing.`,
  severity: 'warning',
  needs: ['context'],
  when: { instructions: ['Copy', 'Add'] },
  examples: [
    {
      title: 'The `.dockerignore` says `docs`',
      bad: 'FROM alpine\nCOPY docs/*.md /docs/\n',
      good: 'FROM alpine\nCOPY README.md /docs/\n',
      context: { files: ['docs/a.md', 'README.md'], ignore: 'docs\n' },
    },
    { title: 'It says `*`', bad: 'FROM alpine\nCOPY . /app\n', context: { files: ['a', 'b/c'], ignore: '*\n' } },
    {
      title: 'It says the same pattern',
      bad: 'FROM alpine\nADD *.txt /app/\n',
      context: { files: ['a.txt'], ignore: '*.txt' },
    },
    {
      title: 'An exception frees a file',
      good: 'FROM alpine\nCOPY . /app\n',
      context: { files: ['a', 'b/c'], ignore: '*\n!b/c\n' },
    },
    { title: 'Some are left', good: 'FROM alpine\nCOPY a* /\n', context: { files: ['ab', 'abc'], ignore: 'a?\n' } },
    {
      title: 'From another stage',
      good: 'FROM alpine AS a\nFROM alpine\nCOPY --from=a /docs/*.md /\n',
      context: { files: ['docs/a.md'], ignore: 'docs\n' },
    },
    {
      title: 'BuildKit also names a file, whose absence is an error',
      bad: 'FROM alpine\nCOPY a.txt b.txt /\n',
      as: 'buildkit',
      context: { files: ['a.txt', 'b.txt'], ignore: 'a.txt\n' },
    },
  ],
  exceptions: { onbuild: 'A trigger copies from the context of another build.' },
  check({ model, facts, as }) {
    const { context } = facts;
    const ignoreFile = context?.ignoreFile;
    if (!context || !ignoreFile || ignoreFile.defect) return {};
    const check = function* (node: Copy | Add, { onbuild }: { readonly onbuild: boolean }) {
      for (const { path, at, raw, hasWildcard } of onbuild ? [] : contextPaths(model, node)) {
        const isEmpty = hasWildcard
          ? isIgnored(path, ignoreFile)
          : path === '.' && context.fates.get(path) === 'ignored';
        if (as === 'buildkit' ? !isIgnoredInBuildkit(raw, path, ignoreFile) : !isEmpty) continue;
        yield {
          at,
          message: `\`${raw}\` copies nothing: ${ignoreFile.path} leaves all of it out`,
          help: `Free what is needed with a line such as \`!${hasWildcard ? path : 'src'}\` at the end of ${ignoreFile.path}.`,
        };
      }
    };
    return { Copy: check, Add: check };
  },
});

/** Whether that is certain of whatever the wildcards match. */
const isIgnored = (path: string, ignoreFile: IgnoreFile): boolean => {
  if (hasExceptions(ignoreFile)) return false;
  const folder = /^([^*?[\\]*)\//.exec(path)?.[1];
  if (folder !== undefined && excluderOf(ignoreFile, folder)) return true;
  return ignoreFile.patterns.some(({ text }) => text === path);
};

/** It compares the source as it is written, and of the whole context knows three patterns that leave it out. */
const isIgnoredInBuildkit = (raw: string, path: string, ignoreFile: IgnoreFile): boolean => {
  if (hasExceptions(ignoreFile)) return false;
  if (path === '.') return ignoreFile.patterns.some(({ text }) => text === '*' || text === '**' || text === '**/*');
  return !/^["']?\//.test(raw) && excluderOf(ignoreFile, path) !== undefined;
};
