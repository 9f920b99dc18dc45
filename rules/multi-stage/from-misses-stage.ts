import { defineRule, meantStages, replace } from '#lint';

export default defineRule({
  name: 'from-misses-stage',
  codes: [],
  category: 'multi-stage',
  summary: 'FROM names a stage in a way that finds an image instead',
  why: `FROM finds a stage only above it, and only by its name in lower case. Anything else is taken as the name of an image, which does
    not exist or, worse, belongs to somebody else.`,
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
    if (model.stages.length < 2) return {};
    const stageMeant = meantStages(model);
    return {
      *From({ image }, { stage }) {
        if (stage?.base.kind !== 'image' || image.text === undefined) return;
        const { text } = stage.base;
        const reference = stage.references.find(({ kind }) => kind === 'from');
        const meant = reference && stageMeant(reference, stage);
        if (!meant?.name || !meant.node.from) return;
        const isLater = meant.index >= stage.index;
        const onlyCase = meant.name === text.toLowerCase();
        yield {
          at: image,
          message: isLater
            ? `\`${text}\` is taken as an image: the stage \`${meant.name}\` is defined further down`
            : `\`${text}\` is taken as an image: the stage is called \`${meant.name}\``,
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
