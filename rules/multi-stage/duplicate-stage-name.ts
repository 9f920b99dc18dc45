import { defineRule, type From } from '#lint';

export default defineRule({
  name: 'duplicate-stage-name',
  codes: ['DL3024', 'DuplicateStageName'],
  category: 'multi-stage',
  summary: 'Two stages have the same name',
  why: `The later one hides the earlier: a FROM, \`COPY --from\` or \`--target\` of that name means one or the other,
    depending on where it stands. Letter case makes no difference.`,
  severity: 'error',
  examples: [
    { bad: 'FROM golang:1.26 AS build\nFROM node:24 AS build\nFROM alpine:3.24\nCOPY --from=build /app /app\n' },
    { title: 'Other letter case', bad: 'FROM golang:1.26 AS build\nFROM node:24 AS Build\n' },
    { good: 'FROM golang:1.26 AS build\nFROM node:24 AS assets\nFROM alpine:3.24\nCOPY --from=build /app /app\n' },
    { title: 'A stage and an image of one name', good: 'FROM golang:1.26 AS golang\nFROM alpine:3.24\n' },
  ],
  when: { instructions: ['From'] },
  check() {
    const first = new Map<string, From>();
    return {
      *From(node) {
        if (!node.name) return;
        const name = node.name.text.toLowerCase();
        const earlier = first.get(name);
        if (!earlier) first.set(name, node);
        else
          yield {
            at: node.name,
            message: `\`${name}\` is the name of a stage above already`,
            help: 'Give this stage a name of its own, and use that name wherever this one is meant.',
            related: [{ range: earlier, message: 'The first stage of that name' }],
          };
      },
    };
  },
});
