import {
  type Context,
  defineRule,
  insertAfter,
  type NodePlace,
  type Problem,
  remove,
  type ScriptPlace,
  type ShellWord,
  type SimpleCommand,
  visitScripts,
} from '#lint';

export default defineRule({
  name: 'declaration-hides-failure',
  codes: ['SC2155'],
  category: 'shell',
  summary: 'The failure of a command is lost in a declaration',
  why: `\`export NAME=$(command)\` succeeds whatever becomes of the command, so the build goes on with an empty value.`,
  severity: 'info',
  when: { instructions: ['Run', 'Cmd', 'Entrypoint', 'Healthcheck'] },
  fix: { safety: 'unsafe', note: 'A failure that went unnoticed stops the build.' },
  examples: [
    {
      bad: 'FROM alpine\nRUN export VERSION=$(cat /version) && ./build\n',
      good: 'FROM alpine\nRUN VERSION=$(cat /version) && export VERSION && ./build\n',
    },
    {
      title: 'Under `set -e`',
      bad: 'FROM alpine\nRUN set -e; export VERSION="$(curl -fsS https://example.org/v)"; ./build\n',
      good: 'FROM alpine\nRUN set -e; VERSION="$(curl -fsS https://example.org/v)"; export VERSION; ./build\n',
    },
    {
      title: 'Alone in its RUN',
      bad: 'FROM alpine\nRUN export VERSION=$(cat /version)\n',
      good: 'FROM alpine\nRUN VERSION=$(cat /version) && export VERSION\n',
    },
    {
      title: 'What follows runs all the same, whichever way it is written',
      bad: 'FROM alpine\nRUN export VERSION=$(cat /version); ./build\n',
    },
    { title: 'Several at once', bad: 'FROM alpine\nRUN export A=$(cat /a) B=$(cat /b) && ./build\n' },
    {
      title: 'What hardly fails',
      good: 'FROM alpine\nRUN export GNUPGHOME="$(mktemp -d)" && export ARCH=$(uname -m) && ./build\n',
    },
    {
      title: 'A pipeline that ends in such a one',
      good: 'FROM alpine\nRUN export A=$(echo $B | cut -d. -f1) && ./build\n',
    },
    { title: 'No command', good: 'FROM alpine\nRUN export A=1 B="$PWD" && A=$(cat /a) && export A\n' },
  ],
  check(context) {
    return visitScripts(
      context,
      (place) => problemsIn(context, place),
      /\b(?:export|declare|local|readonly|typeset)\b/,
    );
  },
});

function* problemsIn({ as }: Context, { outline }: ScriptPlace): Iterable<Problem> {
  for (const place of outline.nodes) {
    const { node } = place;
    if (node.kind !== 'SimpleCommand') continue;
    const [first] = node.words;
    if (!first) continue;
    for (const { name, nameRange, values } of node.declared) {
      const value = values[0];
      if (!value || !runsCommand(value, as === 'hadolint')) continue;
      yield {
        at: nameRange,
        message: `\`${first.raw}\` hides the failure of the command whose output \`${name}\` takes`,
        help: `Assign first: \`${name}=$(…)\`, then \`${first.raw} ${name}\`.`,
        fix: first.text === 'export' ? fixOf(place, node, first, name, outline.errexit) : undefined,
      };
    }
  }
}

/** Those that do not fail where a build runs. */
const SURE = new Set(
  `mktemp uname nproc arch pwd dirname basename echo printf date id whoami sed cut tr awk head tail sort uniq wc rev
  xargs`.split(/\s+/),
);

const runsCommand = ({ parts }: ShellWord, any: boolean): boolean =>
  parts.some((part) => {
    if (part.kind !== 'Substitution' || part.style === '<(' || part.style === '>(') return false;
    if (any) return true;
    let node = part.script?.statements.at(-1)?.command;
    if (node?.kind === 'Pipeline') node = node.commands.at(-1);
    return !(node?.kind === 'SimpleCommand' && SURE.has(node.words[0]?.text ?? ''));
  });

const fixOf = (
  { list, followed }: NodePlace,
  node: SimpleCommand,
  first: ShellWord,
  name: string,
  errexit: boolean,
): Problem['fix'] => {
  const [, second, third] = node.words;
  if (!second || third || node.assignments.length + node.redirections.length > 0) return undefined;
  // Without `set -e` nothing stops what follows on a line of its own.
  if (!list && !errexit && followed) return undefined;
  const separator = !list && errexit ? '; ' : ' && ';
  return {
    title: 'Assign first, then export',
    edits: [remove({ start: first.start, end: second.start }), insertAfter(second, `${separator}export ${name}`)],
  };
};
