import {
  type Download,
  defineRule,
  downloadsIn,
  type From,
  type Iechorfile,
  type Instruction,
  type Model,
  type Problem,
  type StageInfo,
} from '#lint';

export default defineRule({
  name: 'hard-coded-architecture',
  codes: [],
  category: 'correctness',
  summary: 'What is fetched is for one architecture, in a file for several',
  why: `The file asks elsewhere for which platform it is built, so it is meant for several. On all but one of them this program does not
    run: \`exec format error\`.`,
  severity: 'info',
  when: { instructions: ['Run', 'Add'] },
  examples: [
    {
      bad: 'FROM debian:12\nARG TARGETARCH\nADD https://example.com/a-linux-$TARGETARCH /bin/a\nADD https://example.com/b-linux-amd64 /bin/b\n',
    },
    {
      title: 'In another stage',
      bad: 'FROM --platform=$BUILDPLATFORM golang:1.23 AS build\nARG TARGETARCH\nRUN GOARCH=$TARGETARCH go build -o /app\nFROM debian:12\nRUN curl -fsSLo /bin/tini https://example.com/v1/tini-x86_64\nCOPY --from=build /app /app\n',
    },
    {
      title: 'It is asked for',
      good: 'FROM debian:12\nARG TARGETARCH\nADD https://example.com/a-linux-$TARGETARCH /bin/a\n',
    },
    { title: 'A file for one architecture', good: 'FROM debian:12\nADD https://example.com/b-linux-amd64 /bin/b\n' },
    {
      title: 'One of several',
      good: 'FROM debian:12\nARG TARGETARCH\nRUN case "$TARGETARCH" in amd64) curl -fO https://example.com/a-x86_64 ;; arm64) curl -fO https://example.com/a-aarch64 ;; esac\n',
    },
    {
      title: 'A stage for one architecture',
      good: 'FROM --platform=linux/amd64 debian:12 AS fetch\nADD https://example.com/b-linux-amd64 /bin/b\nFROM debian:12 AS fetch-amd64\nADD https://example.com/b-linux-amd64 /bin/b\nFROM fetch-$TARGETARCH\nARG TARGETARCH\nRUN echo $TARGETARCH\n',
    },
    {
      title: 'What runs on the builder',
      good: 'FROM --platform=$BUILDPLATFORM debian:12 AS fetch\nARG TARGETARCH\nADD https://example.com/b-linux-amd64 /bin/b\n',
    },
  ],
  check({ file, model }) {
    if (!PLATFORMS.test(file.text)) return {};
    const check = (node: Instruction): readonly Problem[] => {
      const stage = model.stageOf(node);
      if (!stage || CHOICE.test(file.text.slice(node.start, node.end)) || isForOne(file, stage)) return [];
      return problemsIn(model, node);
    };
    return { Run: check, Add: check };
  },
});

const PLATFORMS = /\bTARGET(?:ARCH|PLATFORM|VARIANT)\b|\buname -m\b|--print-architecture\b|\bapk --print-arch\b/;

/** Where a RUN looks at what it runs on. */
const CHOICE = /uname|print-architecture|apk --print-arch|TARGET(?:ARCH|PLATFORM|VARIANT)|\bARCH\b|\barch\b/i;

const ARCHITECTURE = /(?<![a-z\d])(?:amd64|x86[_-]64|x64|arm64|aarch64|armhf|armv[67]l?|i386|i686)(?![a-z\d])/i;

/** Whether the stage, or one that it is built on, is meant for one platform, as far as its FROM tells. */
const isForOne = (file: Iechorfile, stage: StageInfo): boolean => {
  const { base, node } = stage;
  if (node.from && isFromForOne(file, node.from)) return true;
  return base.kind === 'stage' && isForOne(file, base.stage);
};

const isFromForOne = ({ text }: Iechorfile, { start, end, flags }: From): boolean =>
  ARCHITECTURE.test(text.slice(start, end)) ||
  flags.some(({ name, text: flag }) => name.text === 'platform' && !flag.includes('TARGET'));

const problemsIn = (model: Model, node: Instruction): readonly Problem[] =>
  downloadsIn(model, node).flatMap(({ url, start, end, command }: Download) => {
    const found = command?.conditional ? undefined : ARCHITECTURE.exec(url)?.[0];
    if (found === undefined) return [];
    return [
      {
        at: { start, end },
        message: `This is for \`${found}\` alone, though the file asks elsewhere what it is built for`,
        help: 'Put `$TARGETARCH` into the address, or choose it by `case "$TARGETARCH"`.',
      },
    ];
  });
