import { cleanPath, defineRule, type Instruction } from '#lint';

export default defineRule({
  name: 'system-dir-workdir',
  codes: ['DS-0030'],
  category: 'security',
  summary: 'The image ends in a directory of the system',
  why: `What the program writes without a path lands among the system's own files, and a file of that name is replaced. Anybody who opens a
    shell in the container starts there too.`,
  severity: 'warning',
  scope: 'final',
  when: { instructions: ['Workdir'] },
  examples: [
    { bad: 'FROM debian:12\nWORKDIR /etc\n' },
    { bad: 'FROM debian:12\nARG BIN=/usr/bin\nWORKDIR $BIN\nCOPY app .\nCMD ["./app"]\n' },
    { title: 'Of the kernel', bad: 'FROM debian:12\nWORKDIR /proc/self\n' },
    { title: 'Left again', good: 'FROM debian:12\nWORKDIR /etc\nRUN ls\nWORKDIR /app\n' },
    {
      title: 'Where a program keeps its own',
      good: 'FROM debian:12\nWORKDIR /usr/local/bin\nWORKDIR /usr/lib/app\nWORKDIR /etc/nginx\nWORKDIR /\n',
    },
    { title: 'In a stage that is not built on', good: 'FROM debian:12 AS build\nWORKDIR /usr/bin\nFROM debian:12\n' },
  ],
  check({ model }) {
    return {
      *Workdir(node, { stage }) {
        const end = stage && model.stateAfter(stage);
        const last: Instruction | undefined = end?.setBy.workdir;
        const path = end?.workdir === undefined ? '' : cleanPath(end.workdir);
        if (last !== node || !SYSTEM.test(path)) return;
        yield {
          at: node.path,
          message: `The image ends in \`${path}\`, a directory of the system`,
          help: 'Set a directory of its own at the end, such as `WORKDIR /app`.',
        };
      },
    };
  },
});

const SYSTEM =
  /^\/(?:bin|boot|dev|etc|lib|lib32|lib64|proc|sbin|sys|usr\/(?:bin|lib|lib64|sbin))$|^\/(?:boot|proc|sys)\//;
