import { defineRule, flagValue } from '#lint';

export default defineRule({
  name: 'run-outside-sandbox',
  codes: ['S6431', 'S6502'],
  category: 'security',
  summary: 'A RUN gets rights over the machine that builds',
  why: `With \`--security=insecure\` it runs as root of the builder, with all its devices, and with \`--network=host\` it reaches all that
    listens on the builder. Builders refuse both unless somebody has allowed them.`,
  severity: 'warning',
  when: { instructions: ['Run'] },
  examples: [
    { bad: 'FROM debian:12\nRUN --security=insecure mount -t proc proc /mnt\n' },
    { bad: 'FROM debian:12\nRUN --network=host curl -f http://10.0.0.1/\n' },
    {
      title: 'As by default, or with less',
      good: 'FROM debian:12\nRUN --security=sandbox make\nRUN --network=none make test\nRUN --network=default make\n',
    },
  ],
  check() {
    return {
      *Run(node) {
        for (const flag of node.flags) {
          const text = `${flag.name.text}=${flagValue(flag)}`;
          if (text === 'security=insecure') {
            yield {
              at: flag,
              message: '`--security=insecure` makes the step root of the builder',
              help: 'Leave it out, and do in the container what needs such rights.',
              codes: ['S6502'],
            };
          } else if (text === 'network=host') {
            yield {
              at: flag,
              message: '`--network=host` lets the step reach all that listens on the builder',
              help: 'Leave it out: the default network reaches the internet.',
              codes: ['S6431'],
            };
          }
        }
      },
    };
  },
});
