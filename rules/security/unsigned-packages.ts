import {
  defineRule,
  type Edit,
  type Iechorfile,
  installOf,
  isIndexUpdate,
  isUpgrade,
  managerOf,
  type Problem,
  programsOf,
  removeWithSpaceBefore,
  replace,
  type ShellCommand,
  type ShellWord,
} from '#lint';

export default defineRule({
  name: 'unsigned-packages',
  codes: ['CKV2_DOCKER_7', 'CKV2_DOCKER_8', 'CKV2_DOCKER_9', 'CKV2_DOCKER_10', 'CKV2_DOCKER_11'],
  category: 'security',
  summary: 'A package manager is told not to look at signatures',
  why: `The signature is all that tells a package of the distribution from one that a mirror, a proxy or somebody on the way has put in its
    place. Without the check the build installs either, as root.`,
  severity: 'warning',
  when: {
    instructions: ['Run'],
    programs: [...programsOf('apt', 'apk', 'yum', 'dnf', 'microdnf', 'tdnf', 'zypper'), 'rpm', 'echo', 'printf', 'sed'],
    text: /allow-?(?:un|insecure)|force-yes|gpg-?check|nosignature|nodigest|trusted=yes/i,
  },
  fix: { safety: 'unsafe', note: 'The build fails until the key of the repository is there.' },
  examples: [
    {
      bad: 'FROM alpine\nRUN apk add --no-cache --allow-untrusted curl\n',
      good: 'FROM alpine\nRUN apk add --no-cache curl\n',
    },
    {
      bad: 'FROM debian\nRUN apt-get update && apt-get install -y --allow-unauthenticated curl\n',
      good: 'FROM debian\nRUN apt-get update && apt-get install -y curl\n',
    },
    {
      title: 'Which answers other questions with yes, too',
      bad: 'FROM debian\nRUN apt-get update && apt-get install --force-yes curl && apt-get install -y --force-yes git\n',
      good: 'FROM debian\nRUN apt-get update && apt-get install --yes curl && apt-get install -y git\n',
    },
    {
      bad: 'FROM rockylinux:9\nRUN yum install -y --nogpgcheck httpd && rpm -i --nosignature https://example.com/a.rpm\n',
      good: 'FROM rockylinux:9\nRUN yum install -y httpd && rpm -i https://example.com/a.rpm\n',
    },
    { bad: 'FROM debian\nRUN apt-get -o Acquire::AllowInsecureRepositories=true update\n' },
    {
      title: 'In the list of repositories',
      bad: 'FROM debian\nRUN echo "deb [trusted=yes] https://example.com/apt ./" > /etc/apt/sources.list.d/example.list\n',
    },
    {
      bad: 'FROM rockylinux:9\nRUN printf "[a]\\nbaseurl=https://example.com\\ngpgcheck=0\\n" > /etc/yum.repos.d/a.repo\n',
    },
    {
      title: 'With signatures, or nothing that has one',
      good: "FROM debian\nRUN apt-get purge -y --force-yes git && sed -i 's/gpgcheck=0/gpgcheck=1/' /etc/yum.conf && apt-get install -y curl && rpm -i a.rpm\n",
    },
    {
      title: 'Packages from the build context, or of which the checksum was looked at',
      good: 'FROM alpine\nCOPY *.apk /tmp/\nRUN apk add --allow-untrusted /tmp/*.apk\nRUN wget https://example.com/a.apk && echo "0123 a.apk" | sha256sum -c && apk add --allow-untrusted ./a.apk\n',
    },
    {
      title: 'Beside such a file, a package of which nobody looked at anything',
      bad: 'FROM alpine\nRUN wget https://example.com/a.apk && echo "0123 a.apk" | sha256sum -c && apk add --allow-untrusted ./a.apk curl\n',
    },
    {
      title: 'Repositories that lie in the image',
      good: 'FROM debian\nRUN echo "deb [trusted=yes] file:/opt/debs ./" > /etc/apt/sources.list.d/local.list\n',
    },
  ],
  check({ file, model }) {
    return {
      *Run(node) {
        const commands = model.commandsOf(node);
        for (const command of commands) {
          const found = optionOf(command) ?? writtenIn(command);
          if (!found) continue;
          const known = hasKnownFiles(command, commands);
          const packages = known ? (installOf(command)?.packages ?? []) : [];
          if (packages.length > 0) yield besideFiles(found, packages);
          else if (!known) yield problemOf(file, command, found);
        }
      },
    };
  },
});

