import {
  commandsOf,
  defineRule,
  hostOf,
  isShell,
  type Problem,
  type Range,
  type ShellCommand,
  type ShellWord,
} from '#lint';

export default defineRule({
  name: 'remote-script-run',
  codes: ['DF021'],
  category: 'security',
  summary: 'A script from the network is run unchecked',
  why: `Whatever the server sends at build time is run, usually as root: another script tomorrow, half of one if the connection breaks, an
    attacker's if the server is theirs.`,
  severity: 'warning',
  when: { programs: ['curl', 'wget', 'fetch', 'aria2c', 'http', 'lwp-request'] },
  examples: [
    { bad: 'FROM debian\nRUN curl -fsSL https://example.com/install.sh | bash -s -- --yes\n' },
    { title: 'With sudo', bad: 'FROM debian\nRUN wget -qO- https://deb.example.com/setup_22.x | sudo -E bash -\n' },
    { title: 'By substitution', bad: 'FROM debian\nRUN sh -c "$(curl -fsSL https://example.com/install.sh)"\n' },
    {
      title: 'As a file',
      bad: 'FROM debian\nSHELL ["bash", "-c"]\nRUN bash <(curl -s https://example.com/install.sh)\n',
    },
    { title: 'Another language', bad: 'FROM php\nRUN curl -s https://getcomposer.org/installer | php -- --quiet\n' },
    {
      title: 'Checked before it runs',
      good: 'FROM debian\nRUN curl -fsSLo install.sh https://example.com/install.sh \\\n && echo "0123  install.sh" | sha256sum -c - \\\n && sh install.sh\n',
    },
    {
      title: 'Data',
      good: 'FROM debian\nRUN curl -s https://example.com/data.json | python3 -c "import json" | sh -c "cat"\n',
    },
    { title: 'An archive', good: 'FROM debian\nRUN curl -fsSL https://example.com/tool.tar.gz | tar xz\n' },
    { title: 'Signed', good: 'FROM debian\nRUN curl -fsSL https://example.com/install.asc | gpg --decrypt | sh\n' },
    {
      title: 'Nothing comes through the pipe',
      good: 'FROM debian\nRUN curl -fsSLo /bin/tool https://example.com/tool | bash\nRUN wget https://example.com/tool | sh\n',
    },
    { title: 'A script of the image', good: 'FROM debian\nRUN cat /install.sh | sh\n' },
  ],
  check({ model }) {
    return {
      *Run(node) {
        const commands = model.commandsOf(node);
        for (const command of commands) {
          const found = pipedInto(command) ?? substitutedInto(command);
          if (found) yield problemOf(found.download, found.at);
        }
      },
    };
  },
});

interface Found {
  readonly download: ShellCommand;
  readonly at: Range;
}

const DOWNLOADERS = new Set(['curl', 'wget', 'fetch', 'aria2c', 'http', 'lwp-request']);

/** Whether it writes what it fetches to its standard output. */
const isDownload = (command: ShellCommand): boolean => {
  const { name, redirections } = command;
  if (name === undefined || !DOWNLOADERS.has(name)) return false;
  if (redirections.some(({ operator, descriptor = 1 }) => operator.startsWith('>') && descriptor === 1)) return false;
  if (name !== 'curl' && name !== 'wget') return true;
  const files = name === 'curl' ? command.optionValues('-o', '--output') : command.optionValues(...WGET_OUTPUT);
  if (files.length > 0) return files.some(({ text }) => text === '-' || text === '/dev/stdout');
  return name === 'curl' && !command.has('-O', '--remote-name', '--remote-name-all');
};

const WGET_OUTPUT = ['-O', '--output-document'] as const;

/** A download further up in the pipeline that nothing checks on its way. */
const pipedInto = (command: ShellCommand): Found | undefined => {
  const { pipeline, segment } = command;
  if (!pipeline || segment === 0 || !runsInput(command)) return undefined;
  const before = pipeline.segments.slice(0, segment).flat();
  const download = before.find(isDownload);
  if (!download || before.some(({ name }) => name === 'gpg' || name === 'gpgv' || name === 'openssl')) return undefined;
  return { download, at: { start: download.start, end: command.end } };
};

/** Whether it runs what it reads from its standard input. */
const runsInput = (command: ShellCommand): boolean => {
  const { name, operands, wrappers, arguments: words } = command;
  if (wrappers.some((wrapper) => wrapper.name === 'xargs')) return false;
  const [first] = words;
  if (isShell(name)) {
    if (command.has('-c')) return false;
    return command.has('-s') || operands.length === 0 || STDIN.test(operands[0]?.text ?? '');
  }
  return /^(?:python[\d.]*|perl|ruby|node|php)$/.test(name ?? '') && (!first || /^--?$/.test(first.text ?? ''));
};

const STDIN = /^(?:-|\/dev\/(?:stdin|fd\/0))$/;

/** `sh -c "$(curl …)"`, `eval "$(curl …)"`, `bash <(curl …)`, `. <(curl …)`. */
const substitutedInto = (command: ShellCommand): Found | undefined => {
  const outer = isDownload(command)
    ? command.wrappers.findLast(({ name }) => name === 'eval' || isShell(name))
    : undefined;
  const script = outer?.arguments.find((word) => isWithin(command, word));
  if (outer && script && isOnlySubstitution(script)) return { download: command, at: outer };
  if (!isShell(command.name) && command.name !== '.' && command.name !== 'source') return undefined;
  for (const part of command.operands[0]?.parts ?? []) {
    if (part.kind !== 'Substitution' || part.style !== '<(' || !part.script) continue;
    const download = commandsOf(part.script).find(isDownload);
    if (download) return { download, at: command };
  }
  return undefined;
};

const isWithin = (inner: Range, outer: Range): boolean => outer.start <= inner.start && inner.end <= outer.end;

const isOnlySubstitution = ({ parts: [first] }: ShellWord): boolean =>
  first?.kind === 'Substitution' && (first.style === '$(' || first.style === '`');

const problemOf = (download: ShellCommand, at: Range): Problem => {
  const words = download.arguments.map(({ raw }) => raw.replace(/^["']|["']$/g, ''));
  const url = words.find((word) => /^(?:https?|ftp):\/\//i.test(word));
  const host = url && hostOf(url);
  return {
    at: { start: at.start, end: at.end },
    message: `A script from ${host ? `\`${host}\`` : 'the network'} runs unchecked`,
    help: 'Download it to a file and check it with `sha256sum -c` before it runs, or take the tool from a package or an image.',
  };
};
