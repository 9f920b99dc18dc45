import {
  type Context,
  defineRule,
  type Problem,
  type ScriptPlace,
  type ShellWord,
  scriptReader,
  visitScripts,
} from '#lint';

export default defineRule({
  name: 'escape-in-echo',
  codes: ['SC2028'],
  category: 'shell',
  summary: '`echo` may not expand an escape',
  why: `Whether \`echo\` makes a line end of \`\\n\` depends on the shell: dash does, bash and BusyBox do not. \`printf\` always does.`,
  severity: 'warning',
  when: { instructions: ['Run', 'Cmd', 'Entrypoint', 'Healthcheck'], programs: ['echo'] },
  examples: [
    { bad: "FROM alpine\nRUN echo 'a=1\\nb=2' > /etc/app.conf\n" },
    { title: 'In bash', bad: 'FROM debian:13\nSHELL ["/bin/bash", "-c"]\nRUN echo "a=1\\nb=2" > /etc/app.conf\n' },
    { title: 'In the shell of Debian it works', good: "FROM debian:13\nRUN echo 'a=1\\nb=2' > /etc/app.conf\n" },
    {
      title: 'What hadolint says of that',
      as: 'hadolint',
      bad: "FROM debian:13\nRUN echo 'a=1\\nb=2' > /etc/app.conf\n",
    },
    { title: 'Asked for', good: "FROM alpine\nRUN echo -e 'a=1\\nb=2' > /etc/app.conf\n" },
    { title: 'printf', good: "FROM alpine\nRUN printf 'a=1\\nb=2\\n' > /etc/app.conf\n" },
  ],
  check(context) {
    return visitScripts(context, (place) => problemsIn(context, place));
  },
});

function* problemsIn(context: Context, { node: instruction, outline }: ScriptPlace): Iterable<Problem> {
  for (const { node } of outline.nodes) {
    if (node.kind !== 'SimpleCommand') continue;
    const [first, ...rest] = node.words;
    if (first?.text !== 'echo' || /^-\w*e/.test(rest[0]?.text ?? '')) continue;
    const word = rest.find((each) => escapeIn(each) !== undefined);
    if (!word || (context.as === undefined && !keepsEscapes(context, instruction))) continue;
    yield {
      at: word,
      message: `\`echo\` prints the escape \`${escapeIn(word)}\` as it stands`,
      help: 'Use `printf`.',
    };
  }
}

const escapeIn = ({ parts }: ShellWord): string | undefined => {
  for (const part of parts) {
    const found =
      part.kind === 'Literal' && part.quoted ? /(?<!\\)(?:\\\\)*(\\[abefnrtv0])/.exec(part.value)?.[1] : undefined;
    if (found) return found;
  }
  return undefined;
};

/** Whether it is known that the shell prints escapes as they stand. */
const keepsEscapes = ({ model }: Context, instruction: ScriptPlace['node']): boolean => {
  const { program } = scriptReader(model, instruction);
  return program === 'bash' || program === 'busybox';
};