/** The words that switch the check off, with the ids of this check elsewhere. */
const SWITCHES: readonly (readonly [managers: RegExp, pattern: RegExp, code?: string])[] = [
  [/^apk$/, /^--allow-untrusted$/, 'CKV2_DOCKER_7'],
  [/^apt$/, /^--(?:allow-unauthenticated|allow-insecure-repositories)$/, 'CKV2_DOCKER_8'],
  [
    /^apt$/,
    /^(?:-o)?(?:APT::Get|Acquire)::Allow(?:Unauthenticated|InsecureRepositories)=["']?(?:true|yes|1)/i,
    'CKV2_DOCKER_8',
  ],
  [/^apt$/, /^--force-yes$/, 'CKV2_DOCKER_11'],
  [
    /^(?:yum|dnf|microdnf|tdnf)$/,
    /^--(?:nogpgcheck|no-gpgchecks)$|^(?:--setopt=)?(?:\w+\.)?gpgcheck=(?:0|no|false)$/i,
    'CKV2_DOCKER_9',
  ],
  [/^zypper$/, /^--(?:no-gpg-checks|allow-unsigned-rpm)$/],
  [/^rpm$/, /^--(?:nosignature|nodigest)$/, 'CKV2_DOCKER_10'],
];

interface Found {
  readonly word: ShellWord;
  readonly code: string | undefined;
  readonly isOption: boolean;
}

const optionOf = (command: ShellCommand): Found | undefined => {
  const name = command.name === 'rpm' ? 'rpm' : managerOf(command)?.name;
  if (name === undefined || !brings(command)) return undefined;
  for (const [managers, pattern, code] of SWITCHES) {
    const word = managers.test(name) ? command.arguments.find(({ text = '' }) => pattern.test(text)) : undefined;
    if (word) return { word, code, isOption: word.raw.startsWith('--') && !word.raw.includes('=') };
  }
  return undefined;
};

/** Whether it installs something, or fetches an index to install from. */
const brings = (command: ShellCommand): boolean => {
  if (command.name === 'rpm') return command.has('-i', '-U', '-F', '--install', '--upgrade');
  return installOf(command) !== undefined || isUpgrade(command) || isIndexUpdate(command);
};

/** What is written into a list of repositories. */
const writtenIn = (command: ShellCommand): Found | undefined => {
  if (!/^(?:echo|printf|sed)$/.test(command.name ?? '')) return undefined;
  const word = command.arguments.find(({ raw }) => allowsUnsigned(raw));
  return word && { word, code: undefined, isOption: false };
};

const allowsUnsigned = (text: string): boolean => {
  if (/\b(?:file|copy|cdrom):/.test(text)) return false;
  const last = [...text.matchAll(/(?<!_)gpgcheck ?= ?(\w+)/gi)].at(-1)?.[1];
  return /^(?:0|no|false)/i.test(last ?? '') || /\bdeb(?:-src)? \[[^\]]*\btrusted=yes/.test(text);
};

/** Whether it installs files, from the build context or with their checksum looked at. */
const hasKnownFiles = (command: ShellCommand, commands: readonly ShellCommand[]): boolean => {
  const install = installOf(command);
  const words = command.name === 'rpm' ? command.operands : install?.files;
  if (!words || words.length === 0) return false;
  if (words.some(({ raw }) => /:\/\//.test(raw))) return false;
  const isFetched = commands.some(({ name = '' }) => /^(?:curl|wget|aria2c)$/.test(name));
  return !isFetched || commands.some(({ name = '' }) => /^(?:sha\d+sum|gpg|cosign|minisign)$/.test(name));
};

/** The option is for the files, and holds for what is installed with them. */
const besideFiles = ({ word, code }: Found, packages: readonly ShellWord[]): Problem => {
  const names = packages.map(({ raw }) => `\`${raw}\``).join(', ');
  return {
    at: word,
    codes: code === undefined ? [] : [code],
    message: `\`${word.raw}\` is for the file, and holds for ${names} too`,
    help: `Install ${names} by a command of its own, without the option.`,
  };
};

const problemOf = (file: Iechorfile, command: ShellCommand, { word, code, isOption }: Found): Problem => ({
  at: word,
  codes: code === undefined ? [] : [code],
  message: isOption
    ? `\`${word.raw}\` has \`${command.name}\` install packages whose signature nobody looked at`
    : 'Packages are to be installed whose signature nobody looked at',
  help: 'Install the key of the repository, and let the package manager look at signatures.',
  fix: isOption ? fixOf(file, command, word) : undefined,
});

const fixOf = (
  file: Iechorfile,
  command: ShellCommand,
  word: ShellWord,
): { title: string; edits: Edit[] } | undefined => {
  if (file.text.slice(word.start, word.end) !== word.text) return undefined;
  const asks = word.text === '--force-yes' && !command.has('-y', '--yes', '--assume-yes', '-qq');
  if (asks) return { title: 'Say yes to its questions alone', edits: [replace(word, '--yes')] };
  return { title: `Delete \`${word.raw}\``, edits: [removeWithSpaceBefore(file, word)] };
};
