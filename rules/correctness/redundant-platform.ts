import { defineRule, remove } from '#lint';

export default defineRule({
  name: 'redundant-platform',
  codes: ['DL3065', 'RedundantTargetPlatform'],
  category: 'correctness',
  summary: '`FROM --platform` asks for the target platform, which is the default',
  why: `Without the flag a FROM takes the image of the target platform, so the flag says nothing; where it stands, readers
    look for the reason.`,
  severity: 'info',
  fix: { safety: 'safe' },
  examples: [
    { bad: 'FROM --platform=$TARGETPLATFORM alpine:3.24\n', good: 'FROM alpine:3.24\n' },
    { title: 'The platform that builds', good: 'FROM --platform=$BUILDPLATFORM golang:1.26 AS build\n' },
    {
      title: 'The file sets its own',
      good: 'ARG TARGETPLATFORM=linux/amd64\nFROM --platform=$TARGETPLATFORM alpine:3.24\n',
    },
  ],
  check({ file, model }) {
    return {
      *From({ keyword, flags }) {
        const flag = flags.find(({ name }) => name.text === 'platform');
        const [part, another] = flag?.value?.parts ?? [];
        if (!flag || part?.kind !== 'Variable' || another || part.modifier || part.name !== 'TARGETPLATFORM') return;
        if (model.globals.bindings.get('TARGETPLATFORM')?.by !== 'predefined') return;
        const gap = file.text.slice(keyword.end, flag.start);
        yield {
          at: flag,
          message: `\`${file.text.slice(flag.start, flag.end)}\` is what a FROM takes anyway`,
          help: 'Leave the flag out.',
          fix: gap.trim()
            ? undefined
            : { title: 'Delete the flag', edits: [remove({ start: keyword.end, end: flag.end })] },
        };
      },
    };
  },
});
