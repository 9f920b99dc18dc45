import {
  defineRule,
  downloadsIn,
  type Edit,
  entryOf,
  hostOf,
  type Iechorfile,
  type Instruction,
  isPrivateHost,
  isVerification,
  type Model,
  type Problem,
  type Range,
  type Run,
  removeWithSpaceBefore,
  replace,
  type ShellCommand,
  type ShellWord,
  settingsIn,
} from '#lint';

export default defineRule({
  name: 'tls-verification-off',
  codes: [
    ...['CKV2_DOCKER_2', 'CKV2_DOCKER_3', 'CKV2_DOCKER_4', 'CKV2_DOCKER_5', 'CKV2_DOCKER_6', 'CKV2_DOCKER_12'],
    ...['CKV2_DOCKER_13', 'CKV2_DOCKER_14', 'CKV2_DOCKER_15', 'CKV2_DOCKER_16'],
  ],
  category: 'security',
  summary: 'The certificate of a server is not checked',
  why: `Whoever stands between the build and the server can send whatever they like, and the image runs it. Where the certificate is your
    own, the image can be told to trust it.`,
  severity: 'warning',
  when: {
    instructions: ['Run', 'Env', 'Arg'],
    text: /verify|insecure|trusted|strict.?ssl|_ssl_|_tls_|disable-tls|check[_-]certificate|secure-http|\s-[a-z]*k/i,
  },
  fix: { safety: 'unsafe', note: 'The step fails where the certificate is not trusted.' },
  examples: [
    {
      bad: 'FROM debian:12\nRUN curl -fsSLk -o /tool https://example.com/tool\n',
      good: 'FROM debian:12\nRUN curl -fsSL -o /tool https://example.com/tool\n',
    },
    {
      bad: 'FROM debian:12\nRUN wget -q --no-check-certificate https://example.com/tool\n',
      good: 'FROM debian:12\nRUN wget -q https://example.com/tool\n',
    },
    { bad: 'FROM python:3.13\nRUN pip install --trusted-host pypi.org requests\n' },
    { bad: 'FROM python:3.13\nENV PYTHONHTTPSVERIFY=0\n' },
    { bad: 'FROM python:3.13\nARG PIP_TRUSTED_HOST="pypi.org files.pythonhosted.org"\n' },
    { bad: 'FROM node:22\nENV A=b NODE_TLS_REJECT_UNAUTHORIZED=0\n' },
    { bad: 'FROM node:22\nRUN NODE_TLS_REJECT_UNAUTHORIZED=0 npm ci\n' },
    { bad: 'FROM node:22\nRUN npm config set strict-ssl false && npm ci\n' },
    { bad: 'FROM node:22\nRUN yarn config set "strict-ssl" false\n' },
    { bad: 'FROM debian:12\nRUN export GIT_SSL_NO_VERIFY=1 && git clone https://example.com/a.git\n' },
    { bad: 'FROM debian:12\nRUN git config --global http.sslVerify false\n' },
    { bad: 'FROM debian:12\nRUN git -c http.sslVerify=false clone https://example.com/a.git\n' },
    { bad: 'FROM fedora:40\nRUN dnf install -y --setopt=sslverify=false git\n' },
    { bad: 'FROM debian:12\nRUN apt-get -o Acquire::https::Verify-Peer=false update\n' },
    { title: 'In a configuration', bad: 'FROM centos:7\nRUN echo "sslverify=false" >> /etc/yum.conf\n' },
    {
      title: 'Nothing of the kind',
      good: 'FROM debian:12\nRUN curl -fsSLO https://example.com/tool && curl --cacert /ca.pem https://example.com/a\nENV NODE_TLS_REJECT_UNAUTHORIZED=1\nENV GIT_SSL_NO_VERIFY=""\n',
    },
    { title: 'A value of another option', good: 'FROM debian:12\nRUN curl -o -k https://example.com/tool\n' },
    { title: 'Within the container', good: 'FROM debian:12\nRUN curl -k https://localhost:8443/health\n' },
    {
      title: 'What it fetches is checked',
      good: 'FROM debian:12\nRUN wget --no-check-certificate https://example.com/tool && echo "0123  tool" | sha256sum -c -\n',
    },
  ],
  check({ file, model }) {
    return {
      *Env(node) {
        yield* settingProblems(model, node);
      },
      *Arg(node) {
        yield* settingProblems(model, node);
      },
      *Run(node) {
        yield* settingProblems(model, node);
        for (const command of model.commandsOf(node)) {
          const found = switchIn(command);
          if (found && !isHarmless(model, node, command)) yield problemOf(file, found);
        }
      },
    };
  },
});

// Variables ---------------------------------------------------------------------------------------------------------

interface Variable {
  readonly code: readonly string[];
  readonly off: RegExp;
  readonly what: string;
}

const FALSE = /^(?:0|false|no|off)$/i;
const SET = /\S/;
const TRUE = /^(?!(?:0|false|no|off)?$)/i;

