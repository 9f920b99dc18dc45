import {
  type Add,
  asWritten,
  bottomStage,
  type Copy,
  cleanPath,
  copyTarget,
  defineRule,
  insertAfter,
  isSpoilt,
  type Model,
} from '#lint';

export default defineRule({
  name: 'copy-several-to-file',
  codes: ['DL3021', 'DS-0011', 'DF048'],
  category: 'correctness',
  summary: 'Several sources are copied to what may be a file',
  why: `Without a \`/\` at its end the destination is a directory only if it exists already. Otherwise BuildKit writes one file over the other
    without a word, and the older builder refuses the line.`,
  severity: 'error',
  when: { instructions: ['Copy', 'Add'] },
  fix: { safety: 'safe', note: 'The sources were written over each other before.' },
  examples: [
    {
      bad: 'FROM node\nCOPY package.json package-lock.json /app\n',
      good: 'FROM node\nCOPY package.json package-lock.json /app/\n',
    },
    { title: 'JSON', bad: 'FROM node\nCOPY ["a b", "c", "/app"]\n', good: 'FROM node\nCOPY ["a b", "c", "/app/"]\n' },
    {
      title: 'A variable that does not end in `/`',
      bad: 'FROM node\nENV APP=/app\nCOPY a b $APP\n',
      good: 'FROM node\nENV APP=/app\nCOPY a b $APP/\n',
    },
    {
      title: 'A folder that is there, which BuildKit sees and the older builder does not',
      bad: 'FROM node\nWORKDIR /srv/app\nCOPY a b /srv\n',
      good: 'FROM node\nWORKDIR /srv/app\nCOPY a b /srv/\n',
    },
    { title: 'The current folder', good: 'FROM node\nWORKDIR /app\nCOPY a b .\nCOPY c d ./lib/.\n' },
    { title: 'One source', good: 'FROM node\nCOPY package.json /app\nCOPY dist/* /app\n' },
    { title: 'Words of a comment are another matter', good: 'FROM node\nCOPY a /app # b\n' },
    { title: 'So is an array that is not closed', good: 'FROM node\nCOPY ["a", "b", "/app"\n' },
    {
      title: 'hadolint wants the `/` behind a variable too',
      bad: 'FROM node\nARG APP\nCOPY a b $APP\n',
      as: 'hadolint',
    },
    { title: 'Whatever it is', good: 'FROM node\nARG APP\nCOPY a b $APP\n' },
  ],
  reproduces: 'hadolint',
  check({ model, as }) {
    const check = function* (node: Copy | Add) {
      const { destination, heredocs, sources } = node;
      if (sources.length < 2 || heredocs.some(({ start }) => start === destination.start)) return;
      if (as === 'hadolint') {
        if (node.kind === 'Copy' && !/\/$|^\.{1,2}$/.test(asWritten(destination)))
          yield { at: destination, message: `\`${destination.raw}\` does not end in \`/\`` };
        return;
      }
      const { value } = model.expand(destination, node);
      if (!value || /(?:^|[\\/])\.{0,2}$/.test(value) || isSpoilt(model, node)) return;
      const isThere = isFolder(node, model);
      const at = node.json ? { start: destination.end - 1, end: destination.end - 1 } : destination;
      yield {
        at: destination,
        message: `${sources.length} sources are copied to \`${destination.raw}\`, which does not end in \`/\``,
        help: `Write \`${destination.raw}/\`.`,
        ...(isThere ? { severity: 'info' as const } : {}),
        fix: { title: 'Add the `/`', edits: [insertAfter(at, '/')] },
      };
    };
    return { Copy: check, Add: check };
  },
});

/** Folders of every image that is not empty. */
const EVERYWHERE = new Set(
  '/bin /etc /home /lib /opt /root /sbin /srv /tmp /usr /usr/bin /usr/lib /usr/local /usr/local/bin /usr/sbin /usr/share /var /var/lib'.split(
    ' ',
  ),
);

const isFolder = (node: Copy | Add, model: Model): boolean => {
  const target = copyTarget(model, node);
  if (target === undefined) return false;
  const { workdir } = model.stateBefore(node);
  if (workdir && `${cleanPath(workdir)}/`.startsWith(`${target}/`)) return true;
  const stage = model.stageOf(node);
  return EVERYWHERE.has(target) && (!stage || bottomStage(stage).base.kind !== 'scratch');
};
