import {
  type Add,
  type Copy,
  cleanPath,
  copyTarget,
  defineRule,
  type Instruction,
  isWithin,
  type Model,
  type Range,
  type Run,
  shellPath,
} from '#lint';

export default defineRule({
  name: 'secret-stays-in-layer',
  codes: [],
  category: 'security',
  summary: 'A secret file is deleted in a later layer than the one that has it',
  why: `Deleting hides a file, and the layer that brought it stays in the image: \`docker save\` and every registry hand it to whoever may
    pull.`,
  severity: 'error',
  scope: 'final',
  when: {
    programs: ['rm', 'shred', 'unlink'],
    text: /id_(?:rsa|dsa|ecdsa|ed25519)|\.npmrc|\.netrc|\.pypirc|\.pgpass|\.my\.cnf|private|secret|\.p12|\.pfx|\.jks|credentials|service[-_]account/i,
  },
  examples: [
    {
      bad: 'FROM alpine:3.22\nCOPY id_rsa /root/.ssh/id_rsa\nRUN git clone git@example.com:a/b && rm /root/.ssh/id_rsa\n',
      good: 'FROM alpine:3.22\nRUN --mount=type=ssh git clone git@example.com:a/b\n',
    },
    {
      title: 'With its folder, and written by a RUN',
      bad: 'FROM node:22\nARG NPM_TOKEN\nWORKDIR /app\nRUN echo "//registry.npmjs.org/:_authToken=$NPM_TOKEN" > .npmrc\nRUN npm ci\nRUN rm -f .npmrc\n',
    },
    {
      title: 'In the same layer',
      good: 'FROM node:22\nWORKDIR /app\nARG NPM_TOKEN\nRUN echo "token=$NPM_TOKEN" > .npmrc && npm ci && rm .npmrc\n',
    },
    {
      title: 'Public halves, and what is no secret',
      good: 'FROM alpine:3.22\nCOPY id_rsa.pub known_hosts /root/.ssh/\nRUN rm /root/.ssh/known_hosts /root/.ssh/id_rsa.pub\n',
    },
    {
      title: 'In a stage that leaves nothing behind',
      good: 'FROM alpine:3.22 AS build\nCOPY id_rsa /root/.ssh/id_rsa\nRUN rm /root/.ssh/id_rsa\nFROM alpine:3.22\nCOPY --from=build /a /a\n',
    },
  ],
  exceptions: { onbuild: 'Two instructions take part, and the trial makes a trigger of one alone.' },
  check({ model }) {
    const secrets: Secret[] = [];
    return {
      Stage(_node, { stage }) {
        if (stage?.base.kind !== 'stage') secrets.length = 0;
        return undefined;
      },
      Copy: (node) => void secrets.push(...copied(model, node)),
      Add: (node) => void secrets.push(...copied(model, node)),
      *Run(node) {
        for (const { path, at } of removed(model, node)) {
          const secret = secrets.find((each) => isWithin(each.path, path));
          if (!secret) continue;
          secrets.splice(secrets.indexOf(secret), 1);
          yield {
            at,
            message: `\`${secret.path}\` is deleted here, and stays in the layer of an earlier instruction`,
            help: 'Give it to the step that needs it alone: `RUN --mount=type=secret,…` or `RUN --mount=type=ssh …`.',
            related: [{ range: secret.node, message: 'This layer has it' }],
          };
        }
        secrets.push(...written(model, node));
      },
    };
  },
});

interface Secret {
  readonly path: string;
  readonly node: Instruction;
}

const SECRET_FILE =
  /(?:^|\/)(?:id_(?:rsa|dsa|ecdsa|ed25519)|\.npmrc|\.netrc|\.pypirc|\.git-credentials|\.pgpass|\.my\.cnf|[\w-]*(?:private|secret)[\w-]*\.(?:pem|key)|[\w.-]+\.(?:p12|pfx|jks)|(?:\.aws\/)credentials|service[-_]account[\w-]*\.json)$/i;

const copied = (model: Model, node: Copy | Add): readonly Secret[] => {
  const target = copyTarget(model, node);
  if (target === undefined || node.flags.some(({ name }) => name.text === 'from')) return [];
  return node.sources.flatMap((source) => {
    const name = /[^/]+$/.exec(model.expand(source, node).value ?? '')?.[0] ?? '';
    const isFolder = node.destination.raw.endsWith('/') || node.sources.length > 1 || node.destination.raw === '.';
    const path = isFolder ? cleanPath(`${target}/${name}`) : target;
    return SECRET_FILE.test(path) || (SECRET_FILE.test(name) && !isFolder)
      ? [{ path: SECRET_FILE.test(path) ? path : target, node }]
      : [];
  });
};

/** What a RUN writes by redirection and does not delete itself. */
const written = (model: Model, node: Run): readonly Secret[] => {
  const gone = removed(model, node).map(({ path }) => path);
  return model.commandsOf(node).flatMap((command) =>
    command.redirections.flatMap(({ operator, target }) => {
      const path = /^>/.test(operator) && target ? shellPath(model, node, command, target) : undefined;
      const isMounted = path && model.mountsOf(node).some((mount) => mount.target && isWithin(path, mount.target));
      if (!path || isMounted || !SECRET_FILE.test(path) || gone.some((other) => isWithin(path, other))) return [];
      return /[$]/.test(command.arguments.map(({ raw }) => raw).join(' ')) ? [{ path, node }] : [];
    }),
  );
};

const removed = (model: Model, node: Run): readonly { readonly path: string; readonly at: Range }[] =>
  model.commandsOf(node).flatMap((command) =>
    command.name === 'rm' || command.name === 'shred' || command.name === 'unlink'
      ? command.operands.flatMap((word) => {
          const path = shellPath(model, node, command, word)?.replace(/\/\*$/, '');
          return path && path !== '/' ? [{ path, at: word }] : [];
        })
      : [],
  );
