import {
  type Context,
  defineRule,
  type ExpansionPlace,
  type Problem,
  type ScriptPlace,
  type ShellNode,
  type SimpleCommand,
  visitScripts,
} from '#lint';

export default defineRule({
  name: 'pointless-echo',
  codes: ['SC2005', 'SC2116'],
  category: 'shell',
  summary: '`echo` only repeats what is there already',
  why: `\`echo $(command)\` prints what the command prints anyway, and \`$(echo text)\` is the text. Both lose line ends and blanks on the way.`,
  severity: 'style',
  when: { instructions: ['Run', 'Cmd', 'Entrypoint', 'Healthcheck'], programs: ['echo'] },
  examples: [
    { bad: 'FROM alpine\nRUN echo "$(git describe)" > /version\n' },
    { title: 'In a substitution', bad: 'FROM alpine\nARG NAME=a\nRUN dir=$(echo $NAME/share) && ls "$dir"\n' },
    {
      title: 'More than that',
      good: 'FROM alpine\nRUN echo "v$(git describe)" > /v && x=$(echo a | tr a b) && echo $x $(ls)\n',
    },
    { title: 'Where words are meant to be joined', good: 'FROM alpine\nRUN x=$(echo /opt/*) && echo "$x"\n' },
  ],
  check(context) {
    return visitScripts(context, (place) => problemsIn(context, place));
  },
});

function* problemsIn(_: Context, { outline }: ScriptPlace): Iterable<Problem> {
  for (const { node, pipeline } of outline.nodes) {
    if (!isEcho(node) || pipeline || node.words.length !== 2) continue;
    const [part, ...others] = node.words[1]?.parts ?? [];
    if (part?.kind !== 'Substitution' || others.length > 0 || part.style === '<(' || part.style === '>(') continue;
    yield {
      at: part,
      message: '`echo` prints what the command prints anyway',
      help: 'Run the command alone.',
      codes: ['SC2005'],
      // Without quotes it makes one line of many, which may be meant.
      ...(part.quoted ? {} : { only: 'hadolint' }),
    };
  }
  for (const { part } of outline.expansions) {
    const echo = echoIn(part);
    if (!echo) continue;
    yield {
      at: part,
      message: '`$(echo …)` is what stands behind `echo`',
      help: 'Write the text alone.',
      codes: ['SC2116'],
    };
  }
}

const isEcho = (node: ShellNode | undefined): node is SimpleCommand =>
  node?.kind === 'SimpleCommand' && node.words[0]?.text === 'echo' && !node.words[1]?.raw.startsWith('-');

/** The one command of a substitution, when that is an \`echo\` of plain text and variables. */
const echoIn = (part: ExpansionPlace['part']): SimpleCommand | undefined => {
  if (part.kind !== 'Substitution' || part.script?.statements.length !== 1) return undefined;
  const node = part.script.statements[0]?.command;
  if (!isEcho(node) || node.words.length < 2 || node.redirections.length > 0) return undefined;
  return node.words.some(({ parts }) => parts.some(({ kind }) => kind === 'Pattern')) ? undefined : node;
};
