import { defineRule, flagValue, insertInstructionBefore, type Model, replace, type Word } from '#lint';

export default defineRule({
  name: 'variable-in-copy-from',
  codes: [],
  category: 'multi-stage',
  summary: '`COPY --from` holds a variable',
  why: `BuildKit expands no variables in \`--from\` and refuses the instruction. FROM does expand them, and can give the
    image a name for \`--from\` to use.`,
  severity: 'error',
  when: { instructions: ['Copy'] },
  fix: { safety: 'safe' },
  examples: [
    {
      bad: 'ARG PHP=8.5-cli\nFROM alpine:3.24\nCOPY --from=php:$PHP /usr/local/bin/php /usr/bin/\n',
      good: 'ARG PHP=8.5-cli\nFROM php:$PHP AS php\nFROM alpine:3.24\nCOPY --from=php /usr/local/bin/php /usr/bin/\n',
    },
    {
      title: 'Set in the stage, where FROM does not see it',
      bad: 'FROM alpine:3.24\nARG TOOLS=busybox\nCOPY --from=$TOOLS /bin/busybox /bin/\n',
    },
    {
      title: 'In the paths',
      good: 'FROM alpine:3.24 AS a\nFROM alpine:3.24\nARG BIN=/bin\nCOPY --from=a $BIN/ls $BIN/\n',
    },
  ],
  check({ model }) {
    return {
      *Copy(node, { stage, onbuild }) {
        const flag = node.flags.find(({ name }) => name.text === 'from');
        if (!flag?.value || !/\$[\w{]/.test(flagValue(flag) ?? '')) return;
        const from = stage?.node.from;
        const image = flag.value.raw.replace(/^(["'])(.*)\1$/s, '$2');
        const name = freeName(model, flag.value);
        const edits = from && [
          insertInstructionBefore(model, from, `FROM ${image} AS ${name}`),
          replace(flag.value, name),
        ];
        const fixable = !onbuild && usesGlobals(model, flag.value) && !countsStages(model);
        yield {
          at: flag.value,
          message: `\`--from=${flag.value.raw}\` is not expanded: BuildKit takes no variables here`,
          help: `Write \`FROM ${image} AS ${name}\` above this stage and \`--from=${name}\` here; FROM sees the ARGs above the first FROM.`,
          fix: fixable && edits ? { title: `Give the image a stage of its own, \`${name}\``, edits } : undefined,
        };
      },
    };
  },
});

/** A name for the stage after the last part of the image's name. */
const freeName = ({ stages }: Model, value: Word): string => {
  const image = value.raw.replace(/[:@].*$/s, '').replace(/^.*\//s, '');
  const wanted = /^[a-z][a-z0-9_-]*$/.test(image) ? image : 'source';
  const taken = new Set(stages.map(({ name }) => name));
  let name = wanted;
  for (let count = 2; taken.has(name); count++) name = `${wanted}${count}`;
  return name;
};

const usesGlobals = ({ globals }: Model, { parts }: Word): boolean =>
  parts.every(
    (part) =>
      part.kind === 'Literal' || (part.kind === 'Variable' && !part.modifier && globals.bindings.has(part.name)),
  );

/** A further stage would change what `--from=1` means. */
const countsStages = ({ stages }: Model): boolean =>
  stages.some(({ references }) => references.some(({ text }) => text !== undefined && /^\d+$/.test(text)));
