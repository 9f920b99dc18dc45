import { canMean, defineRule, type Model, meantStages, ownReferences, type Reference, type StageInfo } from '#lint';

export default defineRule({
  name: 'unreachable-stage',
  codes: ['tally/no-unreachable-stages'],
  category: 'multi-stage',
  summary: 'A stage is neither the last nor needed by another',
  why: `BuildKit does not build a stage that the last one does not need: either what it makes is missing, or it is a remnant. A stage with a
    name can still be built with \`--target\`; one without cannot.`,
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
      title: 'One that a misspelt name misses',
      good: 'FROM node:24 AS assets\nRUN npm run build\nFROM nginx:1.29\nCOPY --from=asets /dist /srv\n',
    },
    {
      title: 'Chosen by a variable',
      good: 'FROM alpine:3.24 AS base-amd64\nFROM alpine:3.24 AS base-arm64\nFROM base-$TARGETARCH\nCMD ["sh"]\n',
    },
  ],
  exceptions: {
    laterStage: 'A stage above has no part in it.',
  },
  check({ file, model }) {
    if (model.stages.length < 2) return {};
    // A line that cannot be read, or that counts wrong, may be the one that takes from it.
    if (file.problems.length > 0 || model.stages.some(({ references }) => references.some(isOutOfRange))) return {};
    const misled = misledIn(model);
    const unused = new Set(model.stages.filter((stage) => isUnused(stage, model) && !misled.has(stage)));
    const lonely = lonelyIn(unused, model);
    return {
      *From(node, { stage }) {
        if (!stage || !unused.has(stage)) return;
        if (!stage.name) {
          yield {
            at: node,
            message: 'This stage is never built: no other takes from it, and `--target` cannot name it',
            help: 'Take from it with `COPY --from`, or delete it.',
          };
        } else if (stage === lonely) {
          yield {
            at: node.name ?? node,
            severity: 'info',
            message: `No other stage takes from \`${stage.name}\`, so only \`--target ${stage.name}\` builds it`,
            help: `Take from it with \`COPY --from=${stage.name}\`, or delete it.`,
          };
        }
      },
    };
  },
});

const isOutOfRange = ({ outOfRange }: Reference): boolean => outOfRange;

const isUnused = (stage: StageInfo, model: Model): boolean =>
  stage.node.from !== undefined && stage !== model.final && model.referencesTo(stage).length === 0;

/** Stages that a reference misses, and those that take from what stands below them: that is told already. */
const misledIn = (model: Model): ReadonlySet<StageInfo> => {
  const misled = new Set<StageInfo>();
  const stageMeant = meantStages(model);
  for (const taker of model.stages) {
    for (const reference of ownReferences(taker)) {
      const { kind, stage } = reference;
      const meant = stageMeant(reference, taker);
      if (meant) misled.add(meant);
      if ((meant ?? (kind === 'from' ? undefined : stage) ?? taker).index > taker.index) misled.add(taker);
    }
  }
  return misled;
};

/** The one with a name that is no target as far as can be told; where there are several, the file is made of targets. */
const lonelyIn = (unused: Iterable<StageInfo>, model: Model): StageInfo | undefined => {
  const named = Array.from(unused).filter(({ name }) => name);
  if (named.length > MANY) return undefined;
  const [single, another] = named.filter((stage) => !model.stages.some((other) => mayUse(other, stage)));
  return single && !another && !isMeantAsTarget(single) ? single : undefined;
};

const MANY = 20;

/** By what build arguments make of its FROM, or as an image that was pushed under that name. A namesake hides it. */
const mayUse = ({ node: { from }, base, name }: StageInfo, stage: StageInfo): boolean =>
  (name === stage.name && from !== stage.node.from) ||
  (from !== undefined && from.image.text === undefined && canMean(from.image, stage.name ?? '')) ||
  (base.kind === 'image' && base.reference?.tag === stage.name);

/** By its name, because it ends in a command of its own, gathers files to export, or varies a stage that others use. */
const isMeantAsTarget = ({ name, node, base }: StageInfo): boolean =>
  TARGETS.test(name ?? '') ||
  base.kind === 'stage' ||
  base.kind === 'scratch' ||
  node.instructions.some(({ kind }) => kind === 'Cmd' || kind === 'Entrypoint');

const TARGETS =
  /(?:^|[-_.])(?:dev|devel|development|devcontainer|local|debug|tests?|testing|unit|e2e|integration|ci|lint|linter|check|checks|validate|verify|docs?|documentation|export|artifacts?|binar(?:y|ies)|release|prod|production|final|runtime|update|updater|generate|gen|format|fmt|bench|benchmark|coverage|shell|tools?|toolbox|run|serve|vendor|vendored|package|publish|deploy|target\d*)(?:[-_.]|\d*$)/;
