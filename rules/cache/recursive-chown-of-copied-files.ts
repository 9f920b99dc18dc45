import {
  type Add,
  accountsOf,
  type Copy,
  copyTarget,
  defineRule,
  type Edit,
  type Iechorfile,
  type Instruction,
  insertAfter,
  instructionsBefore,
  isWithin,
  type Model,
  type Run,
  remove,
  removeWithSpaceBefore,
  type ShellCommand,
  shellPath,
  shellValue,
} from '#lint';

export default defineRule({
  name: 'recursive-chown-of-copied-files',
  codes: [],
  category: 'cache',
  summary: '`chown -R` or `chmod -R` changes files that COPY or ADD wrote',
  why: `A layer holds whole files. One whose owner or mode changes is stored a second time, so the image carries the copied files twice and every build writes both.`,
  severity: 'warning',
  scope: 'final',
  when: { programs: ['chown', 'chgrp', 'chmod'] },
  fix: {
    safety: 'unsafe',
    note: 'Files that were in the directory before the COPY keep the owner or mode they had.',
  },
  examples: [
    {
      bad: 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN chown -R node:node /app && rm -rf .git\n',
      good: 'FROM node:22\nWORKDIR /app\nCOPY --chown=node:node . .\nRUN chown node:node /app && rm -rf .git\n',
    },
    {
      title: 'A mode',
      bad: 'FROM alpine\nCOPY bin /opt/tool/\nRUN chmod -R 755 /opt/tool\n',
      good: 'FROM alpine\nCOPY --chmod=755 bin /opt/tool/\nRUN chmod 755 /opt/tool\n',
    },
    { title: 'The owner that COPY gives them', bad: 'FROM node:22\nCOPY . /app\nRUN chown -R root:root /app\n' },
    {
      title: 'A directory that RUN made, inside one that was copied',
      good: 'FROM node:22\nCOPY . /app\nRUN mkdir -p /app/data && chown -R node:node /app/data\n',
    },
    {
      title: 'Nothing but a small script',
      good: 'FROM alpine\nCOPY entrypoint.sh /opt/tool/\nRUN chmod -R +x /opt/tool\n',
    },
    {
      title: 'A stage of which only some files are taken',
      good: 'FROM alpine AS build\nCOPY . /src\nRUN chown -R nobody /src && make -C /src\nFROM alpine\nCOPY --from=build /src/tool /bin/\n',
    },
  ],
  check({ file, model }) {
    return {
      *Run(node) {
        const known = new Set<Instruction>();
        for (const command of model.commandsOf(node)) {
          const change = changeOf(model, node, command);
          if (!change || command.conditional) continue;
          const written = copiesUnder(model, node, command, change).filter((copy) => !known.has(copy.node));
          const last = written.at(-1);
          if (!last) continue;
          for (const copy of written) known.add(copy.node);
          yield {
            at: command,
            message: `\`${textOf(file, command)}\` stores a second time what ${keywordOf(last.node)} wrote to \`${last.node.destination.raw}\``,
            help: helpOf(model, node, last.node, change),
            related: written
              .slice(-3)
              .map(({ node: { start, end } }) => ({ range: { start, end }, message: 'Files are written here' })),
            fix: fixOf(file, model, node, command, change, written),
          };
        }
      },
    };
  },
});

interface Change {
  readonly flag: 'chown' | 'chmod';
  /** What the flag would be given. */
  readonly value: string | undefined;
  /** A mode such as `+x`, which not every version of BuildKit takes. */
  readonly symbolic?: string | undefined;
  /** The name of the new owner. */
  readonly user?: string | undefined;
  readonly paths: ShellCommand['operands'];
}

const changeOf = (model: Model, node: Run, command: ShellCommand): Change | undefined => {
  const { name } = command;
  if ((name !== 'chown' && name !== 'chmod' && name !== 'chgrp') || !command.has('-R', '--recursive')) return undefined;
  const [first, ...paths] = command.operands;
  if (!first || command.has('--reference')) return undefined;
  if (name === 'chmod') return { flag: name, value: modeOf(first.raw), symbolic: symbolicOf(first.raw), paths };
  if (name === 'chgrp') return { flag: 'chown', value: undefined, paths };
  const known = shellValue(model, node, first);
  return { flag: name, value: ownerOf(first.raw, known), user: known?.split(/[:.]/)[0], paths };
};

