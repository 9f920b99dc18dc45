import {
  type Account,
  accountsOf,
  defineRule,
  type Instruction,
  type Model,
  type Problem,
  type StageInfo,
  type Word,
} from '#lint';

export default defineRule({
  name: 'account-used-before-created',
  codes: [],
  category: 'correctness',
  summary: 'An account is named above the RUN that creates it',
  why: `\`--chown\` and USER look names up in the \`/etc/passwd\` of the image as it is at that step: the build stops there. A number needs
    no account.`,
  severity: 'error',
  when: { instructions: ['Copy', 'Add', 'User'], text: /useradd|adduser/ },
  examples: [
    { bad: 'FROM debian:12\nCOPY --chown=app:app . /app\nRUN useradd app\nUSER app\n' },
    { bad: 'FROM alpine:3.24\nUSER app\nRUN adduser -D app\n' },
    {
      title: 'Where it is created',
      good: 'FROM debian:12\nRUN useradd app\nCOPY --chown=app . /app\nUSER app\n',
    },
    {
      title: 'In the stage below',
      good: 'FROM debian:12 AS base\nRUN useradd app\nFROM base\nCOPY --chown=app . /app\nUSER app\n',
    },
    {
      title: 'A number, and one that may be there',
      good: 'FROM debian:12\nCOPY --chown=1000:app a /a\nCOPY --chown=app a /b\nRUN useradd -u 1000 app || true\nUSER app\n',
    },
    {
      title: 'One whose creation may fail',
      good: 'FROM node:24\nCOPY --chown=node . /app\nRUN useradd node; chown node /srv\nUSER node\n',
    },
    {
      title: 'One whose creation does no harm where it is there',
      good: 'FROM example.com/base:1\nUSER app\nRUN make\nUSER root\nRUN adduser --system app\nUSER app\n',
    },
    {
      title: 'One that is made anew',
      good: 'FROM node:24\nCOPY --chown=node . /app\nRUN userdel -r node && useradd -u 5000 node\nUSER node\n',
    },
  ],
  exceptions: { onbuild: 'A trigger runs on an image that the file does not show.' },
  check({ model }) {
    return {
      *Stage({ instructions }, { stage, onbuild }) {
        if (!stage || onbuild) return;
        const accounts = accountsOf(model, stage);
        if (accounts.length === 0) return;
        for (const node of instructions) yield* problemsIn(model, stage, node, accounts);
      },
    };
  },
});

const problemsIn = function* (
  model: Model,
  stage: StageInfo,
  node: Instruction,
  accounts: readonly Account[],
): Iterable<Problem> {
  const word = nameIn(node);
  const name = word && model.expand(word, node).value?.split(':')[0];
  if (!word || !name || !/^[a-z_]/i.test(name)) return;
  const account = accounts.find((each) => each.name === name);
  if (!account || model.stageOf(account.node) !== stage || account.node.start < node.start) return;
  if (account.command.conditional || mayBeThere(model, account)) return;
  yield {
    at: word,
    message: `There is no \`${name}\` yet: it is created further down`,
    help: `Put this below the RUN that creates \`${name}\`.`,
    related: [{ range: account.word, message: 'It is created here' }],
  };
};

const nameIn = (node: Instruction): Word | undefined => {
  if (node.kind === 'User') return node.user;
  if (node.kind !== 'Copy' && node.kind !== 'Add') return undefined;
  return node.flags.find(({ name }) => name.text === 'chown')?.value;
};

/** Whether the image may have it, as who lets the creation fail, or deletes it before, knows; Debian's `adduser --system` leaves it then. */
const mayBeThere = ({ file: { text } }: Model, { name, node, command }: Account): boolean =>
  command.has('--system') ||
  !/^(?:[\s\\]*&&[^;|]*|\s*)$/.test(text.slice(command.whole.end, node.end)) ||
  new RegExp(`(?:userdel|deluser|usermod|getent|\\bid)\\b[^\\n]*\\b${name.replace(/\W/g, '\\$&')}\\b`).test(text);