const VARIABLES: Readonly<Record<string, Variable>> = {
  PYTHONHTTPSVERIFY: { code: ['CKV2_DOCKER_5'], off: /^0$/, what: 'Python' },
  NODE_TLS_REJECT_UNAUTHORIZED: { code: ['CKV2_DOCKER_6'], off: /^0$/, what: 'Node.js' },
  NPM_CONFIG_STRICT_SSL: { code: ['CKV2_DOCKER_12'], off: FALSE, what: 'npm' },
  YARN_ENABLE_STRICT_SSL: { code: [], off: FALSE, what: 'Yarn' },
  GIT_SSL_NO_VERIFY: { code: ['CKV2_DOCKER_14'], off: TRUE, what: 'git' },
  PIP_TRUSTED_HOST: { code: ['CKV2_DOCKER_16'], off: SET, what: 'pip' },
  UV_INSECURE_HOST: { code: [], off: SET, what: 'uv' },
  CONDA_SSL_VERIFY: { code: [], off: FALSE, what: 'conda' },
};

const settingProblems = (model: Model, node: Instruction): readonly Problem[] =>
  settingsIn(model, node).flatMap(({ name, value, start, end }) => {
    const key = name.toUpperCase();
    const variable = entryOf(VARIABLES, key);
    if (!variable || value === undefined || !variable.off.test(value)) return [];
    const message = `\`${name}\` keeps ${variable.what} from checking certificates`;
    return [{ at: { start, end }, message, help: HELP, codes: variable.code }];
  });

const HELP =
  'Delete it. Where the certificate is your own, copy it to the image and have it trusted, as `update-ca-certificates` does.';

// Commands ----------------------------------------------------------------------------------------------------------

/** What switches the check off. */
interface Switch {
  readonly words: readonly ShellWord[];
  readonly command: ShellCommand;
  readonly codes: readonly string[];
  /** What stands there once the switch is gone; undefined where that is not to be told. */
  readonly rest?: string;
}

const switchIn = (command: ShellCommand): Switch | undefined => {
  const { name = '', arguments: words } = command;
  if (name === 'curl') return curlSwitch(command);
  if (name === 'wget') return optionSwitch(command, /^--no-check-certificate$/, ['CKV2_DOCKER_3'], '');
  if (name === 'git') return gitSwitch(command);
  if (/^(?:pip[\d.]*|pipenv)$/.test(name)) return trustedHost(command, '--trusted-host', ['CKV2_DOCKER_4']);
  if (name === 'uv') return trustedHost(command, '--allow-insecure-host', []);
  if (/^(?:npm|yarn|pnpm)$/.test(name)) return strictSsl(command);
  if (/^(?:yum|dnf|microdnf|tdnf|yum-config-manager)$/.test(name)) {
    const at = words.findIndex(({ text = '' }) => /(?:^|=|\.)sslverify=(?:0|false|no|off)$/i.test(text));
    const word = words[at];
    return word && { words: [word], command, codes: ['CKV2_DOCKER_15'] };
  }
  return writtenSwitch(command) ?? otherSwitch(command);
};

/** Switches that no tool has an id for. */
const otherSwitch = (command: ShellCommand): Switch | undefined => {
  const { name = '' } = command;
  if (/^apt(?:-get)?$/.test(name))
    return optionSwitch(command, /^(?:-o)?Acquire::https::(?:\S+::)?Verify-Peer=(?:0|false|no|off)$/i, []);
  const words = command.arguments.map(({ text = '' }) => text).join(' ');
  if (name === 'conda' && /^config .*ssl_verify (?:false|no|0)$/i.test(words))
    return { words: command.arguments, command, codes: [] };
  if (name !== 'composer' || !/^(?:global )?config .*(?:disable-tls true|secure-http false)$/.test(words))
    return undefined;
  return { words: command.arguments, command, codes: [] };
};

