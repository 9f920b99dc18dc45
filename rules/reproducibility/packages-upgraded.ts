import {
  defineRule,
  isSeenByHadolint,
  isUpgrade,
  managerOf,
  type PackageManager,
  programsOf,
  type ShellCommand,
  subcommandOf,
} from '#lint';

export default defineRule({
  name: 'packages-upgraded',
  codes: [
    ...['DL3035', 'DF044', 'DS-0024', 'avoid-apt-get-upgrade', 'avoid-apk-upgrade'],
    ...['avoid-yum-update', 'avoid-dnf-update', 'avoid-zypper-update'],
  ],
  category: 'reproducibility',
  summary: 'All packages of the base image are upgraded',
  why: `What comes out depends on the day of the build, the layer holds a second copy of every package that changed, and the build cache keeps an
    old upgrade for long. A newer base image brings the same and is tested as a whole.`,
  severity: 'info',
  off: true,
  when: { instructions: ['Run'], programs: programsOf('apt', 'apk', 'yum', 'dnf', 'microdnf', 'tdnf', 'zypper') },
  examples: [
    { bad: 'FROM debian:12\nRUN apt-get update && apt-get upgrade -y\n' },
    { bad: 'FROM alpine:3.22\nRUN apk -U upgrade\n' },
    { bad: 'FROM rockylinux:9\nRUN dnf -y update && dnf clean all\n' },
    { title: 'To another release, perhaps', bad: 'FROM opensuse/leap:15.6\nRUN zypper -n dist-upgrade\n' },
    {
      title: 'What needs it',
      good: 'FROM rockylinux:9\nRUN dnf -y update openssl && dnf -y upgrade --security && dnf clean all\n',
    },
    { title: 'The index alone', good: 'FROM debian:12\nRUN apt-get update && apt-get install -y curl\n' },
  ],
  check({ model, as }) {
    return {
      *Run(node) {
        for (const command of upgradesIn(model.commandsOf(node))) {
          if (as === 'hadolint' && !isSeenByHadolint(command)) continue;
          const manager = managerOf(command);
          const verb = command.operands[0];
          if (!manager || !verb) continue;
          yield {
            at: { start: command.start, end: verb.end },
            message: messageOf(command, verb.raw),
            help: 'Take a newer base image, or upgrade the packages that need it by name.',
            codes: codesOf(manager, command),
            anchors: { hadolint: node },
          };
        }
      },
    };
  },
});

const upgradesIn = (commands: readonly ShellCommand[]): readonly ShellCommand[] =>
  commands.filter((command) => isUpgrade(command) && !command.has(...SHOWN_ONLY, ...IN_PART));

const SHOWN_ONLY = ['--dry-run', '-s', '--simulate', '--assumeno'];
const IN_PART = ['--security', '--sec-severity', '--advisory', '--advisories', '--bugfix', '--cve', '--cves'];

const isDistributionUpgrade = (command: ShellCommand): boolean =>
  /^(?:dist-upgrade|dup|full-upgrade|distro-sync|dsync)$/.test(subcommandOf(command) ?? '');

const messageOf = (command: ShellCommand, verb: string): string =>
  `\`${command.name} ${verb}\` brings every package to the version of the day${isDistributionUpgrade(command) ? ', and may remove some' : ''}`;

const codesOf = ({ name }: PackageManager, command: ShellCommand): readonly string[] => {
  if (name === 'zypper' && isDistributionUpgrade(command)) return ['DL3035', 'DF044'];
  return CODES[name] ?? [];
};

const CODES: Readonly<Record<string, readonly string[]>> = {
  apt: ['DS-0024', 'avoid-apt-get-upgrade'],
  apk: ['avoid-apk-upgrade'],
  yum: ['avoid-yum-update'],
  dnf: ['avoid-dnf-update'],
  zypper: ['avoid-zypper-update'],
};
