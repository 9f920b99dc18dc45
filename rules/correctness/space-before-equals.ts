import { defineRule, type Pair, type Problems, replace } from '#lint';

export default defineRule({
  name: 'space-before-equals',
  codes: ['S6574'],
  category: 'correctness',
  summary: 'A blank stands between a name and its equals sign',
  why: 'ENV and LABEL then take the old form, in which the first blank ends the name: the equals sign becomes part of the value.',
  severity: 'error',
  when: { instructions: ['Env', 'Label'] },
  fix: { safety: 'unsafe', note: 'The value no longer begins with an equals sign.' },
  examples: [
    { bad: 'FROM alpine:3.22\nENV PORT = 8080\n', good: 'FROM alpine:3.22\nENV PORT=8080\n' },
    { bad: 'FROM alpine:3.22\nLABEL version ="1.0"\n', good: 'FROM alpine:3.22\nLABEL version="1.0"\n' },
    { title: 'With blanks in the value', bad: 'FROM alpine:3.22\nENV NAME = two words\n' },
    { title: 'The old form', good: 'FROM alpine:3.22\nENV PORT 8080\nENV OPTIONS --a=b\n' },
    { title: 'Part of a value', good: 'FROM alpine:3.22\nENV A==b\nENV FLAGS="= b"\n' },
  ],
  check({ file }) {
    return { Env: (node) => problemsIn(node.pairs, file.text), Label: (node) => problemsIn(node.pairs, file.text) };
  },
});

function* problemsIn(pairs: readonly Pair[], text: string): Problems {
  for (const { key, value, legacy } of pairs) {
    const equals = legacy ? /^\s*=\s*/.exec(text.slice(key.end, value.end)) : null;
    if (!equals) continue;
    const written = text.slice(key.end + equals[0].length, value.end);
    const isPlain = /^(?:"[^"\\\n]*"|[^\s"'\\]+)$/.test(written);
    yield {
      at: { start: key.start, end: key.end + equals[0].length },
      message: `The blank before \`=\` makes \`${value.raw}\` the value of \`${key.raw}\``,
      help: `Write \`${key.raw}=${isPlain ? written : '"…"'}\`.`,
      fix: isPlain
        ? { title: 'Take the blanks out', edits: [replace({ start: key.end, end: key.end + equals[0].length }, '=')] }
        : undefined,
    };
  }
}
