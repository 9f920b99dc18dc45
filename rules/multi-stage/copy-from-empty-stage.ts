import { defineRule, type Model, nameRangeOf, ownReferences, type StageInfo } from '#lint';

export default defineRule({
  name: 'copy-from-empty-stage',
  codes: ['tally/copy-from-empty-scratch-stage'],
  category: 'multi-stage',
  summary: 'COPY takes from a stage that is empty',
  why: `A stage on \`scratch\` holds only what its own COPY, ADD, WORKDIR and RUN put there. With none of them every path is
    missing, and the build stops, unless the caller replaces the stage with \`--build-context\`.`,
  severity: 'warning',
  when: { instructions: ['Copy'], text: /--from/i },
  examples: [
    { bad: 'FROM scratch AS files\nLABEL a=b\nFROM alpine:3.24\nCOPY --from=files /etc/app.conf /etc/\n' },
    {
      title: 'On another empty stage',
      bad: 'FROM scratch AS empty\nFROM empty AS files\nFROM alpine:3.24\nCOPY --from=files /etc/app.conf /etc/\n',
    },
    {
      title: 'Something was put there',
      good: 'FROM scratch AS files\nCOPY app.conf /etc/\nFROM alpine:3.24\nCOPY --from=files /etc/app.conf /etc/\n',
    },
    { title: 'Not empty', good: 'FROM busybox:1.37 AS files\nFROM alpine:3.24\nCOPY --from=files /bin/wget /bin/\n' },
    { title: 'Everything there is', good: 'FROM scratch AS extras\nFROM alpine:3.24\nCOPY --from=extras / /\n' },
  ],
  exceptions: { onbuild: 'A trigger takes from the stages of the file that builds on the image.' },
  check({ file, model }) {
    return {
      *Stage(_node, { stage }) {
        if (!stage) return;
        for (const reference of ownReferences(stage)) {
          const { node, stage: source, text } = reference;
          if (node.kind !== 'Copy' || !source?.node.from || source.index >= stage.index) continue;
          const first = node.sources.find(({ text: path }) => path !== undefined && !/^[/.]*$|[*?[]/.test(path));
          if (!first || !isEmpty(source, model)) continue;
          yield {
            at: nameRangeOf(file, reference) ?? reference.at,
            message: `The stage \`${source.name ?? text}\` is empty, so it has no \`${first.raw}\``,
            help: `Copy the files into the stage \`${source.name ?? text}\`, or name the stage that has them.`,
            related: [{ range: source.node.from, message: 'This stage has no files' }],
          };
        }
      },
    };
  },
});

const FILLING: ReadonlySet<string> = new Set(['Copy', 'Add', 'Run', 'Workdir', 'Invalid']);

/** How many stages on one another are looked at. */
const DEEPEST = 100;

/** A stage on which triggers wait is left out: they would run first. */
const isEmpty = (stage: StageInfo, model: Model): boolean => {
  let each = stage;
  for (let depth = 0; depth < DEEPEST; depth++) {
    const { base, node } = each;
    if (node.instructions.some(({ kind }) => FILLING.has(kind))) return false;
    if (base.kind !== 'stage') return base.kind === 'scratch';
    if (model.triggersOf(base.stage)) return false;
    each = base.stage;
  }
  return false;
};
