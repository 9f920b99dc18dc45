import { defineRule, type From } from '#lint';

export default defineRule({
  name: 'duplicate-stage-name',
  codes: ['DL3024', 'DuplicateStageName'],
  category: 'multi-stage',
  summary: 'Two stages have the same name',
  why: `The later one hides the earlier: a FROM, \`COPY --from\` or \`--target\` of that name means the one or the other
    depending on where it stands. Letter case does not make names different.`,
  severity: 'error',
  examples: [
    { bad: 'FROM golang:1.26 AS build\nFROM node:24 AS build\nFROM alpine:3.24\nCOPY --from=build /app /app\n' },
    { title: 'Other letter case', bad: 'FROM golang:1.26 AS build\nFROM node:24 AS Build\n' },
    { good: 'FROM golang:1.26 AS build\nFROM node:24 AS assets\nFROM alpine:3.24\nCOPY --from=build /app /app\n' },
    { title: 'A stage and an image of one name', good: 'FROM golang:1.26 AS golang\nFROM alpine:3.24\n' },
  ],
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
            message: `A stage above is called \`${name}\` already`,
            help: 'Give each stage a name of its own, and name the one that is meant wherever it is used.',
            related: [{ range: earlier, message: 'The name is given here first' }],
          };
      },
    };
  },
});
