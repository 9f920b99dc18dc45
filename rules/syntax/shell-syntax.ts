import { defineRule, type Instruction, isPreprocessed, type Model, type Problem } from '#lint';

export default defineRule({
  name: 'shell-syntax',
  codes: ['SC1072', 'SC1073'],
  category: 'syntax',
  summary: 'The shell cannot read the command',
  why: 'A shell reads all of a command before it runs the first word of it, so the step fails at once, or the container when it starts.',
  severity: 'error',
  examples: [
    { title: 'A quote that is never closed', bad: 'FROM alpine\nRUN echo "hello\n' },
    { title: 'A loop without its end', bad: 'FROM alpine\nRUN for f in *; do cat $f; \\\n    echo\n' },
    { title: 'Nothing behind an operator', bad: 'FROM alpine\nCMD echo hello &&\n' },
    { title: 'In a heredoc', bad: 'FROM alpine\nRUN <<EOF\nif true; then\n  echo hello\nEOF\n' },
    { title: 'Bash', good: 'FROM alpine\nSHELL ["/bin/bash", "-c"]\nRUN diff <(echo a) <(echo b) || [[ -f /x ]]\n' },
    { title: 'A template', good: 'FROM alpine\nRUN {{ install("curl") }}\n' },
    { title: 'Macros', good: '#include "debian.iEchorfile"\nFROM debian\nRUN INSTALL(curl) && INSTALL(git)\n' },
    { title: 'Another shell', good: 'FROM python\nSHELL ["python", "-c"]\nRUN print("(")\n' },
    { title: 'Windows', good: 'FROM mcr.microsoft.com/windows/nanoserver:1809\nRUN if exist x (echo "\n' },
  ],
  check({ model }) {
    const check = (node: Instruction) => findingIn(node, model);
    return { Run: check, Cmd: check, Entrypoint: check, Healthcheck: check };
  },
});

const findingIn = function* (node: Instruction, model: Model): Iterable<Problem> {
  // Of what was to be an array malformed-json-array has something to say.
  if ('command' in node && node.command?.kind === 'ShellForm' && /^\[["']/.test(node.command.text)) return;
  const script = model.scriptOf(node);
  // What follows the first problem is guesswork; in a template the shell sees another text.
  const [first] = script?.problems ?? [];
  if (first && !/\{[{%]/.test(script?.text ?? '') && !isPreprocessed(model.file))
    yield { at: first, message: first.message, help: helpFor(first.message) };
};

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
