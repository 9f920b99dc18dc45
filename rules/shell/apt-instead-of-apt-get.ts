import { defineRule, type Edit, entryOf, type Iechorfile, insertAfter, replace, type ShellWord } from '#lint';

export default defineRule({
  name: 'apt-instead-of-apt-get',
  codes: ['DL3027', 'CKV_DOCKER_9', 'DF059'],
  category: 'shell',
  summary: '`apt` is used in a script',
  why: `apt is made for people at a terminal, and warns in a script that its options and its output may change with any release. \`apt-get\` and
    \`apt-cache\` stay as they are.`,
  severity: 'warning',
  when: { programs: ['apt'] },
  fix: { safety: 'safe' },
  examples: [
    {
      bad: 'FROM debian:13\nRUN apt update && apt install -y curl\n',
      good: 'FROM debian:13\nRUN apt-get update && apt-get install -y curl\n',
    },
    {
      title: 'What is called or done in another way',
      bad: 'FROM debian:13\nRUN apt full-upgrade -y && apt upgrade -y && apt show curl\n',
      good: 'FROM debian:13\nRUN apt-get dist-upgrade -y && apt-get upgrade --with-new-pkgs -y && apt-cache show curl\n',
    },
    { title: 'What only apt can', bad: 'FROM debian:13\nRUN apt list --installed > /packages\n' },
    {
      good: 'FROM debian:13\nRUN apt-get update && apt-get install -y apt && apt-mark hold curl && echo apt install\n',
    },
  ],
  check({ file, model }) {
    return {
      *Run(node) {
        if (!node.arguments.some((text) => text.includes('apt')) && node.heredocs.length === 0) return;
        for (const command of model.commandsOf(node)) {
          if (command.name !== 'apt' || !command.word || command.arguments.length === 0) continue;
          const verb = command.operands[0];
          const plain = verb?.text === undefined ? undefined : entryOf(PLAIN, verb.text);
          const edits = verb && plain ? editsOf(command.word, verb, plain, file) : undefined;
          yield {
            at: command.word,
            message: `\`apt${verb ? ` ${verb.text ?? verb.raw}` : ''}\` is made for people at a terminal, not for scripts`,
            help: plain
              ? `Write \`${plain.program} ${plain.verb}\`.`
              : (entryOf(HELP, verb?.text ?? '') ?? 'Write `apt-get` or `apt-cache`.'),
            fix:
              edits && plain
                ? {
                    title: `Write \`${plain.program} ${plain.verb}\``,
                    edits,
                    safety: keepsPackages(file) ? 'unsafe' : 'safe',
                  }
                : undefined,
          };
        }
      },
    };
  },
});

interface Plain {
  readonly program: 'apt-get' | 'apt-cache';
  readonly verb: string;
}

const same = (program: Plain['program'], verbs: string): Record<string, Plain> =>
  Object.fromEntries(verbs.split(' ').map((verb) => [verb, { program, verb }]));

/** What the stable programs call the same. */
const PLAIN: Readonly<Record<string, Plain>> = {
  ...same(
    'apt-get',
    'update install reinstall remove purge autoremove clean autoclean build-dep satisfy source download',
  ),
  ...same('apt-cache', 'show search policy depends rdepends showsrc'),
  'full-upgrade': { program: 'apt-get', verb: 'dist-upgrade' },
  'dist-upgrade': { program: 'apt-get', verb: 'dist-upgrade' },
  upgrade: { program: 'apt-get', verb: 'upgrade --with-new-pkgs' },
};

const HELP: Readonly<Record<string, string>> = {
  list: 'Write `dpkg-query -W` for what is installed, `apt-cache pkgnames` for what there is.',
  autopurge: 'Write `apt-get autoremove --purge`.',
};

/** Without what the official images set, apt-get keeps the packages it has fetched and apt does not. */
const keepsPackages = ({ text }: Iechorfile): boolean => /docker-clean|Binary::apt|Keep-Downloaded/i.test(text);

const editsOf = (word: ShellWord, verb: ShellWord, plain: Plain, file: Iechorfile): readonly Edit[] | undefined => {
  const start = word.end - 'apt'.length;
  const isThere = file.text.slice(start, word.end) === 'apt' && file.text.slice(verb.start, verb.end) === verb.text;
  if (!isThere) return undefined;
  const edits: Edit[] = [replace({ start, end: word.end }, plain.program)];
  const [name = '', option] = plain.verb.split(' ');
  if (name !== verb.text) edits.push(replace(verb, name));
  if (option) edits.push(insertAfter(verb, ` ${option}`));
  return edits;
};
