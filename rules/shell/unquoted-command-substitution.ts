import { type Context, defineRule, type ExpansionPlace, quoted, type ScriptPlace, visitScripts } from '#lint';

export default defineRule({
  name: 'unquoted-command-substitution',
  codes: ['SC2046'],
  category: 'shell',
  summary: 'What a command prints is split into words',
  why: `The shell splits the output at blanks and takes \`*\`, \`?\` and \`[\` in it for patterns, so that one argument becomes none, or many.`,
  severity: 'info',
  off: true,
  when: { instructions: ['Run', 'Cmd', 'Entrypoint', 'Healthcheck'] },
  fix: { safety: 'unsafe', note: 'Where the output is a list on purpose, the words of it become one.' },
  examples: [
    { bad: 'FROM alpine\nRUN rm /tmp/$(cat /name)\n', good: 'FROM alpine\nRUN rm /tmp/"$(cat /name)"\n' },
    { title: 'Quoted it would be one word, and a list may be meant', bad: 'FROM alpine\nRUN rm $(cat /list)\n' },
    {
      title: 'In a test',
      bad: 'FROM php\nRUN [ $(php -r "echo PHP_OS;") = Linux ]\n',
      good: 'FROM php\nRUN [ "$(php -r "echo PHP_OS;")" = Linux ]\n',
    },
    {
      title: 'Programs that print one plain word',
      good: 'FROM gcc\nRUN make -j$(nproc) && echo $(uname -m) $(dpkg --print-architecture)\n',
    },
    {
      title: 'A word that may be left out',
      good: 'FROM alpine\nRUN ./configure $([ "$(arch)" != riscv64 ] && echo --with-lto)\n',
    },
    {
      title: 'Assignments to export, one a word',
      good: 'FROM debian:13\nRUN export $(sed "s/: /=/" /versions) && ./build "$TOOL"\n',
    },
    {
      title: 'Where nothing is split',
      good: 'FROM alpine\nRUN a=$(ls) && case $(ls) in x) ;; esac && echo "$a $(ls)"\n',
    },
  ],
  check(context) {
    return visitScripts(context, (place) => problemsIn(context, place));
  },
});

function* problemsIn({ as }: Context, { outline, dialect }: ScriptPlace) {
  for (const place of outline.expansions) {
    const { part } = place;
    if (part.kind !== 'Substitution' || part.quoted || !isSplit(place, dialect === 'posix')) continue;
    if (part.style !== '$(' && part.style !== '`') continue;
    const name = nameIn(place);
    if (name !== undefined && LISTS.has(name)) continue;
    const isOptional = isPrintedOnSuccess(place);
    if (as === undefined && (name === undefined || PLAIN.has(name) || isOptional || isListOfExports(place))) continue;
    yield {
      at: part,
      message: name
        ? `What \`${name}\` prints is split into words and expanded here`
        : 'The output is split into words and expanded here',
      help: 'Put it in double quotes.',
      fix: isOptional
        ? undefined
        : { title: 'Quote it', edits: quoted(part), ...(mayBeList(place, name) ? { safety: 'manual' as const } : {}) },
    };
  }
}

const isSplit = ({ role }: ExpansionPlace, isPosix: boolean): boolean =>
  role === 'argument' || role === 'target' || (role === 'declaration' && isPosix);

/** The program whose output it is: the last one of a pipeline. */
const nameIn = ({ part }: ExpansionPlace): string | undefined => {
  if (part.kind !== 'Substitution') return undefined;
  let node = part.script?.statements.at(-1)?.command;
  while (node?.kind === 'Pipeline' || node?.kind === 'AndOrList') node = node.commands.at(-1);
  return node?.kind === 'SimpleCommand' ? node.words[0]?.text : undefined;
};

/** `export $(…)`: what is printed are assignments, one a word. */
const isListOfExports = ({ word, command }: ExpansionPlace): boolean =>
  word.parts.length === 1 && command?.words[0]?.text === 'export';

/** Whether there may be no word at all on purpose, as in `$(test -n "$X" && echo --with-x)`. */
const isPrintedOnSuccess = ({ part, word }: ExpansionPlace): boolean => {
  const list = part.kind === 'Substitution' ? part.script?.statements.at(-1)?.command : undefined;
  return word.parts.length === 1 && list?.kind === 'AndOrList' && list.operators.every(({ text }) => text === '&&');
};

/** Whether it is a word of its own, of a program that prints lines. */
const mayBeList = ({ word }: ExpansionPlace, name: string | undefined): boolean =>
  word.parts.length === 1 && name !== undefined && LINES.has(name);

const LINES = new Set(
  'cat find ls grep egrep awk sort tr xargs docker git jq echo printf nix-store rpm dpkg'.split(' '),
);

/** Those that print a list to be split. */
const LISTS = new Set(['seq', 'pgrep', 'pidof']);

/** Those that print one word without blanks or patterns. */
const PLAIN = new Set([
  'nproc',
  'uname',
  'arch',
  'dpkg',
  'dpkg-architecture',
  'id',
  'getconf',
  'mktemp',
  'lsb_release',
  'date',
  'rpm',
  'apk',
  'wc',
  'which',
  'hostname',
  'pg_config',
  'whoami',
]);
