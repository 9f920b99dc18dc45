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
  summary: '`COPY --from` names a stage by its number',
  why: `A stage added or removed above silently makes the number mean another one. A name keeps its meaning.`,
  severity: 'info',
  when: { text: /from=/i },
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
    const naming = namingOf(model);
    return {
      *Stage(_node, { stage }) {
        if (!stage) return;
        for (const reference of ownReferences(stage).filter(isNumber)) {
          const { stage: source, text } = reference;
          // Of a name that means something else reserved-stage-name has something to say.
          if (!source || source.index >= stage.index || /^(?:scratch|context)$/.test(source.name ?? '')) continue;
          const name = source.name ?? naming.free(source);
          yield {
            at: reference.at,
            message: source.name
              ? `\`--from=${text}\` names the stage \`${name}\` by its number`
              : `\`--from=${text}\` names a stage by its number`,
            help: source.name
              ? `Write \`--from=${name}\`.`
              : `Name the stage, such as \`FROM ${source.node.from?.image.raw} AS ${name}\`, and write \`--from=${name}\`.`,
            ...(source.node.from ? { related: [{ range: source.node.from, message: `Stage ${text}` }] } : {}),
            fix: fixFor(naming, reference, source, name),
          };
        }
      },
    };
  },
});

const isNumber = ({ kind, text }: Reference): boolean => kind === 'copy' && /^\+?\d+$/.test(text ?? '');

/** What is asked again and again while a file is read. */
interface Naming {
  /** A name that neither a stage nor an image that the file takes from has; the same whichever stage is named first. */
  free(stage: StageInfo): string;
  isUnique(name: string): boolean;
  /** The uses of a stage by its number, in order. */
  numbersOf(stage: StageInfo): readonly Reference[];
}

const namingOf = (model: Model): Naming => {
  const counts = new Map<string, number>();
  const taken = new Set<string>();
  for (const { name, references } of model.stages) {
    if (name) counts.set(name, (counts.get(name) ?? 0) + 1);
    for (const { text } of references) if (text) taken.add(text);
  }
  const unnamed = model.stages.slice(0, -1).filter(({ name }) => !name).length;
  const numbers = new Map<StageInfo, readonly Reference[]>();
  return {
    free: ({ index }) => (taken.has('build') || counts.has('build') || unnamed > 1 ? `build-${index}` : 'build'),
    isUnique: (name) => (counts.get(name) ?? 0) < 2,
    numbersOf(stage) {
      const known = numbers.get(stage) ?? model.referencesTo(stage).filter(isNumber);
      numbers.set(stage, known);
      return known;
    },
  };
};

/** A stage without a name gets one together with its first use, and all other uses change with it. */
const fixFor = (naming: Naming, reference: Reference, source: StageInfo, name: string) => {
  if (!naming.isUnique(name)) return undefined;
  if (source.name) return { title: `Write \`--from=${name}\``, edits: [replace(reference.at, name)] };
  const uses = naming.numbersOf(source);
  const { from } = source.node;
  if (!from || uses[0] !== reference) return undefined;
  const edits: readonly Edit[] = [insertAfter(from.image, ` AS ${name}`), ...uses.map(({ at }) => replace(at, name))];
  return { title: `Name the stage \`${name}\``, edits };
};
