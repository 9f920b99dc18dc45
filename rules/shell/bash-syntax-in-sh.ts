import {
  BASHISMS,
  type BashFeature,
  type Bashism,
  bashismsOf,
  defineRule,
  type HadolintScript,
  hadolintScript,
  hasFeature,
  type Iechorfile,
  type Instruction,
  isPreprocessed,
  type Model,
  type Problem,
  plainShellFix,
  type Range,
  type Script,
  type ScriptReader,
  scriptReader,
  variablesOf,
} from '#lint';

export default defineRule({
  name: 'bash-syntax-in-sh',
  codes: ['SC2039', ...Object.values(BASHISMS).flatMap(({ code }) => code ?? [])],
  category: 'shell',
  summary: 'What only bash understands is read by `sh`',
  why: `Commands run in \`/bin/sh\` unless SHELL says otherwise: dash in Debian and Ubuntu, the ash of busybox in Alpine. What they do not know
    fails, or silently does something else.`,
  severity: 'warning',
  when: { instructions: ['Run', 'Cmd', 'Entrypoint', 'Healthcheck'] },
  fix: {
    safety: 'safe',
    note: 'Only where the step cannot succeed as it is; elsewhere what was skipped or done differently changes.',
  },
  examples: [
    {
      title: 'A command that is not there',
      bad: 'FROM debian:13\nRUN source /opt/env.sh && make\n',
      good: 'FROM debian:13\nRUN . /opt/env.sh && make\n',
    },
    {
      title: 'A file beside it: `.` looks for a plain name in PATH alone',
      bad: 'FROM debian:13\nRUN source env.sh; make\n',
      good: 'FROM debian:13\nRUN . ./env.sh; make\n',
    },
    {
      title: 'A test that always fails',
      bad: 'FROM node:22\nARG MODE\nRUN if [ "$MODE" == dev ]; then npm install; else npm ci; fi\n',
      good: 'FROM node:22\nARG MODE\nRUN if [ "$MODE" = dev ]; then npm install; else npm ci; fi\n',
    },
    {
      title: 'An option that is printed',
      bad: "FROM ubuntu:24.04\nRUN echo -e 'a\\tb' > /table && echo -ne 'a' > /a\n",
      good: "FROM ubuntu:24.04\nRUN printf '%b\\n' 'a\\tb' > /table && printf '%b' 'a' > /a\n",
    },
    {
      title: 'A redirection that is read as `&` and `>`',
      bad: 'FROM debian:13\nRUN id app &> /dev/null || useradd app\nRUN make |& tee log\n',
      good: 'FROM debian:13\nRUN id app > /dev/null 2>&1 || useradd app\nRUN make 2>&1 | tee log\n',
    },
    {
      title: 'The keyword of a function',
      bad: 'FROM debian:13\nRUN <<EOF\nfunction get() {\n  curl -O "$1"\n}\nget "$URL"\nEOF\n',
      good: 'FROM debian:13\nRUN <<EOF\nget() {\n  curl -O "$1"\n}\nget "$URL"\nEOF\n',
    },
    { title: 'Braces, which ash does not expand either', bad: 'FROM alpine\nRUN mkdir -p /srv/{data,log}\n' },
    { title: 'Pipefail', bad: 'FROM debian:13\nRUN set -eo pipefail; curl -f "$URL" | tar x\n' },
    {
      title: 'An array, a substring, another case',
      bad: 'FROM debian:13\nRUN a=(1 2); echo ${a[0]} ${V:0:3} ${V^^}\n',
    },
    { title: 'Process substitution', bad: 'FROM debian:13\nRUN diff <(sort a) <(sort b)\n' },
    { title: 'In a command for later', bad: 'FROM debian:13\nCMD source /env.sh && exec app\n' },
    { title: 'The package manager tells what `sh` is', bad: 'FROM app\nRUN apt-get update && [[ -f /x ]]\n' },
    { title: 'Option of a command', bad: 'FROM debian:13\nRUN read -s PASSWORD < /pw && pushd /srv\n' },
    {
      title: 'Bash is asked for',
      good: 'FROM debian:13\nSHELL ["/bin/bash", "-c"]\nRUN source /env.sh && [[ -f /x ]]\n',
    },
    { title: 'By a heredoc', good: 'FROM debian:13\nRUN <<EOF\n#!/bin/bash\nset -o pipefail\nsource /env.sh\nEOF\n' },
    { title: 'For these words alone', good: "FROM debian:13\nRUN bash -c 'source /env.sh && [[ -f /x ]]'\n" },
    { title: '`sh` is bash', good: 'FROM fedora:42\nRUN source /env.sh && [[ $V == 1 ]] && mkdir /srv/{a,b}\n' },
    { title: 'It was made bash', good: 'FROM debian:13\nRUN ln -sf bash /bin/sh\nRUN source /env.sh\n' },
    {
      title: 'What the ash of busybox has',
      good: "FROM alpine\nRUN set -o pipefail; source ./env && [[ $V == 1 ]] && echo -e 'a\\tb' $'c' ${V:0:3} &> /log\n",
    },
    {
      title: 'What dash has',
      good: 'FROM debian:13\nRUN f() { local x=1; echo -n $x; }; f; ulimit -n 9; read -p x y\n',
    },
    { title: 'It is not known what `sh` is', good: 'FROM registry.example.com/base\nRUN source /env.sh\n' },
    { title: 'Subshells', good: 'FROM debian:13\nRUN (( find /srv -empty | xargs rmdir ))\n' },
    {
      title: 'An argument',
      good: 'FROM debian:13\nARG UID=1\nRUN useradd -u $UID app && echo "{a,b}" \'<(x)\' source\n',
    },
    {
      title: 'Everywhere, where that tool is reproduced',
      as: 'hadolint',
      bad: 'FROM fedora:42\nRUN source /env.sh && [ "$MODE" == dev ]\n',
      good: 'FROM fedora:42\nRUN . /env.sh && [ "$MODE" = dev ]\n',
    },
    { title: 'An option that POSIX leaves open', as: 'hadolint', bad: 'FROM alpine\nRUN echo -n a > /a\n' },
  ],
  check({ file, model, as }) {
    const check = (node: Instruction) => problemsIn(node, file, model, as !== undefined);
    return { Run: check, Cmd: check, Entrypoint: check, Healthcheck: check };
  },
});

