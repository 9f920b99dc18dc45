import {
  defineRule,
  type Edit,
  insertAfter,
  type Model,
  ownReferences,
  type Reference,
  replace,
  type StageInfo,
} from '#lint';

export default defineRule({
  name: 'stage-by-number',
  codes: ['DF023'],
  category: 'multi-stage',
  summary: '`COPY --from` counts a stage instead of naming it',
  why: `A stage that is put in between, or taken out, silently makes the number mean another one; a name stays true.`,
  severity: 'info',
  fix: { safety: 'safe' },
  examples: [
    {
      title: 'The stage has a name',
      bad: 'FROM golang:1.26 AS app\nRUN go build -o /app .\nFROM alpine:3.24\nCOPY --from=0 /app /app\n',
      good: 'FROM golang:1.26 AS app\nRUN go build -o /app .\nFROM alpine:3.24\nCOPY --from=app /app /app\n',
    },
    {
      title: 'The stage has no name',
      bad: 'FROM golang:1.26\nRUN go build -o /out/ ./...\nFROM alpine:3.24\nCOPY --from=0 /out/a /\nCOPY --from=0 /out/b /\n',
      good: 'FROM golang:1.26 AS build\nRUN go build -o /out/ ./...\nFROM alpine:3.24\nCOPY --from=build /out/a /\nCOPY --from=build /out/b /\n',
    },
    { title: 'By name', good: 'FROM golang:1.26 AS build\nFROM alpine:3.24\nCOPY --from=build /app /app\n' },
  ],
  exceptions: {
    onbuild: 'A trigger takes from the stages of the file that builds on the image.',
  },
  check({ model }) {
    return {
      *Stage(_node, { stage }) {
        if (!stage) return;
        for (const reference of ownReferences(stage).filter(isNumber)) {
          const { stage: source, text } = reference;
          if (!source || source.index >= stage.index) continue;
          const name = source.name ?? freeName(model, source);
          yield {
            at: reference.at,
            message: source.name
              ? `\`--from=${text}\` counts the stage that is called \`${name}\``
              : `\`--from=${text}\` counts a stage that has no name`,
            help: source.name
              ? `Write \`--from=${name}\`.`
              : `Name the stage, such as \`FROM ${source.node.from?.image.raw} AS ${name}\`, and write \`--from=${name}\`.`,
            ...(source.node.from ? { related: [{ range: source.node.from, message: `Stage ${text}` }] } : {}),
            fix: fixFor(model, reference, source, name),
          };
        }
      },
    };
  },
});

const isNumber = ({ kind, text }: Reference): boolean => kind === 'copy' && /^\+?\d+$/.test(text ?? '');

/** A stage without a name gets one together with its first use, and all other uses change with it. */
const fixFor = (model: Model, reference: Reference, source: StageInfo, name: string) => {
  if (model.stages.some((stage) => stage !== source && stage.name === name)) return undefined;
  if (source.name) return { title: `Write \`--from=${name}\``, edits: [replace(reference.at, name)] };
  const uses = model.referencesTo(source).filter(isNumber);
  const { from } = source.node;
  if (!from || uses[0] !== reference) return undefined;
  const edits: readonly Edit[] = [insertAfter(from.image, ` AS ${name}`), ...uses.map(({ at }) => replace(at, name))];
  return { title: `Name the stage \`${name}\``, edits };
};

/** A name that neither a stage nor an image that the file takes from has; the same whichever stage is named first. */
const freeName = ({ stages }: Model, { index }: StageInfo): string => {
  const taken = stages.flatMap(({ name, references }) => [name, ...references.map(({ text }) => text)]);
  const unnamed = stages.slice(0, -1).filter(({ name }) => !name);
  return taken.includes('build') || unnamed.length > 1 ? `build-${index}` : 'build';
};
