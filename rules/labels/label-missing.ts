import {
  defineRule,
  type Instruction,
  insertLineAfter,
  type Model,
  type StageInfo,
  stageChain,
  stagesLacking,
} from '#lint';

export default defineRule({
  name: 'label-missing',
  codes: ['DL3049', 'S7028'],
  category: 'labels',
  summary: 'A label that the team requires is missing',
  why: `Whoever finds the image in a registry or on a host learns from its labels what it is and whom to ask. Those of the base image are
    about the base image.`,
  severity: 'info',
  policy: 'labels',
  fix: { safety: 'manual', note: 'The value is for you to write.' },
  off: true,
  examples: [
    {
      bad: 'FROM alpine:3.24\nLABEL team=web\n',
      good: 'FROM alpine:3.24\nLABEL contact="…"\nLABEL team=web\n',
      policy: { labels: new Map([['contact', 'email'] as const]) },
    },
    {
      title: 'Each image, where hadolint is reproduced',
      bad: 'FROM alpine:3.24 AS test\nFROM alpine:3.24\nLABEL team=web\n',
      as: 'hadolint',
      policy: { labels: new Map([['team', 'text'] as const]) },
    },
    {
      title: 'In the stage below',
      good: 'FROM alpine:3.24 AS base\nLABEL team=web\nFROM base\nRUN make\n',
      policy: { labels: new Map([['team', 'text'] as const]) },
    },
    { title: 'Nothing is required', good: 'FROM alpine:3.24\n' },
  ],
  when: { instructions: ['From'] },
  check({ file, model, policy: { labels }, as }) {
    if (!labels?.size) return {};
    return {
      *done() {
        for (const [key, kind] of labels) {
          for (const { node } of stagesWithout(key, model, as !== undefined)) {
            if (!node.from) continue;
            yield {
              at: node.from,
              message: `The label \`${key}\` is missing`,
              fix: { title: 'Add it', edits: [insertLineAfter(file, node.from, `LABEL ${key}="…"`)] },
              help: `Add \`LABEL ${key}="…"\`${KINDS[kind] ?? ''}.`,
            };
          }
        }
      },
    };
  },
});

const KINDS: Readonly<Record<string, string>> = {
  rfc3339: ', a time such as `2026-01-31T12:00:00Z`',
  semver: ', a version such as `1.2.3`',
  hash: ', the hash of a commit',
  url: ', a URL',
  spdx: ', an SPDX license such as `Apache-2.0`',
  email: ', an e-mail address',
};

/** The final stage alone, or every stage that no stage with the label takes from. */
const stagesWithout = (key: string, model: Model, areAllAlike: boolean): readonly StageInfo[] => {
  const has = ({ node }: StageInfo) => node.instructions.some((each) => setsLabel(each, key));
  if (areAllAlike) return stagesLacking(model, has);
  return model.final && !stageChain(model.final).some(has) ? [model.final] : [];
};

const setsLabel = (node: Instruction, key: string): boolean =>
  node.kind === 'Label' && node.pairs.some((pair) => pair.key.text === undefined || pair.key.text === key);