const problemsIn = (
  node: Instruction,
  file: Iechorfile,
  model: Model,
  isCompat: boolean,
): readonly Problem[] | undefined => {
  const peer = isCompat ? hadolintScript(model, node) : undefined;
  const script = isCompat ? peer?.script : model.scriptOf(node);
  if (!script || script.problems.length > 0) return undefined;
  const found = bashismsOf(script);
  if (found.length === 0) return undefined;
  const isTemplate = isPreprocessed(file) || /\{[{%]/.test(script.text);
  if (isTemplate && !isCompat) return undefined;
  const reader = peer ? peerReader(peer, node, model) : scriptReader(model, node);
  return found
    .filter((bashism) => isReported(bashism, reader, isCompat) && !isSetVariable(bashism, node, script, model))
    .map((bashism) => problemOf(bashism, reader, node, file, isCompat));
};

const peerReader = ({ shell }: HadolintScript, node: Instruction, model: Model): ScriptReader => {
  if (shell === 'sh') return { isSh: true, program: scriptReader(model, node).program };
  return { isSh: false, program: shell === 'other' ? undefined : shell };
};

/** ShellCheck does not know what `sh` is in an image, and takes POSIX for it. */
const isReported = ({ feature, knownTo }: Bashism, { isSh, program }: ScriptReader, isCompat: boolean): boolean => {
  if (isCompat && isSh) return true;
  if (program === undefined || program === 'bash') return false;
  return knownTo ? !knownTo.includes(program) : !hasFeature(program, feature);
};

const isSetVariable = (bashism: Bashism, node: Instruction, script: Script, model: Model): boolean => {
  if (bashism.feature !== 'specialVariable') return false;
  const name = /\w+/.exec(textOf(bashism, model.file))?.[0] ?? '';
  // What runs the build, or its base image, may well set these.
  if (/^(?:HOSTNAME|HOSTTYPE|MACHTYPE|GROUPS)$/.test(name)) return true;
  return model.stateBefore(node).bindings.has(name) || variablesOf(script).assigned.some((set) => set.name === name);
};

const codesOf = ({ feature }: Bashism, node: Instruction, isCompat: boolean): readonly string[] => {
  const { code } = BASHISMS[feature];
  if (code === undefined || node.kind !== 'Run') return [];
  return isCompat || !code.startsWith('SC3') ? [code] : [code, 'SC2039'];
};

const textOf = ({ start, end }: Range, file: Iechorfile): string => file.text.slice(start, end);

const problemOf = (
  bashism: Bashism,
  reader: ScriptReader,
  node: Instruction,
  file: Iechorfile,
  isCompat: boolean,
): Problem => {
  const { feature } = bashism;
  const [message, help] = SAYINGS[feature];
  const text = textOf(bashism, file).replace(/\s+/g, ' ');
  const shown = text.length > 40 ? `${text.slice(0, 38)}…` : text;
  const fix = plainShellFix(bashism, file);
  return {
    at: bashism,
    message: capitalised(message.replaceAll('{text}', `\`${shown}\``).replaceAll('{sh}', nameOf(bashism, reader))),
    help: `${help ?? 'There is no short way to write this for `sh`.'} ${TO_BASH}`,
    ...(FATAL.has(feature) ? { severity: 'error' } : {}),
    codes: codesOf(bashism, node, isCompat),
    fix: fix && { ...fix, safety: isSafe(bashism, reader, node, fix.isExact) ? 'safe' : 'unsafe' },
  };
};

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Where the step cannot succeed as it is, there is no image that a fix could change. */
const isSafe = ({ feature, decisive }: Bashism, { program }: ScriptReader, node: Instruction, isExact: boolean) => {
  const isSame = program === 'bash' || (program === 'busybox' && hasFeature('busybox', feature));
  if (isSame || node.kind !== 'Run') return isSame && isExact;
  const fails = FATAL.has(feature) || (decisive && (feature === 'source' || feature === 'testEquals'));
  return fails && (isExact || program !== undefined);
};

const TO_BASH = 'Or set `SHELL ["/bin/bash", "-c"]` where the image has bash.';

const nameOf = ({ feature, knownTo }: Bashism, { isSh, program }: ScriptReader): string => {
  const isUnclear = program === undefined || (knownTo ? knownTo.includes(program) : hasFeature(program, feature));
  if (isUnclear) return 'a plain `sh` such as dash';
  const name = program === 'busybox' ? 'the ash of busybox' : program;
  return isSh ? `\`sh\`, here ${name},` : name;
};

/** What makes the shell refuse all of the script, or give up at once. */
const FATAL: ReadonlySet<BashFeature> = new Set([
  'processSubstitution',
  'extendedGlob',
  'arithmeticFor',
  'select',
  'hereString',
  'redirectToFile',
  'pipeBoth',
  'array',
  'arrayElement',
  'functionName',
  'functionKeyword',
  'functionKeywordParentheses',
  'indirection',
  'substring',
  'changedCase',
  'replacement',
]);

const SYNTAX = '{text} is a syntax error in {sh} which runs none of the command';
const SUBSTITUTION = '{sh} stops at {text} with "bad substitution"';
const MISSING = '{sh} has no command {text}: it is "not found"';

/** What becomes of it, and what to write instead. */
const SAYINGS: Readonly<Record<BashFeature, readonly [message: string, help?: string]>> = {
  processSubstitution: [SYNTAX, 'Write to a file or through a pipe.'],
  extendedGlob: [SYNTAX, 'Write out the names, or use `find` or `case`.'],
  ansiQuote: ['{sh} keeps the `$` of {text} and does not read the escapes', "Use `printf 'a\\tb\\n'`."],
  localeQuote: ['{sh} keeps the `$` of {text}', 'Leave out the `$`.'],
  arithmeticFor: [SYNTAX, 'Write `for i in $(seq 1 10)`, or a `while` loop.'],
  arithmeticCommand: ['{sh} takes {text} for subshells and runs the inside as a command', 'Write `[ $((…)) -ne 0 ]`.'],
  select: [SYNTAX, 'Nobody answers during a build.'],
  braceExpansion: ['{sh} does not expand {text}: it is one word, braces and all', 'Write the words out.'],
  doubleBracket: [
    '{sh} has no `[[`: {text} is "not found", which counts as false',
    'Write `[ … ]`, with quotes around variables.',
  ],
  hereString: [SYNTAX, "Write `printf '%s\\n' … |` before the command."],
  testOrder: ['POSIX does not define {text} in `[ ]`', 'Compare numbers with `-lt` and `-gt`.'],
  testFiles: ['POSIX does not define {text} in `[ ]`', 'Use `find FILE -newer OTHER`.'],
  testEquals: ['{sh} has no {text} in a test: it complains, and the test is never true', 'Write `=`.'],
  testMatch: ['{sh} has no {text} in a test: it complains, and the test is never true', 'Use `grep -E` or `case`.'],
  testIsSet: ['{sh} has no {text} in a test: it complains, and the test is never true', 'Write `[ -n "${NAME+x}" ]`.'],
  testExists: ['{sh} has no {text} of one operand: it complains, and the test is never true', 'Write `-e`.'],
  increment: ['{sh} has no {text} in arithmetic', 'Write `i=$((i + 1))`.'],
  power: ['{sh} has no {text} in arithmetic', 'Multiply.'],
  redirectBoth: [
    '{sh} reads {text} as `&` and `>`: the command runs in the background, its output stays, and the file is emptied',
    'Write `> FILE 2>&1`.',
  ],
  appendBoth: ['{text} is no redirection in {sh}', 'Write `>> FILE 2>&1`.'],
  redirectToFile: [SYNTAX, 'Write `> FILE 2>&1`.'],
  namedDescriptor: ['{sh} has no named descriptors: the name in {text} is an argument', 'Use a number from 3 to 9.'],
  largeDescriptor: ['{sh} has descriptors 0 to 9: the number in {text} is an argument', 'Use a number from 3 to 9.'],
  appendAssignment: ['{sh} takes {text} for a command, which is "not found"', 'Write `NAME="${NAME}…"`.'],
  networkFile: ['{sh} looks for {text} as a file', 'Use `curl` or `nc`.'],
  caretGlob: ['POSIX does not define {text}', 'Write `[!…]`.'],
  specialVariable: ['{sh} does not set {text}: it is empty', 'Ask a program, such as `id -u`, or set it with ARG.'],
  pipeBoth: [SYNTAX, 'Write `2>&1 |`.'],
  array: ['{text}: {sh} has no arrays', 'Use `set -- …` and `"$@"`, or words in one variable.'],
  coprocess: ['{sh} has no `coproc`', 'Use a named pipe.'],
  functionName: ['{sh} wants letters, digits and `_` in the name {text} of a function', 'Choose another name.'],
  functionKeyword: ['{sh} has no keyword `function`', 'Write `NAME() {`.'],
  functionKeywordParentheses: ['{sh} has no keyword `function`', 'Write `NAME() {`.'],
  fileSubstitution: ['{text} is empty in {sh}', 'Write `$(cat FILE)`.'],
  echoOption: [
    'The `echo` of {sh} has no option {text} and prints it',
    "Use `printf`: `'%b\\n'` reads escapes, `'%s'` ends without a new line.",
  ],
  execOption: ['The `exec` of {sh} has no option {text}'],
  let: [MISSING, 'Write `NAME=$((…))`.'],
  setOptionName: [
    '{sh} does not know the option {text} and stops',
    'Leave it out, or write to a file in place of a pipe.',
  ],
  setOption: ['{sh} does not know the option {text} and stops', 'Leave it out.'],
  setLongOption: ['{sh} does not know the option {text} and stops', 'Leave it out.'],
  local: ['POSIX does not define {text}'],
  builtin: [MISSING, 'Use a plain assignment for `declare`, `cd` in `( )` for `pushd`.'],
  option: ['The command in {sh} has no option {text}', 'Do without it.'],
  source: ['{sh} has no command {text}: it is "not found"', 'Write `.`, and `./` before a file beside it.'],
  errorTrap: ['{sh} has no trap for {text}', 'Use `set -e` and a trap for EXIT.'],
  prefixedSignal: ['{sh} knows the signal {text} without `SIG` alone', 'Leave out `SIG`.'],
  lowerCaseSignal: ['POSIX has the signal {text} in capitals alone', 'Write it in capitals.'],
  quotedFormat: ['The `printf` of {sh} has no `%q`, which {text} asks for', 'Write the quotes out.'],
  numberBase: [
    '{sh} does not read a number with its base such as {text}',
    'Write it decimal, octal (`017`) or hexadecimal (`0xf`).',
  ],
  indirection: [SUBSTITUTION, 'Use `eval` with care, or `case`.'],
  arrayElement: [SUBSTITUTION, 'Use `set -- …` and `"$1"`.'],
  substring: [SUBSTITUTION, 'Use `cut -c`, or `${NAME#…}` and `${NAME%…}`.'],
  changedCase: [SUBSTITUTION, 'Use `tr`.'],
  replacement: [SUBSTITUTION, 'Use `sed`.'],
};
