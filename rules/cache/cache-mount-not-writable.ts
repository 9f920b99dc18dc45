import { defineRule, type Flag, insertAfter, type Mount } from '#lint';

export default defineRule({
  name: 'cache-mount-not-writable',
  codes: [],
  category: 'cache',
  summary: 'A cache mount belongs to root, and the RUN is somebody else',
  why: `A new cache is a folder of root with mode 0755. The program in the RUN cannot write to it: it fails, or works on without a cache and
    fetches everything again each time.`,
  severity: 'warning',
  fix: { safety: 'unsafe', note: 'A cache of that id that is there already keeps its owner.' },
  when: { instructions: ['User'] },
  examples: [
    {
      bad: 'FROM node:22\nUSER 1000\nRUN --mount=type=cache,target=/home/node/.npm npm ci\n',
      good: 'FROM node:22\nUSER 1000\nRUN --mount=type=cache,target=/home/node/.npm,uid=1000 npm ci\n',
    },
    {
      title: 'A name hides the number',
      bad: 'FROM node:22\nUSER node\nRUN --mount=type=cache,target=/home/node/.npm npm ci\n',
    },
    {
      title: 'It may write',
      good: 'FROM node:22\nUSER node\nRUN --mount=type=cache,target=/home/node/.npm,mode=0777 npm ci\nUSER root\nRUN --mount=type=cache,target=/root/.npm npm ci\n',
    },
    {
      title: 'Nothing is written there',
      good: 'FROM node:22\nUSER node\nRUN --mount=type=cache,target=/data,readonly npm ci\n',
    },
    {
      title: 'Filled from an image, with its owners',
      good: 'FROM node:22\nUSER node\nRUN --mount=type=cache,target=/data,from=node:22 npm ci\n',
    },
  ],
  check({ model }) {
    return {
      *Run(node) {
        const { user, setBy } = model.stateBefore(node);
        if (user === undefined || setBy.user?.kind !== 'User') return;
        const [, name = '', group] = /^([\w.-]+)(?::([\w.-]+))?$/.exec(user) ?? [];
        if (name === '' || /^(?:root|0+)$/.test(name)) return;
        for (const mount of model.mountsOf(node).filter(isOfRoot)) {
          const fields = [
            `uid=${NUMBER.test(name) ? name : '…'}`,
            ...(group && NUMBER.test(group) ? [`gid=${group}`] : []),
          ];
          const isKnown = NUMBER.test(name) && mount.flag.value !== undefined;
          yield {
            at: mount.flag,
            message: `The cache at \`${mount.target}\` belongs to root, and this RUN is \`${user}\``,
            help: isKnown
              ? `Add \`${fields.join(',')}\`.`
              : `Add \`uid=\` with the number of \`${name}\`, or \`mode=0777\`.`,
            related: [{ range: setBy.user, message: 'From here on it is this user' }],
            fix: isKnown
              ? {
                  title: `Add \`${fields.join(',')}\``,
                  edits: [insertAfter(valueOf(mount.flag), `,${fields.join(',')}`)],
                }
              : undefined,
          };
        }
      },
    };
  },
});

const NUMBER = /^\d+$/;

const valueOf = ({ value, end }: Flag) => value ?? { start: end, end };

const isOfRoot = ({ type, target, from, fields }: Mount): boolean =>
  type === 'cache' &&
  target !== undefined &&
  from === undefined &&
  !fields.some(({ key }) => ['uid', 'gid', 'mode', 'ro', 'readonly', 'source', 'src'].includes(key));
