import {
  type Add,
  bottomStage,
  type Copy,
  defineRule,
  endsInRoot,
  insertLineBefore,
  isAbsolutePath,
  type Model,
  type Problem,
  replace,
  type StageInfo,
  type Where,
} from '#lint';

export default defineRule({
  name: 'copy-relative-without-workdir',
  codes: ['DL3045', 'DF063'],
  category: 'correctness',
  summary: 'COPY or ADD to a relative path though no WORKDIR is set',
  why: `Without WORKDIR the files land in \`/\`, among the folders of the system, where they can hide or overwrite them and are
    hard to tell apart.`,
  severity: 'warning',
  fix: {
    safety: 'safe',
    note: 'Unsafe where it sets a WORKDIR: the files move to `/app`, and commands below run there.',
  },
  examples: [
    {
      bad: 'FROM node:24\nCOPY . .\nRUN npm ci\nCMD ["node", "server.js"]\n',
      good: 'FROM node:24\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD ["node", "server.js"]\n',
    },
    {
      title: 'A folder of its own',
      bad: 'FROM python:3.14\nCOPY src/ src/\n',
      good: 'FROM python:3.14\nCOPY src/ /src/\n',
    },
    { title: 'A full path', good: 'FROM node:24\nCOPY . /app/\n' },
    { title: 'Set in the stage below', good: 'FROM node:24 AS base\nWORKDIR /app\nFROM base\nCOPY . .\n' },
    { title: 'The base image may have set it', good: 'FROM tomcat:11\nCOPY app.war webapps/\n' },
    { title: 'An empty image has nothing to hide', good: 'FROM scratch\nCOPY app .\n' },
  ],
  check({ model }) {
    const seen = new Set<StageInfo>();
    const visit = function* (node: Copy | Add, { stage, onbuild }: Where): Iterable<Problem> {
      const { value } = model.expand(node.destination, node);
      if (!stage || seen.has(stage) || !value || isAbsolutePath(value)) return;
      const { workdir } = model.stateBefore(node);
      if (workdir !== undefined || !endsInRoot(bottomStage(stage).base)) return;
      seen.add(stage);
      yield {
        at: node.destination,
        message: `\`${node.destination.raw}\` begins at \`/\`: no WORKDIR is set, here or in the base image`,
        help: 'Put `WORKDIR /app` above it, or write the path in full.',
        fix: onbuild ? undefined : fixFor(model, node, stage),
      };
    };
    return { Add: visit, Copy: visit };
  },
});

/** A path of its own is only written in full; for `.` a folder has to be chosen. */
const fixFor = (model: Model, node: Copy | Add, stage: StageInfo): Problem['fix'] => {
  const { destination, json } = node;
  const path = destination.text?.replace(/^(?:\.\/+)+/, '');
  if (json || path === undefined) return undefined;
  if (path !== '' && path !== '.') {
    const full = destination.raw === destination.text ? replace(destination, `/${path}`) : undefined;
    return full && { title: `Write \`/${path}\``, edits: [full] };
  }
  // Others name the files by their old paths.
  const isTaken = model.referencesTo(stage).length > 0;
  if (isTaken || stage.node.instructions.some(({ kind }) => kind === 'Workdir')) return undefined;
  return { title: 'Set a WORKDIR', edits: [insertLineBefore(model.file, node, 'WORKDIR /app')], safety: 'unsafe' };
};
