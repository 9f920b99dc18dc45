import {
  type Add,
  asWritten,
  bottomStage,
  type Copy,
  defineRule,
  endsInRoot,
  type Instruction,
  insertInstructionBefore,
  isAbsolutePath,
  isSpoilt,
  type Model,
  mayBeAbsolute,
  type Problem,
  replace,
  type StageInfo,
  type Word,
} from '#lint';

export default defineRule({
  name: 'copy-relative-without-workdir',
  codes: ['DL3045', 'DF063'],
  category: 'correctness',
  summary: 'COPY or ADD writes to a relative path without a WORKDIR',
  why: `Without a WORKDIR the files land in \`/\` among the directories of the system, where they are hard to tell apart and can
    overwrite what is there.`,
  severity: 'warning',
  when: { instructions: ['Copy', 'Add'] },
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
    {
      title: 'Several',
      bad: 'FROM debian:13\nCOPY run.sh run.sh\nCOPY etc ./etc/app\nCMD ["/run.sh"]\n',
      good: 'FROM debian:13\nCOPY run.sh /run.sh\nCOPY etc /etc/app\nCMD ["/run.sh"]\n',
    },
    { title: 'A full path', good: 'FROM node:24\nCOPY . /app/\n' },
    { title: 'Set in the stage below', good: 'FROM node:24 AS base\nWORKDIR /app\nFROM base\nCOPY . .\n' },
    { title: 'The base image may have set it', good: 'FROM tomcat:11\nCOPY app.war webapps/\n' },
    {
      title: 'hadolint knows no base images',
      bad: 'FROM tomcat:11\nCOPY app.war webapps/\n',
      as: 'hadolint',
    },
    { title: 'An empty image has nothing to hide', good: 'FROM scratch\nCOPY app .\n' },
  ],
  reproduces: 'hadolint',
  check({ model, as }) {
    return {
      *Stage({ instructions }, { stage, onbuild }) {
        if (as === 'hadolint') {
          yield* eachRelative(instructions, model);
          return;
        }
        if (!stage || !endsInRoot(bottomStage(stage).base)) return;
        const copies = instructions.filter((node) => isCopy(node)).filter((node) => isRelative(model, node));
        const [first, ...others] = copies;
        if (first) yield problemOf(first, others, onbuild ? undefined : fixFor(model, copies, first, stage));
      },
    };
  },
});

/** hadolint looks at COPY alone, and knows nothing of base images. */
const eachRelative = function* (instructions: readonly Instruction[], model: Model): Iterable<Problem> {
  for (const node of instructions) {
    if (node.kind !== 'Copy' || mayBeAbsolute(asWritten(node.destination))) continue;
    if (model.stateBefore(node).setBy.workdir) continue;
    yield { at: node.destination, message: `\`${node.destination.raw}\` is relative, and no WORKDIR stands above` };
  }
};

const isCopy = (node: Instruction): node is Copy | Add => node.kind === 'Copy' || node.kind === 'Add';

const isRelative = (model: Model, node: Copy | Add): boolean => {
  const { value } = model.expand(node.destination, node);
  if (!value || isAbsolutePath(value) || /^~(?:\/|$)/.test(value)) return false;
  return model.stateBefore(node).workdir === undefined && !isSpoilt(model, node);
};

const problemOf = (
  { destination }: Copy | Add,
  others: readonly (Copy | Add)[],
  fix: Problem['fix'] | undefined,
): Problem => {
  const path = ownPath(destination);
  const [them, paths] = others.length > 0 ? ['them', 'the paths'] : ['it', 'the path'];
  return {
    at: destination,
    message: `\`${destination.raw}\` is relative to \`/\`: neither the file nor the base image sets a WORKDIR`,
    help: path
      ? `Write ${others.length > 0 ? `${paths} in full, such as ` : ''}\`/${path}\`, or set a WORKDIR above ${them}.`
      : `Put \`WORKDIR /app\` above ${them}, or write ${paths} in full.`,
    related: others.slice(0, MOST).map((node) => ({ range: node.destination, message: 'Relative to `/` as well' })),
    fix,
  };
};

const MOST = 5;

/** The path below `/` that a destination names, if it is not `/` itself. */
const ownPath = ({ text }: Word): string | undefined => {
  const path = text?.replace(/^(?:\.\/+)+/, '');
  return path === '' || path === '.' ? undefined : path;
};

/** Paths of their own are only written in full; for `.` a folder has to be chosen. */
const fixFor = (model: Model, copies: readonly (Copy | Add)[], first: Copy | Add, stage: StageInfo): Problem['fix'] => {
  const edits = copies.flatMap(({ destination, json }) => {
    const path = ownPath(destination);
    return path !== undefined && !json && destination.raw === destination.text ? replace(destination, `/${path}`) : [];
  });
  if (edits.length === copies.length) {
    const path = ownPath(first.destination);
    return { title: copies.length > 1 ? 'Write the paths in full' : `Write \`/${path}\``, edits };
  }
  if (first.json || first.destination.text === undefined) return undefined;
  // Others name the files by their old paths.
  const isTaken = model.referencesTo(stage).length > 0;
  if (isTaken || stage.node.instructions.some(({ kind }) => kind === 'Workdir')) return undefined;
  return { title: 'Set a WORKDIR', edits: [insertInstructionBefore(model, first, 'WORKDIR /app')], safety: 'unsafe' };
};
