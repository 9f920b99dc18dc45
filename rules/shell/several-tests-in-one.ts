import { defineRule, type Problem, type ScriptPlace, type ShellNode, type ShellWord, visitScripts } from '#lint';

export default defineRule({
  name: 'several-tests-in-one',
  codes: ['SC2166'],
  category: 'shell',
  summary: '`-a` or `-o` joins conditions inside `[`',
  why: `What it means depends on the values beside it, so POSIX has given these two up. \`&&\` and \`||\` between two tests are clear.`,
  severity: 'style',
  off: true,
  when: { instructions: ['Run', 'Cmd', 'Entrypoint', 'Healthcheck'], programs: ['[', 'test'] },
  fix: { safety: 'safe' },
  examples: [
    {
      bad: 'FROM alpine\nRUN if [ -f /a -a "$X" = 1 ]; then echo a; fi\n',
      good: 'FROM alpine\nRUN if [ -f /a ] && [ "$X" = 1 ]; then echo a; fi\n',
    },
    { title: 'Parentheses are left to you', bad: 'FROM alpine\nRUN [ \\( -f /a -o -f /b \\) -a -f /c ] && echo a\n' },
    { title: 'Both are negated', bad: 'FROM alpine\nRUN ! [ -f /a -a -f /b ]\n' },
    { title: '`set -e` would pass over it', bad: 'FROM alpine\nRUN set -e; [ -f /a -a -f /b ]; echo a\n' },
    { title: 'A file test of the same name', good: 'FROM alpine\nRUN [ -a /f ] || [ "-a" = "$X" ] && test -f /f\n' },
  ],
  check(context) {
    return visitScripts(context, problemsIn);
  },
});

function* problemsIn({ outline }: ScriptPlace): Iterable<Problem> {
  const inPipelines = new Set<ShellNode>();
  for (const { node, list, pipeline, tested, followed } of outline.nodes) {
    if (node.kind === 'Pipeline') for (const command of node.commands) inPipelines.add(command);
    if (node.kind !== 'SimpleCommand') continue;
    const [first, ...rest] = node.words;
    if (first?.text !== '[' && first?.text !== 'test') continue;
    const joints = rest.filter(({ raw }, index) => (raw === '-a' || raw === '-o') && index > 0 && isEnd(rest, index));
    const [joint] = joints;
    if (!joint) continue;
    const operator = joint.raw === '-a' ? '&&' : '||';
    // A `!` before it would be about the first alone, and `set -e` passes over what fails before `&&`.
    const isLone = !list && !pipeline && !inPipelines.has(node) && (tested || !followed);
    const isAlone = isLone && joints.length === 1 && first.text === '[' && node.redirections.length === 0;
    const isPlain = isAlone && !rest.some(({ raw }) => /^(?:\\?[()]|!)$/.test(raw));
    yield {
      at: joint,
      message: `\`${joint.raw}\` joins two conditions inside \`${first.text}\``,
      help: `Write two tests, joined by \`${operator}\`.`,
      fix: isPlain
        ? {
            title: `Write \`] ${operator} [\``,
            edits: [{ range: { start: joint.start, end: joint.end }, text: `] ${operator} [` }],
          }
        : undefined,
    };
  }
}

/** Whether a condition ends before the word: its first operand is not what it is compared with. */
const isEnd = (words: readonly ShellWord[], index: number): boolean =>
  index + 1 < words.length &&
  words[index + 1]?.raw !== ']' &&
  !/^(?:=|==|!=)$/.test(words[index + 1]?.raw ?? '') &&
  !/^(?:=|==|!=|-[ez])$/.test(words[index - 1]?.raw ?? '');
