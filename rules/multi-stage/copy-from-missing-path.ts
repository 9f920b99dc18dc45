import { type Copy, cleanPath, copyTarget, defineRule, isWithin, type Model, type StageInfo, stageChain } from '#lint';

export default defineRule({
  name: 'copy-from-missing-path',
  codes: [],
  category: 'multi-stage',
  summary: 'COPY takes a path from a stage that cannot have it',
  why: 'The stage begins with nothing and its COPYs put other paths there, so the build stops at this COPY.',
  severity: 'error',
  when: { instructions: ['Copy'] },
  examples: [
    {
      bad: 'FROM scratch AS files\nCOPY app.conf /etc/app.conf\nFROM alpine:3.22\nCOPY --from=files /etc/app.cfg /etc/\n',
      good: 'FROM scratch AS files\nCOPY app.conf /etc/app.conf\nFROM alpine:3.22\nCOPY --from=files /etc/app.conf /etc/\n',
    },
    {
      title: 'A folder above or below',
      good: 'FROM scratch AS files\nCOPY etc /etc/\nFROM alpine:3.22\nCOPY --from=files /etc/app/a.conf /b\nCOPY --from=files / /c\n',
    },
    {
      title: 'An image brings files',
      good: 'FROM alpine:3.22 AS files\nCOPY a /a\nFROM alpine:3.22\nCOPY --from=files /etc/hosts /b\n',
    },
    { title: 'A pattern', good: 'FROM scratch AS files\nCOPY a /a\nFROM alpine:3.22\nCOPY --from=files /b* /c\n' },
  ],
  check({ model }) {
    return {
      *Stage(_node, { stage, onbuild }) {
        if (!stage || onbuild) return;
        for (const { kind, node, stage: from } of stage.references) {
          if (kind !== 'copy' || node.kind !== 'Copy' || !from || from === stage) continue;
          const there = pathsIn(model, from);
          if (!there || there.length === 0) continue;
          yield* missing(model, node, there).map((source) => ({
            at: source,
            message: `The stage ${nameOf(from)} has no \`${source.raw}\``,
            help: `It has ${there
              .slice(0, 3)
              .map((path) => `\`${path}\``)
              .join(', ')}${there.length > 3 ? ' and more' : ''}.`,
            related: [{ range: from.node.from ?? from.node, message: 'It begins with nothing' }],
          }));
        }
      },
    };
  },
});

const nameOf = ({ name, index }: StageInfo): string => (name === undefined ? String(index) : `\`${name}\``);

/** What the stage has been given, file or folder; undefined where the file does not tell. */
const pathsIn = (model: Model, stage: StageInfo): readonly string[] | undefined => {
  const chain = stageChain(stage);
  if (chain[0]?.base.kind !== 'scratch') return undefined;
  const paths: string[] = [];
  for (const { node } of chain) {
    for (const each of node.instructions) {
      if (each.kind === 'Run' || each.kind === 'Invalid' || each.kind === 'Onbuild') return undefined;
      if (each.kind === 'Workdir') paths.push(cleanPath(`/${model.expand(each.path, each).value ?? ''}`));
      if (each.kind !== 'Copy' && each.kind !== 'Add') continue;
      const target = copyTarget(model, each);
      if (target === undefined || each.kind === 'Add') return undefined;
      paths.push(target);
    }
  }
  return paths;
};

const missing = (model: Model, node: Copy, there: readonly string[]): Copy['sources'] =>
  node.sources.filter((source) => {
    const { value } = model.expand(source, node);
    if (value === undefined || source.heredoc || /[*?[\\]/.test(value)) return false;
    const path = cleanPath(`/${value}`);
    return !there.some((known) => isWithin(path, known) || isWithin(known, path));
  });
