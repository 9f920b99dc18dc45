import { canMean, defineRule, type Model, type StageInfo, type Word } from '#lint';

export default defineRule({
  name: 'unreachable-stage',
  codes: ['tally/no-unreachable-stages'],
  category: 'multi-stage',
  summary: 'A stage that nothing takes from',
  why: `BuildKit does not build a stage that the last one does not need, so what it was meant to give is missing, or it is
    only read for nothing. A stage with a name can still be asked for with \`--target\`; one without cannot.`,
  severity: 'warning',
  examples: [
    {
      title: 'Never built',
      bad: 'FROM golang:1.26\nCOPY . .\nRUN go build -o /app .\nFROM alpine:3.24\nCOPY app /app\nCMD ["/app"]\n',
    },
    {
      title: 'Built with `--target` alone',
      bad: 'FROM node:24 AS assets\nCOPY . .\nRUN npm ci\nFROM nginx:1.29\nCOPY dist /usr/share/nginx/html\n',
    },
    {
      title: 'Taken from',
      good: 'FROM golang:1.26\nRUN go build -o /app .\nFROM alpine:3.24\nCOPY --from=0 /app /app\nCMD ["/app"]\n',
    },
    {
      title: 'A usual target',
      good: 'FROM node:24 AS test\nCOPY . .\nRUN npm ci && npm test\nFROM node:24 AS app\nCOPY . .\nCMD ["node", "."]\n',
    },
    {
      title: 'Variants on one base',
      good: 'FROM alpine:3.24 AS base\nFROM base AS ec2\nCMD ["/ec2"]\nFROM base AS sagemaker\nCMD ["/sagemaker"]\n',
    },
    {
      title: 'Chosen by a variable',
      good: 'FROM alpine:3.24 AS base-amd64\nFROM alpine:3.24 AS base-arm64\nFROM base-$TARGETARCH\nCMD ["sh"]\n',
    },
  ],
  exceptions: {
    laterStage: 'A stage above has no part in it.',
  },
  check({ model }) {
    const variable = model.stages.flatMap(({ node: { from } }) =>
      from && from.image.text === undefined ? [from.image] : [],
    );
    const unused = new Set(model.stages.filter((stage) => isUnused(stage, model, variable)));
    const named = Array.from(unused).filter(({ name }) => name).length;
    return {
      *From(node, { stage }) {
        if (!stage || !unused.has(stage)) return;
        if (!stage.name) {
          yield {
            at: node,
            message: 'This stage is never built: nothing takes from it, and without a name `--target` cannot either',
            help: 'Take from it with `COPY --from`, or delete it.',
          };
        } else if (named === 1 && !isMeantAsTarget(stage)) {
          yield {
            at: node.name ?? node,
            severity: 'info',
            message: `Nothing takes from the stage \`${stage.name}\`, so only \`--target ${stage.name}\` builds it`,
            help: `Take from it with \`COPY --from=${stage.name}\`, or delete it.`,
          };
        }
      },
    };
  },
});

/** `variable`: the bases that build arguments decide, which may mean any stage. */
const isUnused = (stage: StageInfo, model: Model, variable: readonly Word[]): boolean => {
  const { name } = stage;
  if (!stage.node.from || stage === model.final || model.referencesTo(stage).length > 0) return false;
  return !name || !variable.some((image) => canMean(image, name));
};

/** By its name, because it ends in a command of its own, gathers files to export, or varies a stage that others use. */
const isMeantAsTarget = ({ name, node, base }: StageInfo): boolean =>
  TARGETS.test(name ?? '') ||
  base.kind === 'stage' ||
  base.kind === 'scratch' ||
  node.instructions.some(({ kind }) => kind === 'Cmd' || kind === 'Entrypoint');

const TARGETS =
  /(?:^|[-_.])(?:dev|devel|development|devcontainer|local|debug|tests?|testing|unit|e2e|integration|ci|lint|linter|check|checks|validate|verify|docs?|documentation|export|artifacts?|binar(?:y|ies)|release|prod|production|final|runtime|update|updater|generate|gen|format|fmt|bench|benchmark|coverage|shell|tools?|toolbox|vendor|vendored|package|publish|deploy|target\d*)(?:[-_.]|\d*$)/;
