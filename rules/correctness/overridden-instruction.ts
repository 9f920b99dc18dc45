import { defineRule, type Iechorfile, type Range, removeInstruction, type Stage } from '#lint';

export default defineRule({
  name: 'overridden-instruction',
  codes: ['MultipleInstructionsDisallowed', 'DL4003', 'DL4004', 'DL3012'],
  category: 'correctness',
  summary: 'CMD, ENTRYPOINT, HEALTHCHECK or STOPSIGNAL is replaced by a later one in its stage',
  why: `An image has one of each. All but the last of a stage are dropped, so what looks like a second process or check never runs.`,
  severity: 'warning',
  fix: { safety: 'safe' },
  examples: [
    {
      bad: 'FROM node:22\nCMD ["npm", "run", "worker"]\nCMD ["npm", "start"]\n',
      good: 'FROM node:22\nCMD ["npm", "start"]\n',
    },
    {
      title: 'HEALTHCHECK',
      bad: 'FROM nginx:1.29\nHEALTHCHECK CMD curl -f http://localhost/\nHEALTHCHECK CMD curl -f http://localhost/health\n',
      good: 'FROM nginx:1.29\nHEALTHCHECK CMD curl -f http://localhost/health\n',
    },
    {
      title: 'Comments stay',
      bad: 'FROM node:22\n# The worker\nCMD ["npm", "run", "worker"]\n# The site\nCMD ["npm", "start"]\n',
      good: 'FROM node:22\n# The worker\n# The site\nCMD ["npm", "start"]\n',
    },
    {
      title: 'In exec form',
      bad: 'FROM node:22\nENTRYPOINT ["npm"]\nENTRYPOINT ["node"]\nHEALTHCHECK CMD ["check"]\nHEALTHCHECK NONE\n',
      good: 'FROM node:22\nENTRYPOINT ["node"]\nHEALTHCHECK NONE\n',
    },
    { title: 'One of each', good: 'FROM node:22\nENTRYPOINT ["node"]\nCMD ["server.js"]\n' },
    {
      title: 'One for each stage',
      good: 'FROM node:22 AS dev\nCMD ["npm", "run", "dev"]\nFROM dev AS production\nCMD ["npm", "start"]\n',
    },
    {
      title: 'For the image itself and for those built on it',
      good: 'FROM node:22\nCMD ["node"]\nONBUILD CMD ["npm", "start"]\n',
    },
  ],
  exceptions: { onbuild: 'The one that replaces it has to be a trigger too.' },
  when: { instructions: ['Cmd', 'Entrypoint', 'Healthcheck', 'Stopsignal'] },
  check({ file }) {
    return {
      Stage: (stage) => overriddenIn(stage, file),
    };
  },
});

const KINDS = {
  Cmd: {
    codes: ['MultipleInstructionsDisallowed', 'DL4003'],
    help: 'To start several programs, give CMD a script or a supervisor that starts them.',
  },
  Entrypoint: {
    codes: ['MultipleInstructionsDisallowed', 'DL4004'],
    help: 'To do something before the program starts, give ENTRYPOINT a script that ends in `exec "$@"`.',
  },
  Healthcheck: {
    codes: ['MultipleInstructionsDisallowed', 'DL3012'],
    help: 'To check several things, join them with `&&` in one HEALTHCHECK.',
  },
  Stopsignal: { codes: [], help: 'A container has one stop signal.' },
} as const;

const overriddenIn = function* ({ instructions }: Stage, file: Iechorfile) {
  for (const [kind, { codes, help }] of Object.entries(KINDS)) {
    const all = instructions.filter((node) => node.kind === kind);
    const last = all.at(-1);
    for (const [index, node] of all.slice(0, -1).entries()) {
      if (!last) continue;
      const name = node.keyword.text.toUpperCase();
      yield {
        at: node,
        message: `This ${name} has no effect: a later one in the stage replaces it`,
        help: `Delete the one that is not wanted. ${help}`,
        related: [{ range: last, message: `Only this ${name} takes effect` }],
        codes,
        // It speaks of each but the first.
        anchors: { hadolint: all[index + 1] ?? last },
        fix: hasComment(file, node)
          ? undefined
          : { title: `Delete this ${name}`, edits: [removeInstruction(file, node)] },
      };
    }
  }
};

const hasComment = ({ comments }: Iechorfile, { start, end }: Range): boolean =>
  comments.some((comment) => comment.inside && comment.start > start && comment.end < end);
