import {
  bottomStage,
  type Context,
  defineRule,
  isSetBefore,
  isSlip,
  namesBefore,
  type Outline,
  type Problem,
  type ScriptPlace,
  setsOnlyPath,
  variablesOf,
  visitScripts,
} from '#lint';

export default defineRule({
  name: 'unset-shell-variable',
  codes: ['SC2154', 'SC2153'],
  category: 'shell',
  summary: 'A script uses a variable that nothing sets',
  why: `The shell puts nothing in its place and goes on, so a path or a version is silently cut short.`,
  severity: 'warning',
  when: { instructions: ['Run', 'Cmd', 'Entrypoint', 'Healthcheck'] },
  examples: [
    { bad: 'FROM alpine\nRUN rm -rf /opt/$verison/cache\n' },
    {
      title: 'Set in the script',
      good: 'FROM alpine\nRUN read name < /f; v=1; for i in a b; do echo $i $v $name; done\n',
    },
    { title: 'Set in the file', good: 'FROM alpine\nARG version=1\nENV mode=dev\nRUN echo $version $mode\n' },
    { title: 'The base image may set it', good: 'FROM node\nRUN echo $version\n' },
    {
      title: 'It may be unset',
      good: `FROM alpine\nRUN echo \${version:-1} && if [ -n "$version" ]; then echo $version; fi\n`,
    },
    { title: 'What it reads may set it', good: 'FROM alpine\nRUN . /etc/os-release && echo $version\n' },
    { title: 'What a program prints may name it', good: 'FROM alpine\nRUN export $(cat /env) && echo $version\n' },
    { title: 'Names in capitals come from outside', good: 'FROM alpine\nRUN echo $VERSION $http_proxy\n' },
    { title: 'What hadolint says of an image', as: 'hadolint', bad: 'FROM node\nRUN echo $version\n' },
    {
      title: 'And of a trigger',
      as: 'hadolint',
      bad: 'FROM node\nARG version=1\nONBUILD RUN echo $version\n',
      good: 'FROM node\nONBUILD ARG version=1\nONBUILD RUN echo $version\n',
    },
    { title: 'A fragment', as: 'hadolint', good: 'ARG version=1\nRUN echo $version\n' },
  ],
  exceptions: { onbuild: 'The image of a trigger is another one.' },
  check(context) {
    return visitScripts(context, (place) => problemsIn(context, place), /\$|\+=|\(\(|\b(?:export|readonly)\b/);
  },
});

const OUTSIDE = /^(?:(?:https?|ftp|all|no)_proxy|rvm_\w+|npm_\w+)$/;

function* problemsIn(context: Context, { node, script, outline }: ScriptPlace): Iterable<Problem> {
  const { uses, assigned, opaque } = variablesOf(script);
  if (uses.length === 0 || (context.as === undefined && (opaque || !isBare(context, node)))) return;
  if (context.as === undefined && setsUnknownNames(outline)) return;
  const isSet = isSetBefore(context, node);
  const done = new Set(assigned.map(({ name }) => name));
  const names = [...assigned.map(({ name }) => name), ...namesBefore(context, node)];
  // A variable that is asked for anywhere may be unset on purpose.
  for (const { name, operator } of uses) if (operator !== undefined && /^:?[-+=?]/.test(operator)) done.add(name);
  for (const { name, start, end } of uses) {
    if (done.has(name) || isSet(name) || OUTSIDE.test(name)) continue;
    const meant = /[A-Z]/.test(name) ? names.find((each) => isSlip(name, each)) : undefined;
    if (/[A-Z]/.test(name) && meant === undefined) continue;
    if (context.as === undefined && isAskedFor(script.text, name)) continue;
    done.add(name);
    yield {
      at: { start, end },
      message: `Nothing sets \`${name}\``,
      help: meant ? `\`${meant}\` is set.` : 'Set it before, or mend its name.',
      codes: [meant ? 'SC2153' : 'SC2154'],
    };
  }
}

const isAskedFor = (text: string, name: string): boolean => new RegExp(`-[nz] *"?\\$\\{?${name}\\b`).test(text);

/** Whether the base image is known to set no variables. */
const isBare = ({ model }: Context, node: ScriptPlace['node']): boolean => {
  const stage = model.stageOf(node);
  return (
    node.kind === 'Run' && stage !== undefined && stage.onbuildOf === undefined && setsOnlyPath(bottomStage(stage).base)
  );
};

const DECLARING = new Set(['export', 'declare', 'local', 'readonly', 'typeset', 'read', 'printf', 'alias']);

/** Whether a name that is set stands in a variable, or is printed by a program. */
const setsUnknownNames = ({ nodes }: Outline): boolean =>
  nodes.some(({ node }) => {
    if (node.kind !== 'SimpleCommand') return false;
    const [first, ...rest] = node.words;
    if (first?.text === 'printf' && rest[0]?.text !== '-v') return false;
    return (
      DECLARING.has(first?.text ?? '') && rest.some(({ raw, text }) => text === undefined && !/^\w+\+?=/.test(raw))
    );
  });
