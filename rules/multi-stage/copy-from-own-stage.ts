import { defineRule, nameRangeOf, ownReferences } from '#lint';

export default defineRule({
  name: 'copy-from-own-stage',
  codes: ['DL3023'],
  category: 'multi-stage',
  summary: 'COPY or a mount takes from the stage that it stands in',
  why: `A stage cannot be its own source: BuildKit refuses the cycle. Files that are in the stage already are copied with
    \`RUN cp\`; files of the build context need no \`--from\`.`,
  severity: 'error',
  examples: [
    { title: 'By name', bad: 'FROM golang:1.26 AS build\nCOPY --from=build /app /usr/local/bin/app\n' },
    {
      title: 'As a mount',
      bad: 'FROM golang:1.26 AS build\nRUN --mount=type=bind,from=build,target=/src make -C /src\n',
    },
    {
      title: 'From the stage above',
      good: 'FROM golang:1.26 AS build\nRUN go build -o /app .\nFROM alpine:3.24\nCOPY --from=build /app /usr/local/bin/app\n',
    },
    {
      title: 'From an earlier stage of the same name',
      good: 'FROM alpine:3.24 AS files\nFROM alpine:3.24 AS files\nCOPY --from=files /etc/motd /etc/motd\n',
    },
  ],
  exceptions: { onbuild: 'A trigger runs in a stage of the file that builds on the image.' },
  when: { instructions: ['Copy', 'Run'] },
  check({ file }) {
    return {
      *Stage(_node, { stage }) {
        if (!stage) return;
        for (const reference of ownReferences(stage)) {
          const { kind, text, stage: source } = reference;
          if (source !== stage) continue;
          yield {
            at: nameRangeOf(file, reference) ?? reference.at,
            message: `\`${kind === 'copy' ? '--' : ''}from=${text}\` names the stage that it stands in`,
            help:
              kind === 'copy'
                ? 'Delete `--from` to copy from the build context, copy with `RUN cp`, or name an earlier stage.'
                : 'Delete the mount, as the files are there already, or name an earlier stage.',
          };
        }
      },
    };
  },
});
