import { defineRule, isToolbox, type StageInfo, stageChain, stagesLacking } from '#lint';

export default defineRule({
  name: 'healthcheck-missing',
  codes: ['DL3057', 'DS-0026', 'CKV_DOCKER_2', 'CIS-DI-0006', 'DF012'],
  category: 'correctness',
  summary: 'The image has no HEALTHCHECK',
  why: `Without one Docker takes a program that hangs for one that works. Kubernetes has probes of its own and does not look at it.`,
  severity: 'info',
  off: true,
  examples: [
    { bad: 'FROM nginx:1.29\nCOPY site /usr/share/nginx/html\nCMD ["nginx", "-g", "daemon off;"]\n' },
    {
      title: 'Each image, where hadolint is reproduced',
      bad: 'FROM nginx:1.29 AS web\nHEALTHCHECK CMD ["/check"]\nFROM debian:13\n',
      as: 'hadolint',
    },
    { good: 'FROM nginx:1.29\nHEALTHCHECK CMD ["/check"]\nCMD ["nginx", "-g", "daemon off;"]\n' },
    { title: 'None on purpose', good: 'FROM nginx:1.29\nHEALTHCHECK NONE\nCMD ["nginx"]\n' },
    {
      title: 'In the stage below',
      good: 'FROM nginx:1.29 AS base\nHEALTHCHECK CMD ["/check"]\nFROM base\nCMD ["nginx"]\n',
    },
    { title: 'An image to build on or to work in', good: 'FROM debian:13\nRUN apt-get update\nCMD ["bash"]\n' },
  ],
  when: { instructions: ['From'] },
  check({ model, as }) {
    return {
      *done() {
        const { final } = model;
        const isBare = final && !stageChain(final).some(hasCheck) && !isToolbox(model, final);
        for (const { node } of as ? stagesLacking(model, hasCheck) : isBare ? [final] : []) {
          if (!node.from) continue;
          yield {
            at: node.from,
            message: 'No HEALTHCHECK says how to tell whether the container works',
            help: 'Add `HEALTHCHECK CMD ["…"]` with a command that fails when the program does not answer, or `HEALTHCHECK NONE`.',
          };
        }
      },
    };
  },
});

const hasCheck = ({ node: { instructions } }: StageInfo): boolean =>
  instructions.some(({ kind }) => kind === 'Healthcheck');
