import { type Cmd, defineRule, type Entrypoint, type Iechorfile, insertLineAfter } from '#lint';

export default defineRule({
  name: 'cmd-reset-by-entrypoint',
  codes: [],
  category: 'correctness',
  summary: 'ENTRYPOINT drops the inherited CMD that it needs',
  why: `An ENTRYPOINT resets the CMD that a stage inherits, so a wrapper such as tini or an entrypoint script starts with nothing to run. Only a CMD in the same stage is kept.`,
  severity: 'warning',
  scope: 'final',
  when: { instructions: ['Entrypoint'] },
  fix: { safety: 'unsafe', note: 'The container then starts what it inherits, which it has not done so far.' },
  examples: [
    {
      bad: 'FROM node:22 AS base\nCMD ["node", "server.js"]\n\nFROM base\nENTRYPOINT ["tini", "--"]\n',
      good: 'FROM node:22 AS base\nCMD ["node", "server.js"]\n\nFROM base\nENTRYPOINT ["tini", "--"]\nCMD ["node", "server.js"]\n',
    },
    {
      title: 'Options for the program that the entrypoint starts',
      bad: 'FROM alpine:3.22 AS base\nENTRYPOINT ["app"]\nCMD ["--port", "80"]\nFROM base\nENTRYPOINT ["app", "--debug"]\n',
    },
    {
      title: 'In shell form',
      bad: 'FROM alpine:3.22 AS base\nCMD nginx -g "daemon off;"\nFROM base\nENTRYPOINT ["dumb-init", "--"]\n',
      good: 'FROM alpine:3.22 AS base\nCMD nginx -g "daemon off;"\nFROM base\nENTRYPOINT ["dumb-init", "--"]\nCMD nginx -g "daemon off;"\n',
    },
    {
      title: 'An ENTRYPOINT that needs no CMD',
      good: 'FROM node:22 AS base\nCMD ["node", "server.js"]\nFROM base\nENTRYPOINT ["node", "migrate.js"]\n',
    },
    {
      title: 'CMD in the same stage, even above',
      good: 'FROM node:22 AS base\nCMD ["node"]\nFROM base\nCMD ["node", "server.js"]\nENTRYPOINT ["tini", "--"]\n',
    },
  ],
  check({ file, model }) {
    return {
      *Stage(stage, { stage: info }) {
        const entrypoint = stage.instructions.findLast((node) => node.kind === 'Entrypoint');
        if (!entrypoint || !info || model.stateAfter(info).cmd) return;
        const cmd = model.stateBefore(entrypoint).setBy.cmd;
        if (cmd?.kind !== 'Cmd' || !needsCmd(entrypoint, cmd)) return;
        yield {
          at: entrypoint,
          message: `This ENTRYPOINT drops the CMD that the stage inherits, ${holdsOptions(cmd) ? 'which holds its arguments' : 'and has nothing to run'}`,
          help: `Repeat the CMD below it: \`${shown(file, cmd)}\`.`,
          related: [{ range: cmd, message: 'This CMD is dropped' }],
          fix: file.text.slice(entrypoint.start, entrypoint.end).trimEnd().endsWith(file.escape)
            ? undefined
            : { title: 'Repeat the CMD', edits: [insertLineAfter(file, entrypoint, oneLine(file, cmd))] },
        };
      },
    };
  },
});

const WRAPPERS = /^(?:tini|tini-static|dumb-init|catatonit|gosu|su-exec|setpriv|env|.*entry-?point.*)$/i;

/** Whether the ENTRYPOINT only starts what CMD says, or CMD holds options for it. */
const needsCmd = ({ command }: Entrypoint, cmd: Cmd): boolean => {
  if (command.kind !== 'ExecForm') return false;
  const words = command.elements.map(({ value }) => value);
  const program = words[0]?.replace(/^.*\//, '') ?? '';
  const hasOwn = words.slice(1).some((word) => !word.startsWith('-'));
  return (WRAPPERS.test(program) && !hasOwn) || holdsOptions(cmd);
};

const holdsOptions = ({ command }: Cmd): boolean =>
  command.kind === 'ExecForm' && command.elements[0]?.value.startsWith('-') === true;

const shown = (file: Iechorfile, cmd: Cmd): string =>
  oneLine(file, cmd).replace(/\s*[\\`]?\r?\n(?:[\t ]*#.*\n)*\s*/g, ' ');

const oneLine = (file: Iechorfile, cmd: Cmd): string =>
  `${cmd.keyword.text} ${file.text.slice(cmd.command.start, cmd.command.end)}`;
