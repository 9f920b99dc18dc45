import { defineRule, insertAfter, type Model, type OptionValue, type Run, shellValue } from '#lint';

export default defineRule({
  name: 'useradd-without-l',
  codes: ['DL3046', 'DF064'],
  category: 'size',
  summary: '`useradd` with a high user id writes a huge log of logins',
  why: `\`/var/log/lastlog\` and \`faillog\` have a place for every id up to the highest. The file is sparse, but layers do not know of holes, so an
    id of a thousand millions makes an image of gigabytes.`,
  severity: 'warning',
  fix: { safety: 'safe' },
  examples: [
    {
      bad: 'FROM debian:12\nRUN useradd --uid 1001000000 app\n',
      good: 'FROM debian:12\nRUN useradd -l --uid 1001000000 app\n',
    },
    {
      title: 'Through a variable',
      bad: 'FROM debian:12\nENV ID=200000\nRUN groupadd app && useradd -u $ID -g app app\n',
      good: 'FROM debian:12\nENV ID=200000\nRUN groupadd app && useradd -l -u $ID -g app app\n',
    },
    {
      title: 'hadolint takes a variable for a high id',
      bad: 'FROM debian:12\nARG USER_ID\nRUN useradd -u $USER_ID a\n',
      as: 'hadolint',
    },
    {
      title: 'Through a variable of the script',
      bad: 'FROM archlinux\nRUN id=\'880031\' && useradd --uid "${id}" --shell /bin/false app\n',
      good: 'FROM archlinux\nRUN id=\'880031\' && useradd -l --uid "${id}" --shell /bin/false app\n',
    },
    { title: 'Not logged', good: 'FROM debian:12\nRUN useradd --no-log-init -u 1001000000 app\n' },
    { title: 'A low id', good: 'FROM debian:12\nRUN useradd -u 10001 app && useradd other\n' },
    { title: 'The caller decides', good: 'FROM debian:12\nARG USER_ID\nRUN useradd -u $USER_ID app\n' },
  ],
  when: { instructions: ['Run'], programs: ['useradd'] },
  check({ file, model, as }) {
    return {
      *Run(node) {
        for (const command of model.commandsOf(node)) {
          if (command.name !== 'useradd' || !command.word || command.has('-l', '--no-log-init')) continue;
          const id = as ? command.option('-u') : command.option('-u', '--uid');
          if (!id) continue;
          const raw = file.text.slice(id.start, id.end);
          // hadolint goes by the length, and takes any variable for a long one.
          const value = valueOf(id, raw, model, node) ?? raw;
          if (as ? raw.length <= 5 && !raw.includes('$') : !/^\d{6,}$/.test(value)) continue;
          yield {
            at: command.word,
            message: `\`useradd\` makes room for all accounts up to \`${value}\` in \`/var/log/lastlog\``,
            help: 'Write `useradd -l`, which leaves the new account out of the logs.',
            fix: { title: 'Add `-l`', edits: [insertAfter(command.word, ' -l')] },
          };
        }
      },
    };
  },
});

/** The id, also where an ARG, an ENV or the script itself has set it. */
const valueOf = (id: OptionValue, raw: string, model: Model, node: Run): string | undefined => {
  if (id.text !== undefined) return id.text;
  const known = id.word.start === id.start ? shellValue(model, node, id.word) : undefined;
  if (known !== undefined) return known;
  const name = /^"?\$\{?(\w+)\}?"?$/.exec(raw)?.[1];
  const assignments = model.commandsOf(node).flatMap((command) => (command.word ? [] : command.assignments));
  const own = assignments.filter((each) => each.name === name);
  return own.length === 1 ? own[0]?.values[0]?.text : undefined;
};
