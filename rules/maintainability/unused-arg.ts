import { type Arg, defineRule, type Model, mentions, removeInstruction, variablesIn } from '#lint';

export default defineRule({
  name: 'unused-arg',
  codes: [],
  category: 'maintainability',
  summary: 'An ARG above the first FROM is used by nothing',
  why: `What is declared there reaches the FROM lines, and a stage that declares it again. Elsewhere \`--build-arg\` sets it and nothing
    changes, without a word.`,
  severity: 'warning',
  fix: { safety: 'unsafe', note: 'BuildKit warns of a `--build-arg` that no ARG takes.' },
  when: { instructions: ['Arg'] },
  examples: [
    {
      bad: 'ARG VERSION=3.22\nFROM alpine:3.21\nRUN true\n',
      good: 'FROM alpine:3.21\nRUN true\n',
    },
    { title: 'Another name', bad: 'ARG ALPINE_VERSION=3.22\nARG VERSION=3.22\nFROM alpine:${VERSION}\n' },
    {
      title: 'In FROM, in its flag, in another ARG',
      good: 'ARG P=linux/amd64\nARG V=3\nARG I=alpine:$V\nFROM --platform=$P $I\n',
    },
    { title: 'Declared again in a stage', good: 'ARG VERSION=1\nFROM alpine:3.22\nARG VERSION\nRUN echo $VERSION\n' },
    {
      title: 'Known to BuildKit',
      good: '# syntax=docker/dockerfile:1\nARG BUILDKIT_SBOM_SCAN_STAGE=true\nARG SOURCE_DATE_EPOCH=0\nFROM alpine:3.22\n',
    },
    {
      title: 'Placeholders that another program fills',
      good: 'ARG REPO={{ HOST }}/{{ NAME }}.git\nFROM alpine:3.22\nARG REPO\nRUN echo $REPO\n',
    },
    { title: 'Used where it does not reach: another rule says so', good: 'ARG V=1\nFROM alpine:3.22\nRUN echo $V\n' },
  ],
  exceptions: {
    laterStage: 'It is about what stands above the first stage.',
    onbuild: 'A trigger stands in a stage.',
  },
  check({ file, model }) {
    return {
      *done() {
        if (!model.stages.some(({ node }) => node.from)) return;
        for (const node of file.globals) {
          if (file.text.slice(node.start, node.end).includes('{{')) continue;
          for (const { name } of node.declarations) {
            if (!/^[A-Za-z_]\w*$/.test(name.text) || KNOWN.test(name.text) || isUsed(model, node, name.text)) continue;
            yield {
              at: name,
              message: `Nothing uses the build argument \`${name.text}\``,
              help: `Delete it, or write \`ARG ${name.text}\` again in the stage that is to have it.`,
              fix:
                node.declarations.length === 1
                  ? { title: 'Delete it', edits: [removeInstruction(file, node)] }
                  : undefined,
            };
          }
        }
      },
    };
  },
});

/** What BuildKit itself looks at. */
const KNOWN =
  /^(?:BUILDKIT_|SOURCE_DATE_EPOCH$|(?:HTTPS?|FTP|NO|ALL)_PROXY$|(?:BUILD|TARGET)(?:PLATFORM|OS|ARCH|VARIANT)$)/i;

/** Whether its name stands anywhere else, be it where it does not reach. */
const isUsed = (model: Model, arg: Arg, name: string): boolean => {
  const { text, instructions } = model.file;
  return (
    instructions.some((node) => node !== arg && mentions(text.slice(node.start, node.end), name)) ||
    arg.declarations.some(({ default: value }) => value && variablesIn(value).some((used) => used.name === name))
  );
};
