import {
  defineRule,
  insertBefore,
  insertInstructionBefore,
  isShell,
  isVerification,
  lostFailure,
  type Model,
  optionsOfShell,
  type Problem,
  type Run,
  type Shell,
  type ShellCommand,
  type ShellPipeline,
  shellReader,
  unguardedPipes,
} from '#lint';

export default defineRule({
  name: 'pipe-without-pipefail',
  codes: ['DL4006', 'DF057'],
  category: 'shell',
  summary: 'A command before a pipe may fail unseen',
  why: `Of the commands that pipes join, a shell looks at the last one alone. Where a download or a build before the pipe fails, the step
    goes on with nothing or with half of it, and the broken layer is kept in the cache.`,
  severity: 'warning',
  when: { instructions: ['Run'] },
  fix: {
    safety: 'unsafe',
    note: 'Steps fail that went through so far, and those below a new SHELL run in bash.',
  },
  examples: [
    {
      title: 'dash, the shell of Debian, has no pipefail',
      bad: 'FROM debian:12\nRUN curl -fsS https://example.com/setup | bash\n',
      good: 'FROM debian:12\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN curl -fsS https://example.com/setup | bash\n',
    },
    {
      title: 'busybox has it',
      bad: 'FROM alpine:3.20\nRUN make test | tee /test.log\n',
      good: 'FROM alpine:3.20\nRUN set -o pipefail && make test | tee /test.log\n',
    },
    {
      title: 'In bash',
      bad: 'FROM debian:12\nSHELL ["/bin/bash", "-c"]\nRUN cd /src \\\n && ./build.sh | tee build.log\n',
      good: 'FROM debian:12\nSHELL ["/bin/bash", "-c"]\nRUN set -o pipefail && cd /src \\\n && ./build.sh | tee build.log\n',
    },
    {
      title: 'The value of a variable',
      bad: 'FROM example.com/base:1\nRUN VERSION=$(curl -s https://example.com/latest | jq -r .tag) && echo "$VERSION" > /version\n',
    },
    {
      title: 'A script of its own, for which SHELL does not hold',
      bad: 'FROM debian:12\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN <<EOF\n#!/bin/bash -e\nmake test | tee test.log\nmake install\nEOF\n',
    },
    {
      title: 'Where an argument asks for it',
      bad: 'FROM example.com/base:1\nARG NVM=true\nRUN if [ "$NVM" = true ]; then curl -fsS https://example.com/nvm | bash; fi\n',
    },
    {
      title: 'SHELL holds in the stages that are built on this one',
      good: 'FROM debian:12 AS base\nSHELL ["/bin/bash", "-eo", "pipefail", "-c"]\nFROM base\nRUN make test | tee test.log\n',
    },
    {
      title: 'What writes cannot fail',
      good: 'FROM debian:12\nRUN echo "0123  tool" | cat - more > sums && yes | ./install\n',
    },
    {
      title: 'What reads fails on nothing',
      good: 'FROM debian:12\nRUN curl -fsS https://example.com/tool.tar.gz | tar xz\n',
    },
    {
      title: 'What comes out is checked',
      good: 'FROM debian:12\nRUN curl -fsS https://example.com/key | tail -n +5 > key.pub && echo "0123  key.pub" | sha256sum -c -\n',
    },
    {
      title: 'What reads stops early, which pipefail takes for a failure',
      good: 'FROM debian:12\nRUN java -version 2>&1 | head -n 1\n',
    },
    {
      title: 'What is substituted into a command is lost with pipefail too',
      good: 'FROM debian:12\nRUN ldd "$(php-config --extension-dir)"/*.so | awk \'/=>/ { print $1 }\' | sort > libraries\n',
    },
    {
      title: 'A question',
      good: 'FROM debian:12\nRUN if tool --version | grep 2; then echo ok; fi && (ps | cat || true) && mount | grep /dev/shm && php -m | grep ^gd\n',
    },
    {
      title: 'Any pipe, and each stage alone',
      as: 'hadolint',
      bad: 'FROM debian:12 AS base\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nFROM base\nRUN echo y | cat\n',
    },
  ],
  check({ file, model }) {
    let isGuarded = false;
    return {
      Stage() {
        isGuarded = false;
        return undefined;
      },
      Shell(node) {
        isGuarded = satisfiesHadolint(node);
        return undefined;
      },
      *Run(node) {
        if (!PIPE.test(file.text.slice(node.start, node.end))) return;
        const codes = isGuarded || !hasPipe(model, node) ? { codes: OURS } : {};
        const [lost, ...more] = lostIn(model, node);
        if (lost) {
          const { name = '' } = lost.command;
          yield {
            ...codes,
            at: lost.command,
            anchors: { hadolint: node },
            message: `\`${name}\` may fail unseen: only what is behind the pipe decides`,
            ...remedy(model, node),
            related: more.map(({ command }) => ({ range: command, message: `\`${command.name ?? ''}\` may, too` })),
          };
        } else if (!('codes' in codes)) {
          yield {
            at: node,
            only: 'hadolint',
            message: 'The RUN has a pipe, and its shell is not known to have pipefail set',
            help: 'Write `SHELL ["/bin/bash", "-o", "pipefail", "-c"]` above it.',
          };
        }
      },
    };
  },
});

