import {
  defineRule,
  insertAfter,
  isOfficialImage,
  isSlip,
  nameRangeOf,
  nearest,
  ownReferences,
  type Problem,
  type Reference,
  replace,
  type StageInfo,
} from '#lint';

export default defineRule({
  name: 'copy-from-unknown-stage',
  codes: ['DL3022'],
  category: 'multi-stage',
  summary: 'COPY or a mount takes from a stage that does not exist',
  why: `A number that counts no stage stops the build. A name that no stage has is taken as an image, so a misspelt stage is
    looked for in a registry. An image that is meant, such as \`--from=nginx\`, is fine.`,
  severity: 'error',
  fix: { safety: 'unsafe', note: 'Takes the stage that was probably meant.' },
  examples: [
    {
      title: 'A slip of the pen',
      bad: 'FROM golang:1.26 AS builder\nFROM alpine:3.24\nCOPY --from=buidler /app /app\n',
      good: 'FROM golang:1.26 AS builder\nFROM alpine:3.24\nCOPY --from=builder /app /app\n',
    },
    {
      title: 'A stage that was not named',
      bad: 'FROM golang:1.26\nRUN go build -o /app .\nFROM alpine:3.24\nCOPY --from=build /app /app\n',
      good: 'FROM golang:1.26 AS build\nRUN go build -o /app .\nFROM alpine:3.24\nCOPY --from=build /app /app\n',
    },
    {
      title: 'A mount finds stages by name only',
      bad: 'FROM golang:1.26 AS tools\nFROM alpine:3.24\nRUN --mount=from=0,target=/tools /tools/run\n',
      good: 'FROM golang:1.26 AS tools\nFROM alpine:3.24\nRUN --mount=from=tools,target=/tools /tools/run\n',
    },
    { title: 'Numbers begin at 0', bad: 'FROM golang:1.26\nFROM alpine:3.24\nCOPY --from=7 /app /app\n' },
    {
      title: 'An image',
      good: 'FROM golang:1.26 AS build\nFROM alpine:3.24\nCOPY --from=nginx /etc/nginx /etc/nginx\n',
    },
    {
      title: 'An image with a tag',
      good: 'FROM alpine AS uvx\nFROM alpine:3.24\nCOPY --from=astral/uv:0.9 /uv /bin/\n',
    },
    { title: 'Letter case does not count', good: 'FROM alpine AS build\nFROM alpine\nCOPY --from=BUILD /app /app\n' },
    { title: 'A named context of the build', good: 'FROM alpine AS base\nFROM base\nCOPY --from=docs / /docs\n' },
  ],
  exceptions: {
    onbuild: 'A trigger takes from the stages of the file that builds on the image.',
  },
  check({ file, model: { stages } }) {
    return {
      *Stage(_node, { stage }) {
        if (!stage) return;
        for (const reference of ownReferences(stage)) {
          if (reference.stage || reference.kind === 'from' || reference.text === undefined) continue;
          const at = nameRangeOf(file, reference);
          const problem = reference.outOfRange
            ? outOfRange(reference, stage)
            : /^\d+$/.test(reference.text)
              ? numberInMount(reference.text, stages, at)
              : misspelt(reference.text, stage, stages, at);
          if (problem) yield { at: at ?? reference.at, ...problem };
        }
      },
    };
  },
});

type Finding = Omit<Problem, 'at'>;
type Place = ReturnType<typeof nameRangeOf>;

const outOfRange = ({ text }: Reference, { index }: StageInfo): Finding => ({
  message: `\`--from=${text}\` counts no stage`,
  help:
    index > 0
      ? `Stages are counted from 0; the last one above this is ${index - 1}. A name in place of the number is safer.`
      : 'No stage stands above this one; an image is written with its name.',
});

/** BuildKit takes numbers in COPY alone. */
const numberInMount = (text: string, stages: readonly StageInfo[], at: Place): Finding => {
  const name = stages.find(({ index }) => index === Number(text))?.name;
  return {
    message: `\`from=${text}\` is taken as an image called \`${text}\`: a mount finds stages by name only`,
    help: name ? `Write \`from=${name}\`.` : 'Name the stage with AS and use the name.',
    fix: name && at ? { title: `Write \`from=${name}\``, edits: [replace(at, name)] } : undefined,
  };
};

const misspelt = (text: string, stage: StageInfo, all: readonly StageInfo[], at: Place): Finding | undefined => {
  if (!/^\w[\w.-]*$/.test(text) || isOfficialImage(text)) return undefined;
  const above = all.filter(({ index }) => index < stage.index);
  const near =
    text.length > 3
      ? nearest(
          text,
          above.flatMap(({ name }) => name ?? []),
        )
      : undefined;
  if (near && isNear(text, near)) {
    return {
      message: `No stage is called \`${text}\`, so it is taken as an image`,
      help: `The stage above is called \`${near}\`: write \`from=${near}\`.`,
      fix: at ? { title: `Write \`${near}\``, edits: [replace(at, near)] } : undefined,
    };
  }
  return unnamed(text, above, all);
};

/** `php84` beside `php85` is no slip of the pen, nor are short words that share some letters. */
const isNear = (text: string, name: string): boolean =>
  isSlip(text, name) || (text.length > 5 && withoutDigits(text) !== withoutDigits(name));

const withoutDigits = (text: string): string => text.replace(/\d+/g, '');

/** One stage above has no name, and nothing takes from it: it was meant. */
const unnamed = (text: string, above: readonly StageInfo[], all: readonly StageInfo[]): Finding | undefined => {
  const [candidate, another] = above.filter((stage) => isUnnamedAndUnused(stage, all));
  const from = candidate?.node.from;
  if (!from || another || !/^[a-z][a-z0-9_.-]*$/.test(text)) return undefined;
  return {
    message: `No stage is called \`${text}\`, so it is taken as an image`,
    help: `The stage above has no name: write \`FROM ${from.image.raw} AS ${text}\`.`,
    related: [{ range: from, message: 'This stage has no name' }],
    fix: { title: `Name the stage above \`${text}\``, edits: [insertAfter(from.image, ` AS ${text}`)] },
  };
};

const isUnnamedAndUnused = (stage: StageInfo, all: readonly StageInfo[]): boolean =>
  !stage.name &&
  stage.node.instructions.length > 0 &&
  !all.some(({ references }) => references.some((reference) => reference.stage === stage));
