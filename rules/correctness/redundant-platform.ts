import { defineRule, remove } from '#lint';

export default defineRule({
  name: 'redundant-platform',
  codes: ['DL3065', 'RedundantTargetPlatform'],
  category: 'correctness',
  summary: '`FROM --platform` asks for the target platform, which is the default',
  why: `A FROM without the flag takes the image of the target platform, so the flag says nothing new, and readers look for a reason.`,
  severity: 'info',
  fix: { safety: 'safe' },
  examples: [
    { bad: 'FROM --platform=$TARGETPLATFORM alpine:3.24\n', good: 'FROM alpine:3.24\n' },
    { title: 'Quoted', bad: 'FROM --platform="$TARGETPLATFORM" alpine\n', good: 'FROM alpine\n' },
    { title: 'The platform that builds', good: 'FROM --platform=$BUILDPLATFORM golang:1.26 AS build\n' },
    {
      title: 'The file sets its own',
      good: 'ARG TARGETPLATFORM=linux/amd64\nFROM --platform=$TARGETPLATFORM alpine:3.24\n',
    },
  ],
  when: { instructions: ['From'] },
  check({ file, model, as }) {
    return {
      *From({ keyword, flags }) {
        const flag = flags.find(({ name }) => name.text === 'platform');
        const [first, second] = flag?.value?.parts ?? [];
        const [part, another] = first?.kind === 'Quoted' && !second ? first.parts : [first, second];
        if (!flag || part?.kind !== 'Variable' || another || part.name !== 'TARGETPLATFORM') return;
        // With a default it may be a choice, but none to BuildKit, which always sets it.
        if (part.modifier && !(as === 'buildkit' && /^:?-$/.test(part.modifier))) return;
        if (model.globals.bindings.get('TARGETPLATFORM')?.by !== 'predefined') return;
        const gap = file.text.slice(keyword.end, flag.start);
        yield {
          at: flag,
          message: `\`${file.text.slice(flag.start, flag.end)}\` is the default of FROM`,
          help: 'Delete the flag.',
          fix: gap.trim()
            ? undefined
            : { title: 'Delete the flag', edits: [remove({ start: keyword.end, end: flag.end })] },
        };
      },
    };
  },
});
