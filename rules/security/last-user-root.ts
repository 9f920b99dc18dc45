import {
  defineRule,
  dropsPrivileges,
  endOfBuild,
  type Iechorfile,
  insertAtEnd,
  isToolbox,
  isWindowsStage,
  knownBaseOf,
  lineEndOf,
  type Model,
  type Problem,
  type Stage,
  type StageInfo,
  stageChain,
  type User,
  unprivilegedSteps,
} from '#lint';

export default defineRule({
  name: 'last-user-root',
  codes: ['DL3002', 'DS-0002', 'CKV_DOCKER_8', 'S6471'],
  category: 'security',
  summary: 'The last USER is root',
  why: `Whoever breaks into the program is root in the container: they can change its files, read every mounted secret, and are one kernel or runtime flaw away from the host.`,
  severity: 'warning',
  fix: { safety: 'unsafe', note: 'The program may have to write where only root can.' },
  examples: [
    {
      title: 'Switched back for an installation and left so',
      bad: 'FROM node:22\nUSER node\nRUN npm ci\nUSER root\nRUN apt-get update && apt-get install -y tini\nCMD ["node", "server.js"]\n',
      good: 'FROM node:22\nUSER node\nRUN npm ci\nUSER root\nRUN apt-get update && apt-get install -y tini\nUSER node\nCMD ["node", "server.js"]\n',
    },
    { title: 'By number', bad: 'FROM alpine:3.22\nUSER 0:0\nCMD ["app"]\n' },
    { title: 'Through a variable', bad: 'FROM alpine:3.22\nARG OWNER=root\nUSER $OWNER\nCMD ["app"]\n' },
    { title: 'In the stage below', bad: 'FROM alpine:3.22 AS base\nUSER root\nFROM base\nCMD ["app"]\n' },
    {
      title: 'Root for an installation only',
      good: 'FROM jenkins/jenkins:lts\nUSER root\nRUN apt-get update && apt-get install -y make\nUSER jenkins\n',
    },
    {
      title: 'In a stage that only builds',
      good: 'FROM golang:1.25 AS build\nUSER root\nRUN go build -o /app\nFROM gcr.io/distroless/static:nonroot\nCOPY --from=build /app /app\nCMD ["/app"]\n',
    },
    {
      title: 'The entrypoint gives the rights up',
      good: 'FROM redis:8\nUSER root\nENTRYPOINT ["gosu", "redis", "redis-server"]\n',
    },
    {
      title: 'hadolint weighs all stages alike',
      bad: 'FROM golang:1.25 AS build\nUSER root\nFROM alpine:3.22\nUSER app\n',
      as: 'hadolint',
    },
    { title: 'Group 0 is not root', good: 'FROM alpine:3.22\nUSER 1001:0\nCMD ["app"]\n' },
  ],
  exceptions: { onbuild: 'The file does not show whom the child image ends as.' },
  reproduces: 'hadolint',
  when: { instructions: ['User'] },
  check({ file, model, as }) {
    if (as === 'hadolint') return { Stage: lastOfStage };
    return {
      *done() {
        const stage = model.final;
        if (!stage) return;
        const { user, setBy } = model.stateAfter(stage);
        if (setBy.user?.kind !== 'User' || !isRoot(user, isWindowsStage(file, stage))) return;
        if (dropsPrivileges(model, stage)) return;
        yield problemAt(file, model, stage, setBy.user);
      },
    };
  },
});

/** hadolint looks at each stage alone, and at what is written. */
const lastOfStage = function* ({ instructions }: Stage) {
  const last = instructions.findLast((node) => node.kind === 'User');
  if (last && isRoot(last.user.raw, false))
    yield { at: last, message: `The last USER of the stage is \`${last.user.raw}\`` };
};

const isRoot = (user: string | undefined, isWindows: boolean): boolean =>
  user !== undefined && (isWindows ? /^ContainerAdministrator$/i : /^(?:root|0+)(?::|$)/).test(user);

const problemAt = (file: Iechorfile, model: Model, stage: StageInfo, node: User): Problem => {
  const before = lastBefore(model, stage, node);
  const base = knownBaseOf(stage);
  const isBack = before !== undefined || base?.user === 'other';
  const isWindows = isWindowsStage(file, stage);
  const own = isWindows ? ['USER ContainerUser'] : unprivilegedSteps(base);
  const steps = before ? [`USER ${before.user.raw}`] : own;
  const isUnnamed = !before && base?.user === 'other' && base.account === undefined;
  const shown = steps.map((step) => `\`${step}\``).join(' and ');
  const last = endOfBuild(file, stage);
  return {
    at: node,
    message: `${isBack ? `\`USER ${node.user.raw}\` is never undone` : `The last USER is \`${node.user.raw}\``}, so the container runs ${isWindows ? 'as administrator' : 'as root'}`,
    help: isUnnamed
      ? 'Put a USER with the account of the base image below the last step that needs root.'
      : `Put ${shown} below the last step that needs ${isWindows ? 'an administrator' : 'root'}.`,
    related: before ? [{ range: before, message: 'This was the user before' }] : [],
    severity: !isBack && isToolbox(model, stage) ? 'info' : 'warning',
    fix:
      isUnnamed || !last
        ? undefined
        : {
            title: `Add ${shown}`,
            safety: before ? 'unsafe' : 'manual',
            edits: [insertAtEnd(model, last, steps.join(lineEndOf(file, last)))],
          },
  };
};

/** The last USER above that was another one. */
const lastBefore = (model: Model, stage: StageInfo, node: User): User | undefined => {
  const all = stageChain(stage).flatMap(({ node: { instructions } }) => instructions);
  const users = all.slice(0, all.indexOf(node)).flatMap((each) => (each.kind === 'User' ? [each] : []));
  return users.findLast((each) => !isRoot(model.expand(each.user, each).value, false));
};
