import { defineRule, type Iechorfile, type Instruction, type Range, replace } from '#lint';

export default defineRule({
  name: 'extra-space-after-keyword',
  codes: ['tally/no-multi-spaces'],
  category: 'style',
  summary: 'More than one space stands behind a keyword, though most have one',
  why: 'One space is what most files have. Where only some instructions have more, it looks as if that had a meaning.',
  severity: 'style',
  off: true,
  tags: ['format'],
  fix: { safety: 'safe' },
  examples: [
    {
      bad: 'FROM   alpine\nRUN apk add curl\nCMD\t["curl"]\nEXPOSE 80\nUSER 1000\n',
      good: 'FROM alpine\nRUN apk add curl\nCMD ["curl"]\nEXPOSE 80\nUSER 1000\n',
    },
    {
      title: 'Above another word',
      good: 'FROM alpine\nRUN    apk update \\\n    && apk add curl\nUSER 1000\n',
    },
    { title: 'A column of its own', good: 'FROM    alpine\nRUN     apk add curl\nCMD     ["curl"]\n' },
  ],
  check({ file }) {
    return {
      *done() {
        const wide = file.instructions.filter((node) => file.text.slice(...boundsOf(file, node)) !== ' ');
        if (wide.length * 2 > file.instructions.length) return;
        for (const node of wide) {
          const [start, end] = boundsOf(file, node);
          if (start === end || isColumn(file, end)) continue;
          const gap: Range = { start, end };
          yield {
            at: gap,
            message: `${file.text.slice(start, end).includes('\t') ? 'A tab stands' : 'Several spaces stand'} behind \`${node.keyword.text}\``,
            help: 'Leave one space.',
            fix: { title: 'Leave one space', edits: [replace(gap, ' ')] },
          };
        }
      },
    };
  },
});

/** Whether a word of the next line begins below. */
const isColumn = ({ text }: Iechorfile, at: number): boolean => {
  const column = at - text.lastIndexOf('\n', at - 1) - 1;
  const next = text.indexOf('\n', at) + 1;
  return next > 0 && /^[^\n]*[\t ]\S$/.test(text.slice(next, next + column + 1));
};

/** The blanks behind the keyword, where more follows on the line. */
const boundsOf = ({ text }: Iechorfile, { keyword: { end } }: Instruction): readonly [start: number, end: number] => {
  const blanks = /^[\t ]+(?=[^\s])/.exec(text.slice(end, end + 200))?.[0] ?? '';
  return [end, end + blanks.length];
};
