import {
  type Add,
  type Cmd,
  type Copy,
  defineRule,
  type Edit,
  type Entrypoint,
  type Healthcheck,
  type Iechorfile,
  type Instruction,
  insertBefore,
  isSpoilt,
  isToolbox,
  isWindowsStage,
  knownBaseOf,
  type Model,
  type Problem,
  replace,
  type Safety,
  type ShellForm,
  type ShellNeed,
  type StageInfo,
  shellNeedOf,
  stageChain,
  type Where,
} from '#lint';

export default defineRule({
  name: 'shell-form-command',
  codes: ['JSONArgsRecommended', 'DL3025'],
  category: 'correctness',
  summary: 'CMD, ENTRYPOINT or HEALTHCHECK starts its program through a shell',
  why: `In shell form the first process is \`/bin/sh -c\`, and many shells keep that place and pass no signals on: the program does not learn that it has to stop, and is killed after ten seconds. An ENTRYPOINT in shell form takes neither CMD nor the arguments of \`docker run\`.`,
  severity: 'warning',
  fix: {
    safety: 'safe',
    note: 'Safe for a CMD or HEALTHCHECK of a well-known program and plain words that no ENTRYPOINT takes; otherwise unsafe.',
  },
  examples: [
    {
      bad: 'FROM python:3.13\nCMD python -m http.server "80"\n',
      good: 'FROM python:3.13\nCMD ["python", "-m", "http.server", "80"]\n',
    },
    {
      title: 'The shell is needed only to begin with',
      bad: 'FROM eclipse-temurin:21\nCMD cd /srv && java $JAVA_OPTS -jar app.jar\n',
      good: 'FROM eclipse-temurin:21\nCMD cd /srv && exec java $JAVA_OPTS -jar app.jar\n',
    },
    {
      title: 'ENTRYPOINT',
      bad: 'FROM debian:13\nENTRYPOINT /usr/bin/app --verbose\n',
      good: 'FROM debian:13\nENTRYPOINT ["/usr/bin/app", "--verbose"]\n',
    },
    {
      title: 'HEALTHCHECK that needs no shell',
      bad: 'FROM nginx:1.29\nHEALTHCHECK --interval=5m CMD curl -f http://localhost/\n',
      good: 'FROM nginx:1.29\nHEALTHCHECK --interval=5m CMD ["curl", "-f", "http://localhost/"]\n',
    },
    {
      title: 'Lines and comments stay',
      bad: 'FROM node:22\nCMD node \\\n  # everything\n  --trace-warnings \\\n  server.js\n',
      good: 'FROM node:22\nCMD ["node", \\\n  # everything\n  "--trace-warnings", \\\n  "server.js"]\n',
    },
    { title: 'The shell gives way to the program', good: 'FROM debian:13\nCMD exec app --port "$PORT"\n' },
    { title: 'One that a later one replaces', good: 'FROM debian:13\nCMD app\nCMD ["app", "--all"]\n' },
    { title: 'Signals are handled', good: 'FROM debian:13\nCMD trap : TERM INT; sleep infinity & wait\n' },
    { title: 'An array without its brackets is another matter', good: 'FROM node:22\nCMD "node", "server.js"\n' },
    { title: 'A shell that is chosen', good: 'FROM debian:13\nSHELL ["/bin/bash", "-c"]\nCMD app\n' },
    {
      title: 'hadolint wants exec form everywhere',
      bad: 'FROM nginx:1.29\nHEALTHCHECK CMD curl -f http://localhost/ || exit 1\n',
      as: 'hadolint',
    },
    {
      title: 'A health check that needs the shell',
      good: 'FROM nginx:1.29\nHEALTHCHECK CMD curl -f http://localhost/ || exit 1\n',
    },
  ],
  reproduces: ['hadolint', 'buildkit'],
  when: { instructions: ['Cmd', 'Entrypoint', 'Healthcheck'] },
  check({ file, model, as }) {
    if (as === 'hadolint') return { Cmd: anyShellForm, Entrypoint: anyShellForm, Healthcheck: anyShellForm };
    if (as === 'buildkit') {
      const unchosen = (node: Cmd | Entrypoint) => (model.stateBefore(node).shell ? [] : anyShellForm(node));
      return { Cmd: unchosen, Entrypoint: unchosen };
    }
    const problemIn = (node: Node, { stage }: Where): readonly Problem[] => {
      const { command } = node;
      if (!stage || command?.kind !== 'ShellForm' || NOT_THIS.test(command.text) || isReplaced(node, stage)) return [];
      if (node.kind === 'Healthcheck' && node.type.text.toUpperCase() !== 'CMD') return [];
      if (model.stateBefore(node).shell || isWindowsStage(file, stage) || isSpoilt(model, node)) return [];
      const script = model.scriptOf(node);
      return script ? problemsOf({ file, model, stage, node, command, need: shellNeedOf(script) }) : [];
    };
    return { Cmd: problemIn, Entrypoint: problemIn, Healthcheck: problemIn };
  },
});

