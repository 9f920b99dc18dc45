import { defineRule, octalMode } from '#lint';

export default defineRule({
  name: 'exposed-secret-mount',
  codes: ['S6469'],
  category: 'security',
  summary: 'A mounted secret can be read by every account',
  why: `Secrets and SSH sockets are mounted so that their owner alone can read them. A mode that is open to others lets any program of the
    step have them, also one that runs as an account without rights.`,
  severity: 'warning',
  when: { instructions: ['Run'] },
  examples: [
    { bad: 'FROM debian:12\nRUN --mount=type=secret,id=token,mode=0444 cat /run/secrets/token > /dev/null\n' },
    { bad: 'FROM debian:12\nRUN --mount=type=ssh,mode=0666 git clone git@example.com:a/b.git\n' },
    {
      title: 'For the owner and a group',
      good: 'FROM debian:12\nRUN --mount=type=secret,id=token,mode=0440,uid=1000 cat /run/secrets/token > /dev/null\n',
    },
    {
      title: 'As by default',
      good: 'FROM debian:12\nRUN --mount=type=secret,id=token cat /run/secrets/token > /dev/null\n',
    },
    { title: 'No secret', good: 'FROM debian:12\nRUN --mount=type=cache,target=/cache,mode=0777 make\n' },
  ],
  check({ model }) {
    return {
      *Run(node) {
        for (const { flag, type, fields } of model.mountsOf(node)) {
          if (type !== 'secret' && type !== 'ssh') continue;
          const mode = fields.findLast(({ key }) => key === 'mode')?.value;
          const bits = octalMode(mode);
          if (bits === undefined || (bits & 0o007) === 0) continue;
          yield {
            at: flag,
            message: `\`mode=${mode}\` opens the ${type === 'ssh' ? 'SSH socket' : 'secret'} to every account`,
            help: 'Leave `mode` out, and name the account that needs it by `uid=`.',
          };
        }
      },
    };
  },
});
