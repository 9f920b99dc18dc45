import {
  defineRule,
  type Edit,
  type Iechorfile,
  insertAfter,
  insertBefore,
  isSeenByHadolint,
  managerOf,
  type PackageManager,
  type Problem,
  programsOf,
  type Run,
  type ShellCommand,
  type ShellWord,
} from '#lint';

export default defineRule({
  name: 'assume-yes-missing',
  codes: [
    ...['DL3014', 'DL3030', 'DL3034', 'DL3038', 'DS-0021', 'DF015', 'DF027', 'DF043'],
    ...['missing-assume-yes-switch', 'missing-yum-assume-yes-switch', 'missing-dnf-assume-yes-switch'],
    'missing-zypper-no-confirm-switch',
  ],
  category: 'correctness',
  summary: 'A package manager may ask a question that nobody answers',
  why: `It asks before it installs more than the named packages, or removes some. A build has no keyboard, so the answer is no, and the step
    fails as soon as a package gets another dependency.`,
  severity: 'warning',
  when: {
    instructions: ['Run'],
    programs: programsOf('apt', 'yum', 'dnf', 'microdnf', 'tdnf', 'zypper', 'pacman'),
  },
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
      title: 'microdnf always takes yes for the answer',
      as: 'hadolint',
      bad: 'FROM registry.access.redhat.com/ubi9-minimal\nRUN microdnf install git\n',
      good: 'FROM registry.access.redhat.com/ubi9-minimal\nRUN microdnf install -y git\n',
    },
    {
      title: 'It only shows',
      good: 'FROM debian\nRUN apt-get install --dry-run curl && dnf install --assumeno curl\n',
    },
  ],
  check({ file, model, as }) {
    let known: boolean | undefined;
    const isConfigured = (): boolean => {
      known ??= configuresAnswer(file);
      return known;
    };
    return {
      *Run(node) {
        const told = new Set<string>();
        for (const command of model.commandsOf(node)) {
          const manager = managerOf(command);
          const verb = manager && ASKING[manager.name] ? verbOf(command, manager) : undefined;
          if (!manager || !verb || isAnswered(command, manager) || isConfigured()) continue;
          const codes = codesOf(manager, command, verb);
          // hadolint tells of the first one alone.
          if (as === 'hadolint' && codes.some((code) => told.has(code))) continue;
          for (const code of codes) told.add(code);
          yield { ...problemOf(file, node, command, manager, verb), codes, anchors: { hadolint: node } };
        }
      },
    };
  },
});

const problemOf = (
  file: Iechorfile,
  node: Run,
  command: ShellCommand,
  manager: PackageManager,
  verb: ShellWord,
): Problem => {
  const [option = ''] = manager.name === 'zypper' ? ['--non-interactive'] : manager.assumeYes;
  const edit = insertion(verb, option, manager, node, file);
  const { text = verb.raw } = verb;
  return {
    at: { start: command.start, end: verb.end },
    message: `\`${command.name} ${text}\` may ask a question that nobody answers`,
    help: `Write \`${manager.name === 'zypper' ? `${command.name} ${option} ${text}` : `${command.name} ${text} ${option}`}\`.`,
    // It always takes yes for the answer.
    ...(manager.name === 'microdnf' ? { only: 'hadolint' } : {}),
    fix: edit && { title: `Add \`${option}\``, edits: [edit] },
  };
};

interface Asking {
  /** The id that hadolint has for it, and the words that it looks for. */
  readonly code?: string;
  readonly verbs?: RegExp;
  readonly codes: readonly string[];
}

/** The package managers that ask, with the ids of this check elsewhere. */
const ASKING: Readonly<Record<string, Asking>> = {
  apt: { code: 'DL3014', verbs: /^install$/, codes: ['DS-0021', 'DF015', 'missing-assume-yes-switch'] },
  yum: { code: 'DL3030', verbs: /^(?:group|local)?install$/, codes: ['DF027', 'missing-yum-assume-yes-switch'] },
  dnf: { code: 'DL3038', verbs: /^(?:group|local)?install$/, codes: ['missing-dnf-assume-yes-switch'] },
  microdnf: { code: 'DL3038', verbs: /^(?:group|local)?install$/, codes: [] },
  tdnf: { codes: [] },
  zypper: {
    code: 'DL3034',
    verbs: /^(?:install|in|remove|rm|source-install|si|patch)$/,
    codes: ['DF043', 'missing-zypper-no-confirm-switch'],
  },
  pacman: { codes: [] },
};

const codesOf = ({ name }: PackageManager, command: ShellCommand, verb: ShellWord): readonly string[] => {
  const { code, verbs, codes = [] } = ASKING[name] ?? {};
  const isTheirs = verbs?.test(verb.text ?? '') && isSeenByHadolint(command) && !NOT_THEIRS.has(command.name ?? '');
  return code && isTheirs ? [code, ...codes] : codes;
};

/** Other programs for the same, at which hadolint does not look. */
const NOT_THEIRS = new Set(['apt', 'aptitude', 'dnf5']);

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
const configuresAnswer = ({ text, instructions }: Iechorfile): boolean =>
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
