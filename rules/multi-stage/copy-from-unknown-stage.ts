import {
  defineRule,
  insertAfter,
  type Model,
  meantStages,
  nameRangeOf,
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
  why: `A number that no stage has stops the build. A name that no stage has is taken as an image, so a misspelt stage is
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
    {
      title: 'Another form of the word',
      bad: 'FROM node:24 AS builder\nRUN npm run build\nFROM nginx:1.29\nCOPY --from=build /dist /srv\n',
      good: 'FROM node:24 AS builder\nRUN npm run build\nFROM nginx:1.29\nCOPY --from=builder /dist /srv\n',
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
    {
      title: 'hadolint knows an image by its tag',
      bad: 'FROM alpine:3.24\nCOPY --from=nginx /etc/nginx /etc/nginx\n',
      as: 'hadolint',
    },
    { title: 'Letter case does not count', good: 'FROM alpine AS build\nFROM alpine\nCOPY --from=BUILD /app /app\n' },
    { title: 'A named context of the build', good: 'FROM alpine AS base\nFROM base\nCOPY --from=docs / /docs\n' },
  ],
  exceptions: {
    onbuild: 'A trigger takes from the stages of the file that builds on the image.',
  },
  reproduces: 'hadolint',
  when: { instructions: ['Copy', 'Run'] },
  check({ file, model, as }) {
    if (as === 'hadolint') return { Stage: (_node, { stage }) => stage && noneAbove(stage) };
    const stageMeant = meantStages(model);
    return {
      *Stage(_node, { stage }) {
        if (!stage) return;
        for (const reference of ownReferences(stage)) {
          const { kind, text, stage: source } = reference;
          if (source || kind === 'from' || text === undefined) continue;
          const at = nameRangeOf(file, reference);
          const problem = reference.outOfRange
            ? outOfRange(reference, stage, model)
            : /^\d+$/.test(text)
              ? numberInMount(text, model, at)
              : misspelt(reference, stageMeant(reference, stage), at);
          if (problem) yield { at: at ?? reference.at, ...problem };
        }
      },
    };
  },
});

/** hadolint takes a name for an image only where a tag or digest follows. */
const noneAbove = function* (stage: StageInfo): Iterable<Problem> {
  for (const { kind, text, at, stage: source } of stage.references)
    if (kind === 'copy' && text !== undefined && !text.includes(':') && (!source || source.index > stage.index))
      yield { at, message: `No stage above is called \`${text}\`` };
};

type Finding = Omit<Problem, 'at'>;
type Place = ReturnType<typeof nameRangeOf>;

const outOfRange = ({ text }: Reference, { index }: StageInfo, { stages }: Model): Finding => {
  const name = stages[index - 1 - (stages[0]?.index ?? 0)]?.name;
  return {
    message: `No stage above this one has the number ${text}`,
    help:
      index > 0
        ? `Stages are counted from 0, and the last one above is ${index - 1}. ${name ? `Write its name, \`--from=${name}\`` : 'Name the one that is meant, and write that name'}.`
        : 'No stage stands above this one. Write an image by its name.',
  };
};

/** BuildKit takes numbers in COPY alone. */
const numberInMount = (text: string, { stages }: Model, at: Place): Finding => {
  const name = stages[Number(text) - (stages[0]?.index ?? 0)]?.name;
  return {
    message: `\`from=${text}\` is taken as an image called \`${text}\`: a mount finds stages by name only`,
    help: name ? `Write \`from=${name}\`.` : 'Name the stage with AS, and write that name.',
    fix: name && at ? { title: `Write \`from=${name}\``, edits: [replace(at, name)] } : undefined,
  };
};

const misspelt = ({ kind, text = '' }: Reference, meant: StageInfo | undefined, at: Place): Finding | undefined => {
  const { name, node } = meant ?? {};
  const from = node?.from;
  const message = `No stage is called \`${text}\`, so it is taken as an image`;
  if (!from) return undefined;
  return name
    ? {
        message,
        help: `Write \`${kind === 'copy' ? '--' : ''}from=${name}\`, the name of the stage above.`,
        related: [{ range: from, message: 'This stage is probably meant' }],
        fix: at ? { title: `Write \`${name}\``, edits: [replace(at, name)] } : undefined,
      }
    : {
        message,
        help: `Name the stage above: \`FROM ${from.image.raw} AS ${text}\`.`,
        related: [{ range: from, message: 'This stage has no name' }],
        fix:
          from.end === from.image.end
            ? { title: `Name the stage above \`${text}\``, edits: [insertAfter(from.image, ` AS ${text}`)] }
            : undefined,
      };
};
