import {
  type Add,
  type ArgDeclaration,
  type Copy,
  defineRule,
  type Iechorfile,
  type Instruction,
  type Pair,
  type Problem,
  type Range,
  type Word,
  type WordPart,
} from '#lint';

export default defineRule({
  name: 'expansion-without-shell',
  codes: [],
  category: 'correctness',
  summary: 'A command substitution or a `~` stands where no shell reads it',
  why: `Builders expand variables and nothing else: \`$(…)\` stays the text that it is, and \`~\` is a folder of that name. Only RUN, and
    CMD, ENTRYPOINT and HEALTHCHECK in shell form, are read by a shell.`,
  severity: 'warning',
  when: { instructions: ['Env', 'Arg', 'Label', 'Workdir', 'Copy', 'Add'], text: /\$\(|`|~/ },
  examples: [
    { bad: 'FROM alpine:3.24\nENV PATH="$PATH:$(pwd)/bin"\n' },
    { title: 'Backticks', bad: 'FROM alpine:3.24\nARG ARCH=`arch`\n' },
    { title: 'A label', bad: 'FROM alpine:3.24\nLABEL org.opencontainers.image.created="$(date)"\n' },
    { title: 'The home of a user', bad: 'FROM alpine:3.24\nWORKDIR ~/app\n' },
    { bad: 'FROM alpine:3.24\nCOPY .npmrc ~/\n' },
    {
      title: 'Text that is to stay, and what a shell reads later',
      good: 'FROM alpine:3.24\nENV A=\'$(pwd)\' B="\\$(pwd)" PS1="$(pwd) > "\nLABEL run="docker run -v $(pwd):/data app"\n',
    },
    { good: 'FROM alpine:3.24\nENV HISTORY=~/.history\nRUN cd ~/x && echo $(pwd)\nCMD echo $(pwd)\n' },
  ],
  check({ file }) {
    return {
      Env: ({ pairs }) =>
        pairs.flatMap((pair) => inPair(file, pair, 'ENV').filter(() => !LATER.test(pair.key.text ?? ''))),
      Arg: ({ declarations }) => declarations.flatMap((each) => inDeclaration(file, each)),
      Label: ({ pairs }) =>
        pairs.flatMap((pair) => (WHOLE.test(pair.value.text ?? '') ? inPair(file, pair, 'LABEL') : [])),
      Workdir: ({ path, keyword }) => homeIn(path, keyword.text),
      Copy: inDestination,
      Add: inDestination,
    };
  },
});

/** Names of what shells and start scripts expand when they use it. */
const LATER = /^PS\d$|PROMPT|(?:COMMAND|CMD|OPTS|OPTIONS|ARGS|FLAGS|SCRIPT|HOOK|EVAL)\d?$/i;

/** A label may be a command for people to run, in which the substitution is meant. */
const WHOLE = /^\$\([^()]*\)$/;

const inPair = (file: Iechorfile, { value }: Pair, keyword: string): readonly Problem[] => {
  const at = substitutionIn(file, value);
  return at ? [problemAt(file, at, keyword)] : [];
};

const inDeclaration = (file: Iechorfile, declaration: ArgDeclaration): readonly Problem[] => {
  const at = declaration.default && substitutionIn(file, declaration.default);
  return at && !LATER.test(declaration.name.text) ? [problemAt(file, at, 'ARG')] : [];
};

const problemAt = ({ text }: Iechorfile, at: Range, keyword: string): Problem => ({
  at,
  message: `\`${text.slice(at.start, at.end)}\` is not run: no shell reads ${keyword === 'LABEL' ? 'a LABEL' : `an ${keyword}`}`,
  help: 'Find the value out in the RUN that needs it, or pass it with `--build-arg`. In single quotes it is plain text.',
});

/** The first `$(…)` outside single quotes and without a backslash, or a word that is one command in backticks. */
const substitutionIn = ({ text, escape }: Iechorfile, word: Word): Range | undefined => {
  if (!/[(`]/.test(word.raw)) return undefined;
  const dollar = literalsIn(word.parts).find(({ raw, end }) => raw === '$' && text[end] === '(');
  if (!dollar) return escape === '\\' && /^"?`[^`"]+`"?$/.test(word.raw) ? word : undefined;
  const close = text.indexOf(')', dollar.start);
  return { start: dollar.start, end: close < 0 || close >= word.end ? word.end : close + 1 };
};

const literalsIn = (parts: readonly WordPart[]): readonly (Range & { raw: string })[] =>
  parts.flatMap((part) => {
    if (part.kind === 'Literal') return [part];
    return part.kind === 'Quoted' && part.quote === '"' ? literalsIn(part.parts) : [];
  });

const inDestination = ({ destination, keyword }: Copy | Add): readonly Problem[] => homeIn(destination, keyword.text);

const homeIn = (path: Word, keyword: Instruction['keyword']['text']): readonly Problem[] => {
  if (!/^~(?:\/|$)/.test(path.text ?? '')) return [];
  return [
    {
      at: path,
      message: `\`${path.raw}\` is a folder that is called \`~\`: no shell reads ${keyword.toUpperCase()}`,
      help: 'Write the home folder in full, such as `/root`, or set an ENV that names it.',
    },
  ];
};