/** Other tools want none at all, whatever it is good for; BuildKit lets be what a chosen shell starts, and health checks. */
const anyShellForm = function* ({ command, keyword }: Node): Iterable<Problem> {
  if (command?.kind === 'ShellForm') yield { at: command, message: `${keyword.text.toUpperCase()} is in shell form` };
};

/** Of one that has no effect overridden-instruction has something to say. */
const isReplaced = (node: Node, { node: { instructions } }: StageInfo): boolean =>
  instructions.some(({ kind, start }) => kind === node.kind && start > node.start);

/** A JSON array gone wrong is another problem, and programs of Windows another world. */
const NOT_THIS = /^\[|^"[^"]*"\s*,|^\S+\.(?:exe|cmd|bat|ps1)(?:\s|$)/i;

type Node = Cmd | Entrypoint | Healthcheck;

interface Place {
  readonly file: Iechorfile;
  readonly model: Model;
  readonly stage: StageInfo;
  readonly node: Node;
  readonly command: ShellForm;
  readonly need: ShellNeed;
}

const problemsOf = (place: Place): readonly Problem[] => {
  const { node, need, command } = place;
  if (lacksShell(place)) return [withoutShell(place)];
  // A check is told of no signals: all that is won is one process less.
  if (need.kind === 'handled' || (node.kind === 'Healthcheck' && safetyOf(place) !== 'safe')) return [];
  const edits = isHanded(place) && need.kind !== 'none' ? undefined : editsOf(place);
  const shown = edits && shownAfter(place, edits);
  const fix = edits && {
    title: need.kind === 'none' ? 'Use exec form' : 'Put `exec` before the program',
    edits,
    safety: safetyOf(place),
  };
  return [
    {
      at: command,
      ...wordingOf(place),
      help: shown === undefined ? SCRIPT_HELP : `Write \`${shown}\`.`,
      fix,
    },
  ];
};

const SCRIPT_HELP =
  'Put the commands into a script that ends in `exec PROGRAM`, or that passes signals on with `trap`, and start it in exec form. If this shell is meant, say so with `SHELL ["/bin/sh", "-c"]` above.';

type Wording = Pick<Problem, 'message' | 'severity' | 'related' | 'codes'>;

const wordingOf = ({ file, model, stage, node, command, need }: Place): Wording => {
  if (node.kind === 'Healthcheck') {
    return { message: 'Every check starts a shell that it does not need', severity: 'info', codes: ['DL3025'] };
  }
  const state = model.stateAfter(stage);
  const other = node.kind === 'Cmd' ? state.setBy.entrypoint : state.cmd && state.setBy.cmd;
  if (other && isHanded({ model, stage, node })) {
    const related = [{ range: other, message: 'This program gets them' }];
    return { message: 'The ENTRYPOINT gets `/bin/sh -c` and this text as its arguments, not these words', related };
  }
  if (node.kind === 'Entrypoint' && state.setBy.entrypoint === node && other && !isEmpty(other)) {
    const related = [{ range: other, message: 'This CMD has no effect' }];
    return { message: 'An ENTRYPOINT in shell form ignores the CMD and passes no signals on', related };
  }
  const shell = (what: string) => `\`/bin/sh -c\` starts ${what} and may keep signals from it`;
  if (need.kind === 'always') return { message: shell('this'), severity: 'info' };
  const first = need.kind === 'none' ? need.words[0]?.text : undefined;
  const program =
    need.kind === 'before'
      ? file.text.slice(need.at.start, need.at.end).replace(/\s.*/s, '…')
      : (first ?? command.text.split(' ')[0]);
  const isWeak = isBrief(need) || isToolbox(model, stage);
  return { message: shell(`\`${program}\``), severity: isWeak ? 'info' : 'warning' };
};

const isEmpty = (node: Instruction): boolean =>
  node.kind === 'Cmd' && node.command.kind === 'ExecForm' && node.command.elements.length === 0;

const BRIEF = /^(?:cat|cp|date|echo|env|false|hostname|id|ls|mv|printf|pwd|true|uname|whoami)$/;

/** Whether the program is done before anyone could stop it. */
const isBrief = (need: ShellNeed): boolean => {
  if (need.kind !== 'none') return false;
  const [program, ...rest] = need.words.map(({ text = '' }) => text);
  return BRIEF.test(nameOf(program ?? '')) || /^(?:--?help|--version|-[hV]|version|help)$/.test(rest.at(-1) ?? '');
};

/** Whether an ENTRYPOINT gets the text as words that it has a use of its own for. */
const isHanded = ({ model, stage, node }: Pick<Place, 'model' | 'stage' | 'node'>): boolean => {
  const { cmd, entrypoint } = model.stateAfter(stage).setBy;
  return cmd === node && entrypoint !== undefined && takesWords(entrypoint);
};

/** Whether the ENTRYPOINT is a program with a use of its own for its arguments, and no wrapper that runs them. */
const takesWords = (node: Instruction): boolean => {
  if (node.kind !== 'Entrypoint' || node.command.kind !== 'ExecForm') return false;
  const [program, ...rest] = node.command.elements.map(({ value }) => value);
  return INTERPRETERS.test(nameOf(program ?? '')) && !rest.some((word) => /entry-?point|\.sh$/.test(word));
};

