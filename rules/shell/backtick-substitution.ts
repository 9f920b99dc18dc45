import {
  type Context,
  defineRule,
  type Problem,
  replace,
  type ScriptPlace,
  type ShellSubstitution,
  visitScripts,
} from '#lint';

export default defineRule({
  name: 'backtick-substitution',
  codes: ['SC2006'],
  category: 'shell',
  summary: 'A command substitution is written in backticks',
  why: `Inside backticks a backslash and a quote mean something else, and one pair cannot stand in another. \`$(…)\` reads the same inside and
    outside.`,
  severity: 'style',
  when: { instructions: ['Run', 'Cmd', 'Entrypoint', 'Healthcheck'], text: /`/ },
  fix: { safety: 'safe' },
  examples: [
    { bad: 'FROM gcc\nRUN make -j`nproc`\n', good: 'FROM gcc\nRUN make -j$(nproc)\n' },
    {
      title: 'In double quotes',
      bad: 'FROM alpine\nRUN echo "built `date +%F` on `uname -m`" > /built\n',
      good: 'FROM alpine\nRUN echo "built $(date +%F) on $(uname -m)" > /built\n',
    },
    { title: 'Escapes inside are left to you', bad: 'FROM alpine\nRUN echo `echo \\`uname\\``\n' },
    { title: 'Text', good: 'FROM alpine\nRUN echo \'a `b` c\' && echo "\\`"\n' },
  ],
  check(context) {
    return visitScripts(context, (place) => problemsIn(context, place));
  },
});

function* problemsIn({ file }: Context, { outline }: ScriptPlace): Iterable<Problem> {
  for (const { part } of outline.expansions) {
    if (part.kind !== 'Substitution' || part.style !== '`') continue;
    // A comment in the middle of a command is written so.
    if (/^`\s*#/.test(file.text.slice(part.start, part.end))) continue;
    const command = shownIn(file.text.slice(part.start + 1, part.end - 1));
    yield {
      at: part,
      message: `${command ? `\`${command}\`` : 'A command'} is substituted in backticks`,
      help: `Write \`$(${command ?? '…'})\`.`,
      fix: fixOf(file.text.slice(part.start, part.end), part),
    };
  }
}

/** The command where it can be shown in a line. */
const shownIn = (text: string): string | undefined => (text.length > 50 || /[\n`]/.test(text) ? undefined : text);

/** A backslash or a quote in it means something else behind \`$(\`. */
const fixOf = (text: string, part: ShellSubstitution): Problem['fix'] => {
  if (!text.startsWith('`') || !text.endsWith('`') || /["`\\]/.test(text.slice(1, -1).replace(/\\\r?\n/g, '')))
    return undefined;
  const opening = text[1] === '(' ? '$( ' : '$(';
  return {
    title: 'Write `$(…)`',
    edits: [
      replace({ start: part.start, end: part.start + 1 }, opening),
      replace({ start: part.end - 1, end: part.end }, ')'),
    ],
  };
};
