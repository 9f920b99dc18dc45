import {
  type Comment,
  defineRule,
  type Iechorfile,
  misspeltFrontend,
  nearest,
  type Problem,
  type Range,
  replace,
} from '#lint';

export default defineRule({
  name: 'misspelt-directive',
  codes: [],
  category: 'syntax',
  summary: 'A parser directive, or the frontend that it names, is misspelt',
  why: `A key that builders do not know makes the line a plain comment, so the file is read by other rules than it asks for, without a word. A
    frontend image that does not exist ends the build.`,
  severity: 'error',
  fix: { safety: 'unsafe', note: 'The directive takes effect then.' },
  examples: [
    {
      title: 'The key',
      bad: '# sytnax=docker/dockerfile:1\nFROM alpine\n',
      good: '# syntax=docker/dockerfile:1\nFROM alpine\n',
    },
    {
      title: 'The sign behind it',
      bad: '# syntax: docker/dockerfile:1\nFROM alpine\n',
      good: '# syntax=docker/dockerfile:1\nFROM alpine\n',
    },
    {
      title: 'No sign at all',
      bad: '# check skip=all\nFROM alpine\n',
      good: '# check=skip=all\nFROM alpine\n',
    },
    {
      title: 'The image',
      bad: '# syntax=docker/dockefile:1\nFROM alpine\n',
      good: '# syntax=docker/dockerfile:1\nFROM alpine\n',
    },
    { bad: '# escpe=`\nFROM alpine\n', good: '# escape=`\nFROM alpine\n' },
    { bad: '# checks=error=true\nFROM alpine\n', good: '# check=error=true\nFROM alpine\n' },
    { title: 'Another frontend', good: '# syntax=tonistiigi/dockerfile:runmount\nFROM alpine\n' },
    { title: 'A comment', good: '# checksum=0123\n# escaped=yes\n# syntax is what matters\nFROM alpine\n' },
  ],
  exceptions: {
    laterStage: 'Directives stand at the top of the file.',
  },
  check({ file }) {
    return {
      *done() {
        const first = file.instructions[0]?.start ?? file.text.length;
        for (const comment of file.comments) {
          if (comment.start > first) break;
          yield* keyProblems(comment);
        }
        yield* imageProblems(file);
      },
    };
  },
});

const KEYS = ['syntax', 'escape', 'check'];

const DIRECTIVE = /^[\t ]*([a-z]+)([\t ]*[=:][\t ]*|[\t ]+)(\S+)[\t ]*$/i;

/** What can only be the value of that directive. */
const VALUES: Readonly<Record<string, RegExp>> = {
  syntax: /^(?:[\w.-]+\/)+dockerfile[\w.-]*(?:[:@]\S+)?$/,
  escape: /^[\\`]$/,
  check: /^(?:skip|error|experimental)=/,
};

const keyProblems = function* ({ text, start }: Comment): Iterable<Problem> {
  const [, key = '', sign = '', value = ''] = DIRECTIVE.exec(text) ?? [];
  const meant = key && nearest(key, KEYS);
  if (!meant || !VALUES[meant]?.test(value)) return;
  // What is spelt well stands in the wrong place.
  if (key.toLowerCase() === meant && sign.trim() === '=') return;
  const at = start + 1 + text.indexOf(key);
  const range = { start: at, end: at + key.length + sign.length };
  yield {
    at: { start, end: range.end + value.length },
    message: `${quoted(`#${text.trimEnd()}`)} is a plain comment, not the directive \`${meant}\``,
    help: `Write ${quoted(`# ${meant}=${value}`)}.`,
    fix: { title: `Write \`${meant}=\``, edits: [replace(range, `${meant}=`)] },
  };
};

const quoted = (text: string): string => (text.includes('`') ? `"${text}"` : `\`${text}\``);

const imageProblems = function* (file: Iechorfile): Iterable<Problem> {
  const directive = file.directives.find(({ name }) => name === 'syntax');
  const misspelt = directive && misspeltFrontend(directive.value.text);
  if (!misspelt) return;
  const { value } = directive;
  const at: Range = { start: value.start + misspelt.start, end: value.start + misspelt.end };
  yield {
    at,
    message: `There is no frontend \`${misspelt.name}\``,
    help: `Write \`# syntax=${misspelt.meant}${value.text.slice(misspelt.end)}\`.`,
    fix: { title: `Write \`${misspelt.meant}\``, edits: [replace(at, misspelt.meant)] },
  };
};
