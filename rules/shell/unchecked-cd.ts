import { type Context, defineRule, insertAfter, type Problem, type ScriptPlace, visitScripts } from '#lint';

export default defineRule({
  name: 'unchecked-cd',
  codes: ['SC2164'],
  category: 'shell',
  summary: 'What follows a `cd` runs though it may have failed',
  why: `Where the directory is not there, the commands behind it run in the one before, and may unpack, build or delete in the wrong place.`,
  severity: 'warning',
  when: { instructions: ['Run', 'Cmd', 'Entrypoint', 'Healthcheck'], programs: ['cd', 'pushd', 'popd'] },
  fix: { safety: 'unsafe', note: 'The step fails where the directory is not there.' },
  examples: [
    {
      bad: 'FROM alpine\nRUN cd /src; make install\n',
      good: 'FROM alpine\nRUN cd /src || exit 1; make install\n',
    },
    {
      title: 'In a subshell',
      bad: 'FROM alpine\nRUN (cd /src; make)\n',
      good: 'FROM alpine\nRUN (cd /src || exit 1; make)\n',
    },
    { title: 'Behind it only on success', good: 'FROM alpine\nRUN cd /src && make install\n' },
    { title: 'Under `set -e`', good: 'FROM alpine\nRUN set -e; cd /src; make install\n' },
    { title: 'Failure is dealt with', good: 'FROM alpine\nRUN cd /src || exit 1; make install\n' },
    { title: 'Nothing follows', good: 'FROM alpine\nRUN cd /src\n' },
    {
      title: 'What hadolint says of that',
      as: 'hadolint',
      bad: 'FROM alpine\nRUN cd /src\n',
      good: 'FROM alpine\nRUN cd /src || exit 1\n',
    },
    { title: 'Behind another command', bad: 'FROM alpine\nRUN ls && cd /src; make\n' },
    { title: 'The root is there', good: 'FROM alpine\nRUN ls; cd /; ls\n' },
  ],
  check(context) {
    return visitScripts(context, (place) => problemsIn(context, place));
  },
});

function* problemsIn({ as, model }: Context, { node: instruction, outline }: ScriptPlace): Iterable<Problem> {
  if (outline.errexit) return;
  const errexit = as === undefined && model.shellOf(instruction).argv?.some((word) => /^-\w*e/.test(word));
  if (errexit) return;
  for (const { node, tested, followed, list, pipeline, inFunction } of outline.nodes) {
    if (node.kind !== 'SimpleCommand' || tested) continue;
    const [first, target] = node.words;
    if (first?.text !== 'cd' && first?.text !== 'pushd' && first?.text !== 'popd') continue;
    const isSure =
      target === undefined
        ? first.text === 'cd'
        : /^(?:\/|\.|\.\.|-|~|\/(?:etc|home|opt|root|tmp|usr|var)\/?|\/usr\/(?:bin|lib|local|src|share)\/?|(?:\.\.\/?)+)$/.test(
            target.text ?? '',
          );
    if (target && /^\.\.(?:\/\.\.)*$/.test(target.raw)) continue;
    if (as === undefined && (isSure || !followed)) continue;
    const isAlone = !list && !pipeline && !inFunction;
    yield {
      at: node,
      message: `What follows runs though \`${first.text}${target ? ` ${target.raw}` : ''}\` may have failed`,
      help: 'Join what follows with `&&`, or begin with `set -e`.',
      fix: isAlone ? { title: 'Append `|| exit 1`', edits: [insertAfter(node, ' || exit 1')] } : undefined,
    };
  }
}
