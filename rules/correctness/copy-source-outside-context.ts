import { type Add, type Copy, type CopySource, defineRule, leavesRoot, type Model } from '#lint';

export default defineRule({
  name: 'copy-source-outside-context',
  codes: [],
  category: 'correctness',
  summary: 'The source of a COPY is outside the build context',
  why: `A build sees only the files of its context. BuildKit ignores \`../\` at the top of the context, so the line copies another file of that name,
    or fails; the older builder refuses it.`,
  severity: 'warning',
  when: { instructions: ['Copy', 'Add'] },
  examples: [
    { bad: 'FROM node\nCOPY ../shared /app/shared\n' },
    { title: 'By a detour', bad: 'FROM node\nCOPY src/../../shared /app/\n' },
    { title: 'The home of who builds', bad: 'FROM node\nCOPY ~/.npmrc /root/\n' },
    { title: 'A path of the machine', bad: 'FROM node\nCOPY /home/ada/app /app\n' },
    { title: 'Another stage', bad: 'FROM node AS build\nFROM node\nCOPY --from=build ../app /app\n' },
    { title: 'Within the context', good: 'FROM node\nCOPY src/../lib /app/lib\nCOPY /etc/nginx.conf /etc/\n' },
    { title: 'To a folder above', good: 'FROM node\nWORKDIR /app/src\nCOPY package.json ../\n' },
    {
      title: 'A path of the other stage',
      good: 'FROM node AS build\nFROM node\nCOPY --from=build /home/node/app /app\n',
    },
  ],
  check({ model, document }) {
    const fileName = document.path.replace(/^.*[\\/]/s, '') || 'Dockerfile';
    const check = function* (node: Copy | Add) {
      for (const source of node.sources) {
        const isOther = node.flags.some(({ name }) => name.text === 'from');
        const flaw = source.heredoc ? undefined : flawOf(source, node, model, isOther);
        if (!flaw) continue;
        yield {
          at: source,
          message: `\`${source.raw}\` ${flaw}`,
          help: isOther
            ? `Name the path from the root of \`${fromOf(node)}\`.`
            : `Name a path inside the context, or build with a context that holds it, such as \`docker build --file ./${fileName} ..\`.`,
        };
      }
    };
    return { Copy: check, Add: check };
  },
});

const flawOf = (source: CopySource, node: Copy | Add, model: Model, isOther: boolean): string | undefined => {
  const [first] = source.parts;
  const start = first?.kind === 'Literal' ? first.value : '';
  const path = model.expand(source, node).value ?? start;
  if (/^[a-z][\w+.-]*:\/\//i.test(path)) return undefined;
  if (leavesRoot(path)) return isOther ? `is above the root of \`${fromOf(node)}\`` : 'is outside the build context';
  if (isOther) return undefined;
  if (path.startsWith('~/')) return 'is a path in the build context: `~` means no home directory here';
  return /^\/(?:home|Users)\/[^/*?]+\/|^[a-z]:[\\/]users[\\/]/i.test(path)
    ? 'is looked for in the build context, not on the machine that builds'
    : undefined;
};

const fromOf = ({ flags }: Copy | Add): string => flags.find(({ name }) => name.text === 'from')?.value?.raw ?? '';
