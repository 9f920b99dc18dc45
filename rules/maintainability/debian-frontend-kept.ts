import { defineRule, inCaseOf, replace } from '#lint';

export default defineRule({
  name: 'debian-frontend-kept',
  codes: [],
  category: 'maintainability',
  summary: 'ENV keeps `DEBIAN_FRONTEND` in the image',
  why: `It is meant for the build, and stays for everyone who starts a container from the image or builds on it: what they install asks
    nothing either, and takes defaults that they did not choose.`,
  severity: 'info',
  scope: 'final',
  when: { instructions: ['Env'] },
  fix: { safety: 'unsafe', note: 'Programs that run in the container no longer have the variable.' },
  examples: [
    {
      bad: 'FROM debian:13\nENV DEBIAN_FRONTEND=noninteractive\nRUN apt-get update && apt-get install -y tzdata\n',
      good: 'FROM debian:13\nARG DEBIAN_FRONTEND=noninteractive\nRUN apt-get update && apt-get install -y tzdata\n',
    },
    {
      title: 'The old form, and among others',
      bad: 'FROM debian:13\nENV DEBIAN_FRONTEND noninteractive\nENV LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive\n',
    },
    { title: 'Taken back', good: 'FROM debian:13\nENV DEBIAN_FRONTEND=noninteractive\nENV DEBIAN_FRONTEND=\n' },
    { title: 'It asks', good: 'FROM debian:13\nENV DEBIAN_FRONTEND=dialog\n' },
    {
      title: 'A stage that leaves nothing behind',
      good: 'FROM debian:13 AS build\nENV DEBIAN_FRONTEND=noninteractive\nRUN make\nFROM debian:13\nCOPY --from=build /a /a\n',
    },
  ],
  check({ model }) {
    return {
      *Env(node, { stage }) {
        const pair = node.pairs.find(({ key }) => key.text === 'DEBIAN_FRONTEND');
        if (!stage || !pair || model.expand(pair.value, node).value !== 'noninteractive') return;
        if (model.stateAfter(stage).env.get('DEBIAN_FRONTEND') !== 'noninteractive') return;
        const isAlone = node.pairs.length === 1;
        const text = inCaseOf(node, `ARG DEBIAN_FRONTEND=${pair.value.raw}`);
        yield {
          at: pair,
          message: `\`${pair.key.raw}=${pair.value.raw}\` stays in the image`,
          help: `Write \`${text}\`, which the RUNs below see and the image forgets.`,
          fix: isAlone
            ? { title: 'Make it an ARG', edits: [replace({ start: node.keyword.start, end: pair.end }, text)] }
            : undefined,
        };
      },
    };
  },
});
