import { defineRule, mountFlaws, replace } from '#lint';

export default defineRule({
  name: 'invalid-mount',
  codes: [],
  category: 'syntax',
  summary: 'A `RUN --mount` has a type, an option or a value that does not exist',
  why: 'BuildKit reads the options of a mount only when it comes to the step, so the build fails there, perhaps after an hour.',
  severity: 'error',
  when: { instructions: ['Run'], text: /--mount/i },
  fix: { safety: 'unsafe', note: 'Takes the nearest known name.' },
  examples: [
    {
      title: 'The type',
      bad: 'FROM alpine\nRUN --mount=type=cahce,target=/var/cache/apk apk add curl\n',
      good: 'FROM alpine\nRUN --mount=type=cache,target=/var/cache/apk apk add curl\n',
    },
    {
      title: 'An option',
      bad: 'FROM alpine\nRUN --mount=type=secret,ids=token cat /run/secrets/token\n',
      good: 'FROM alpine\nRUN --mount=type=secret,id=token cat /run/secrets/token\n',
    },
    { title: 'A value', bad: 'FROM alpine\nRUN --mount=type=cache,target=/c,uid=app true\n' },
    { title: 'An option of another type', bad: 'FROM alpine\nRUN --mount=type=bind,target=/c,sharing=locked true\n' },
    { title: 'Too early', bad: 'FROM alpine\nRUN --mount=size=64m,type=tmpfs,target=/tmp true\n' },
    { title: 'A blank', bad: 'FROM alpine\nRUN --mount=type=cache, target=/c true\n' },
    { title: 'No secret', bad: 'FROM alpine\nRUN --mount=type=secret true\n' },
    {
      good: 'FROM alpine\nRUN --mount=type=cache,target=/c,id=c,sharing=locked,uid=1000,mode=0755 \\\n  --mount=type=bind,from=alpine,source=/etc,target=/e,ro \\\n  --mount=type=secret,id=token,required --mount=type=tmpfs,target=/t,size=64m true\n',
    },
    { title: 'Whatever it is', good: 'FROM alpine\nARG KIND\nRUN --mount=type=$KIND,target=/c true\n' },
  ],
  check({ model }) {
    return {
      *Run(node) {
        if (node.flags.length === 0) return;
        for (const { message, help, near, start, end } of mountFlaws(model, node)) {
          const at = { start, end };
          const fix = near === undefined ? undefined : { title: `Write \`${near}\``, edits: [replace(at, near)] };
          yield { at, message, help, fix };
        }
      },
    };
  },
});
