import {
  bottomStage,
  defineRule,
  entryOf,
  type From,
  type Instruction,
  readPlatform,
  remove,
  replace,
  type StageInfo,
} from '#lint';

export default defineRule({
  name: 'constant-platform',
  codes: ['DL3029', 'FromPlatformFlagConstDisallowed'],
  category: 'correctness',
  summary: '`FROM --platform` is a constant in a file that is built for several platforms',
  why: `The stage keeps that platform whatever the build asks for, so what it makes does not run on the others, or the whole stage runs in
    emulation. A file that is for one platform alone may say so.`,
  severity: 'warning',
  fix: { safety: 'unsafe', note: 'The stage follows the platform of the build.' },
  examples: [
    {
      title: 'What is built for one platform goes into an image of another',
      bad: 'FROM --platform=linux/amd64 gcc:15 AS build\nRUN make\nFROM debian:13\nCOPY --from=build /app /app\n',
      good: 'FROM gcc:15 AS build\nRUN make\nFROM debian:13\nCOPY --from=build /app /app\n',
    },
    {
      title: 'A stage that compiles for the target',
      bad: 'FROM --platform=linux/amd64 golang:1.26 AS build\nARG TARGETARCH\nRUN GOARCH=$TARGETARCH go build -o /app .\nFROM alpine:3.24\nCOPY --from=build /app /app\n',
      good: 'FROM --platform=$BUILDPLATFORM golang:1.26 AS build\nARG TARGETARCH\nRUN GOARCH=$TARGETARCH go build -o /app .\nFROM alpine:3.24\nCOPY --from=build /app /app\n',
    },
    {
      title: 'hadolint wants no constant at all',
      bad: 'FROM --platform=linux/amd64 ubuntu:26.04\nRUN ./install\n',
      as: 'hadolint',
    },
    {
      title: 'BuildKit lets the name of the stage tell it',
      bad: 'FROM --platform=linux/amd64 ubuntu:26.04 AS base\nFROM --platform=arm64 ubuntu:26.04 AS arm64\n',
      as: 'buildkit',
    },
    { title: 'A file for one platform', good: 'FROM --platform=linux/amd64 ubuntu:26.04\nRUN ./install\n' },
    {
      title: 'A stage whose name tells its platform',
      good: 'FROM --platform=linux/amd64 alpine:3.24 AS tools-amd64\nFROM --platform=linux/arm64 alpine:3.24 AS tools-arm64\nFROM tools-$TARGETARCH\n',
    },
    {
      title: 'By another name of it',
      good: 'FROM --platform=linux/arm64 alpine:3.24 AS qemu-aarch64\nFROM alpine:3.24\nCOPY --from=qemu-aarch64 /bin/qemu /bin/\n',
    },
  ],
  reproduces: ['hadolint', 'buildkit'],
  when: { instructions: ['From'] },
  check({ file, model, document, as }) {
    if (as === 'hadolint') return { From: notOfBuild };
    if (as === 'buildkit') return { From: constant };
    const { final } = model;
    // One that is for one platform alone.
    if (!final || platformOf(bottomStage(final))?.value?.text !== undefined) return {};
    return {
      *From(node, { stage }) {
        if (!stage) return;
        const flag = platformOf(stage);
        const platform = flag?.value?.text;
        if (!platform || !model.isReached(stage) || stage.base.kind !== 'image') return;
        if (saysPlatform(stage.name ?? '', platform) || saysPlatform(document.path, platform)) return;
        const crossBuilds = stage.node.instructions.some(declaresTarget);
        const gap = { start: node.keyword.end, end: flag.end };
        const isOnOneLine = file.text.slice(gap.start, flag.start).trim() === '';
        yield {
          at: flag,
          message: `This stage is always \`${platform}\`, while the image follows the platform of the build`,
          help: crossBuilds
            ? 'Write `--platform=$BUILDPLATFORM`: the stage then runs on the builder and compiles for the target.'
            : 'Delete the flag, or write `--platform=$BUILDPLATFORM` if what the stage makes runs on any platform.',
          ...(final.node.from ? { related: [{ range: final.node.from, message: 'The image is made here' }] } : {}),
          fix: crossBuilds
            ? { title: 'Write `$BUILDPLATFORM`', edits: [replace(flag.value ?? flag, '$BUILDPLATFORM')] }
            : isOnOneLine
              ? { title: 'Delete the flag', edits: [remove(gap)] }
              : undefined,
        };
      },
    };
  },
});

/** hadolint wants one of the two variables of the build wherever the flag is. */
const notOfBuild = function* ({ flags }: From) {
  const flag = flags.find(({ name }) => name.text === 'platform');
  if (flag && !/\$\{?(?:BUILD|TARGET)PLATFORM\b/.test(flag.text))
    yield { at: flag, message: `\`${flag.text}\` keeps the stage on one platform` };
};

/** BuildKit lets a constant be only where the name of the stage tells the system or the processor. */
const constant = function* ({ flags, name }: From) {
  const flag = flags.find((each) => each.name.text === 'platform');
  const platform = flag?.value?.text && readPlatform(flag.value.text);
  if (!flag || !platform || platform.some((part) => name?.text.toLowerCase().includes(part))) return;
  yield { at: flag, message: `\`${flag.text}\` keeps the stage on one platform` };
};

const platformOf = ({ node }: StageInfo) => node.from?.flags.find(({ name }) => name.text === 'platform');

const declaresTarget = (node: Instruction): boolean =>
  node.kind === 'Arg' && node.declarations.some(({ name }) => name.text.startsWith('TARGET'));

/** Other names of processors. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  amd64: ['x86_64', 'x86-64', 'x64'],
  arm64: ['aarch64', 'armv8'],
  arm: ['armhf', 'armv7', 'armv6'],
  '386': ['i386', 'i686', 'x86'],
};

/** Whether a name tells the system or processor, such as `build-arm64`. */
const saysPlatform = (name: string, platform: string): boolean => {
  const lower = name.toLowerCase();
  const parts = platform.toLowerCase().split('/');
  return parts.some(
    (part) =>
      part !== 'linux' && part !== '' && [part, ...(entryOf(ALIASES, part) ?? [])].some((name) => lower.includes(name)),
  );
};
