import {
  type Account,
  accountsOf,
  defineRule,
  dropsPrivileges,
  endOfBuild,
  insertAtEnd,
  isToolbox,
  type Model,
  type Range,
  type StageInfo,
  stageChain,
  startupOf,
} from '#lint';

export default defineRule({
  name: 'user-created-never-used',
  codes: [],
  category: 'security',
  summary: 'An account is created for the program, but the container runs as root',
  why: `An account alone changes nothing: without USER, or something that switches to it, the program keeps running as root.`,
  severity: 'warning',
  when: { text: /useradd|adduser/ },
  fix: { safety: 'unsafe', note: 'The program may have to write where only root can.' },
  examples: [
    {
      bad: 'FROM python:3.13\nRUN useradd --create-home app\nCOPY . /srv\nCMD ["python", "/srv/main.py"]\n',
      good: 'FROM python:3.13\nRUN useradd --create-home app\nCOPY . /srv\nUSER app\nCMD ["python", "/srv/main.py"]\n',
    },
    {
      title: 'Files that belong to it do not run',
      bad: 'FROM alpine:3.22\nRUN adduser -D app\nCOPY --chown=app app /app\nENTRYPOINT ["/app"]\n',
      good: 'FROM alpine:3.22\nRUN adduser -D app\nCOPY --chown=app app /app\nUSER app\nENTRYPOINT ["/app"]\n',
    },
    { title: 'USER names it', good: 'FROM alpine:3.22\nRUN adduser -D app\nUSER app\nENTRYPOINT ["/app"]\n' },
    {
      title: 'What is started switches to it',
      good: 'FROM debian:13\nRUN useradd app\nCMD ["su", "app", "-c", "/app"]\n',
    },
    {
      title: 'A script that the file does not show may switch',
      good: 'FROM debian:13\nRUN useradd app\nCOPY entrypoint.sh /\nENTRYPOINT ["/entrypoint.sh"]\n',
    },
    {
      title: 'A setting names it',
      good: 'FROM debian:13\nRUN useradd app\nRUN echo "user = app" >> /etc/app.conf\nCMD ["appd"]\n',
    },
    {
      title: 'In a stage that only builds',
      good: 'FROM debian:13 AS build\nRUN useradd app\nFROM scratch\nCOPY --from=build /app /app\nCMD ["/app"]\n',
    },
    {
      title: 'Keywords as they are written there',
      bad: 'from debian:13\nrun useradd app\ncmd ["/app"]\n',
      good: 'from debian:13\nrun useradd app\nuser app\ncmd ["/app"]\n',
    },
  ],
  exceptions: { onbuild: 'The file does not show whom the child image ends as.' },
  check({ file, model }) {
    return {
      *done() {
        const stage = model.final;
        if (!stage || model.stateAfter(stage).setBy.user || !isReadable(model, stage)) return;
        const account = accountsOf(model, stage).at(-1);
        if (!account || FOR_OTHERS.has(account.name) || isNamedElsewhere(model, stage, account)) return;
        const { entrypoint, cmd } = startupOf(model, stage);
        const start = entrypoint ?? cmd;
        const end = endOfBuild(file, stage);
        const { name } = account;
        yield {
          at: account.word,
          message: `The account \`${name}\` is created here but never used: the container runs as root`,
          help: `Put \`USER ${name}\` below the last step that needs root.`,
          related: start ? [{ range: start, message: 'This runs as root' }] : [],
          fix: end && { title: `Add \`USER ${name}\``, edits: [insertAtEnd(model, end, `USER ${name}`)] },
        };
      },
    };
  },
});

/** Accounts that programs take by themselves, or that a tool which works in the container asks for. */
const FOR_OTHERS: ReadonlySet<string> = new Set(
  `apache bind chrony codespace colord ctdb daemon dnsmasq dovecot exim ftp git gitpod haproxy http httpd lighttpd mail
  memcache memcached messagebus mongodb mysql named nagios nginx nobody ntp nullmail openvpn php postfix postgres rabbitmq redis
  rpc rpcuser squid ssh sshd statd syslog tor tss unbound uucp varnish vcsa vmail vscode www www-data`.split(/\s+/),
);

/** Whether the file shows all that is started, so that nothing else can switch to the account. */
const isReadable = (model: Model, stage: StageInfo): boolean => {
  if (dropsPrivileges(model, stage) || isToolbox(model, stage)) return false;
  const { commands } = startupOf(model, stage);
  return commands.length > 0 && commands.every(({ name }) => name !== undefined && !SCRIPT.test(name.toLowerCase()));
};

const SCRIPT = /\.(?:sh|bash|ksh)$|entry-?point|start|run|boot|launch|init|setup|daemon|dind|^(?:bash|sh|ash|dash)$/;

/** Commands that make an account, or give it files, but run nothing as it. */
const OWNERSHIP: ReadonlySet<string> = new Set(
  'addgroup adduser chage chfn chgrp chmod chown chsh getent groupadd groupmod id install mkdir passwd setfacl test useradd usermod ['.split(
    ' ',
  ),
);

/** Whether something names the account as more than an owner of files: a setting, a script, a command. */
const isNamedElsewhere = (model: Model, stage: StageInfo, { name, word }: Account): boolean => {
  const variables = word.parts.flatMap((part) => (part.kind === 'Variable' ? part.name : []));
  const names = [name, ...variables.map((variable) => `\\$\\{?${variable}`)].map((each) => each.replaceAll('.', '\\.'));
  // Not within a path such as /home/app.
  const mention = new RegExp(`(?<![\\w/.-])(?:${names.join('|')})(?![\\w-])`);
  const text = ({ start, end }: Range) => model.file.text.slice(start, end);
  return stageChain(stage)
    .flatMap(({ node }) => node.instructions)
    .some((node) => {
      if (node.kind === 'Arg' || node.kind === 'Workdir' || node.kind === 'Label') return false;
      if (node.kind === 'Copy' || node.kind === 'Add')
        return node.heredocs.some(({ body }) => mention.test(text(body)));
      if (node.kind !== 'Run' || !model.scriptOf(node)) return mention.test(text(node));
      return model
        .commandsOf(node)
        .some((command) => !OWNERSHIP.has(command.name ?? '') && mention.test(text(command.whole)));
    });
};
