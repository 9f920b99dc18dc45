import { defineRule, type Iechorfile, type Range } from '#lint';

export default defineRule({
  name: 'syntax',
  codes: ['DL1000', 'DL3043'],
  category: 'syntax',
  summary: 'BuildKit refuses the line',
  why: `A build stops here. The other lines are linted all the same, so one bad line hides nothing.`,
  severity: 'error',
  always: true,
  fix: { safety: 'unsafe', note: 'Takes the nearest known name.' },
  examples: [
    { title: 'An unknown instruction', bad: 'FROM alpine\nRUNN true\n', good: 'FROM alpine\nRUN true\n' },
    { title: 'An unknown flag', bad: 'FROM alpine\nCOPY --form=0 a b\n', good: 'FROM alpine\nCOPY --from=0 a b\n' },
    { title: 'Too few arguments', bad: 'FROM alpine\nCOPY app\n' },
    { title: 'A comment that is none', bad: 'FROM alpine\nENV A=1 # the first one\n' },
    { title: 'A heredoc that never ends', bad: 'FROM alpine\nRUN <<EOF\necho hello\n' },
  ],
  exceptions: {
    onbuild: 'BuildKit checks a trigger only when a child image runs it.',
  },
  check({ file }) {
    return {
      *done() {
        const seen = new Set<number>();
        for (const problem of file.problems) {
          const { message, phase, suggestion } = problem;
          const comment = BEFORE_COMMENT.test(message) ? strayComment(file, problem) : undefined;
          // Each word of a comment would be told of.
          if (comment && seen.has(comment.start)) continue;
          if (comment) seen.add(comment.start);
          const help = comment ? COMMENT_HELP : helpOf(problem, file);
          yield {
            at: comment ?? problem,
            message: comment ? wordingFor(comment, file) : wordingOf(message),
            // Elsewhere a trigger that may not be one has an id of its own.
            codes: [/\bONBUILD\b/.test(message) && phase === 'semantic' ? 'DL3043' : 'DL1000'],
            ...(help ? { help } : {}),
            ...(suggestion
              ? {
                  fix: {
                    title: `Write \`${suggestion.text}\``,
                    edits: [{ range: suggestion.range, text: suggestion.text }],
                  },
                }
              : {}),
          };
        }
      },
    };
  },
});

/** Above the first instruction there is none that the line could belong to. */
const helpOf = ({ help, start }: Iechorfile['problems'][number], { instructions }: Iechorfile): string | undefined =>
  help?.startsWith('If this belongs') && !instructions.some((node) => node.start < start)
    ? 'A line starts with an instruction, such as `RUN` or `COPY`, or with `#`.'
    : help;

// Comments ----------------------------------------------------------------------------------------------------------

/** What BuildKit says of arguments that a comment behind them spoils. */
const BEFORE_COMMENT =
  /can't find = in|requires either one or three|requires the arguments to be in JSON|takes no arguments/;

const COMMENT_HELP = 'Put the comment on a line of its own: `#` begins one only at the start of a line.';

/** What follows the first `#` behind a blank in the line, where no quote stands before it. */
const strayComment = ({ text }: Iechorfile, { start }: Range): Range | undefined => {
  const first = text.lastIndexOf('\n', start - 1) + 1;
  const newline = text.indexOf('\n', start);
  const line = text.slice(first, newline < 0 ? text.length : newline).trimEnd();
  const plain = line.replace(/"[^"]*"/g, (quoted) => ' '.repeat(quoted.length));
  const [before] = /^[^'"#]*[\t ](?=#)/.exec(plain) ?? [];
  return before === undefined ? undefined : { start: first + before.length, end: first + line.length };
};

const wordingFor = ({ start, end }: Range, { text }: Iechorfile): string =>
  `\`${text.slice(start, Math.min(end, start + 60))}\` is not a comment but part of the arguments`;

// Wording -----------------------------------------------------------------------------------------------------------

/** What BuildKit says, and how it is said here. */
const WORDINGS: readonly (readonly [pattern: RegExp, wording: string])[] = [
  [/^unknown instruction: ?$/, 'The line holds nothing but the escape character'],
  [/^unknown instruction: (\S*`\S*).*$/s, 'There is no instruction "$1"'],
  [/^unknown instruction: (\S+).*$/s, 'There is no instruction `$1`'],
  [/^unknown flag: (--\S+).*$/s, 'There is no flag `$1` here'],
  [/^duplicate flag specified: (.+)$/s, 'The flag `$1` is given twice'],
  [/^missing a value on flag: (.+)$/s, 'The flag `$1` has no value'],
  [/^expecting boolean value for flag (\S+), not: (.*)$/s, '`$1` is true or false, not `$2`'],
  [/^--retries must be .*, not "(.*)"$/s, '`--retries` is a number from 0, not `$1`'],
  [/^invalid name for build stage: "(.*?)", name can't.*$/s, '`$1` cannot be the name of a stage'],
  [/^(\w+) cannot accept a heredoc.*$/s, 'The destination of $1 is a heredoc'],
  [/^unsupported network mode "(.*)"$/s, 'There is no network mode `$1`'],
  [/^security "(.*)" is not valid$/s, 'There is no security mode `$1`'],
  [/^failed to parse CSV (\w+)s: .*$/s, 'The options of this $1 cannot be read'],
  [/^'from' doesn't support.*$/s, 'The `from` of a mount takes no variables'],
  [/^Unknown type "(.*)" in HEALTHCHECK.*$/s, 'HEALTHCHECK has no form `$1`'],
  [/^Missing command after HEALTHCHECK CMD$/, 'HEALTHCHECK CMD names no command'],
  [/^time: invalid duration "(.*)"$/s, '`$1` is not a duration'],
  [/^Interval "(.*)" cannot be less than 1ms$/s, 'The `$1` is shorter than 1ms'],
  [/^VOLUME specified can not.*$/s, 'A path of VOLUME is empty'],
  [/^Chaining ONBUILD.*$/s, 'ONBUILD cannot trigger another ONBUILD'],
  [/^(\w+) isn't allowed as an ONBUILD trigger$/, '$1 cannot be a trigger of ONBUILD'],
  [/^when using JSON array syntax.*$/s, 'The JSON array holds more than strings'],
  [/^Syntax error - can't find = in "(.*)"\. Must be.*$/s, '`$1` has no `=`'],
  [/^(\w+) names can not be blank$/, '$1 has a value without a name'],
  [/^(\w+) must have two arguments$/, '$1 has a name without a value'],
  [/^(\w+) requires at least two arguments.*$/s, '$1 has a source, but no destination'],
  [/^(\w+) requires exactly one argument$/, '$1 takes exactly one argument'],
  [/^(\w+) requires at least one argument$/, '$1 has no arguments'],
  [/^FROM requires either one or three.*$/s, 'FROM takes an image, and AS with a name if wanted'],
  [/^SHELL requires the arguments.*$/s, 'The arguments of SHELL are not a JSON array'],
  [/^unterminated heredoc$/, 'The heredoc never ends'],
  [/^dockerfile line greater than.*$/s, 'The line is longer than the 65,535 bytes that BuildKit reads'],
  [/^file with no instructions$/, 'The file has no instructions'],
  [/^only one (\w+) parser directive.*$/s, 'The directive `$1` is given twice'],
  [/^invalid escape token '(.*)' does not match.*$/s, 'The escape character is a backslash or a backtick, not "$1"'],
];

const wordingOf = (message: string): string => {
  for (const [pattern, wording] of WORDINGS) if (pattern.test(message)) return message.replace(pattern, wording);
  return message;
};
