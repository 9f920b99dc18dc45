import {
  type Context,
  defineRule,
  type Outline,
  type Problem,
  type Range,
  type ScriptPlace,
  type ShellNode,
  type SimpleCommand,
  variablesOf,
  visitScripts,
} from '#lint';

export default defineRule({
  name: 'unused-shell-variable',
  codes: ['SC2034'],
  category: 'shell',
  summary: 'A variable of a script is never used',
  why: `It ends with the script, and no other program sees it unless it is exported: either the name is misspelt, or \`export\` is missing.`,
  severity: 'warning',
  when: { instructions: ['Run', 'Cmd', 'Entrypoint', 'Healthcheck'] },
  examples: [
    { bad: 'FROM golang\nRUN GOPATH=/go && go install example.com/tool@v1\n' },
    { title: 'Misspelt', bad: 'FROM alpine\nRUN version=$(cat /v); echo "$verison"\n' },
    { title: 'For one command', good: 'FROM golang\nRUN GOPATH=/go go install example.com/tool@v1\n' },
    {
      title: 'Exported',
      good: 'FROM golang\nRUN export GOPATH=/go && A=1 && export A && go install example.com/tool@v1\n',
    },
    { title: 'Set for all', good: 'FROM golang\nRUN set -a; GOPATH=/go; go install example.com/tool@v1\n' },
    {
      title: 'In the environment already',
      good: 'FROM golang\nENV GOPATH=/a\nRUN GOPATH=/go && go install example.com/tool@v1\n',
    },
    { title: 'What it reads may use it', good: 'FROM alpine\nRUN MODE=1 && . /setup.sh\n' },
  ],
  check(context) {
    return visitScripts(context, (place) => problemsIn(context, place));
  },
});

/** Variables that the shell itself looks at, and those that throw away what is read. */
const SPECIAL =
  /^(?:PATH|IFS|HOME|CDPATH|ENV|PWD|OLDPWD|PS\d|LANG|LC_\w+|TZ|TERM|SHELL|MAIL\w*|OPT\w+|FUNCNEST|BASH\w*|HIST\w*|TIMEFORMAT|_.*|REPLY|COLUMNS|LINES|PROMPT_COMMAND|HOSTNAME|USER|TMPDIR|EDITOR|PAGER|DIRSTACK|READLINE\w*|COMP\w+|IGNOREEOF|INPUTRC|POSIXLY_CORRECT|SHELLOPTS|TMOUT|UMASK|FIGNORE|GLOB\w+|FCEDIT|http_proxy|https_proxy)$/;

function* problemsIn(context: Context, { node, script, outline }: ScriptPlace): Iterable<Problem> {
  const { uses, opaque } = variablesOf(script);
  if ((opaque && context.as === undefined) || exportsAll(outline)) return;
  const done = new Set(uses.map(({ name }) => name));
  const { bindings } = context.model.stateBefore(node);
  for (const { node: each } of outline.nodes) {
    for (const { name, at } of setBy(each)) {
      if (done.has(name) || SPECIAL.test(name) || bindings.get(name)?.by === 'env' || isExported(outline, name))
        continue;
      done.add(name);
      yield {
        at,
        message: `\`${name}\` is set and never used`,
        help: `Delete it, or write \`export ${name}\` if a program is to see it.`,
      };
    }
  }
}

interface Setting {
  readonly name: string;
  readonly at: Range;
}

const setBy = (node: ShellNode): readonly Setting[] => {
  if (node.kind === 'CompoundCommand') {
    return (node.type === 'for' || node.type === 'select') && node.name
      ? [{ name: node.name.text, at: node.name }]
      : [];
  }
  if (node.kind !== 'SimpleCommand') return [];
  const assignments = node.words.length === 0 ? node.assignments : node.words[0]?.text === 'local' ? node.declared : [];
  return assignments.map(({ name, nameRange }) => ({ name, at: nameRange }));
};

const exportsAll = ({ nodes }: Outline): boolean =>
  nodes.some(
    ({ node }) => isCommand(node, /^set$/) && node.words.some(({ text = '' }) => /^-\w*a|^allexport$/.test(text)),
  );

const isExported = ({ nodes }: Outline, name: string): boolean =>
  nodes.some(
    ({ node }) =>
      isCommand(node, /^(?:export|declare|typeset|readonly)$/) &&
      (node.declared.some((each) => each.name === name) || node.words.some(({ text }) => text === name)),
  );

const isCommand = (node: ShellNode, name: RegExp): node is SimpleCommand =>
  node.kind === 'SimpleCommand' && name.test(node.words[0]?.text ?? '');
