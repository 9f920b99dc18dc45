import {
  asWritten,
  bottomStage,
  cleanPath,
  defineRule,
  type Edit,
  expandByDefault,
  isAbsolutePath,
  isSpoilt,
  knownWorkdir,
  type Model,
  mayBeAbsolute,
  replace,
  type StageInfo,
  setsOnlyPath,
  unboundIn,
  type Word,
  type Workdir,
} from '#lint';

export default defineRule({
  name: 'relative-workdir',
  codes: ['DL3000', 'WorkdirRelativePath'],
  category: 'correctness',
  summary: 'WORKDIR is relative, with no absolute one above it',
  why: `The path is joined to the working directory of the base image, so an update of that image can silently move your files.`,
  severity: 'warning',
  when: { instructions: ['Workdir'] },
  fix: {
    safety: 'unsafe',
    note: 'Assumes that the working directory of the base image is `/`, where it is not known.',
  },
  examples: [
    { bad: 'FROM alpine\nWORKDIR app\n', good: 'FROM alpine\nWORKDIR /app\n' },
    {
      title: 'Those below it follow',
      bad: 'FROM alpine\nWORKDIR ./src\nRUN make\nWORKDIR ../bin\n',
      good: 'FROM alpine\nWORKDIR /src\nRUN make\nWORKDIR ../bin\n',
    },
    {
      title: 'Quoted',
      bad: 'FROM alpine\nWORKDIR "my app"\n',
      good: 'FROM alpine\nWORKDIR "/my app"\n',
    },
    {
      title: 'The WORKDIR of an official image',
      bad: 'FROM golang:1.26\nWORKDIR src/app\n',
      good: 'FROM golang:1.26\nWORKDIR /go/src/app\n',
    },
    { title: 'What is meant as a home is another matter', good: 'FROM alpine\nWORKDIR ~/app\n' },
    { title: 'Relative to an absolute one', good: 'FROM alpine\nWORKDIR /srv\nWORKDIR app\n' },
    { title: 'Inherited through a stage', good: 'FROM alpine AS base\nWORKDIR /srv\nFROM base\nWORKDIR app\n' },
    {
      title: 'hadolint wants each in full',
      bad: 'FROM alpine\nWORKDIR /srv\nWORKDIR app\n',
      as: 'hadolint',
    },
    { title: 'From an empty image, which starts in `/`', good: 'FROM scratch\nWORKDIR app\n' },
  ],
  reproduces: ['hadolint', 'buildkit'],
  check({ model, as }) {
    const seen = new Set<StageInfo | undefined>();
    return {
      Stage(_node, { stage }) {
        // What the stage below says of its first one holds here too.
        if (stage?.base.kind === 'stage' && seen.has(stage.base.stage)) seen.add(stage);
        return undefined;
      },
      *Workdir(node, { stage }) {
        const { path } = node;
        const { value } = model.expand(path, node);
        if (as === 'hadolint') {
          if (!mayBeAbsolute(asWritten(path))) yield { at: path, message: `The WORKDIR \`${path.raw}\` is relative` };
          return;
        }
        if (as === 'buildkit') {
          if (!seen.has(stage) && isRelativeInBuildkit(model, node, stage))
            yield { at: path, message: `The WORKDIR \`${path.raw}\` is relative` };
          seen.add(stage);
          return;
        }
        if (value === undefined || isAbsolutePath(value) || /^~(?:\/|$)/.test(value) || seen.has(stage)) return;
        if (model.stateBefore(node).workdir !== undefined || isSpoilt(model, node)) return;
        seen.add(stage);
        const start = stage && knownWorkdir(bottomStage(stage).base);
        const edit = editOf(path, start);
        const full = cleanPath(`${start ?? ''}/${value}`);
        yield {
          at: path,
          message: `The relative WORKDIR \`${path.raw}\` depends on the base image`,
          help: `Write the path in full, such as \`WORKDIR ${/\s/.test(full) ? `"${full}"` : full}\`.`,
          fix: edit && { title: 'Make it absolute', edits: [edit] },
        };
      },
    };
  },
});

/** It looks at the value alone, an unset variable being empty; those of the base image it knows, and the file does not tell. */
const isRelativeInBuildkit = (model: Model, node: Workdir, stage: StageInfo | undefined): boolean => {
  const mayBeSet = stage && !setsOnlyPath(bottomStage(stage).base) && unboundIn(model, node).length > 0;
  const value = mayBeSet ? model.expand(node.path, node).value : expandByDefault(model, node.path, node);
  const platform = stage && bottomStage(stage).node.from?.flags.find(({ name }) => name.text === 'platform');
  const isWindows = platform?.value?.text?.startsWith('windows');
  return value !== undefined && !(isWindows ? isAbsolutePath(value) : /^[\\/]/.test(value));
};

/** Puts a `/` in the place of `./` and `../`, behind a quote. */
const editOf = (path: Word, workdir = ''): Edit | undefined => {
  if (path.text === undefined) return undefined;
  const [first] = path.parts;
  const start = first?.kind === 'Quoted' ? first.start + 1 : path.start;
  const dots = /^(?:\.{1,2}\/+)*(?:\.{1,2}$)?/.exec(path.text)?.[0] ?? '';
  return workdir && dots.includes('..') ? undefined : replace({ start, end: start + dots.length }, `${workdir}/`);
};
