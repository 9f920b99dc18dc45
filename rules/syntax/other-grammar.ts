import { defineRule, misspeltFrontend, otherFrontend } from '#lint';

export default defineRule({
  name: 'other-grammar',
  codes: [],
  category: 'syntax',
  summary: '`# syntax=` names a frontend with another grammar',
  why: `The frontend reads the file, and another one than \`docker/dockerfile\` may know instructions that are unknown here, or mean something else by
    the same words. So what is said of the file need not be true, and \`--build\` refuses it.`,
  severity: 'info',
  examples: [
    {
      bad: '# syntax=example.com/team/frontend:2\nFROM alpine:3.22\n',
      good: '# syntax=docker/dockerfile:1\nFROM alpine:3.22\n',
    },
    { good: '# syntax=docker.io/docker/dockerfile:1.7-labs\nFROM alpine:3.22\n' },
    { good: '# syntax=docker/dockerfile-upstream:master\nFROM alpine:3.22\n' },
    { good: '# syntax=iechor/iechorfile\nFROM alpine:3.22\n' },
    { good: 'FROM alpine:3.22\n' },
    { title: 'A misspelt one is told by misspelt-directive', good: '# syntax=dcoker/dockerfile:1\nFROM alpine:3.22\n' },
  ],
  exceptions: {
    laterStage: 'Directives stand at the top of the file.',
  },
  check({ file }) {
    return {
      *done() {
        const directive = otherFrontend(file);
        if (directive === undefined || misspeltFrontend(directive.value.text)) return;
        yield {
          at: directive.value,
          message: `\`${directive.value.text}\` may have another grammar; the file is checked as one for \`docker/dockerfile\``,
          help: 'Name `docker/dockerfile:1` where that reads the file too; `--build --force-builtin-syntax` builds it as it is.',
        };
      },
    };
  },
});
