import { defineRule, type Model, mayBeStage, type Problem, type Reference, renameStage, type StageInfo } from '#lint';

export default defineRule({
  name: 'duplicate-stage-name',
  codes: ['DL3024', 'DuplicateStageName'],
  category: 'multi-stage',
  summary: 'Two stages have the same name',
  why: `The later one hides the earlier: a FROM, \`COPY --from\` or \`--target\` of that name means one or the other,
    depending on where it stands. Letter case makes no difference.`,
  severity: 'error',
  fix: { safety: 'unsafe', note: 'The name may be wanted for the other stage.' },
  examples: [
    {
      bad: 'FROM golang:1.26 AS build\nFROM node:24 AS build\nFROM alpine:3.24\nCOPY --from=build /app /app\n',
      good: 'FROM golang:1.26 AS build-1\nFROM node:24 AS build\nFROM alpine:3.24\nCOPY --from=build /app /app\n',
    },
    {
      title: 'Renamed wherever it is meant',
      bad: 'FROM golang:1.26 AS build\nFROM alpine:3.24 AS app\nCOPY --from=build /app /app\nRUN --mount=from=build,target=/src true\nFROM node:24 AS build\nFROM app\nCOPY --from=build /dist /dist\n',
      good: 'FROM golang:1.26 AS build-1\nFROM alpine:3.24 AS app\nCOPY --from=build-1 /app /app\nRUN --mount=from=build-1,target=/src true\nFROM node:24 AS build\nFROM app\nCOPY --from=build /dist /dist\n',
    },
    {
      title: 'Other letter case',
      bad: 'FROM golang:1.26 AS build\nFROM node:24 AS Build\n',
      good: 'FROM golang:1.26 AS build-1\nFROM node:24 AS Build\n',
    },
    { good: 'FROM golang:1.26 AS build\nFROM node:24 AS assets\nFROM alpine:3.24\nCOPY --from=build /app /app\n' },
    { title: 'A stage and an image of one name', good: 'FROM golang:1.26 AS golang\nFROM alpine:3.24\n' },
  ],
  when: { instructions: ['From'] },
  check({ model }) {
    return {
      *From(node, { stage }) {
        if (!node.name || !stage) return;
        const name = node.name.text.toLowerCase();
        const earlier = model.stages.filter((each) => each.index < stage.index && each.name === name);
        const [first] = earlier;
        if (!first?.node.from) return;
        yield {
          at: node.name,
          message: `\`${name}\` is the name of a stage above already`,
          help: 'Give one of the stages a name of its own, and use that name wherever that one is meant.',
          related: [{ range: first.node.from, message: 'The first stage of that name' }],
          fix: fixFor(model, earlier, name),
        };
      },
    };
  },
});

/** The stage that this one hides gets another name, so that `--target` means the same as before. */
const fixFor = (model: Model, earlier: readonly StageInfo[], name: string): Problem['fix'] => {
  const hidden = earlier.at(-1);
  const newName = `${name}-${earlier.length}`;
  const isTaken = model.stages.some((stage) => stage.name === newName || stage.references.some(isCalled(newName)));
  if (!hidden || isTaken || model.stages.some((stage) => mayBeStage(stage, model))) return undefined;
  const edits = renameStage(model, hidden, newName);
  return edits && { title: `Rename the stage above to \`${newName}\``, edits };
};

const isCalled =
  (name: string) =>
  ({ text }: Reference): boolean =>
    text === name;
