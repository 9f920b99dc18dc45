import {
  defineRule,
  type Edit,
  type Iechorfile,
  insertAfter,
  insertBefore,
  managerOf,
  type PackageManager,
  type Run,
  type ShellCommand,
  type ShellWord,
} from '#lint';

export default defineRule({
  name: 'assume-yes-missing',
  codes: ['DL3014', 'DL3030', 'DL3034', 'DL3038', 'DS-0021', 'DF015', 'DF027'],
  category: 'correctness',
  summary: 'A package manager may ask a question that nobody answers',
  why: `It asks before it installs more than the named packages, or removes some. A build has no keyboard, so the answer is no, and the step
    fails as soon as a package gets another dependency.`,
  severity: 'warning',
  fix: { safety: 'safe', note: 'A step in which it asks fails.' },
  examples: [
    {
      bad: 'FROM debian\nRUN apt-get update && apt-get install --no-install-recommends curl\n',
      good: 'FROM debian\nRUN apt-get update && apt-get install -y --no-install-recommends curl\n',
    },
    {
      title: 'What `DEBIAN_FRONTEND` answers are the questions of packages',
      bad: 'FROM debian\nRUN DEBIAN_FRONTEND=noninteractive apt-get purge curl\n',
      good: 'FROM debian\nRUN DEBIAN_FRONTEND=noninteractive apt-get purge -y curl\n',
    },
    { bad: 'FROM centos\nRUN yum install httpd\n', good: 'FROM centos\nRUN yum install -y httpd\n' },
    { bad: 'FROM fedora\nRUN dnf upgrade\n', good: 'FROM fedora\nRUN dnf upgrade -y\n' },
    {
      bad: 'FROM opensuse/leap\nRUN zypper in httpd\n',
      good: 'FROM opensuse/leap\nRUN zypper --non-interactive in httpd\n',
    },
    { bad: 'FROM archlinux\nRUN pacman -Syu git\n', good: 'FROM archlinux\nRUN pacman -Syu --noconfirm git\n' },
    {
      title: 'Said in another way',
      good: 'FROM debian\nRUN apt-get -qq install curl && apt-get -yq install git \\\n && apt-get -o APT::Get::Assume-Yes=true install jq && apt-get install --assume-yes make\n',
    },
    { title: 'Answered', good: 'FROM debian\nRUN yes | apt-get install curl\n' },
    {
      title: 'Once for all',
      good: 'FROM debian\nRUN echo \'APT::Get::Assume-Yes "true";\' > /etc/apt/apt.conf.d/90yes\nRUN apt-get install curl\n',
    },
    {
      title: 'It does not ask',
      good: 'FROM alpine\nRUN apk add curl && microdnf install git && apt-get update && dnf clean all\n',
    },
    {
      title: 'It only shows',
      good: 'FROM debian\nRUN apt-get install --dry-run curl && dnf install --assumeno curl\n',
    },
  ],
  check({ file, model }) {
    return {
      *Run(node) {
        for (const command of model.commandsOf(node)) {
          const manager = managerOf(command);
          const codes = manager && CODES[manager.name];
          const verb = codes && verbOf(command, manager);
          if (!manager || !verb || isAnswered(command, manager) || isConfigured(file)) continue;
          const [option = ''] = manager.name === 'zypper' ? ['--non-interactive'] : manager.assumeYes;
          const edit = insertion(verb, option, manager, node, file);
          yield {
            at: { start: command.start, end: verb.end },
            message: `\`${command.name} ${verb.raw}\` may ask a question that nobody answers`,
            help: `Write \`${manager.name === 'zypper' ? `${command.name} ${option} ${verb.raw}` : `${command.name} ${verb.raw} ${option}`}\`.`,
            codes,
            fix: edit && { title: `Add \`${option}\``, edits: [edit] },
          };
        }
      },
    };
  },
});

/** The package managers that ask, with the ids of this check elsewhere; microdnf always takes yes for the answer. */
const CODES: Readonly<Record<string, readonly string[]>> = {
  apt: ['DL3014', 'DS-0021', 'DF015'],
  yum: ['DL3030', 'DF027'],
  dnf: ['DL3038'],
  tdnf: [],
  zypper: ['DL3034'],
  pacman: [],
};

/** The word that asks for something after which it may have a question. */
const verbOf = (command: ShellCommand, { name, install, upgrade, remove }: PackageManager): ShellWord | undefined => {
  if (name === 'pacman')
    return command.arguments.find(({ text = '' }) =>
      /^-(?:[A-Z]*[SRU](?![a-z]*[siclpg])|-(?:sync|remove|upgrade)$)/.test(text),
    );
  const [first, second, third] = command.operands;
  const verbs = [...install, ...upgrade, ...remove];
  if (!first?.text) return undefined;
  const isOne = verbs.includes(first.text);
  if (!isOne && !verbs.includes(`${first.text} ${second?.text}`)) return undefined;
  const isIdle = (isOne ? second : third) === undefined && NEEDS_PACKAGES.test(first.text);
  return isIdle && !command.has('-f', '--fix-broken', '--auto-remove', '--autoremove')
    ? undefined
    : isOne
      ? first
      : second;
};

/** What does nothing where no package is named. */
const NEEDS_PACKAGES = /install$|^(?:in|si|rm|add|build-?dep|satisfy|remove|purge|erase|groupremove)$/;

const QUIET = [
  '--simulate',
  '--dry-run',
  '--just-print',
  '--no-act',
  '--recon',
  '--print-uris',
  '--assumeno',
  '--assume-no',
  '--help',
];

const isAnswered = (command: ShellCommand, manager: PackageManager): boolean => {
  if (command.has(...manager.assumeYes, ...QUIET) || (manager.name === 'apt' && isSilent(command))) return true;
  if (command.segment > 0 || command.redirections.some(({ operator }) => operator.startsWith('<'))) return true;
  return command.arguments.some(({ raw }) => /assume-?yes/i.test(raw));
};

/** Simulated, or with `-q` given twice, which means yes. */
const isSilent = (command: ShellCommand): boolean =>
  command.has('-s') || command.arguments.filter(({ text = '' }) => text === '-q' || text === '--quiet').length > 1;

/** Whether the file tells a package manager so, or brings a configuration that may. */
const isConfigured = ({ text, instructions }: Iechorfile): boolean =>
  /APT::Get::Assume-Yes|\bassumeyes ?=/i.test(text) ||
  instructions.some(
    (node) =>
      (node.kind === 'Copy' || node.kind === 'Add') &&
      /(?:apt\.conf|yum\.conf|dnf\.conf|zypp\.conf)/.test(node.arguments.join(' ')),
  );

/** Undefined where the word does not stand in the file as it is. */
const insertion = (
  verb: ShellWord,
  option: string,
  manager: PackageManager,
  node: Run,
  file: Iechorfile,
): Edit | undefined => {
  if (file.text.slice(verb.start, verb.end) !== verb.raw || node.json) return undefined;
  return manager.name === 'zypper' ? insertBefore(verb, `${option} `) : insertAfter(verb, ` ${option}`);
};
