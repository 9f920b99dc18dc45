import {
  addressIn,
  type Download,
  defineRule,
  downloadsIn,
  type Edit,
  hostOf,
  type Iechorfile,
  type Instruction,
  isDownloader,
  isPrivateHost,
  isVerifiedIn,
  type Model,
  type Problem,
  replace,
  subcommandOf,
} from '#lint';

export default defineRule({
  name: 'cleartext-download',
  codes: ['S5332'],
  category: 'security',
  summary: 'Something is fetched without encryption and not checked',
  why: `Over plain HTTP or FTP anybody on the way can send something else, and the image runs it. HTTPS shows that it comes from the server,
    a checksum or a signature that it is what you know.`,
  severity: 'warning',
  when: { instructions: ['Run', 'Add'], text: /\b(?:http|ftp):/i },
  fix: { safety: 'unsafe', note: 'The server may not speak HTTPS.' },
  examples: [
    {
      bad: 'FROM debian:12\nRUN curl -fsSLO http://example.com/tool.tar.gz\n',
      good: 'FROM debian:12\nRUN curl -fsSLO https://example.com/tool.tar.gz\n',
    },
    {
      bad: 'FROM debian:12\nARG VERSION=1.2\nADD http://example.com/tool-$VERSION.tar.gz /opt/\n',
      good: 'FROM debian:12\nARG VERSION=1.2\nADD https://example.com/tool-$VERSION.tar.gz /opt/\n',
    },
    {
      title: 'The address in a variable',
      bad: 'FROM debian:12\nENV VERSION=1.2 \\\n    BASE=http://example.com/tool\nRUN wget -q $BASE/tool-$VERSION.tar.gz\n',
    },
    { title: 'FTP', bad: 'FROM debian:12\nRUN wget -q ftp://ftp.example.com/tool.tar.gz\n' },
    {
      title: 'A repository',
      bad: 'FROM debian:12\nRUN git clone --depth 1 http://git.example.com/tool.git\n',
      good: 'FROM debian:12\nRUN git clone --depth 1 https://git.example.com/tool.git\n',
    },
    {
      title: 'Packages',
      bad: 'FROM python:3.13\nRUN pip install -i http://pypi.example.com/simple requests\n',
      good: 'FROM python:3.13\nRUN pip install -i https://pypi.example.com/simple requests\n',
    },
    {
      title: 'Checked',
      good: 'FROM debian:12\nRUN wget -q http://example.com/tool && echo "0123  tool" | sha256sum -c -\nADD --checksum=sha256:0123 http://example.com/tool /opt/\n',
    },
    {
      title: 'On the own machine or in an own network',
      good: 'FROM debian:12\nRUN curl -f http://localhost:8080/ && wget http://10.0.0.3/a && curl http://mirror/b\n',
    },
    {
      title: 'A mirror of apt, whose packages are signed',
      good: 'FROM debian:12\nRUN echo "deb http://deb.debian.org/debian sid main" > /etc/apt/sources.list\n',
    },
    {
      title: 'Nothing is kept',
      good: 'FROM debian:12\nRUN curl -I http://example.com/ && wget --spider http://example.com/\n',
    },
    {
      title: 'A host that the file does not name',
      good: 'FROM debian:12\nARG MIRROR\nRUN curl -fsSLO http://$MIRROR/tool\n',
    },
  ],
  check({ file, model }) {
    const check = (node: Instruction): readonly Problem[] => {
      const found = [...downloadsIn(model, node), ...inVariables(model, node), ...othersIn(model, node)].filter(
        (download) => isCleartext(download) && !isVerifiedIn(model, node, download),
      );
      const hosts = new Set(found.map(({ url }) => hostOf(url)));
      return Array.from(hosts, (host) =>
        problemOf(
          file,
          found.filter(({ url }) => hostOf(url) === host),
        ),
      );
    };
    return { Run: check, Add: check };
  },
});

const isCleartext = ({ url, command }: Download): boolean => {
  const host = /^(?:http|ftp):/i.test(url) ? hostOf(url) : undefined;
  return host !== undefined && !isPrivateHost(host) && !command?.has('-I', '--head', '--spider');
};

/** What is fetched from an address that an ENV or an ARG holds. */
const inVariables = (model: Model, node: Instruction): readonly Download[] => {
  if (node.kind !== 'Run') return [];
  return model.commandsOf(node).flatMap((command) => {
    if (!isDownloader(command)) return [];
    return command.operands.flatMap(({ raw, start, end }) => {
      const name = /^["']?\$\{?([A-Za-z_]\w*)(?![\w:-])/.exec(raw)?.[1];
      const url = name === undefined ? undefined : model.stateBefore(node).bindings.get(name)?.value;
      return url === undefined ? [] : [{ url, command, start, end }];
    });
  });
};

/** What other programs fetch. */
const othersIn = (model: Model, node: Instruction): readonly Download[] => {
  if (node.kind !== 'Run') return [];
  return model.commandsOf(node).flatMap((command) => {
    const { name = '' } = command;
    if (name === 'git')
      return subcommandOf(command) === 'clone'
        ? command.operands.flatMap((word) => addressIn(word, model.file.text, command) ?? [])
        : [];
    if (!/^(?:pip[\d.]*|npm|yarn|pnpm)$/.test(name)) return [];
    const values = command.optionValues('-i', '--index-url', '--extra-index-url', '--registry');
    return values.flatMap(({ word }) => addressIn(word, model.file.text, command) ?? []);
  });
};

/** Downloads from one host. */
const problemOf = (file: Iechorfile, downloads: readonly Download[]): Problem => {
  const [{ url, start, end } = NOWHERE, ...more] = downloads;
  const schemes = new Set(downloads.map((download) => download.url.slice(0, download.url.indexOf(':')).toLowerCase()));
  const isHttp = schemes.size === 1 && downloads.every((download) => file.text.startsWith('http:', download.start));
  return {
    at: { start, end },
    message: `\`${hostOf(url)}\` is asked over \`${[...schemes].join('` and `')}\`, and nothing checks what it sends`,
    help: 'Write `https://`, or check the file against a checksum that you know.',
    related: more.map((download) => ({ range: { start: download.start, end: download.end }, message: 'And here' })),
    fix: isHttp ? { title: 'Write `https`', edits: downloads.map(toHttps) } : undefined,
  };
};

const NOWHERE: Download = { url: '', command: undefined, start: 0, end: 0 };

const toHttps = ({ start }: Download): Edit => replace({ start, end: start + 'http'.length }, 'https');
