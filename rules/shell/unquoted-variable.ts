import {
  type Context,
  defineRule,
  type ExpansionPlace,
  isSetBefore,
  programsOf,
  quoted,
  type ScriptPlace,
  visitScripts,
} from '#lint';

export default defineRule({
  name: 'unquoted-variable',
  codes: ['SC2086'],
  category: 'shell',
  summary: 'A variable stands unquoted in an argument',
  why: `The shell splits its value at blanks and takes \`*\`, \`?\` and \`[\` in it for patterns, so that one argument becomes none, or many.`,
  severity: 'info',
  off: true,
  when: { instructions: ['Run', 'Cmd', 'Entrypoint', 'Healthcheck'] },
  fix: { safety: 'unsafe', note: 'Where the value is a list on purpose, the words of it become one.' },
  examples: [
    {
      bad: 'FROM alpine\nRUN file=$(ls /in) && rm $file\n',
      good: 'FROM alpine\nRUN file=$(ls /in) && rm "$file"\n',
    },
    {
      title: 'In the middle of a word',
      bad: 'FROM alpine\nRUN tag=$(cat /tag) && curl -fsSO https://example.org/v$tag.tgz\n',
      good: 'FROM alpine\nRUN tag=$(cat /tag) && curl -fsSO "https://example.org/v$tag.tgz"\n',
    },
    {
      title: 'Behind the name of an option',
      bad: 'FROM alpine\nRUN tag=$(cat /tag) && ./build --tag=$tag\n',
      good: 'FROM alpine\nRUN tag=$(cat /tag) && ./build --tag="$tag"\n',
    },
    {
      title: 'A plain value',
      good: 'FROM alpine\nARG VERSION=1.2\nRUN v=3 && curl -fsSO https://example.org/$VERSION/$v\n',
    },
    {
      title: 'What is to be installed',
      good: 'FROM alpine\nRUN needed=$(cat /list) && apk add --virtual .run $needed && ./configure $(cat /f)\n',
    },
    { title: 'A list on purpose', good: 'FROM alpine\nRUN deps="gcc make" && apk add $deps\n' },
    {
      title: 'Where nothing is split',
      good: 'FROM alpine\nRUN a=$(ls) && b=$a && case $b in x) ;; esac && echo "$a $b"\n',
    },
    { title: 'What the base image may set', good: 'FROM tomcat:11\nRUN ls $CATALINA_HOME/webapps\n' },
  ],
  check(context) {
    return visitScripts(context, (place) => problemsIn(context, place));
  },
});

function* problemsIn(context: Context, { node, outline, dialect }: ScriptPlace) {
  const { as } = context;
  const isKnown = isSetBefore(context, node);
  for (const place of outline.expansions) {
    const { part, value } = place;
    if (part.kind !== 'Variable' || part.quoted || part.operator?.endsWith('+') || !isSplit(place, dialect === 'posix'))
      continue;
    const isOdd = value.unknown || value.several || value.empty || value.from.some((name) => !isKnown(name));
    const isList = isMeantAsList(place, part.name);
    if (!isOdd || (isList && as === undefined)) continue;
    const only = value.unknown && !value.several ? undefined : ('hadolint' as const);
    if (only && as !== only) continue;
    yield {
      at: part,
      message: `The value of \`${part.name}\` is split into words and expanded here`,
      help: 'Put it in double quotes.',
      ...(only ? { only } : {}),
      fix: isList ? undefined : { title: 'Quote it', edits: quoted(isPlain(place) ? place.word : part) },
    };
  }
}

/** Whether it is what a package manager is to install, or called as many. */
const isMeantAsList = ({ word, command }: ExpansionPlace, name: string): boolean =>
  word.parts.length === 1 &&
  (INSTALLERS.has(command?.words[0]?.text ?? '') || /(?:deps|packages|pkgs|flags|opts|options|args|list)$/i.test(name));

const INSTALLERS: ReadonlySet<string> = new Set([
  ...programsOf('apt', 'apk', 'yum', 'dnf', 'microdnf', 'tdnf', 'zypper'),
  'apt-mark',
]);

/** Whether nothing else in the word minds the quotes, so that they can stand around all of it. */
const isPlain = ({ word, role }: ExpansionPlace): boolean =>
  (role === 'argument' || role === 'target') &&
  !word.quoted &&
  /^(?:[\w./:@%+,]|\$\w+|\$\{\w+\}|(?!^)-)+$/.test(word.raw);

const isSplit = ({ role, word }: ExpansionPlace, isPosix: boolean): boolean =>
  (role === 'name' && word.parts.length > 1) ||
  role === 'argument' ||
  role === 'target' ||
  (role === 'declaration' && isPosix);
