import {
  bottomStage,
  defineRule,
  type Instruction,
  isSlip,
  type Model,
  mayBeStage,
  namesSetBy,
  nearestName,
  type Problem,
  type Related,
  replace,
  type Setters,
  type StageInfo,
  type State,
  setsOnlyPath,
  settersIn,
  unboundIn,
  type Variable,
  type Where,
  whereWordsExpand,
} from '#lint';

export default defineRule({
  name: 'undefined-variable',
  codes: ['UndefinedVar'],
  category: 'correctness',
  summary: 'A variable is used that is not set',
  why: `BuildKit puts an empty string in its place and goes on, so a path or a version is silently cut short. What a shell sets, such as HOME,
    exists only while a command runs.`,
  severity: 'warning',
  when: { text: /\$/ },
  fix: { safety: 'unsafe', note: 'Takes the name that was probably meant.' },
  examples: [
    {
      title: 'A slip of the pen',
      bad: 'FROM node:24\nENV APP_HOME=/app\nWORKDIR $APP_HMOE\n',
      good: 'FROM node:24\nENV APP_HOME=/app\nWORKDIR $APP_HOME\n',
    },
    { title: 'PATH', bad: 'FROM node:24\nENV PATH=$PAHT:/opt/bin\n', good: 'FROM node:24\nENV PATH=$PATH:/opt/bin\n' },
    { title: 'On a base image that sets none', bad: 'FROM ubuntu:26.04\nCOPY app $APP_HOME/\n' },
    {
      title: 'On one that has hardly more than a program',
      bad: 'FROM gcr.io/distroless/static-debian12:nonroot\nCOPY app /app\nEXPOSE ${APP_PORT}\n',
    },
    { title: 'What only a running shell has', bad: 'FROM debian:13\nENV PATH=$HOME/bin:$PATH\n' },
    { title: 'Set too late', bad: 'FROM node:24\nWORKDIR $APP_DIR\nENV APP_DIR=/app\n' },
    {
      title: 'Set in another stage',
      bad: 'FROM node:24 AS build\nENV OUT=/out\nFROM nginx:1.29\nCOPY --from=build $OUT /srv\n',
    },
    {
      title: 'What an ARG of another stage is meant for is another matter',
      good: 'FROM alpine AS a\nARG OUT=/out\nFROM alpine\nCOPY --from=a $OUT /\n',
    },
    { title: 'A quote in its ARG is another matter', good: 'FROM alpine\nARG "V=1"\nLABEL version=$V\n' },
    { title: 'The base image may set it', good: 'FROM tomcat:11\nCOPY app.war $CATALINA_HOME/webapps/\n' },
    { title: 'It may be unset', good: `FROM ubuntu:26.04\nENV LEVEL=\${LEVEL:-info}\n` },
    { title: 'Every image has a PATH', good: 'FROM ubuntu:26.04\nENV PATH=/opt/bin:$PATH\n' },
    { title: 'More of what may be there', good: 'FROM ubuntu:26.04\nENV PYTHONPATH=/app:$PYTHONPATH\n' },
    { title: 'In a RUN the shell looks', good: 'FROM ubuntu:26.04\nRUN echo $SOMETHING\n' },
  ],
  exceptions: { onbuild: 'A trigger runs after the whole stage, so it sees what is set below it.' },
  reproduces: 'buildkit',
  check({ model, as }) {
    if (as === 'buildkit') return whereWordsExpand((node, { stage }) => anyUnbound(node, stage, model));
    const causes = new Map<string, Cause | undefined>();
    let setters: ReadonlyMap<string, Setters> | undefined;
    const visit = (node: Instruction, { stage }: Where): Iterable<Problem> | undefined => {
      const unbound = unboundIn(model, node);
      return unbound.length > 0 ? problemsOf(node, stage, unbound) : undefined;
    };
    const problemsOf = function* (
      node: Instruction,
      stage: StageInfo | undefined,
      unbound: readonly Variable[],
    ): Iterable<Problem> {
      // `ENV A=$A:more` adds to what may be there; what the same ENV sets is another rule's matter.
      const own = new Set(namesSetBy(node));
      for (const variable of unbound) {
        const { name } = variable;
        if (mayBeUnset(variable) || own.has(name) || model.globals.bindings.has(name)) continue;
        const key = `${stage?.index} ${name}`;
        const isKnown = causes.has(key);
        setters ??= settersIn(model);
        const cause = isKnown
          ? causes.get(key)
          : causeOf(name, { node, stage, model, setters: setters.get(name), isOneOfMany: causes.size > MANY });
        causes.set(key, cause);
        // A slip is mended wherever it stands; the rest is said once.
        if (cause && (!isKnown || cause.meant)) yield problemOf(variable, cause);
      }
    };
    return whereWordsExpand(visit);
  },
});

