import { type Compat, defineRule, type Iechorfile, replace, type Token } from '#lint';

export default defineRule({
  name: 'keyword-casing',
  codes: ['ConsistentInstructionCasing', 'S6476'],
  category: 'style',
  summary: 'A keyword is not in the letter case of the others',
  why: 'Keywords in one letter case, by custom upper case, let the eye find the steps of a build.',
  severity: 'style',
  tags: ['format'],
  fix: { safety: 'safe' },
  examples: [
    {
      title: 'One of its own',
      bad: 'FROM alpine\nRUN apk add curl\ncmd ["curl"]\n',
      good: 'FROM alpine\nRUN apk add curl\nCMD ["curl"]\n',
    },
    { title: 'Mixed letters', bad: 'FROM alpine\nRun true\n', good: 'FROM alpine\nRUN true\n' },
    {
      title: 'The majority counts',
      bad: 'from alpine\nrun true\nONBUILD run true\n',
      good: 'from alpine\nrun true\nonbuild run true\n',
    },
    { title: 'All in lower case', good: 'from alpine\nrun true\n' },
    { title: 'BuildKit reads triggers later', as: 'buildkit', good: 'FROM alpine\nONBUILD run true\n' },
  ],
  exceptions: { lowerCase: 'The letter case is what it looks at.' },
  check({ file, as }) {
    return {
      *done() {
        const keywords = keywordsOf(file, as);
        const lower = keywords.filter(isLower).length;
        const upper = keywords.filter(isUpper).length;
        const letterCase = lower > upper ? 'lower' : 'upper';
        for (const keyword of keywords) {
          const wanted = letterCase === 'lower' ? keyword.text.toLowerCase() : keyword.text.toUpperCase();
          if (keyword.text === wanted) continue;
          const like = Math.max(lower, upper) > keywords.length / 2 ? ', as most keywords here are' : '';
          yield {
            at: keyword,
            message: `\`${keyword.text}\` is not in ${letterCase} case${like}`,
            help: `Write \`${wanted}\`.`,
            fix: isWhole(keyword) ? { title: `Write \`${wanted}\``, edits: [replace(keyword, wanted)] } : undefined,
          };
        }
      },
    };
  },
});

const isLower = ({ text }: Token): boolean => text === text.toLowerCase();
const isUpper = ({ text }: Token): boolean => text === text.toUpperCase();

/** Without a continuation in it. */
const isWhole = ({ start, end, text }: Token): boolean => end - start === text.length;

const keywordsOf = (file: Iechorfile, as: Compat | undefined): readonly Token[] =>
  file.instructions
    .flatMap((node) => (node.kind === 'Onbuild' && !as ? [node, node.trigger] : node))
    .filter(({ kind }) => kind !== 'Invalid')
    .map(({ keyword }) => keyword);
