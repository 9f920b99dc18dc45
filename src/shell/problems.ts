const CLOSERS: Readonly<Record<string, string>> = {
  subshell: '`(` without `)`',
  'brace group': '`{` without `}`',
  "'if'": '`if` without `fi`',
  "'for'": '`for` without `done`',
  "'while'": '`while` without `done`',
  "'until'": '`until` without `done`',
  "'select'": '`select` without `done`',
  "'case'": '`case` without `esac`',
  "'[['": '`[[` without `]]`',
  'test group': '`(` without `)` inside `[[`',
};

const UNFINISHED: Readonly<Record<string, string>> = {
  'single quote': "The single quote `'` is never closed",
  'double quote': 'The double quote `"` is never closed',
  backtick: 'The backtick is never closed',
  'command substitution': '`$(` is never closed',
  'parameter expansion': '`${` is never closed',
  'arithmetic expansion': '`$((` is never closed',
  'process substitution': '`<(` is never closed',
};

type Explanation = readonly [pattern: RegExp, explain: (...groups: string[]) => string];

const EXPLANATIONS: readonly Explanation[] = [
  [/nesting/, () => 'The shell text is nested too deeply to be read'],
  [/^unterminated (.+)$/, (what) => UNFINISHED[what ?? ''] ?? `This ${what} is never closed`],
  [/^unexpected token 'newline'$/, () => 'The command ends too early'],
  [/^unexpected token '(.+)'$/s, (token) => `The shell does not expect \`${token}\` here`],
  [/ to close (.+)$/, (opener) => CLOSERS[opener ?? ''] ?? 'Something opened before is never closed'],
  [/^expected command after '(.+)'$/, (keyword) => `A command is missing after \`${keyword}\``],
  [/^expected command in /, () => 'A command is missing between the brackets'],
  [/^expected '(\w+)'/, (keyword) => `The shell expects \`${keyword}\` here`],
  [/^expected redirect target/, () => 'The redirection names no file'],
  [/^expected compound command as function body/, () => 'The function has no body in `{ }`'],
  [/^expected word after '(.+)'$/, (keyword) => `A name is missing after \`${keyword}\``],
  [/conditional operator|test operator/, () => 'The test inside `[[ ]]` is not complete'],
];

/** Says in our words what the parser complains of. */
export const explain = (complaint: string): string => {
  for (const [pattern, sentence] of EXPLANATIONS) {
    const match = pattern.exec(complaint);
    if (match) return sentence(...match.slice(1));
  }
  return 'The shell cannot read this';
};
