import { defineRule, nameRangeOf, ownReferences } from '#lint';

export default defineRule({
  name: 'copy-from-later-stage',
  codes: [],
  category: 'multi-stage',
  summary: 'COPY or a mount takes from a stage that is defined further down',
  why: `A stage can take only from stages above it: BuildKit builds from top to bottom and refuses a reference the other way.`,
  severity: 'error',
  when: { text: /from=/i },
  examples: [
    {
      bad: 'FROM alpine:3.24 AS run\nCOPY --from=build /app /app\nFROM golang:1.26 AS build\nRUN go build -o /app .\n',
    },
    {
      title: 'By number, counted from 0',
      bad: 'FROM alpine:3.24\nFROM alpine:3.24\nCOPY --from=2 /app /app\nFROM golang:1.26\nRUN go build -o /app .\n',
    },
    {
      title: 'Defined above',
      good: 'FROM golang:1.26 AS build\nRUN go build -o /app .\nFROM alpine:3.24 AS run\nCOPY --from=build /app /app\n',
    },
    {
      title: 'Defined above and again below',
      good: 'FROM alpine:3.24 AS a\nFROM alpine:3.24\nCOPY --from=a /x /x\nFROM alpine:3.24 AS a\n',
    },
  ],
  exceptions: {
    onbuild: 'A trigger runs in a stage of the file that builds on the image.',
  },
  check({ file }) {
    return {
      *Stage(_node, { stage }) {
        if (!stage) return;
        for (const reference of ownReferences(stage)) {
          const { kind, text = '', stage: source } = reference;
          if (!source?.node.from || kind === 'from' || source.index <= stage.index) continue;
          const from = kind === 'copy' ? '--from' : 'from';
          yield {
            at: nameRangeOf(file, reference) ?? reference.at,
            message: `\`${from}=${text}\` takes from a stage that is defined further down`,
            help: `Move the stage \`${source.name ?? text}\` above this one${/^\d+$/.test(text) ? `, and write \`${from}=${source.name ?? 'NAME'}\`` : ''}.`,
            related: [{ range: source.node.from, message: 'The stage is defined here' }],
          };
        }
      },
    };
  },
});
