import { type Context, defineRule, insertBefore, type Problem, type ScriptPlace, visitScripts } from '#lint';

export default defineRule({
  name: 'glob-may-be-option',
  codes: ['SC2035'],
  category: 'shell',
  summary: 'A pattern may match a name that begins with a dash',
  why: `\`*\` becomes the names of the files in the directory, and a file called \`-rf\` is then an option of the program.`,
  severity: 'info',
  off: true,
  when: { instructions: ['Run', 'Cmd', 'Entrypoint', 'Healthcheck'] },
  fix: { safety: 'unsafe', note: 'The program sees `./name` in place of `name`.' },
  examples: [
    { bad: 'FROM alpine\nRUN rm *.tar.gz\n', good: 'FROM alpine\nRUN rm ./*.tar.gz\n' },
    { title: 'Also where a quoted pattern is meant', bad: 'FROM alpine\nRUN find / -name *.pyc -delete\n' },
    { title: 'A path before it', good: 'FROM alpine\nRUN rm ./*.deb /tmp/* a* && echo *\n' },
    { title: 'No options behind the dashes', good: 'FROM alpine\nRUN rm -- *.deb\n' },
    { title: 'Quoted', good: "FROM alpine\nRUN find / -name '*.pyc' -delete && case x in *) ;; esac\n" },
  ],
  check(context) {
    return visitScripts(context, (place) => problemsIn(context, place));
  },
});

const HARMLESS = new Set(['echo', 'printf', '[', 'test', 'let', 'expr', 'export']);

function* problemsIn({ as }: Context, { outline }: ScriptPlace): Iterable<Problem> {
  for (const { word, role, command } of outline.words) {
    const [first] = word.parts;
    if (role !== 'argument' || first?.kind !== 'Pattern' || !/^[*?]/.test(first.value)) continue;
    const [name, ...rest] = command?.words ?? [];
    if (HARMLESS.has(name?.text ?? '')) continue;
    const before = rest.slice(0, Math.max(0, rest.indexOf(word)));
    if (before.some(({ text }) => text === '--')) continue;
    const isPattern = /^-i?(?:name|path|wholename)$/.test(before.at(-1)?.text ?? '');
    yield {
      at: word,
      message: `\`${word.raw}\` may match a name that begins with a dash, which is an option then`,
      help: isPattern ? 'Put the pattern in quotes.' : `Write \`./${word.raw}\`.`,
      fix: isPattern || as ? undefined : { title: `Write \`./${word.raw}\``, edits: [insertBefore(word, './')] },
    };
  }
}