const INTERPRETERS =
  /^(?:python[\d.]*|node|java|ruby|perl|php|dotnet|Rscript|npm|yarn|npx|pnpm|go|curl|wget|git|deno|bun)$/;

const nameOf = (path: string): string => path.replace(/^.*\//, '');

// Fixes -------------------------------------------------------------------------------------------------------------

/** Each word becomes a JSON string in its place, so that lines and comments stay; or `exec` is put in. */
const editsOf = ({ file, command, need }: Place): readonly Edit[] | undefined => {
  if (need.kind === 'before') return [insertBefore(need.at, 'exec ')];
  if (need.kind !== 'none') return undefined;
  const { words } = need;
  const end = words.at(-1)?.end ?? command.end;
  const isWhole = words[0]?.start === command.start && file.text.slice(end, command.end).trim() === '';
  const isSafe = words.every(
    ({ start, end: stop, text }) => text !== undefined && !file.text.slice(start, stop).includes('\n'),
  );
  if (!isWhole || !isSafe || /\s/.test(words[0]?.text ?? '')) return undefined;
  return words.map((word, index) => {
    const before = index === 0 ? '[' : '';
    const after = index === words.length - 1 ? ']' : ',';
    return replace(word, `${before}${JSON.stringify(word.text)}${after}`);
  });
};

/** The instruction after the edits, on one line. */
const shownAfter = ({ file, node, command }: Place, edits: readonly Edit[]): string => {
  let text = '';
  let at = node.kind === 'Healthcheck' ? node.type.start : command.start;
  for (const { range, text: inserted } of edits) {
    text += file.text.slice(at, range.start) + inserted;
    at = range.end;
  }
  text += file.text.slice(at, command.end);
  const lines = text.split('\n').filter((line) => !line.trimStart().startsWith('#'));
  const joined = lines
    .map((line) =>
      line
        .trim()
        .replace(/[\\`]$/, '')
        .trim(),
    )
    .join(' ');
  const flags = node.flags.length > 0 ? '… ' : '';
  return `${node.keyword.text.toUpperCase()} ${flags}${joined}`;
};

const safetyOf = ({ model, stage, node, need }: Place): Safety => {
  if (need.kind !== 'none' || node.kind === 'Entrypoint') return 'unsafe';
  const program = need.words[0]?.text ?? '';
  // A script of one's own may have no `#!` line, which only a shell forgives.
  const isKnown = /^(?:\/(?:usr\/)?(?:local\/)?s?bin\/)?[^/]+$/.test(program) && PROGRAMS.has(nameOf(program));
  if (!isKnown) return 'unsafe';
  if (node.kind === 'Healthcheck') return 'safe';
  if (stage.onbuildOf) return 'unsafe';
  const hasNoEntrypoint = !model.stateAfter(stage).setBy.entrypoint && knownBaseOf(stage)?.entrypoint !== undefined;
  return hasNoEntrypoint ? 'safe' : 'unsafe';
};

const PROGRAMS: ReadonlySet<string> = new Set(
  `apache2 apache2ctl apachectl ash awk bash bun bundle caddy cargo cat catalina.sh celery consul cron crond curl daphne
  dash deno django-admin dotnet elixir env flask gatsby git go gradle gunicorn haproxy hexo http-server httpd hugo
  hypercorn iex java jekyll julia jupyter ls lua make memcached mix mongod mongosh mvn mysqld next ng nginx node nodemon
  npm npx perl pg_isready php php-fpm pm2 pnpm postgres puma python python2 python3 rackup rails rake redis-cli
  redis-server Rscript ruby sbt serve sh sidekiq sleep sshd streamlit supervisord tail tini top traefik ts-node tsx
  unicorn uvicorn uwsgi vault vite wget yarn`.split(/\s+/),
);

// Without a shell ---------------------------------------------------------------------------------------------------

/** Whether the base has no shell, and nothing that is copied could bring one. */
const lacksShell = ({ model, stage, node }: Place): boolean => {
  const chain = stageChain(stage);
  const base = chain[0]?.base;
  const isBare = base?.kind === 'scratch' || knownBaseOf(stage)?.hasShell === false;
  if (!isBare || stage.onbuildOf) return false;
  const all = chain.flatMap(({ node: { instructions } }) => instructions);
  return (
    node.kind !== 'Healthcheck' &&
    !all.some(({ kind }) => kind === 'Run') &&
    all.filter(isCopy).every((copy) => {
      const { value = '' } = model.expand(copy.destination, copy);
      return /^\/(?!s?bin|usr|$|\.)/.test(value);
    })
  );
};

const isCopy = (node: Instruction): node is Copy | Add => node.kind === 'Copy' || node.kind === 'Add';

const withoutShell = (place: Place): Problem => {
  const edits = place.need.kind === 'none' ? editsOf(place) : undefined;
  return {
    at: place.command,
    message: 'The image has no shell, so this cannot start',
    help: edits
      ? `Write \`${shownAfter(place, edits)}\`.`
      : 'Start the program in exec form, without anything that only a shell can do.',
    severity: 'error',
    fix: edits && { title: 'Use exec form', edits, safety: 'unsafe' },
  };
};
