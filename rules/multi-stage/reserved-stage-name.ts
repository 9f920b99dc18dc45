import { defineRule, type Reference, renameStage, type StageInfo } from '#lint';

export default defineRule({
  name: 'reserved-stage-name',
  codes: ['DL3063', 'ReservedStageName'],
  category: 'multi-stage',
  summary: 'A stage is called `scratch` or `context`',
  why: `\`scratch\` is the empty base and \`context\` the build context: below a stage of such a name, a FROM or \`--from\` no longer
    means what it says.`,
  severity: 'error',
  fix: { safety: 'unsafe', note: 'A `--target` outside the file keeps the old name.' },
  examples: [
    {
      bad: 'FROM alpine:3.24 AS context\nRUN make\nFROM alpine:3.24\nCOPY --from=context /app /app\n',
      good: 'FROM alpine:3.24 AS context-stage\nRUN make\nFROM alpine:3.24\nCOPY --from=context-stage /app /app\n',
    },
    {
      title: '`scratch` is empty again',
      bad: 'FROM alpine:3.24 AS scratch\nFROM scratch\nCOPY --from=scratch /app /app\n',
      good: 'FROM alpine:3.24 AS scratch-stage\nFROM scratch\nCOPY --from=scratch-stage /app /app\n',
    },
    { title: 'The empty base itself', good: 'FROM scratch AS files\nCOPY app /\n' },
  ],
  when: { instructions: ['From'] },
  check({ model }) {
    const names = model.stages.flatMap(({ name }) => name ?? []);
    const isAlone = new Set(names).size === names.length;
    return {
      *From({ name }, { stage }) {
        if (!name || !stage?.name || (stage.name !== 'scratch' && stage.name !== 'context')) return;
        const newName = `${stage.name}-stage`;
        const isFree = isAlone && !names.includes(newName);
        const edits = isFree ? renameStage(model, stage, newName, isMeantBy(stage)) : undefined;
        yield {
          at: name,
          message: `\`${name.text}\` is a reserved name: it means ${MEANINGS[stage.name]}`,
          help: 'Name the stage after what it makes.',
          fix: edits && { title: `Rename it to \`${newName}\``, edits },
        };
      },
    };
  },
});

const MEANINGS = { scratch: 'the empty base image', context: 'the build context' } as const;

/** FROM most likely means the empty image. */
const isMeantBy =
  ({ name }: StageInfo) =>
  ({ kind }: Reference): boolean =>
    kind !== 'from' || name !== 'scratch';
