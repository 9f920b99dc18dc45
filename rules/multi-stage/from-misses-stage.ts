import { defineRule, isOfficialImage, isSlip, nearestName, replace, type StageInfo } from '#lint';

export default defineRule({
  name: 'from-misses-stage',
  codes: [],
  category: 'multi-stage',
  summary: 'FROM names a stage in a way that finds an image instead',
  why: `FROM finds only a stage that stands above it, by its name in lower case exactly. Anything else is taken as the name
    of an image, which does not exist or, worse, belongs to somebody else.`,
  severity: 'error',
  fix: { safety: 'safe', note: 'Only where the letter case alone differs: no image has capitals in its name.' },
  examples: [
    {
      title: 'A capital letter',
      bad: 'FROM alpine:3.24 AS Base\nFROM Base\n',
      good: 'FROM alpine:3.24 AS Base\nFROM base\n',
    },
    {
      title: 'A slip of the pen',
      bad: 'FROM golang:1.26 AS builder\nFROM buidler AS test\n',
      good: 'FROM golang:1.26 AS builder\nFROM builder AS test\n',
    },
    { title: 'Further down', bad: 'FROM runtime AS app\nFROM alpine:3.24 AS runtime\n' },
    { title: 'An image that is called nearly like a stage', good: 'FROM node:24 AS nodes\nFROM node\n' },
    { title: 'A stage named after its image', good: 'FROM alpine AS alpine\nFROM alpine\n' },
  ],
  check({ model }) {
    const named = stagesByName(model.stages);
    return {
      *From({ image }, { stage }) {
        if (stage?.base.kind !== 'image' || image.text === undefined) return;
        const { text } = stage.base;
        const meant = meantStage(text, stage, named);
        if (!meant?.name || !meant.node.from) return;
        const isLater = meant.index >= stage.index;
        const onlyCase = meant.name === text.toLowerCase();
        yield {
          at: image,
          message: isLater
            ? `\`${text}\` is taken as an image: the stage \`${meant.name}\` is defined only further down`
            : `\`${text}\` is taken as an image: the stage above is called \`${meant.name}\``,
          help: isLater ? `Move the stage \`${meant.name}\` above this one.` : `Write \`FROM ${meant.name}\`.`,
          related: [{ range: meant.node.from, message: 'The stage is defined here' }],
          fix: isLater
            ? undefined
            : {
                title: `Write \`${meant.name}\``,
                edits: [replace(image, meant.name)],
                safety: onlyCase ? 'safe' : 'unsafe',
              },
        };
      },
    };
  },
});

type Named = ReadonlyMap<string, StageInfo>;

/** The first of each name. */
const stagesByName = (stages: readonly StageInfo[]): Named => {
  const named = new Map<string, StageInfo>();
  for (const stage of stages) if (stage.name && !named.has(stage.name)) named.set(stage.name, stage);
  return named;
};

/** The stage that a plain name was probably meant to find. */
const meantStage = (text: string, stage: StageInfo, named: Named): StageInfo | undefined => {
  if (!/^[\w.-]+$/.test(text) || isOfficialImage(text)) return undefined;
  const same = named.get(text.toLowerCase());
  if (same && same !== stage) return same;
  const near = text.length > 3 ? nearestName(text, named.keys()) : undefined;
  const meant = near === undefined ? undefined : named.get(near);
  return meant && meant.index < stage.index && isNear(text, meant.name ?? '') ? meant : undefined;
};

/** `rocky8` beside `rocky9` is no slip of the pen, nor are short words that share some letters. */
const isNear = (text: string, name: string): boolean =>
  isSlip(text, name) || (text.length > 5 && withoutDigits(text) !== withoutDigits(name));

const withoutDigits = (text: string): string => text.replace(/\d+/g, '');
