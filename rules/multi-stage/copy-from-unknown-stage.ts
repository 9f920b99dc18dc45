import {
  defineRule,
  insertAfter,
  isOfficialImage,
  isSlip,
  type Model,
  nameRangeOf,
  nearestName,
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
  check({ file, model }) {
    const known = knownIn(model);
    return {
      *Stage(_node, { stage }) {
        if (!stage) return;
        for (const reference of ownReferences(stage)) {
          const { kind, text, stage: source } = reference;
          if (source || kind === 'from' || text === undefined) continue;
          const at = nameRangeOf(file, reference);
          const problem = reference.outOfRange
            ? outOfRange(reference, stage)
            : /^\d+$/.test(text)
              ? numberInMount(text, model, at)
              : misspelt(text, stage, known, at);
          if (problem) yield { at: at ?? reference.at, ...problem };
        }
      },
    };
  },
});

/** The stages that may have been meant, in order. */
interface Known {
  readonly named: readonly StageInfo[];
  /** Without a name, and nothing takes from them. */
  readonly unused: readonly StageInfo[];
}

const knownIn = ({ stages, referencesTo }: Model): Known => ({
  named: stages.filter(({ name }) => name),
  unused: stages.filter(
    (stage) => !stage.name && stage.node.instructions.length > 0 && referencesTo(stage).length === 0,
  ),
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
const numberInMount = (text: string, { stages }: Model, at: Place): Finding => {
  const name = stages[Number(text) - (stages[0]?.index ?? 0)]?.name;
  return {
    message: `\`from=${text}\` is taken as an image called \`${text}\`: a mount finds stages by name only`,
    help: name ? `Write \`from=${name}\`.` : 'Name the stage with AS and use the name.',
    fix: name && at ? { title: `Write \`from=${name}\``, edits: [replace(at, name)] } : undefined,
  };
};

const misspelt = (text: string, stage: StageInfo, { named, unused }: Known, at: Place): Finding | undefined => {
  if (!/^\w[\w.-]*$/.test(text) || isOfficialImage(text)) return undefined;
  const near = text.length > 3 ? nearestName(text, namesAbove(stage, named)) : undefined;
  if (near && isNear(text, near)) {
    return {
      message: `No stage is called \`${text}\`, so it is taken as an image`,
      help: `The stage above is called \`${near}\`: write \`from=${near}\`.`,
      fix: at ? { title: `Write \`${near}\``, edits: [replace(at, near)] } : undefined,
    };
  }
  const [candidate, another] = unused;
  return another && another.index < stage.index ? undefined : unnamed(text, candidate, stage);
};

const namesAbove = function* ({ index }: StageInfo, named: readonly StageInfo[]): Iterable<string> {
  for (const each of named) {
    if (each.index >= index) return;
    if (each.name) yield each.name;
  }
};

/** `php84` beside `php85` is no slip of the pen, nor are short words that share some letters. */
const isNear = (text: string, name: string): boolean =>
  isSlip(text, name) || (text.length > 5 && withoutDigits(text) !== withoutDigits(name));

const withoutDigits = (text: string): string => text.replace(/\d+/g, '');

/** One stage above has no name, and nothing takes from it: it was meant. */
const unnamed = (text: string, candidate: StageInfo | undefined, stage: StageInfo): Finding | undefined => {
  const from = candidate?.node.from;
  if (!from || candidate.index >= stage.index || !/^[a-z][a-z0-9_.-]*$/.test(text)) return undefined;
  return {
    message: `No stage is called \`${text}\`, so it is taken as an image`,
    help: `The stage above has no name: write \`FROM ${from.image.raw} AS ${text}\`.`,
    related: [{ range: from, message: 'This stage has no name' }],
    fix: { title: `Name the stage above \`${text}\``, edits: [insertAfter(from.image, ` AS ${text}`)] },
  };
};
