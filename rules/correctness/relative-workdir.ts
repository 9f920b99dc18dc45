import { defineRule, insertBefore, isAbsolutePath } from '#lint';

export default defineRule({
  name: 'relative-workdir',
  codes: ['DL3000', 'WorkdirRelativePath'],
  category: 'correctness',
  summary: 'WORKDIR is relative before any absolute one',
  why: `The path is joined to whatever directory the base image ends in, so an update of the base silently moves your files.`,
  severity: 'warning',
  fix: { safety: 'unsafe', note: 'Assumes the base image ends in `/`.' },
  examples: [
    { bad: 'FROM alpine\nWORKDIR app\n', good: 'FROM alpine\nWORKDIR /app\n' },
    { title: 'Relative to an absolute one', good: 'FROM alpine\nWORKDIR /srv\nWORKDIR app\n' },
    { title: 'Inherited through a stage', good: 'FROM alpine AS base\nWORKDIR /srv\nFROM base\nWORKDIR app\n' },
    { title: 'From an empty image, which starts in `/`', good: 'FROM scratch\nWORKDIR app\n' },
  ],
  check({ model }) {
    return {
      *Workdir(node) {
        const { path } = node;
        const { value } = model.expand(path, node);
        if (value === undefined || isAbsolutePath(value)) return;
        if (model.stateBefore(node).workdir !== undefined) return;
        yield {
          at: path,
          message: `Relative WORKDIR \`${path.raw}\` depends on the base image`,
          help: `Write the whole path, such as \`WORKDIR /${value.replace(/^\.\//, '')}\`.`,
          ...(path.text === undefined ? {} : { fix: { title: 'Make it absolute', edits: [insertBefore(path, '/')] } }),
        };
      },
    };
  },
});
