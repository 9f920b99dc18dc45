import { type DeletedLater, defineRule, deletedLater, type Instruction, type Problem, programsOf } from '#lint';

export default defineRule({
  name: 'deleted-in-later-layer',
  codes: [],
  category: 'size',
  summary: 'Something large is deleted in a later layer than the one that brought it',
  why: `A layer only hides what lies in those below it: the image is pulled and stored with all of them, so nothing gets smaller.`,
  severity: 'info',
  scope: 'final',
  when: {
    instructions: ['Run'],
    programs: ['rm', 'unlink', ...programsOf('apt', 'apk', 'yum', 'dnf', 'microdnf', 'tdnf', 'zypper')],
    text: /\b(?:rm|unlink|remove|purge|autoremove|del|erase)\b/,
  },
  examples: [
    {
      bad: 'FROM debian:13\nRUN curl -fsSLO https://example.com/tool.tar.gz\nRUN tar -xzf tool.tar.gz\nRUN rm tool.tar.gz\n',
      good: 'FROM debian:13\nRUN curl -fsSLO https://example.com/tool.tar.gz && tar -xzf tool.tar.gz && rm tool.tar.gz\n',
    },
    {
      title: 'A file of the build context',
      bad: 'FROM debian:13\nCOPY tool.deb /tmp/\nRUN dpkg -i /tmp/tool.deb && rm /tmp/tool.deb\n',
      good: 'FROM debian:13\nRUN --mount=type=bind,source=tool.deb,target=/tmp/tool.deb dpkg -i /tmp/tool.deb\n',
    },
    {
      title: 'What another stage made',
      bad: 'FROM debian:13 AS build\nRUN make deb\nFROM debian:13\nCOPY --from=build /tool.deb /tmp/\nRUN dpkg -i /tmp/*.deb && rm /tmp/*.deb\n',
      good: 'FROM debian:13 AS build\nRUN make deb\nFROM debian:13\nRUN --mount=type=bind,from=build,source=/tool.deb,target=/tmp/tool.deb dpkg -i /tmp/tool.deb\n',
    },
    {
      title: 'Packages',
      bad: 'FROM alpine:3.24\nRUN apk add --no-cache --virtual .build gcc musl-dev\nRUN make\nRUN apk del .build\n',
      good: 'FROM alpine:3.24\nRUN apk add --no-cache --virtual .build gcc musl-dev && make && apk del .build\n',
    },
    {
      title: 'A folder with all that is in it',
      bad: 'FROM debian:13\nRUN git clone https://example.com/tool.git /src/tool\nRUN make -C /src/tool install\nRUN rm -rf /src/*\n',
    },
    {
      title: 'A stage that leaves nothing behind',
      good: 'FROM debian:13 AS build\nRUN wget -q https://example.com/a.zip\nRUN unzip a.zip && rm a.zip\nFROM debian:13\nCOPY --from=build /a /a\n',
    },
    {
      title: 'ADD has unpacked it, so the archive is not there',
      good: 'FROM debian:13\nADD tool.tar.gz /opt/\nRUN rm -f /opt/tool.tar.gz\n',
    },
    {
      title: 'Small files, and what the base image brought',
      good: 'FROM debian:13\nCOPY install.sh /tmp/\nRUN /tmp/install.sh && rm /tmp/install.sh && apt-get purge -y perl && rm -rf /usr/share/doc\n',
    },
    {
      title: 'In a mount',
      good: 'FROM debian:13\nRUN --mount=type=cache,target=/dl curl -fsSLo /dl/a.zip https://example.com/a.zip\nRUN --mount=type=cache,target=/dl unzip /dl/a.zip && rm /dl/a.zip\n',
    },
  ],
  check({ model }) {
    const deletedLaterIn = deletedLater(model);
    return { Run: (node) => deletedLaterIn(node).map(problemOf) };
  },
});

const problemOf = ({ at, kind, name, from }: DeletedLater): Problem => ({
  at,
  message:
    kind === 'package'
      ? `\`${name}\` is removed here, and stays in the layer of the RUN that installed it`
      : `\`${name}\` is deleted here, and stays in the layer that brought it`,
  help:
    kind === 'package'
      ? 'Install, use and remove it in one RUN, or do what needs it in a stage of its own.'
      : helpOf(from),
  related: [{ range: from.keyword, message: 'This layer has it' }],
});

const helpOf = (node: Instruction): string => {
  if (node.kind === 'Run') return 'Fetch it, use it and delete it in one RUN.';
  const stage = node.kind === 'Copy' ? node.flags.find(({ name }) => name.text === 'from')?.value?.raw : undefined;
  return `Mount it where it is used: \`RUN --mount=type=bind,${stage === undefined ? '' : `from=${stage},`}source=…,target=…\`.`;
};