/** A single bar, whatever it stands for. */
const PIPE = /[^|]\|(?!\|)/;

const OURS = ['DF057'];

/** Any that is no POSIX shell, or one of three with the option. */
const satisfiesHadolint = ({ command }: Shell): boolean => {
  const [program = '', ...words] = command.elements.flatMap(({ value }) => value.split(/\s+/));
  if (/pwsh|powershell|cmd/.test(program)) return true;
  return (
    /^(?:\/(?:usr\/)?bin\/)?(?:bash|zsh|ash)$/.test(program) &&
    words.some((word) => /^-\w*o/.test(word)) &&
    words.includes('pipefail')
  );
};

/** Whether there is a pipe outside texts that another shell reads. */
const hasPipe = (model: Model, node: Run): boolean =>
  model
    .commandsOf(node)
    .some(({ pipeline, wrappers }) => pipeline && !wrappers.some(({ name }) => name === 'eval' || isShell(name)));

interface Lost {
  readonly pipe: ShellPipeline;
  readonly command: ShellCommand;
}

const lostIn = (model: Model, node: Run): readonly Lost[] => {
  const script = model.scriptOf(node);
  if (!script) return [];
  const [, shebang] = /^#!(.*)/.exec(script.text) ?? [];
  const argv = shebang === undefined ? model.shellOf(node).argv : shebang.trim().split(/\s+/);
  return unguardedPipes(script, optionsOfShell(argv)).flatMap((pipe) => {
    const command = lostFailure(pipe, model.commandsOf(node));
    return command && !isChecked(model, node, pipe) ? [{ pipe, command }] : [];
  });
};

/** Whether it writes to a file that a later command checks against a checksum or a signature. */
const isChecked = (model: Model, node: Run, { end, commands: { length } }: ShellPipeline): boolean => {
  const commands = model.commandsOf(node);
  const last = commands.find(({ pipeline, segment }) => pipeline?.end === end && segment === length - 1);
  const target = last?.redirections.find(({ operator }) => operator === '>')?.target?.raw;
  const check = target && commands.find((command) => command.start > end && isVerification(command));
  return !!check && model.file.text.slice(end, check.end).includes(target.replace(/^.*\//, ''));
};

const remedy = (model: Model, node: Run): Pick<Problem, 'help' | 'fix'> => {
  const { isSh, program } = shellReader(model, node);
  if (program === 'bash' || program === 'busybox') {
    const help = 'Begin the RUN with `set -o pipefail &&`.';
    if (node.heredocs.length > 0) return { help: 'Begin the script with `set -o pipefail`.' };
    if (node.command.kind !== 'ShellForm') return { help };
    return { help, fix: { title: 'Begin with `set -o pipefail`', edits: [insertBefore(node.command, SET)] } };
  }
  const help = `Write \`${SHELL}\` above it if the image has bash: \`sh\` may not know pipefail.`;
  if (!isSh || program !== 'dash') return { help };
  return {
    help,
    fix: { title: 'Let bash run it, with pipefail', edits: [insertInstructionBefore(model, node, SHELL)] },
  };
};

const SET = 'set -o pipefail && ';
const SHELL = 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]';
