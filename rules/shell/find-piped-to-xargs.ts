import { defineRule, insertAfter, type Problem, type ScriptPlace, type ShellNode, visitScripts } from '#lint';

export default defineRule({
  name: 'find-piped-to-xargs',
  codes: ['SC2038'],
  category: 'shell',
  summary: '`xargs` splits the names that `find` prints',
  why: `\`find\` prints one name a line and \`xargs\` splits at every blank and quote, so a file with a blank in its name becomes two that are
    not there.`,
  severity: 'info',
  off: true,
  when: { instructions: ['Run', 'Cmd', 'Entrypoint', 'Healthcheck'], programs: ['find'] },
  fix: { safety: 'unsafe', note: 'A name with a blank, so far taken for two, is then one.' },
  examples: [
    {
      bad: "FROM alpine\nRUN find / -name '*.pyc' | xargs rm\n",
      good: "FROM alpine\nRUN find / -name '*.pyc' -print0 | xargs -0 rm\n",
    },
    { title: 'With an action of its own', bad: 'FROM alpine\nRUN find / -name a -o -print | xargs ls\n' },
    { title: 'Ended by NULs', good: "FROM alpine\nRUN find / -name '*.pyc' -print0 | xargs -0 rm\n" },
    { title: 'Run by find', good: "FROM alpine\nRUN find / -name '*.pyc' -exec rm {} +\n" },
  ],
  check(context) {
    return visitScripts(context, problemsIn);
  },
});

function* problemsIn({ outline }: ScriptPlace): Iterable<Problem> {
  for (const { node } of outline.nodes) {
    if (node.kind !== 'Pipeline') continue;
    for (const [index, from] of node.commands.entries()) {
      const to = node.commands[index + 1];
      if (!to || nameOf(from) !== 'find' || nameOf(to) !== 'xargs') continue;
      if (has(from, /^-(?:print0|printf|fprintf|fprint0)$/) || has(to, /^-(?:-null|-delimiter(?:=.*)?|\w*0\w*|d.*)$/))
        continue;
      yield {
        at: from,
        message: '`xargs` splits a name with a blank that `find` prints',
        help: 'Write `find … -exec command {} +`, or `find … -print0 | xargs -0 command`.',
        fix: fixFor(from, to),
      };
    }
  }
}

/** Not where a part of the expression alone would print, or `xargs` is told otherwise how to split. */
const fixFor = (from: ShellNode, to: ShellNode): Problem['fix'] => {
  if (from.kind !== 'SimpleCommand' || to.kind !== 'SimpleCommand') return undefined;
  const [last, name] = [from.words.at(-1), to.words[0]];
  const isOdd = has(from, /^(?:-o|-or|,|-print|-exec\w*|-ok\w*|-delete|-ls|-prune)$/) || has(to, /^-[Ea].*$/);
  if (isOdd || !last || !name) return undefined;
  return {
    title: 'End the names by NULs',
    edits: [insertAfter(last, ' -print0'), insertAfter(name, ' -0')],
  };
};

const nameOf = (node: ShellNode): string | undefined =>
  node.kind === 'SimpleCommand' ? node.words[0]?.text?.replace(/^.*\//, '') : undefined;

const has = (node: ShellNode, option: RegExp): boolean =>
  node.kind === 'SimpleCommand' && node.words.some(({ text }) => text !== undefined && option.test(text));