/** `user` alone leaves the group, which COPY makes root; `user:` takes the one of the account, as COPY does of itself. */
const ownerOf = (raw: string, known: string | undefined): string | undefined => {
  const [, login] = /^([a-z_][\w-]*):$/i.exec(raw) ?? [];
  if (login !== undefined) return login;
  const [, user, group] = /^([\w${}-]+)(?:[:.]([\w${}-]+))?$/.exec(raw.replaceAll('"', '')) ?? [];
  if (user === undefined || (group === undefined && known === undefined)) return undefined;
  if (group === undefined && known?.includes(':')) return user;
  return `${user}:${group ?? 'root'}`;
};

const symbolicOf = (raw: string): string | undefined => {
  const mode = raw.replace(/^(['"])(.*)\1$/, '$2');
  return /^[ugoa]*[-+=][rwxX]+(?:,[ugoa]*[-+=][rwxX]+)*$/.test(mode) ? mode : undefined;
};

const modeOf = (raw: string): string | undefined => (/^[0-7]{3,4}$/.test(raw) ? raw : undefined);

interface Written {
  readonly node: Copy | Add;
  readonly target: string;
  readonly path: string;
}

const copiesUnder = (model: Model, run: Run, command: ShellCommand, { paths }: Change): readonly Written[] =>
  paths.flatMap((word) => {
    const path = shellPath(model, run, command, word)?.replace(/\/\*$/, '');
    const mounted = path && model.mountsOf(run).some(({ target }) => target && isWithin(path, target));
    return !path || path === '/' || mounted ? [] : copiesInto(model, run, command, path);
  });

const copiesInto = (model: Model, run: Run, command: ShellCommand, path: string): readonly Written[] => {
  let written: Written[] = [];
  for (const node of [...instructionsBefore(model, run), run]) {
    if (node.kind === 'Copy' || node.kind === 'Add') {
      const target = copyTarget(model, node);
      if (target && isWithin(target, path) && !isSmall(model, node, target)) written.push({ node, target, path });
    } else if (node.kind === 'Run' && written.length > 0) {
      const gone = removedIn(model, node, command);
      written = written.filter((copy) => !gone.some((removed) => takesAway(copy, removed)));
    }
  }
  return written;
};

/** A few kilobytes are not worth a word. */
const isSmall = (model: Model, node: Copy | Add, target: string): boolean =>
  isWithin(target, '/etc') ||
  node.sources.every((source) => source.heredoc || SMALL.test(model.expand(source, node).value ?? ''));

const SMALL =
  /\.(?:sh|bash|conf|cnf|cfg|ini|json|ya?ml|toml|txt|xml|properties|env|service|repo|list|lock|crt|pem|key|pub|md|py|rb|pl|php|js|ts|sql|html|css|vim|groovy|ora|rsp|gpg|tsv|csv)$|(?:^|\/)(?:Makefile|[\w-]*entrypoint|Gemfile|Pipfile|Procfile|LICENSE|[\w-]*scripts?(?:\/\*)?|conf(?:ig)?s?|[\w-]+\.d)\/?$|(?:^|\/)\.?(?!src$)\w+rc$/;

const removedIn = (model: Model, run: Run, until: ShellCommand): readonly string[] => {
  const gone: string[] = [];
  for (const command of model.commandsOf(run)) {
    if (command === until) break;
    if (command.name !== 'rm' && command.name !== 'mv') continue;
    for (const word of command.operands) gone.push(shellPath(model, run, command, word) ?? '');
  }
  return gone;
};

const takesAway = ({ node, target }: Written, removed: string): boolean =>
  isWithin(target, removed.replace(/\/\*$/, '') || '/') ||
  node.sources.some(({ text }) => text !== undefined && removed === `${target}/${text.replace(/^.*\//, '')}`);

const textOf = (file: Iechorfile, { start, end }: ShellCommand): string => shortened(file.text.slice(start, end), 60);

const shortened = (text: string, length: number): string => {
  const line = text.trim().replace(/\s*[\\`]?\r?\n\s*/g, ' ');
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
};

const helpOf = (model: Model, run: Run, copy: Copy | Add, { flag, value, symbolic, user }: Change): string => {
  const keyword = keywordOf(copy);
  const set = copy.flags.find(({ name }) => name.text === flag);
  if (set) return `${keyword} sets \`${set.text}\` already: change only what RUN made.`;
  if (isRoot(value)) return `${keyword} makes root the owner already: change only what RUN made.`;
  const [what, example] = flag === 'chown' ? ['owner', 'USER:GROUP'] : ['mode', 'MODE'];
  const instead = `\`${keyword} --${flag}=${value ?? symbolic ?? example} ${argumentsOf(model.file, copy)}\`${symbolic ? ', with `docker/dockerfile:1.14` or later' : ''}`;
  return isMadeLater(model, run, copy, user)
    ? `Make \`${user}\` above the ${keyword} and set the ${what} while copying: ${instead}.`
    : `Set the ${what} while copying: ${instead}.`;
};

/** Of whom files are that are copied without `--chown`. */
const isRoot = (owner: string | undefined): boolean => /^(?:root|0)(?::(?:root|0))?$/.test(owner ?? '');

/** Whether a step behind the copy makes the account, so that COPY could not know its name. */
const isMadeLater = (model: Model, run: Run, copy: Copy | Add, user: string | undefined): boolean => {
  const stage = model.stageOf(run);
  const account = stage && accountsOf(model, stage).find(({ name }) => name === user);
  return account !== undefined && !instructionsBefore(model, copy).includes(account.node);
};

const keywordOf = (node: Instruction): string => node.keyword.text.toUpperCase();

const argumentsOf = (file: Iechorfile, node: Copy | Add): string =>
  shortened(file.text.slice(node.keyword.end, node.end), 100);

const fixOf = (
  file: Iechorfile,
  model: Model,
  run: Run,
  command: ShellCommand,
  { flag, value, paths }: Change,
  written: readonly Written[],
): { title: string; edits: readonly Edit[] } | undefined => {
  const [first] = written;
  if (value === undefined || isRoot(value) || !first || paths.length > 1 || paths[0]?.raw.includes('*'))
    return undefined;
  if (written.some(({ target, path, node }) => target !== path || !takesFlag(model, node, flag, value)))
    return undefined;
  const recursive = withoutRecursive(file, command);
  if (!recursive || !isOnlyChange(model, run, command, first.node)) return undefined;
  const edits = written.map(({ node }) => insertAfter(node.flags.at(-1) ?? node.keyword, ` --${flag}=${value}`));
  return {
    title: `Set it with \`--${flag}=${value}\` and change only the directory itself`,
    edits: [...edits, recursive],
  };
};

const takesFlag = (model: Model, node: Copy | Add, name: string, value: string): boolean => {
  if (node.flags.some((flag) => flag.name.text === name || flag.name.text === 'link')) return false;
  const { bindings } = model.stateBefore(node);
  return [...value.matchAll(/\$\{?(\w+)/g)].every(([, variable = '']) => bindings.has(variable));
};

const withoutRecursive = (file: Iechorfile, command: ShellCommand): Edit | undefined => {
  for (const word of command.arguments) {
    if (word.text === '-R' || word.text === '--recursive') return removeWithSpaceBefore(file, word);
    const at = /^-[a-zA-Z]*R/.test(word.raw) ? word.raw.indexOf('R') : -1;
    if (at > 0) return remove({ start: word.start + at, end: word.start + at + 1 });
  }
  return undefined;
};

/** Whether nothing but copies stands between the first of them and the command, so that no other file is meant. */
const isOnlyChange = (model: Model, run: Run, command: ShellCommand, first: Instruction): boolean => {
  const before = instructionsBefore(model, run);
  const between = before.slice(before.indexOf(first));
  if (between.some(({ kind }) => kind === 'Run' || kind === 'User' || kind === 'Volume')) return false;
  const commands = model.commandsOf(run);
  return commands.slice(0, commands.indexOf(command)).every(({ name }) => name === 'chown' || name === 'chmod');
};
