import {
  type Context,
  defineRule,
  isSetBefore,
  type Problem,
  type ScriptPlace,
  type ShellWord,
  variablesOf,
  visitScripts,
} from '#lint';

export default defineRule({
  name: 'removal-below-variable',
  codes: ['SC2115'],
  category: 'shell',
  summary: '`rm -r` may remove from the root on',
  why: `Where the variable is empty, \`rm -rf $DIR/*\` removes all of \`/\`, and \`rm -rf $DIR/lib\` the system's own folder.`,
  severity: 'warning',
  when: { instructions: ['Run', 'Cmd', 'Entrypoint', 'Healthcheck'], programs: ['rm'] },
  fix: { safety: 'unsafe', note: 'The script ends where the variable is empty.' },
  examples: [
    { bad: 'FROM alpine\nRUN rm -rf "$BUILD_DIR"/*\n', good: 'FROM alpine\nRUN rm -rf "${BUILD_DIR:?}"/*\n' },
    {
      title: 'A folder of the system',
      bad: 'FROM alpine\nRUN rm -rf $PREFIX/lib\n',
      good: 'FROM alpine\nRUN rm -rf ${PREFIX:?}/lib\n',
    },
    { title: 'Set in the file', good: 'FROM alpine\nENV BUILD_DIR=/build\nRUN rm -rf "$BUILD_DIR"/*\n' },
    { title: 'Set in the script', good: 'FROM alpine\nRUN d=$(mktemp -d) && rm -rf "$d"/*\n' },
    { title: 'Set in a chain', good: 'FROM alpine\nRUN ls && D=$(mktemp -d) && rm -rf $D/lib\n' },
    { title: 'It cannot be empty', good: `FROM alpine\nRUN rm -rf "\${BUILD_DIR:?}"/* && rm -rf "$BUILD_DIR/cache"\n` },
  ],
  check(context) {
    return visitScripts(context, (place) => problemsIn(context, place));
  },
});

function* problemsIn(context: Context, { node: instruction, script, outline }: ScriptPlace): Iterable<Problem> {
  const isSet = isSetBefore(context, instruction);
  const isCompat = context.as !== undefined;
  const own = new Set(isCompat ? [] : variablesOf(script).assigned.map(({ name }) => name));
  for (const { part, word, role, command, value } of outline.expansions) {
    if (part.kind !== 'Variable' || part.operator !== undefined || role !== 'argument') continue;
    if (
      command?.words[0]?.text !== 'rm' ||
      !command.words.some(({ text }) => /^(?:-\w*[rR]\w*|--recursive)$/.test(text ?? ''))
    )
      continue;
    if (!isDangerous(word) || word.parts[0] !== part) continue;
    if (
      !isCompat &&
      (value.from.length === 0 || value.from.some((name) => isSet(name) || name === 'HOME' || own.has(name)))
    )
      continue;
    yield {
      at: word,
      message: `\`${word.raw}\` is \`${word.raw.replace(/^"?\$\{?\w+\}?/, '').replace(/"/g, '')}\` where \`${part.name}\` is empty`,
      help: `Write \`\${${part.name}:?}\`: the script ends where it is empty.`,
      fix: {
        title: `Write \`\${${part.name}:?}\``,
        edits: [{ range: { start: part.start, end: part.end }, text: `\${${part.name}:?}` }],
      },
    };
  }
}

/** The same without variables and quotes is the root, all in it, or a folder that every system has. */
const isDangerous = ({ parts }: ShellWord): boolean => {
  const rest = parts
    .slice(1)
    .map((part) =>
      part.kind === 'Literal' || part.kind === 'Pattern'
        ? part.value
        : part.kind === 'Variable' && part.operator === undefined
          ? ''
          : '?',
    );
  return /^\/(?:\*|(?:bin|boot|dev|etc|home|lib|lib64|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var)?\/?\*?)$/.test(
    rest.join(''),
  );
};
