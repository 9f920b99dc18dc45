import {
  type Download,
  defineRule,
  downloadsIn,
  hostOf,
  type Instruction,
  isPrivateHost,
  isVerification,
  isVerifiedIn,
  type Model,
  type Problem,
  type Stage,
} from '#lint';

export default defineRule({
  name: 'download-without-checksum',
  codes: [],
  category: 'security',
  summary: 'What is fetched is not checked against anything known',
  why: `HTTPS tells who sent a file, not that it is the one you have seen: a release can be replaced, or the server broken into. With a
    checksum, the build fails instead.`,
  severity: 'info',
  off: true,
  when: { instructions: ['Run', 'Add'] },
  examples: [
    { bad: 'FROM debian:12\nRUN curl -fsSL -o /usr/bin/tool https://example.com/tool && chmod +x /usr/bin/tool\n' },
    { bad: 'FROM debian:12\nADD https://example.com/tool /usr/bin/\n' },
    { title: 'Unpacked on its way', bad: 'FROM debian:12\nRUN wget -qO- https://example.com/tool.tgz | tar xz\n' },
    {
      title: 'Checked',
      good: 'FROM debian:12\nRUN curl -fsSLO https://example.com/tool && echo "0123  tool" | sha256sum -c -\nADD --checksum=sha256:0123 https://example.com/tool /usr/bin/\n',
    },
    {
      title: 'Checked by a signature, further down',
      good: 'FROM debian:12\nADD https://example.com/tool https://example.com/tool.asc /tmp/\nRUN gpg --verify /tmp/tool.asc\n',
    },
    {
      title: 'Nothing of it is kept',
      good: 'FROM debian:12\nRUN curl -fsS https://example.com/ping > /dev/null && curl http://localhost/\n',
    },
    {
      title: 'What checks others',
      good: 'FROM debian:12\nRUN curl -fsSL https://example.com/key.asc -o /etc/apt/keyrings/example.asc\n',
    },
    {
      title: 'A repository at a commit',
      good: 'FROM debian:12\nADD https://github.com/moby/buildkit.git#v0.14.1 /src\n',
    },
  ],
  check({ model }) {
    let last = -1;
    const check = (node: Instruction): readonly Problem[] => (node.start < last ? [] : problemsIn(model, node));
    return {
      Stage(node) {
        last = lastCheck(model, node);
        return undefined;
      },
      Run: check,
      Add: check,
    };
  },
});

/** Where the last RUN of the stage that checks something begins. */
const lastCheck = (model: Model, { instructions }: Stage): number =>
  instructions.findLast((node) => node.kind === 'Run' && model.commandsOf(node).some(isVerification))?.start ?? -1;

const problemsIn = (model: Model, node: Instruction): readonly Problem[] =>
  downloadsIn(model, node)
    .filter((download) => isKept(download) && !isVerifiedIn(model, node, download))
    .map(({ url, start, end }) => ({
      at: { start, end },
      message: `Nothing checks what \`${hostOf(url) ?? 'the server'}\` sends`,
      help:
        node.kind === 'Add'
          ? 'Add `--checksum=sha256:…` to the ADD.'
          : 'Keep its SHA-256 in the file, and check it with `sha256sum -c`.',
    }));

const isKept = ({ url, command }: Download): boolean => {
  const host = hostOf(url);
  if (host !== undefined && isPrivateHost(host)) return false;
  if (
    /\.(?:asc|gpg|key|pub|pem|crt|sig|sha\d+|sha\d+sums?|md5|git|list|repo)(?:[?#]|$)|\/gpg(?:[?#]|$)|sums?(?:\.txt)?$/i.test(
      url,
    )
  )
    return false;
  if (!command) return true;
  if (command.has('-I', '--head', '--spider')) return false;
  return !command.redirections.some(({ target }) => target?.text === '/dev/null') && !isAnswer(command);
};

/** Whether it is read by the script itself, as the number of the latest version is. */
const isAnswer = ({ isolated, pipeline }: NonNullable<Download['command']>): boolean => isolated && !pipeline;
