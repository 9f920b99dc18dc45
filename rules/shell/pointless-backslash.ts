import {
  type Context,
  defineRule,
  type Problem,
  type Range,
  type ScriptPlace,
  type ShellWord,
  visitScripts,
} from '#lint';

export default defineRule({
  name: 'pointless-backslash',
  codes: ['SC1001'],
  category: 'shell',
  summary: 'A backslash outside quotes does nothing',
  why: `Before a letter or a digit the shell takes the backslash away, so that \`C:\\tmp\` becomes \`C:tmp\` and \`\\d\` in a pattern becomes \`d\`.`,
  severity: 'info',
  when: { instructions: ['Run', 'Cmd', 'Entrypoint', 'Healthcheck'] },
  examples: [
    { bad: 'FROM alpine\nRUN grep \\d+ /etc/os-release\n' },
    { title: 'A path of Windows', bad: 'FROM alpine\nRUN mkdir dir\\sub\n' },
    { title: 'With a drive', good: 'FROM app\nRUN echo hello > c:\\data\\file.txt\n' },
    { title: 'In quotes it stays', good: 'FROM alpine\nRUN grep \'\\d\' /f && sed -e "s/\\d//" /f\n' },
    {
      title: 'Where it does something',
      good: 'FROM alpine\nRUN find / \\( -name a \\) -exec rm {} \\; && echo \\$x \\* a\\ b\n',
    },
    {
      title: 'In what is put in place of a part',
      good: 'FROM debian:13\nSHELL ["/bin/bash", "-c"]\nRUN echo "${PWD//\\/a/b}" ${PWD//\\/a/b}\n',
    },
    { title: 'Continued lines', good: 'FROM alpine\nRUN echo a \\\n  && echo b\n' },
    { title: 'An alias is stepped over so', good: 'FROM alpine\nRUN \\cp -f /a /b\n' },
  ],
  check(context) {
    return visitScripts(context, (place) => problemsIn(context, place), /\\\S/);
  },
});

function* problemsIn({ file, as }: Context, { script, outline }: ScriptPlace): Iterable<Problem> {
  if (as === undefined && DRIVE.test(script.text)) return;
  for (const { word, role } of outline.words) {
    if (role === 'heredoc' || role === 'test' || role === 'operand' || !word.raw.includes('\\')) continue;
    const at = pointlessIn(word, file.text);
    if (!at || (as === undefined && role === 'name' && at.start === word.start)) continue;
    const text = file.text.slice(at.start, at.end);
    yield {
      at,
      message: `The backslash in \`${text}\` does nothing here`,
      help: `Put the text in single quotes if a backslash is meant, else leave it out.`,
    };
  }
}

/** Where files are so named a shell of Windows is likely to run. */
const DRIVE = /(?<![\w"'\\])[a-z]:\\\w/i;

/** The first escape of a letter or a digit outside quotes. */
const pointlessIn = ({ parts }: ShellWord, text: string): Range | undefined => {
  for (const part of parts) {
    if ((part.kind !== 'Literal' && part.kind !== 'Pattern') || ('quoted' in part && part.quoted)) continue;
    const written = text.slice(part.start, part.end);
    const found = /(?<!\\)(?:\\\\)*(\\[A-Za-qsu-z0-9/_-])/.exec(written);
    const escape = found?.[1];
    if (!found || escape === undefined || /^\\[nrt]/.test(escape)) continue;
    const start = part.start + found.index + found[0].length - escape.length;
    return { start, end: start + escape.length };
  }
  return undefined;
};
