import {
  bottomStage,
  defineRule,
  type Edit,
  type Iechorfile,
  insertAfter,
  insertBefore,
  installOf,
  isInvocation,
  isSeenByHadolint,
  programsOf,
  type ShellCommand,
  type ShellWord,
  type StageInfo,
  setsOnlyPath,
  subcommandOf,
} from '#lint';

export default defineRule({
  name: 'recommends-installed',
  codes: ['DL3015', 'DS-0029', 'DF016', 'missing-no-install-recommends'],
  category: 'size',
  summary: 'apt installs packages that are only recommended',
  why: `Besides what a package needs apt installs what it recommends: documentation, desktop integration, other services. They make the image
    larger and have holes of their own; name what you use.`,
  severity: 'info',
  scope: 'final',
  when: { instructions: ['Run'], programs: programsOf('apt') },
  fix: { safety: 'unsafe', note: 'The image may use a package that was only recommended, such as ca-certificates.' },
  examples: [
    {
      bad: 'FROM debian:13\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n',
      good: 'FROM debian:13\nRUN apt-get update && apt-get install --no-install-recommends -y ca-certificates curl && rm -rf /var/lib/apt/lists/*\n',
    },
    {
      title: 'On lines of their own',
      bad: 'FROM debian:13\nRUN apt-get update && apt-get install -y \\\n    gcc \\\n    git\n',
      good: 'FROM debian:13\nRUN apt-get update && apt-get install --no-install-recommends -y \\\n    gcc \\\n    ca-certificates \\\n    git\n',
    },
    {
      title: 'On an image that has its certificates',
      bad: 'FROM php:8.4-cli\nRUN apt-get update && apt-get install -y git\n',
      good: 'FROM php:8.4-cli\nRUN apt-get update && apt-get install --no-install-recommends -y git\n',
    },
    {
      title: 'Nothing that talks to a server',
      bad: 'FROM debian:13\nRUN apt-get update && apt-get install -y gcc\n',
      good: 'FROM debian:13\nRUN apt-get update && apt-get install --no-install-recommends -y gcc\n',
    },
    { title: 'An option', good: 'FROM debian:13\nRUN apt-get -o APT::Install-Recommends=false install -y curl\n' },
    {
      title: 'Once for all',
      good: 'FROM debian:13\nRUN echo \'APT::Install-Recommends "0";\' > /etc/apt/apt.conf.d/99lean\nRUN apt-get install -y curl\n',
    },
    { title: 'Wanted', good: 'FROM debian:13\nRUN apt-get install -y --install-recommends curl\n' },
    {
      title: 'A stage of which only some files are taken',
      good: 'FROM debian:13 AS build\nRUN apt-get update && apt-get install -y gcc\nFROM debian:13\nCOPY --from=build /bin/app /bin/app\n',
    },
    {
      title: 'The apt of ALT Linux, whose packages recommend nothing',
      good: 'FROM app/alt.p9\nRUN bzip2 -d /var/lib/rpm/*.bz2; apt-get update && apt-get install -y npm\n',
    },
    {
      title: 'Other commands',
      good: 'FROM debian:13\nRUN apt-get update && apt-get build-dep -y curl && apk add curl\n',
    },
  ],
  check({ file, model, as }) {
    let known: boolean | undefined;
    const isConfigured = (): boolean => {
      known ??= /Install-Recommends|(?:COPY|ADD) .*apt\.conf/i.test(file.text) || OF_RPM.test(file.text);
      return known;
    };
    return {
      *Run(node, { stage }) {
        for (const command of model.commandsOf(node)) {
          if (as === 'hadolint' ? !isTheirs(command) : !installsAll(command) || isConfigured()) continue;
          const [verb] = command.operands;
          if (!verb) continue;
          const client = clientIn(file, command, stage);
          yield {
            at: { start: command.start, end: verb.end },
            message: `\`${command.name} install\` brings what the packages recommend, too`,
            help: `Add \`--no-install-recommends\`, and name what you use of it${client ? `: \`${client.raw}\` needs \`ca-certificates\` for https` : ''}.`,
            anchors: { hadolint: node },
            fix: fixOf(file, command, client),
          };
          // hadolint tells of the first one alone.
          if (as === 'hadolint') return;
        }
      },
    };
  },
});

/** What files on ALT Linux have, where apt installs the packages of rpm. */
const OF_RPM = /\baltlinux\b|\balt[.:-]?(?:p\d|sisyphus)|\/var\/lib\/rpm\/|(?<![\w-])apt-repo(?![\w-])/;

/** hadolint wants the option wherever apt-get installs, be it nothing. */
const isTheirs = (command: ShellCommand): boolean =>
  isInvocation(command, 'apt-get', 'install') &&
  isSeenByHadolint(command) &&
  !command.has('--no-install-recommends') &&
  !command.arguments.some(({ raw }) => /Install-Recommends=(?:false|no|0)/i.test(raw));

const installsAll = (command: ShellCommand): boolean => {
  if (installOf(command)?.manager.name !== 'apt' || subcommandOf(command) !== 'install') return false;
  if (command.has('--no-install-recommends', '--install-recommends', '--without-recommends', '-R')) return false;
  return !command.has('-s', '--simulate', '--dry-run') && !command.arguments.some(({ raw }) => /Recommends/.test(raw));
};

/** What asks servers by https, on a bare system where nothing names the certificates that it recommends. */
const clientIn = (file: Iechorfile, command: ShellCommand, stage: StageInfo | undefined): ShellWord | undefined => {
  if (!stage || !setsOnlyPath(bottomStage(stage).base) || file.text.includes('ca-certificates')) return undefined;
  return installOf(command)?.packages.find(({ raw }) => /^(?:curl|wget|git)(?:=|$)/.test(raw));
};

const fixOf = (
  file: Iechorfile,
  { operands: [verb] }: ShellCommand,
  client: ShellWord | undefined,
): { title: string; edits: Edit[] } | undefined => {
  if (!verb || file.text.slice(verb.start, verb.end) !== verb.text) return undefined;
  const edits = [insertAfter(verb, ' --no-install-recommends')];
  if (!client) return { title: 'Add `--no-install-recommends`', edits };
  const before = file.text.slice(Math.max(verb.end, client.start - 100), client.start);
  const [gap = ' '] = /[\t ]*\\[\t ]*\r?\n[\t ]*$|[\t ]+$/.exec(before) ?? [];
  edits.push(insertBefore(client, `ca-certificates${gap}`));
  return { title: 'Add `--no-install-recommends`, and name `ca-certificates`', edits };
};
