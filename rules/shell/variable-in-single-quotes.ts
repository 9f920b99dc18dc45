import {
  type Context,
  defineRule,
  type Problem,
  type ScriptPlace,
  type SimpleCommand,
  variablesOf,
  visitScripts,
  type WordPlace,
} from '#lint';

export default defineRule({
  name: 'variable-in-single-quotes',
  codes: ['SC2016'],
  category: 'shell',
  summary: 'A variable in single quotes is not expanded',
  why: `Between single quotes a dollar sign is a dollar sign. That is right for a line that another shell reads later, and an oversight elsewhere.`,
  severity: 'info',
  off: true,
  when: { instructions: ['Run', 'Cmd', 'Entrypoint', 'Healthcheck'] },
  examples: [
    { bad: "FROM alpine\nARG URL=x\nRUN echo 'from $URL' > /built\n" },
    { title: 'A substitution', bad: "FROM alpine\nRUN printf 'built %s\\n' '$(date)'\n" },
    {
      title: 'What another program reads',
      good: "FROM alpine\nRUN awk '{ print $1 }' /f && sh -c 'echo $HOME' && sed 's/a$/b/' /f\n",
    },
    {
      title: 'What has a value when the container runs, or is text for a program',
      good: "FROM alpine\nENV APP=/app\nRUN echo 'cd $APP' >> /root/.profile && echo 'baseurl=http://a/$basearch' > /etc/yum.repos.d/a.repo\n",
    },
    {
      title: 'ShellCheck wonders all the same',
      as: 'hadolint',
      bad: "FROM alpine\nRUN echo 'cd $APP' >> /root/.profile\n",
    },
    { title: 'Double quotes', good: 'FROM alpine\nRUN echo "from $HOME" > /built\n' },
  ],
  check(context) {
    return visitScripts(context, (place) => problemsIn(context, place));
  },
});

function* problemsIn({ model, as }: Context, { node, script, outline }: ScriptPlace): Iterable<Problem> {
  const isOfBuild = (name: string): boolean =>
    model.stateBefore(node).bindings.get(name)?.by === 'arg' ||
    variablesOf(script).assigned.some((assignment) => assignment.name === name);
  for (const place of outline.words) {
    const { word, role } = place;
    if (role === 'heredoc' || !word.raw.includes("'")) continue;
    for (const part of word.parts) {
      if (part.kind !== 'Literal' || part.quotes !== "'") continue;
      const found = expansionIn(part.value, nameOf(place.command));
      if (found === undefined || isForAnother(place)) continue;
      if (as === undefined && !isMeant(part.value, isOfBuild)) continue;
      yield {
        at: part,
        message: `\`${found}\` is not expanded in single quotes`,
        help: 'Use double quotes, if its value is meant.',
      };
    }
  }
}

const expansionIn = (text: string, program: string | undefined): string | undefined =>
  (program === 'sed' ? /(?:\$\{\w|\$\(\w|\$\w{2,})/ : /\$[({]?\w+[)}]?|\$[({]|`[^`]+`/).exec(text)?.[0];

/** Whether the text is a command to run, or names what has a value in the build alone. */
const isMeant = (text: string, isOfBuild: (name: string) => boolean): boolean =>
  /^\$\(.*\)$/.test(text) || Array.from(text.matchAll(/\$\{?([A-Za-z_]\w*)/g)).some(([, name = '']) => isOfBuild(name));

const nameOf = (command: SimpleCommand | undefined): string | undefined =>
  command?.words[0]?.text?.replace(/^.*\//, '');

/** Programs that read a language of their own, in which a dollar sign means something. */
const READERS = new Set(
  `trap sh bash dash ash ksh zsh ssh eval alias sudo doas docker podman dpkg-query jq rename rg unset perl awk gawk mawk
  nawk find xargs su python python3 php ruby node runuser gosu`.split(/\s+/),
);

const isForAnother = ({ role, command }: WordPlace): boolean => {
  if (role === 'assignment')
    return command?.assignments.some(({ name }) => /^PS\d$|^PROMPT_COMMAND$/.test(name)) === true;
  return READERS.has(nameOf(command) ?? '');
};
