import { bottomStage, defineRule, type StageInfo, subcommandOf } from '#lint';

export default defineRule({
  name: 'apt-key-used',
  codes: [],
  category: 'security',
  summary: 'A key is given to apt for all repositories',
  why: `Whoever has the key may then sign packages of any repository, also those of the distribution. Debian 13 and Ubuntu 24.10 have no
    \`apt-key\` any more; a key that a list of repositories names holds for that list alone.`,
  severity: 'info',
  when: { instructions: ['Run'], programs: ['apt-key'] },
  examples: [
    {
      bad: 'FROM debian:12\nRUN curl -fsSL https://example.com/key.asc | apt-key add - && echo "deb https://example.com/apt stable main" > /etc/apt/sources.list.d/tool.list\n',
      good: 'FROM debian:12\nRUN curl -fsSLo /usr/share/keyrings/tool.asc https://example.com/key.asc && echo "deb [signed-by=/usr/share/keyrings/tool.asc] https://example.com/apt stable main" > /etc/apt/sources.list.d/tool.list\n',
    },
    {
      title: 'From a server of keys',
      bad: 'FROM ubuntu:22.04\nRUN apt-key adv --keyserver keyserver.ubuntu.com --recv-keys 0123456789ABCDEF0123456789ABCDEF01234567\n',
    },
    { title: 'Taken away', good: 'FROM ubuntu:22.04\nRUN apt-key del 01234567 && apt-key list\n' },
    {
      title: 'Where apt cannot do it otherwise yet',
      good: 'FROM ubuntu:14.04\nRUN curl -fsSL https://example.com/key.asc | apt-key add -\n',
    },
  ],
  check({ model }) {
    return {
      *Run(node, { stage }) {
        const command = model
          .commandsOf(node)
          .find((each) => each.name === 'apt-key' && /^(?:add|adv)$/.test(subcommandOf(each) ?? ''));
        if (!command || (stage && isOld(stage))) return;
        yield {
          at: command,
          message: '`apt-key` has apt trust the key for every repository',
          help: 'Write the key to `/usr/share/keyrings/NAME.asc`, and name it in the list: `deb [signed-by=/usr/share/keyrings/NAME.asc] …`.',
        };
      },
    };
  },
});

/** Whether its apt does not know `signed-by`. */
const isOld = (stage: StageInfo): boolean => {
  const { base } = bottomStage(stage);
  return base.kind === 'image' && /:(?:1[2-5]\.|[78]\b)|precise|trusty|wheezy|jessie/.test(base.text);
};