const CONFIGURED: readonly (readonly [line: RegExp, codes: readonly string[]])[] = [
  [/\bsslverify ?= ?(?:0|false|no)\b/i, ['CKV2_DOCKER_15']],
  [/\bstrict-ssl ?= ?false\b/i, ['CKV2_DOCKER_12']],
  [/\bcheck[_-]certificate ?= ?(?:off|0)\b/i, ['CKV2_DOCKER_3']],
  [/Acquire::https::(?:\S+::)?Verify-Peer "?(?:false|0|no)/i, []],
];

/** A line of a configuration file that the step writes. */
const writtenSwitch = (command: ShellCommand): Switch | undefined => {
  const { name, redirections, arguments: words, pipeline } = command;
  const isWritten = redirections.some(({ operator }) => operator.startsWith('>')) || pipeline !== undefined;
  if ((name !== 'echo' && name !== 'printf') || !isWritten) return undefined;
  for (const [line, codes] of CONFIGURED) {
    const word = words.find(({ raw }) => line.test(raw));
    if (word) return { words: [word], command, codes };
  }
  return undefined;
};

const optionSwitch = (
  command: ShellCommand,
  option: RegExp,
  codes: readonly string[],
  rest?: string,
): Switch | undefined => {
  const word = command.arguments.find(({ text = '' }) => option.test(text));
  return word && { words: [word], command, codes, ...(rest === undefined ? {} : { rest }) };
};

const curlSwitch = (command: ShellCommand): Switch | undefined => {
  const codes = ['CKV2_DOCKER_2'];
  if (!command.has('-k', '--insecure')) return undefined;
  const values = new Set(command.arguments.filter((word, index) => index > 0 && takesNext(command, index - 1, word)));
  const words = command.arguments.filter((word) => !values.has(word));
  const long = words.find(({ text }) => text === '--insecure' || text === '-k');
  if (long) return { words: [long], command, codes, rest: '' };
  const cluster = words.find(({ text = '' }) => /^-[a-zA-Z]*k[a-zA-Z]*$/.test(text));
  return cluster && { words: [cluster], command, codes, rest: cluster.raw.replace('k', '') };
};

/** Whether the word is the value of the option before it. */
const takesNext = (command: ShellCommand, before: number, word: ShellWord): boolean => {
  const option = command.arguments[before]?.text ?? '';
  return (
    option.startsWith('-') && command.optionValues(option.slice(0, 2), option).some((value) => value.word === word)
  );
};

const gitSwitch = (command: ShellCommand): Switch | undefined => {
  const { arguments: words } = command;
  const joined = words.find(({ text = '' }) => /^http\.(?:\S+\.)?sslverify=(?:0|false|no|off)$/i.test(text));
  if (joined) return { words: [joined], command, codes: [] };
  const at = words.findIndex(({ text = '' }) => /^http\.(?:\S+\.)?sslverify$/i.test(text));
  const [key, value] = [words[at], words[at + 1]];
  return key && value && FALSE.test(value.text ?? '') ? { words: [key, value], command, codes: [] } : undefined;
};

const trustedHost = (command: ShellCommand, option: string, codes: readonly string[]): Switch | undefined => {
  const { operands } = command;
  const at = operands.findIndex(({ text }) => text === 'global.trusted-host' || text === 'install.trusted-host');
  const key = operands[at];
  if (at > 0 && key && operands[at - 1]?.text === 'set') return { words: [key], command, codes };
  const hosts = command
    .optionValues(option)
    .filter(({ text = '' }) => !isPrivateHost(text.replace(/:\d+$/, '') || 'a.b'));
  const [first] = hosts;
  return first && { words: [first.word], command, codes };
};

const strictSsl = (command: ShellCommand): Switch | undefined => {
  const codes = command.name === 'npm' ? ['CKV2_DOCKER_12'] : command.name === 'yarn' ? ['CKV2_DOCKER_13'] : [];
  const { arguments: words } = command;
  const joined = words.find(({ text = '' }) => /^(?:--)?strict-ssl=(?:false|0)$|^--no-strict-ssl$/i.test(text));
  if (joined) return { words: [joined], command, codes };
  const at = words.findIndex(({ text = '' }) => /^(?:--)?(?:strict-ssl|enableStrictSsl)$/.test(text));
  const [key, value] = [words[at], words[at + 1]];
  return key && value && FALSE.test(value.text ?? '') ? { words: [key, value], command, codes } : undefined;
};

/** Whether it talks to this machine, or what it fetches is checked afterwards. */
const isHarmless = (model: Model, node: Run, command: ShellCommand): boolean => {
  if (command.name !== 'curl' && command.name !== 'wget') return false;
  const own = downloadsIn(model, node).filter((download) => download.command === command);
  const isLocal = own.length > 0 && own.every(({ url }) => /^(?:localhost|127\.|\[)/.test(hostOf(url) ?? ''));
  const commands = model.commandsOf(node);
  return isLocal || commands.slice(commands.indexOf(command)).some(isVerification);
};

const problemOf = (file: Iechorfile, { words, command, codes, rest }: Switch): Problem => {
  const [first] = words;
  const at: Range = { start: first?.start ?? command.start, end: words.at(-1)?.end ?? command.end };
  const text = rest ? '-k' : words.map(({ raw }) => raw).join(' ');
  const checker = /^(?:echo|printf)$/.test(command.name ?? '') ? 'what reads it' : `\`${command.name}\``;
  const isThere = first !== undefined && file.text.slice(at.start, at.end) === first.raw;
  const edit: Edit | undefined =
    rest === undefined || !isThere ? undefined : rest === '' ? removeWithSpaceBefore(file, at) : replace(at, rest);
  return {
    at,
    message: `\`${text}\` keeps ${checker} from checking certificates`,
    help: HELP,
    codes,
    fix: edit && { title: 'Check certificates', edits: [edit] },
  };
};
