import {
  type Add,
  cleanPath,
  copyTarget,
  defineRule,
  type Iechorfile,
  insertAfter,
  instructionsBefore,
  type Model,
  type Problem,
  type Run,
  remove,
  removeInstruction,
  type ShellCommand,
  shellPath,
} from '#lint';

export default defineRule({
  name: 'download-mode-set-later',
  codes: [],
  category: 'size',
  summary: 'A RUN changes the mode of a file that ADD downloaded',
  why: `A layer holds whole files: one whose mode changes is stored a second time. ADD sets the mode itself while it downloads.`,
  severity: 'info',
  scope: 'final',
  when: { instructions: ['Add'], programs: ['chmod'] },
  fix: {
    safety: 'unsafe',
    note: 'Needs BuildKit, as `--chmod` does. ADD lets root alone read the file, and 755 everybody.',
  },
  examples: [
    {
      bad: 'FROM debian:13\nADD https://example.com/tini /tini\nRUN chmod +x /tini\nENTRYPOINT ["/tini", "--"]\n',
      good: 'FROM debian:13\nADD --chmod=755 https://example.com/tini /tini\nENTRYPOINT ["/tini", "--"]\n',
    },
    {
      title: 'Into a folder, and beside other work',
      bad: 'FROM debian:13\nADD https://example.com/v1/tool /usr/local/bin/\nRUN chmod 755 /usr/local/bin/tool && tool --version\n',
      good: 'FROM debian:13\nADD --chmod=755 https://example.com/v1/tool /usr/local/bin/\nRUN tool --version\n',
    },
    {
      title: 'A file of the build context, which is small or has its mode, and a script',
      good: 'FROM debian:13\nCOPY tool /tool\nADD https://example.com/wait.sh /wait.sh\nRUN chmod +x /tool /wait.sh\n',
    },
    {
      title: 'Another file',
      good: 'FROM debian:13\nADD https://example.com/tool /tool\nRUN chmod +x /other\n',
    },
  ],
  check({ file, model }) {
    return {
      Run: (node) =>
        model.commandsOf(node).flatMap((command): readonly Problem[] => {
          if (command.name !== 'chmod' || command.has('-R', '--recursive', '--reference')) return [];
          const [mode, ...words] = command.operands;
          const value = valueOf(mode?.raw ?? '');
          return words.flatMap((word) => {
            const path = shellPath(model, node, command, word);
            const add = path === undefined ? undefined : downloadTo(model, node, path);
            if (!add) return [];
            return {
              at: word,
              message: `\`chmod\` stores \`${path}\` a second time, which ADD has downloaded`,
              help: `Write \`ADD --chmod=${value ?? '…'}\` instead.`,
              related: [{ range: add.keyword, message: 'It is downloaded here' }],
              fix:
                words.length === 1 && value !== undefined ? fixOf(file, model, node, command, add, value) : undefined,
            };
          });
        }),
    };
  },
});

/** Undefined where the command does not stand alone or first. */
const fixOf = (
  file: Iechorfile,
  model: Model,
  node: Run,
  command: ShellCommand,
  add: Add,
  value: string,
): Problem['fix'] => {
  const [first, next] = model.commandsOf(node);
  const isFollowed = next && /^[\s\\]*&&[\s\\]*$/.test(file.text.slice(command.whole.end, next.whole.start));
  if (first !== command || (next && !isFollowed)) return undefined;
  const removal = next ? remove({ start: command.whole.start, end: next.whole.start }) : removeInstruction(file, node);
  return { title: `Set it with \`--chmod=${value}\``, edits: [insertAfter(add.keyword, ` --chmod=${value}`), removal] };
};

/** The ADD above that downloads one file to the path, without a mode. */
const downloadTo = (model: Model, run: Run, path: string): Add | undefined =>
  instructionsBefore(model, run).findLast((node): node is Add => {
    if (node.kind !== 'Add' || node.sources.length !== 1 || node.flags.some(({ name }) => name.text === 'chmod'))
      return false;
    const url = (node.sources[0] && model.expand(node.sources[0], node).value) ?? '';
    const [, name] = /^https?:\/\/[^?#]*\/([^/?#]+)(?:[?#]|$)/.exec(url) ?? [];
    if (name === undefined || SMALL.test(name) || SMALL.test(path)) return false;
    const target = copyTarget(model, node);
    return target === path || (target !== undefined && cleanPath(`${target}/${name}`) === path);
  });

/** Scripts, and repositories. */
const SMALL = /\.(?:sh|bash|py|rb|pl|php|git)$/;

const valueOf = (mode: string): string | undefined => {
  if (/^a?\+r?x$/.test(mode)) return '755';
  return /^[0-7]{3,4}$/.test(mode) ? mode : undefined;
};
