import {
  type Account,
  accountsOf,
  asWritten,
  defineRule,
  isWindowsStage,
  type Problem,
  replace,
  type User,
  type Visitor,
} from '#lint';

export default defineRule({
  name: 'non-numeric-user',
  codes: ['DL3066'],
  category: 'security',
  summary: 'The container runs as a user that has a name and no number',
  why: `Kubernetes refuses to start it where \`runAsNonRoot\` is set: it cannot look into the image to see whether the name is another one of root.`,
  severity: 'info',
  off: true,
  reproduces: 'hadolint',
  fix: { safety: 'unsafe', note: 'The image names the number in place of the name.' },
  examples: [
    { bad: 'FROM node:24\nUSER node\nCMD ["node", "server.js"]\n' },
    {
      title: 'The number is in the file',
      bad: 'FROM debian:13\nRUN useradd --uid 10001 app\nUSER app:app\nCMD ["app"]\n',
      good: 'FROM debian:13\nRUN useradd --uid 10001 app\nUSER 10001:app\nCMD ["app"]\n',
    },
    {
      title: 'hadolint looks at each USER',
      bad: 'FROM debian:13\nUSER root\nRUN make install\nUSER 10001\n',
      as: 'hadolint',
    },
    { good: 'FROM debian:13\nUSER 10001:app\nCMD ["app"]\n' },
    { title: 'Only while building', good: 'FROM node:24\nUSER node\nRUN npm ci\nUSER 1000\nCMD ["node", "a.js"]\n' },
    {
      title: 'In a stage that only builds',
      good: 'FROM node:24 AS build\nUSER node\nFROM scratch\nCOPY --from=build /a /a\n',
    },
    { title: 'The caller decides', good: 'FROM debian:13\nARG USER_ID\nUSER $USER_ID\nCMD ["app"]\n' },
  ],
  exceptions: { onbuild: 'The file does not show whom the child image ends as.' },
  when: { instructions: ['User'] },
  check({ file, model, as }) {
    if (as === 'hadolint') return eachNamed();
    return {
      *done() {
        const stage = model.final;
        if (!stage || isWindowsStage(file, stage)) return;
        const { user, setBy } = model.stateAfter(stage);
        const name = user?.split(':')[0] ?? '';
        if (setBy.user?.kind !== 'User' || name === 'root' || !/^[a-z_][\w.-]*$/i.test(name)) return;
        const id = accountsOf(model, stage).findLast((account) => account.name === name);
        yield problemOf(setBy.user, name, id && idOf(id));
      },
    };
  },
});

/** hadolint looks at what is written, and takes an argument for a number. */
const eachNamed = (): Visitor => {
  const declared = new Set<string>();
  return {
    Arg({ declarations }) {
      for (const { name } of declarations) declared.add(name.text);
      return undefined;
    },
    *User({ user }) {
      const [name = ''] = asWritten(user).split(':');
      const variable = /^\$\{?(\w+)/.exec(name)?.[1];
      if (/^\d+$/.test(name) || (variable !== undefined && declared.has(variable))) return;
      yield { at: user, message: `\`${user.raw}\` is a name and no number` };
    },
  };
};

const idOf = ({ command }: Account): string | undefined => {
  const { text } = command.option('-u', '--uid') ?? {};
  return text !== undefined && /^\d+$/.test(text) ? text : undefined;
};

const problemOf = ({ user }: User, name: string, id: string | undefined): Problem => ({
  at: user,
  message: `\`${name}\` is a name, which Kubernetes cannot tell from root`,
  help: id ? `Write \`USER ${id}\`.` : `Write the number that \`id -u ${name}\` prints.`,
  fix:
    id !== undefined && user.raw.startsWith(name)
      ? { title: `Write \`${id}\``, edits: [replace({ start: user.start, end: user.start + name.length }, id)] }
      : undefined,
});
