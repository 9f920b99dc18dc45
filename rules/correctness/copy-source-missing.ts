import {
  type Add,
  type BuildContext,
  type Copy,
  contextPaths,
  defineRule,
  excluderOf,
  type Problem,
  type Range,
  replace,
  type Where,
} from '#lint';

export default defineRule({
  name: 'copy-source-missing',
  codes: [],
  category: 'correctness',
  summary: 'The source of a COPY is not in the build context',
  why: 'The build stops here. Either the name is wrong, or the ignore file leaves the file out, or the build has another context.',
  severity: 'error',
  fix: { safety: 'unsafe', note: 'Takes the name in the context that was probably meant.' },
  needs: ['context'],
  when: { instructions: ['Copy', 'Add'] },
  examples: [
    {
      title: 'The context has `package.json` and `src`',
      bad: 'FROM node:24\nCOPY package.jsn /app/\nCOPY src /app/src\n',
      good: 'FROM node:24\nCOPY package.json /app/\nCOPY src /app/src\n',
      context: { files: ['package.json', 'src/index.js'] },
    },
    {
      title: 'The `.dockerignore` says `*.json`',
      bad: 'FROM node:24\nADD package.json /app/\n',
      context: { files: ['package.json'], ignore: '*.json\n' },
    },
    {
      title: 'A folder of which something is left',
      good: 'FROM node:24\nCOPY src /app/src\n',
      context: { files: ['src/a', 'src/b'], ignore: 'src\n!src/b\n' },
    },
    {
      title: 'What may be missing',
      good: 'FROM node:24\nCOPY package.json yarn.loc[k] /app/\n',
      context: { files: ['package.json'] },
    },
    {
      title: 'What is not of the context',
      good: 'FROM node:24 AS build\nFROM node:24\nCOPY --from=build /out /app\nADD https://example.com/a.tgz /\nCOPY <<EOF /b\nb\nEOF\n',
      context: { files: [] },
    },
    {
      title: 'What is above the context, which `copy-source-outside-context` finds',
      good: 'FROM node:24\nCOPY ../shared /app/\n',
      context: { files: [] },
    },
    {
      title: 'A name that the file does not tell',
      good: 'ARG A\nFROM node:24\nARG A\nCOPY $A /\n',
      context: { files: [] },
    },
  ],
  exceptions: { onbuild: 'A trigger copies from the context of another build.' },
  check({ model, facts }) {
    const { context } = facts;
    if (!context) return {};
    const check = function* (node: Copy | Add, { onbuild, stage }: Where): Iterable<Problem> {
      // A build of another stage goes on.
      const severity = stage && !model.isReached(stage) ? 'warning' : 'error';
      for (const { path, at, raw, isOutside } of onbuild ? [] : contextPaths(model, node)) {
        const fate = context.fates.get(path);
        // That is said of it, whatever is there.
        if (isOutside || path === '.' || fate === undefined || fate === 'sent') continue;
        yield {
          at,
          severity,
          ...(fate === 'ignored' ? ignored(raw, path, context) : absent(raw, at, context.meant.get(path))),
        };
      }
    };
    return { Copy: check, Add: check };
  },
});

const absent = (raw: string, at: Range, meant: string | undefined): Omit<Problem, 'at'> => {
  const message = `\`${raw}\` is not in the build context`;
  if (meant === undefined)
    return {
      message,
      help: 'Name a path from the top of the context. Put a wildcard into the name, such as `yarn.loc[k]`, where the file may be missing.',
    };
  const name = meant.replace(/^.*\//s, '');
  const title = `Write \`${name}\``;
  return { message, help: `The context has \`${meant}\`, which may be meant.`, fix: fixOf(raw, at, name, title) };
};

/** Undefined where the source is not written as a plain path. */
const fixOf = (raw: string, { end }: Range, name: string, title: string): Problem['fix'] => {
  if (!/^[\w./@+-]*[\w@+-]$/.test(raw) || !/^[\w.@+-]+$/.test(name)) return undefined;
  const last = raw.slice(raw.lastIndexOf('/') + 1);
  return last === '..' ? undefined : { title, edits: [replace({ start: end - last.length, end }, name)] };
};

const ignored = (raw: string, path: string, { ignoreFile }: BuildContext) => {
  const pattern = ignoreFile && excluderOf(ignoreFile, path);
  return {
    message: `\`${raw}\` is left out of the build context by ${ignoreFile?.path}${pattern ? `, line ${pattern.line}: \`${pattern.text}\`` : ''}`,
    help: `Delete that line, or write \`!${path}\` below it.`,
  };
};