/** BuildKit names every one but in EXPOSE, also where that is meant, and knows what the base image sets. */
const anyUnbound = function* (node: Instruction, stage: StageInfo | undefined, model: Model): Iterable<Problem> {
  const bottom = stage && bottomStage(stage);
  if (node.kind === 'Expose' || (bottom && mayBeStage(bottom, model))) return;
  const isCertain = !bottom || setsOnlyPath(bottom.base);
  for (const variable of unboundIn(model, node)) {
    if (!isCertain && OF_IMAGES.test(variable.name)) continue;
    yield { at: variable, message: `\`$${variable.name}\` is not set` };
  }
  for (const { expand, content } of node.kind === 'Copy' || node.kind === 'Add' ? node.heredocs : []) {
    const { bindings } = model.stateBefore(node);
    for (const [, name = ''] of expand ? content.matchAll(/(?<!\\)\$\{?([A-Za-z_]\w*)/g) : [])
      if (!bindings.has(name)) yield { at: node.keyword, message: `\`$${name}\` is not set` };
  }
};

interface Cause {
  readonly message: string;
  readonly help: string;
  readonly related?: Related;
  readonly meant?: string | undefined;
}

/** It says what to do then, or cannot be read at all. */
const mayBeUnset = ({ modifier, problem }: Variable): boolean =>
  problem !== undefined || /^:?[-+?]$/.test(modifier ?? '');

const problemOf = (variable: Variable, { message, help, related, meant }: Cause): Problem => ({
  at: variable,
  message,
  help,
  ...(related ? { related: [related] } : {}),
  fix: meant ? { title: `Write \`$${meant}\``, edits: [replace(variable.nameRange, meant)] } : undefined,
});

/** Where a variable is used. */
interface Place {
  readonly node: Instruction;
  readonly stage: StageInfo | undefined;
  readonly model: Model;
  readonly setters: Setters | undefined;
  /** So many are undefined that no name is looked for in their place. */
  readonly isOneOfMany: boolean;
}

const MANY = 200;

const causeOf = (name: string, place: Place): Cause | undefined => {
  const bottom = place.stage && bottomStage(place.stage);
  const isCertain = !bottom || setsOnlyPath(bottom.base);
  if (bottom && mayBeStage(bottom, place.model)) return undefined;
  if (OF_THE_SHELL.has(name)) return isCertain || (bottom && isPlainLanguage(bottom)) ? ofTheShell(name) : undefined;
  if ((!isCertain && OF_IMAGES.test(name)) || isQuoted(name, place)) return undefined;
  return (
    elsewhere(name, place) ??
    misspelt(name, place) ??
    (isCertain && !isOutOfScope(place) ? nowhere(name, bottom) : undefined)
  );
};

const OF_THE_SHELL: ReadonlySet<string> = new Set([
  'HOME',
  'USER',
  'LOGNAME',
  'PWD',
  'HOSTNAME',
  'SHELL',
  'UID',
  'GID',
]);

const ofTheShell = (name: string): Cause => ({
  message: `\`$${name}\` is not set when BuildKit reads this: only a running shell has it`,
  help:
    name === 'HOME'
      ? 'Write the directory in full, such as `/root`.'
      : 'Write the value itself, or use the variable in a RUN.',
});

/** Official images of languages, none of which sets what a shell does. */
const isPlainLanguage = ({ base }: StageInfo): boolean =>
  base.kind === 'image' && /^library\/(?:gcc|golang|node|php|python|ruby|rust)$/.test(base.reference?.repository ?? '');

/** What images of languages and servers set by themselves. */
const OF_IMAGES =
  /^(?:LANG|LC_ALL|TZ|PS1|APP_UID|GOPATH|VIRTUAL_ENV|PYTHONPATH|LD_LIBRARY_PATH|DEBIAN_FRONTEND|\w+_(?:HOME|VERSION|MAJOR|ROOT))$/;

const elsewhere = (name: string, { node, stage, setters }: Place): Cause | undefined => {
  if (!stage || !setters) return undefined;
  const here = setters.byStage.get(stage);
  if (here && here.node.start > node.start) {
    return {
      message: `\`$${name}\` is set further down`,
      help: `Set \`${name}\` above its first use.`,
      related: { range: here.node, message: 'It is set here' },
    };
  }
  const { firstEnv } = setters;
  if (!firstEnv || firstEnv.stage.index >= stage.index) return undefined;
  const where = firstEnv.stage.name ? `the stage \`${firstEnv.stage.name}\`` : 'another stage';
  return {
    message: `\`$${name}\` is set in ${where}, but not in this one`,
    help: `Set \`${name}\` in this stage too, or write the value.`,
    related: { range: firstEnv.node, message: 'It is set here' },
  };
};

/** `ARG "NAME=value"`, where the quote became part of the name: invalid-expansion has something to say of it. */
const isQuoted = (name: string, { node, model }: Place): boolean => {
  const { bindings } = model.stateBefore(node);
  return bindings.has(`"${name}`) || bindings.has(`'${name}`);
};

/** Whether an ARG of a stage above is meant, of which arg-out-of-scope has something to say. */
const isOutOfScope = ({ stage, setters }: Place): boolean =>
  stage !== undefined && setters?.firstArg !== undefined && setters.firstArg.stage.index < stage.index;

const misspelt = (name: string, { node, model, isOneOfMany }: Place): Cause | undefined => {
  if (name.length < 4 || isOneOfMany) return undefined;
  const { bindings } = model.stateBefore(node);
  const meant = nearestName(name, settable(bindings, name));
  if (!meant || !isSlip(name, meant)) return undefined;
  return { message: `\`$${name}\` is not set, but \`${meant}\` is`, help: `Write \`$${meant}\`.`, meant };
};

/** The names that the file sets and a `$` can name; PATH for a name as long, for there are others that end so. */
const settable = function* (bindings: State['bindings'], name: string): Iterable<string> {
  if (name.length === 4) yield 'PATH';
  for (const [each, { by }] of bindings) if (by !== 'base' && /^\w+$/.test(each)) yield each;
};

const nowhere = (name: string, bottom: StageInfo | undefined): Cause => {
  const image = bottom?.base.kind === 'image' ? ` here or in \`${bottom.base.text.replace(/@.*$/s, '')}\`` : '';
  return {
    message: `\`$${name}\` is not set${image}`,
    help: bottom
      ? `Set it above with \`ENV ${name}=…\` or \`ARG ${name}\`, or write the value.`
      : `Declare \`ARG ${name}=…\` above, or write the value.`,
  };
};
