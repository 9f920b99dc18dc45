import { type Add, type Copy, contextPaths, defineRule } from '#lint';

export default defineRule({
  name: 'missing-dockerignore',
  codes: ['DF033'],
  category: 'size',
  summary: 'The whole build context is copied, and no ignore file leaves anything out',
  why: `The history of the repository, local settings with passwords and what was built or downloaded before go into the image, and every
    change of them builds the layer anew.`,
  severity: 'info',
  needs: ['context'],
  when: { instructions: ['Copy', 'Add'] },
  examples: [
    {
      title: 'Without a `.dockerignore`',
      bad: 'FROM node:24\nCOPY . /app\n',
      good: 'FROM node:24\nCOPY src /app/src\n',
      context: { files: ['src/index.js'] },
    },
    {
      title: 'With one that has no pattern',
      bad: 'FROM node:24\nCOPY ./ /app\n',
      context: { files: ['a'], ignore: '# nothing\n' },
    },
    {
      title: 'With one that has patterns',
      good: 'FROM node:24\nCOPY . /app\n',
      context: { files: ['a'], ignore: '.git\nnode_modules\n' },
    },
  ],
  exceptions: { onbuild: 'A trigger copies from the context of another build.' },
  check({ model, facts }) {
    const { context } = facts;
    if (!context || context.ignoreFile?.patterns.length || context.ignoreFile?.defect) return {};
    const { ignoreFile } = context;
    let isTold = false;
    const check = function* (node: Copy | Add, { onbuild }: { readonly onbuild: boolean }) {
      const whole = onbuild || isTold ? undefined : contextPaths(model, node).find(({ path }) => path === '.');
      if (!whole) return;
      isTold = true;
      yield {
        at: whole.at,
        message: `\`${whole.raw}\` copies the whole build context, and ${ignoreFile ? `${ignoreFile.path} has no pattern` : 'there is no .dockerignore'}`,
        help: 'Write a `.dockerignore` with what no image needs, such as `.git`, `node_modules` and `.env`.',
      };
    };
    return { Copy: check, Add: check };
  },
});
