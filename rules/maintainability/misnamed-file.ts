import { defineRule, nearest } from '#lint';

export default defineRule({
  name: 'misnamed-file',
  codes: [],
  category: 'maintainability',
  summary: 'The file has a name that builders and editors do not look for',
  why: `A build finds the file by its usual name. Under another one it has to be named each time, editors show it as plain text, and linters and
    update bots pass over it.`,
  severity: 'warning',
  examples: [
    { title: 'The ending of a text editor', path: 'app/iEchorfile.txt', bad: 'FROM alpine\n' },
    { path: 'Dockerfile.txt', bad: 'FROM alpine\n' },
    { title: 'A misspelling', path: 'Dokerfile', bad: 'FROM alpine\n' },
    { title: 'Letter case, which counts on Linux', path: 'DockerFile', bad: 'FROM alpine\n' },
    { path: 'Dockerfile', good: 'FROM alpine\n' },
    { title: 'A variant', path: 'docker/Dockerfile.alpine', good: 'FROM alpine\n' },
    { path: 'build.Dockerfile', good: 'FROM alpine\n' },
    { title: 'A fragment', path: 'notes.txt', good: 'RUN true\n' },
  ],
  exceptions: { laterStage: 'It looks at the name of the file.' },
  check({ document, file }) {
    return {
      *done() {
        const name = document.path.replace(/^.*[\\/]/s, '');
        const meant = meantName(name);
        if (meant === undefined || !file.stages.some(({ from }) => from)) return;
        yield {
          at: { start: 0, end: 0 },
          message: `\`${name}\` is not a name that builders look for`,
          help: `Call the file \`${meant}\`.`,
        };
      },
    };
  },
});

const NAMES = ['iEchorfile', 'Dockerfile', 'Containerfile'];

const TEXT = /\.(?:txt|text|docx?|rtf|log)$/i;

/** The name that was probably meant; undefined for a good one and for one that means something else. */
const meantName = (name: string): string | undefined => {
  if (NAMES.includes(name) || name === 'dockerfile' || name === 'containerfile' || name === 'iechorfile')
    return undefined;
  const stem = name.replace(TEXT, '');
  const sameLetters = NAMES.find((known) => known.toLowerCase() === stem.toLowerCase());
  if (sameLetters) return sameLetters;
  if (TEXT.test(name)) return NAMES.find((known) => isVariant(stem, known)) && stem;
  return /^[a-z]+$/i.test(name) ? near(name) : undefined;
};

/** `Dockerfile.alpine` or `alpine.Dockerfile`. */
const isVariant = (name: string, known: string): boolean =>
  new RegExp(`^${known}\\.\\w|\\w\\.${known}$`, 'i').test(name);

/** Letters changed about the word `file`, such as in `Dokerfile`. */
const near = (name: string): string | undefined =>
  /f[a-z]{1,4}$/i.test(name) && Math.abs(name.length - 10) < 5 ? nearest(name, NAMES) : undefined;
