import {
  defineRule,
  type Iechorfile,
  insertAfter,
  isVerification,
  type Model,
  type Problem,
  type Run,
  type ShellCommand,
} from '#lint';

export default defineRule({
  name: 'curl-without-fail',
  codes: ['DF035'],
  category: 'correctness',
  summary: 'curl keeps an error page as if it were the file',
  why: `Without \`-f\`, an answer such as 404 or 503 is a success for curl: the error page is saved under the name of the file, and the step
    goes on.`,
  severity: 'info',
  when: { programs: ['curl'] },
  fix: { safety: 'unsafe', note: 'Steps fail that went through so far.' },
  examples: [
    {
      bad: 'FROM debian:12\nRUN curl -sSL -o /usr/bin/tool https://example.com/tool && chmod +x /usr/bin/tool\n',
      good: 'FROM debian:12\nRUN curl -f -sSL -o /usr/bin/tool https://example.com/tool && chmod +x /usr/bin/tool\n',
    },
    {
      title: 'By a redirection',
      bad: 'FROM debian:12\nRUN curl https://example.com/app.conf > /etc/app.conf\n',
      good: 'FROM debian:12\nRUN curl -f https://example.com/app.conf > /etc/app.conf\n',
    },
    {
      title: 'Said in another way',
      good: 'FROM debian:12\nRUN curl -fsSLo a https://example.com/a && curl --fail-with-body -O https://example.com/b\n',
    },
    {
      title: 'What comes next fails on such a page',
      good: 'FROM debian:12\nRUN curl -sSLO https://example.com/a.tgz && tar xzf a.tgz\nRUN curl -sSLo /b https://example.com/b && echo "0123  /b" | sha256sum -c -\n',
    },
    {
      title: 'The answer is looked at',
      good: 'FROM debian:12\nRUN curl -s -o /a -w "%{http_code}" https://example.com/a | grep 200\n',
    },
    {
      title: 'Nothing is kept',
      good: 'FROM debian:12\nRUN curl -s https://example.com/ping && curl -so /dev/null https://example.com/\n',
    },
  ],
  check({ file, model }) {
    return {
      *Run(node) {
        for (const command of model.commandsOf(node)) {
          if (command.name !== 'curl' || command.has(...TOLD)) continue;
          const output = outputOf(command);
          if (output === undefined || fails(model, node, command, output)) continue;
          yield problemOf(file, node, command);
        }
      },
    };
  },
});

const TOLD = [
  ...['-f', '--fail', '--fail-with-body', '-w', '--write-out', '-I', '--head', '-K', '--config'],
  ...['-X', '--request', '-d', '--data', '-T', '--upload-file', '-i', '--include', '--version', '-V', '-h'],
] as const;

/** The file that it writes, without folder; undefined where it writes none. */
const outputOf = (command: ShellCommand): string | undefined => {
  const redirection = command.redirections.find(({ operator, descriptor = 1 }) => operator === '>' && descriptor === 1);
  const option = command.option('-o', '--output');
  const target = option ? (option.text ?? option.word.raw) : redirection?.target?.raw;
  if (target !== undefined) return NOWHERE.test(target) ? undefined : baseName(target);
  if (!command.has('-O', '--remote-name')) return undefined;
  return baseName(command.operands[0]?.raw ?? '');
};

/** What is no file, and where package managers refuse what is no list of repositories. */
const NOWHERE = /^(?:-|\/dev\/\w+)$|\/(?:sources\.list|yum\.repos)\.d\//;

const baseName = (path: string): string =>
  path
    .replace(/["']/g, '')
    .replace(/[?#].*$/, '')
    .replace(/^.*\//, '');

/** Whether something further on in the stage fails on what is no such file. */
const fails = (model: Model, node: Run, command: ShellCommand, output: string): boolean => {
  const own = model.commandsOf(node);
  const runs =
    model.stageOf(node)?.node.instructions.filter(({ kind, start }) => kind === 'Run' && start > node.start) ?? [];
  const later = [...own.slice(own.indexOf(command) + 1), ...runs.flatMap((run) => model.commandsOf(run))];
  return later.some((each) => {
    if (isVerification(each)) return true;
    if (each.name === output || each.word?.raw.endsWith(`/${output}`)) return true;
    return READERS.has(each.name) && each.arguments.some(({ raw }) => mayName(raw, output));
  });
};

const mayName = (word: string, output: string): boolean =>
  /[$*]/.test(word) || output.includes('$') || word.includes(output.replace(/\.[a-z]+$/, '')) || word === '.';

const READERS = new Set<string | undefined>(
  `7z apk apt apt-get apt-key bash bsdtar bunzip2 bzip2 cpio dash dnf docker-php-ext-install dpkg gem gpg grep gunzip gzip jar java
  jq microdnf msiexec node npm patch perl php pip pip3 python python2 python3 rpm ruby sh sha256sum tar tdnf test
  unxz unzip uv xz yum zcat zstd zypper sudo source . zsh mvn`.split(/\s+/),
);

const problemOf = (file: Iechorfile, node: Run, command: ShellCommand): Problem => {
  const { word } = command;
  const isThere = word && !node.json && file.text.slice(word.start, word.end) === word.raw;
  return {
    at: command,
    message: '`curl` keeps an error page as if it were the file',
    help: 'Add `-f`, so that it fails instead.',
    fix: isThere ? { title: 'Add `-f`', edits: [insertAfter(word, ' -f')] } : undefined,
  };
};
