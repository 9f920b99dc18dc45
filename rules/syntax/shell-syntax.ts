import {
  defineRule,
  hadolintScript,
  type Instruction,
  isPreprocessed,
  type Model,
  type Problem,
  type Script,
  type ShellProblem,
} from '#lint';

export default defineRule({
  name: 'shell-syntax',
  codes: ['SC1072', 'SC1033', 'SC1036', 'SC1065', 'SC1070', 'SC1073', 'SC1088', 'SC1089', 'SC1133', 'SC1141'],
  category: 'syntax',
  summary: 'The shell cannot read the command',
  why: 'A shell reads all of a command before it runs the first word of it, so the step fails at once, or the container when it starts.',
  severity: 'error',
  when: { instructions: ['Run', 'Cmd', 'Entrypoint', 'Healthcheck'] },
  examples: [
    { title: 'A quote that is never closed', bad: 'FROM alpine\nRUN echo "hello\n' },
    { title: 'A loop without its end', bad: 'FROM alpine\nRUN for f in *; do cat $f; \\\n    echo\n' },
    { title: 'Nothing behind an operator', bad: 'FROM alpine\nCMD echo hello &&\n' },
    { title: 'In a heredoc', bad: 'FROM alpine\nRUN <<EOF\nif true; then\n  echo hello\nEOF\n' },
    { title: 'Bash', good: 'FROM alpine\nSHELL ["/bin/bash", "-c"]\nRUN diff <(echo a) <(echo b) || [[ -f /x ]]\n' },
    { title: 'A template', good: 'FROM alpine\nRUN {{ install("curl") }}\n' },
    { title: 'Macros', good: '#include "debian.iEchorfile"\nFROM debian\nRUN INSTALL(curl) && INSTALL(git)\n' },
    { title: 'Another shell', good: 'FROM python\nSHELL ["python", "-c"]\nRUN print("(")\n' },
    { title: 'Brackets that are meant as text', bad: 'FROM alpine\nRUN echo all is well (so far)\n' },
    { title: 'A keyword that closes nothing', bad: 'FROM alpine\nRUN echo a; fi\n' },
    {
      title: 'What reads everything as `sh`',
      as: 'hadolint',
      bad: 'FROM mcr.microsoft.com/windows/nanoserver:1809\nRUN if exist x (echo "\n',
    },
    {
      title: 'And knows a shell by SHELL alone, of which it knows nothing in a trigger',
      as: 'hadolint',
      bad: 'FROM app\nSHELL ["pwsh", "-c"]\nONBUILD RUN iwr ($Env:A)\n',
      good: 'FROM app\nSHELL ["pwsh", "-c"]\nENV A=b\nRUN iwr ($Env:A)\n',
    },
    { title: 'Windows', good: 'FROM mcr.microsoft.com/windows/nanoserver:1809\nRUN if exist x (echo "\n' },
  ],
  check({ model, as }) {
    const check = (node: Instruction) => (as === undefined ? findingIn(node, model) : peerFinding(node, model));
    return { Run: check, Cmd: check, Entrypoint: check, Healthcheck: check };
  },
});

