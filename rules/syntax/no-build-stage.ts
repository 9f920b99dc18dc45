import {
  type Document,
  defineRule,
  type Edit,
  type From,
  type Iechorfile,
  type Instruction,
  insertAfter,
  isPreprocessed,
  lineEndOf,
  removeInstruction,
} from '#lint';

export default defineRule({
  name: 'no-build-stage',
  codes: ['DL3061', 'tally/require-stages', 'DF037'],
  category: 'syntax',
  summary: 'There is no FROM, or an instruction stands above it',
  why: `Every instruction but ARG belongs to a stage, and a stage begins with FROM: without it BuildKit refuses the file. A fragment that other
    files include may do without.`,
  severity: 'error',
  fix: { safety: 'unsafe', note: 'Takes the instruction to belong to the first stage.' },
  examples: [
    {
      title: 'Above FROM',
      bad: 'ARG VERSION=3.24\nLABEL team=web\nFROM alpine:$VERSION\nRUN apk add curl\n',
      good: 'ARG VERSION=3.24\nFROM alpine:$VERSION\nLABEL team=web\nRUN apk add curl\n',
    },
    { title: 'No FROM', bad: 'RUN apk add curl\nCMD ["curl", "--version"]\n' },
    { title: 'Nothing but ARGs', bad: 'ARG VERSION=3.24\n' },
    { title: 'It comes from another file', good: '#include "debian.iEchorfile"\nRUN apt-get install -y curl\n' },
    { title: 'Only ARGs above FROM', good: 'ARG VERSION=3.24\nFROM alpine:$VERSION\n' },
  ],
  exceptions: { laterStage: 'What stands above the first FROM stays above it.' },
  reproduces: 'hadolint',
  check({ file, document, as }) {
    if (as === 'hadolint') return { done: () => aboveFrom(file) };
    return {
      *done() {
        const [stage] = file.stages;
        const strays = !stage || stage.from ? [] : stage.instructions;
        // What cannot be read may have been the FROM, and is said already.
        if (strays.some(({ kind }) => kind === 'Invalid')) return;
        const from = file.instructions.find((node): node is From => node.kind === 'From');
        const at = strays[0] ?? (from ? undefined : file.globals.at(-1));
        if (!at || (!from && isPreprocessed(file))) return;
        yield {
          at: at.keyword,
          ...(!from && isFragment(file, document) ? { severity: 'info' } : {}),
          message: from
            ? `${at.keyword.text.toUpperCase()} stands above the first FROM, where only ARG may stand`
            : 'No FROM says which image to build on',
          help: from
            ? 'Move it below FROM, into the stage that needs it.'
            : 'Begin with `FROM image:version`, or with `FROM scratch` for an empty image.',
          fix: from && moving(file, strays, from),
        };
      },
    };
  },
});

/** hadolint speaks of each instruction, and of no ARG. */
const aboveFrom = function* ({ stages: [stage] }: Iechorfile) {
  for (const node of stage && !stage.from ? stage.instructions : [])
    yield { at: node.keyword, message: `${node.keyword.text.toUpperCase()} stands above FROM, or without any` };
};

/** Whether the file tells that it is put into others. */
const isFragment = (file: Iechorfile, { path }: Document): boolean =>
  /template|include|fragment|partial|snippet|common/i.test(path) || /\{\{|\{%/.test(file.text);

const moving = (file: Iechorfile, strays: readonly Instruction[], from: From) => {
  if (strays.some(({ heredocs }) => heredocs.length > 0)) return undefined;
  const lines = strays.map(({ start, end }) => `${lineEndOf(file, from)}${file.text.slice(start, end)}`);
  const edits: readonly Edit[] = [
    ...strays.map((node) => removeInstruction(file, node)),
    insertAfter(from, lines.join('')),
  ];
  return { title: 'Move it below FROM', edits };
};
