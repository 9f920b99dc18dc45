import {
  asWritten,
  bottomStage,
  type Copy,
  cleanPath,
  defineRule,
  isOfficialImage,
  nameRangeOf,
  ownReferences,
  type StageInfo,
} from '#lint';

export default defineRule({
  name: 'copy-whole-stage',
  codes: ['DL3067'],
  category: 'multi-stage',
  summary: '`COPY --from` takes the whole file system of a stage',
  why: `Everything that the stage was meant to keep out comes along: tools, caches, sources, and a second operating system on top of the first.
    Paths start at the root of the stage, so \`.\` is not its WORKDIR but all of it.`,
  severity: 'warning',
  examples: [
    {
      bad: 'FROM golang:1.26 AS build\nRUN go build -o /app .\nFROM alpine:3.24\nCOPY --from=build / /\nCMD ["/app"]\n',
    },
    {
      title: '`.` is the root of the stage',
      bad: 'FROM node:24 AS build\nWORKDIR /src\nRUN npm run build\nFROM nginx:1.29\nWORKDIR /srv\nCOPY --from=build . .\n',
    },
    {
      title: 'What was built, alone',
      good: 'FROM golang:1.26 AS build\nRUN go build -o /app .\nFROM alpine:3.24\nCOPY --from=build /app /app\n',
    },
    {
      title: 'A stage that gathers files',
      good: 'FROM scratch AS files\nCOPY root/ /\nFROM alpine:3.24\nCOPY --from=files / /\n',
    },
    {
      title: 'An image that is made to be copied whole',
      good: 'FROM tonistiigi/xx:1.9.0 AS xx\nFROM golang:1.26\nCOPY --from=xx / /\n',
    },
    {
      title: 'hadolint asks of no image what it is made for',
      bad: 'FROM tonistiigi/xx:1.9.0 AS xx\nFROM golang:1.26\nCOPY --from=xx / /\n',
      as: 'hadolint',
    },
    {
      title: 'All layers made one',
      good: 'FROM alpine:3.24 AS base\nRUN apk add tini\nFROM scratch\nCOPY --from=base / /\nCMD ["tini"]\n',
    },
  ],
  exceptions: { onbuild: 'A trigger takes from the stages of the file that builds on the image.' },
  reproduces: 'hadolint',
  when: { instructions: ['Copy'] },
  check({ file, model, as }) {
    if (as === 'hadolint') return { Copy: rootToRoot };
    return {
      *Stage(_node, { stage }) {
        if (!stage) return;
        for (const reference of ownReferences(stage)) {
          const { node, text = '', stage: source } = reference;
          if (node.kind !== 'Copy') continue;
          const root = rootOf(node);
          if (!root || !(source ? isFull(source, stage) : isOfficialImage(repositoryIn(text)))) continue;
          yield {
            at: root,
            message: `\`${root.raw}\` is the whole file system of \`${text}\``,
            help: root.raw.startsWith('/')
              ? `Name what is needed, such as \`COPY --from=${text} /usr/local/bin/app /usr/local/bin/\`.`
              : `Name the directory in full${inFull(source && model.stateAfter(source).workdir)}: paths of \`--from\` start at the root of \`${text}\`, not at its WORKDIR.`,
            related: source?.node.from
              ? [{ range: source.node.from, message: 'All of this stage comes along' }]
              : [{ range: nameRangeOf(file, reference) ?? reference.at, message: 'All of this image comes along' }],
          };
        }
      },
    };
  },
});

/** hadolint goes by the paths as they are written, from any stage or image. */
const rootToRoot = function* (node: Copy) {
  const { sources, destination, flags } = node;
  const isFrom = flags.some(({ name }) => name.text === 'from');
  if (isFrom && asWritten(destination) === '/' && sources.some((source) => asWritten(source) === '/'))
    yield { at: node, message: 'This copies the whole file system of another stage or image' };
};

/** The source that is the root of the stage. */
const rootOf = ({ sources, flags }: Copy) =>
  flags.some(({ name }) => name.text === 'exclude' || name.text === 'parents')
    ? undefined
    : sources.find(({ text, heredoc }) => text && !heredoc && /^\/\*?$/.test(cleanPath(`/${text}`)));

const inFull = (workdir: string | undefined): string => (workdir ? `, such as \`${cleanPath(workdir)}\`` : '');

const repositoryIn = (image: string): string => image.replace(/[:@].*$/s, '');

/** Whether it holds an operating system or more; an image that is only given a name may be made to be copied whole. */
const isFull = (source: StageInfo, target: StageInfo): boolean => {
  const { base } = bottomStage(source);
  if (source === target || base.kind !== 'image') return false;
  const image = repositoryIn(base.text);
  if (bottomStage(target).base.kind === 'scratch') return TOOLCHAINS.test(image);
  return isOfficialImage(image) || source.node.instructions.some(({ kind }) => kind === 'Run');
};

const TOOLCHAINS = /(?:^|\/)(?:golang|rust|gcc|maven|gradle|dotnet\/sdk)$/;