const findingIn = (node: Instruction, model: Model): readonly Problem[] | undefined => {
  const script = model.scriptOf(node);
  // What follows the first problem is guesswork; in a template the shell sees another text.
  const first = script?.problems[0];
  if (!script || !first || /\{[{%]/.test(script.text) || isPreprocessed(model.file)) return undefined;
  // Of what was to be an array malformed-json-array has something to say.
  if ('command' in node && node.command?.kind === 'ShellForm' && /^\[["']/.test(node.command.text)) return undefined;
  return [{ ...problemOf(first, script), ...(node.kind === 'Run' ? {} : { codes: [] }) }];
};

const peerFinding = function* (node: Instruction, model: Model): Iterable<Problem> {
  const script = hadolintScript(model, node)?.script;
  const first = script && (typeTest(script) ?? script.problems[0]);
  if (!script || !first) return;
  const isOurs = model.scriptOf(node)?.problems.includes(first);
  yield { ...problemOf(first, script), ...(isOurs ? {} : { only: 'hadolint' }) };
};

/** `[Net.Type]::Name` of PowerShell, which ShellCheck takes for a test, where nothing before it is wrong. */
const typeTest = ({ text, start, problems }: Script): ShellProblem | undefined => {
  const match = /(?:^|[;&|\n]\s*)(\[[A-Za-z][\w.]*\])::/.exec(text);
  const end = start + (match ? match.index + match[0].length - 2 : 0);
  if (!match || (problems[0]?.start ?? end) < end) return undefined;
  const at = { start: end - (match[1]?.length ?? 0), end };
  return { ...at, message: `The shell takes \`${match[1]}\` for a test that is not complete` };
};

const problemOf = (problem: ShellProblem, script: Script): Problem => ({
  at: problem,
  message: problem.message,
  help: helpFor(problem.message),
  codes: [codeOf(problem, script)],
});

// Codes -------------------------------------------------------------------------------------------------------------

/** The id that ShellCheck stops with: it has several for what the shell does not expect, and one for all else. */
const codeOf = ({ message, start, end }: ShellProblem, { text, start: offset }: Script): string => {
  const before = text.slice(0, start - offset);
  const after = text.slice(start - offset);
  const [, token] = /^The shell does not expect `(.+)` here$/s.exec(message) ?? [];
  if (token === undefined) return after.startsWith('()') && end - start > 1 ? 'SC1036' : 'SC1072';
  if (token === '(') return /(?:^|[;&|])\s*[\w-]+\s+\(?$/.test(before) ? 'SC1072' : 'SC1088';
  if (token === ')') return closingCode(before, after);
  if (token === ']') return 'SC1033';
  if (/^[&|;]+$/.test(token)) return operatorCode(token, before);
  if (/^(?:fi|done|then|do|else|elif|esac|\})$/.test(token)) return before.includes('{') ? 'SC1072' : 'SC1089';
  if (!/[)}\w](?:\s|\\\n)*$/.test(before)) return 'SC1072';
  return after.startsWith(`${token}(`) ? 'SC1036' : 'SC1141';
};

/** `name (…)` is the head of a function; a brace inside or behind it is taken for the body. */
const closingCode = (before: string, after: string): string => {
  const head = /(?:^|[;&|\n])\s*[\w.-]+\s*\(([^)]*)/g;
  const inside = [...before.matchAll(head)].at(-1)?.[1];
  if (inside !== undefined) return /^[^\n]*\{/.test(inside) || /^\)\s*\{/.test(after) ? 'SC1065' : 'SC1072';
  return before.includes('(') ? 'SC1072' : 'SC1089';
};

const operatorCode = (token: string, before: string): string => {
  if (token === ';;') return 'SC1089';
  if (before.trim() === '') return token === ';' ? 'SC1070' : 'SC1133';
  return /&\s*$/.test(before) ? 'SC1070' : 'SC1072';
};

// Help --------------------------------------------------------------------------------------------------------------

/** What to do, by what the message says. */
const HELP: readonly (readonly [message: RegExp, help: string])[] = [
  [/quote|backtick/, 'Close it, or put a backslash before it if it is meant as it stands.'],
  [/is never closed$/, 'Close it where it ends.'],
  [/without `(.+)`/, 'Write `$1` where it ends.'],
  [/ends too early/, 'Complete the command, or delete the operator at its end.'],
  [/does not expect/, 'Delete it, or quote it if it is meant as text.'],
  [/command is missing/, 'Add the command, or delete what waits for it.'],
];

const helpFor = (message: string): string => {
  for (const [pattern, help] of HELP) {
    const [, closer = ''] = pattern.exec(message) ?? [];
    if (pattern.test(message)) return help.replace('$1', closer);
  }
  return 'Put the text into a file and check it with `sh -n FILE`, which reads without running.';
};
