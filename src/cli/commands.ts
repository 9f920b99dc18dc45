import { BUILD_FLAGS, IMAGE_FLAGS, PLAN_FLAGS } from './build-flags.ts';
import type { CommandName } from './command-names.ts';
import { FORMAT_EPILOGUE, FORMAT_FLAGS, formatOptionsOf } from './format-options.ts';
import { choiceOf, filesOf, type Given, onlyOperandOf, rejectOperands, textOf, textsOf } from './given.ts';
import { imageArgumentsOf } from './image-arguments.ts';
import { IMAGE_COMMANDS } from './image-commands.ts';
import { FROM, initArgumentsOf, TEMPLATES } from './init-options.ts';
import type { Io } from './io.ts';
import { LINT_FLAGS } from './lint-flags.ts';
import { lintOptionsOf } from './lint-options.ts';
import type { LoadRules } from './main.ts';
import { SKIPPED_ENDINGS, SKIPPED_FOLDERS } from './names.ts';
import { PLUGIN_FLAGS, pluginOptionsOf } from './plugin-options.ts';
import { REGISTRY_FLAGS } from './registry-options.ts';
import { say } from './say.ts';

/** Read only where something is built: it takes longer to load than a small file to lint. */
const buildOptions = async (given: Given) => (await import('./build-options.ts')).buildOptionsOf(given);

/** An option, as the library of help takes it too. One of `array` may be repeated; of another the last one counts. */
export interface Flag {
  readonly type: 'boolean' | 'string';
  readonly describe: string;
  readonly alias?: string;
  readonly array?: boolean;
  readonly choices?: readonly string[];
  /** A choice may have `=FILE` behind it. */
  readonly takesFile?: boolean;
  readonly mayBeEmpty?: boolean;
  readonly group?: string;
  readonly defaultDescription?: string;
}

export interface Command {
  readonly operands: string;
  readonly describe: string;
  readonly flags: Readonly<Record<string, Flag>>;
  readonly examples: readonly (readonly [call: string, meaning: string])[];
  /** What stands at the end of its help. */
  readonly epilogue?: string;
  /** What stands behind the first operand is not for us, whatever it looks like. */
  readonly endsAtOperand?: boolean;
  readonly run: (given: Given, io: Io, rules: LoadRules) => Promise<number>;
}

const PRETTY_OR_JSON = ['pretty', 'json'] as const;
const JSON_OR_LINES = ['json', 'jsonl'] as const;
const INIT_EPILOGUE = `It knows Node.js (npm, Yarn, pnpm, Bun), Python (pip, uv, Poetry), Go, Rust, Java (Maven, Gradle), Ruby, PHP, .NET and static pages. What is there stays. Without a terminal and --yes nothing is written.

Exit codes: 0 written, shown or nothing to do; 2 wrong use, or nobody to ask; 3 a registry did not answer.`;
const PLAN_FORMATS = ['pretty', 'json', 'jsonl'] as const;

const EXIT_CODES = `Exit codes:
  0   nothing found at or above --fail-on (after --fix: nothing left)
  1   findings; with --diff: something would change
  2   wrong use, or a file that cannot be read or written; the other files are checked all the same
  70  a bug in iechorlint`;

const SEARCH = `Paths are files of any name, folders, globs in quotes, or - for standard input.
A folder is searched for iEchorfile, Dockerfile, Containerfile, NAME.* and *.NAME in any letter case. Left out are
  what .gitignore covers, and links to folders;
  the folders ${SKIPPED_FOLDERS.join(' ')}, and a vendor folder of a package manager;
  names that end in ${SKIPPED_ENDINGS.join(' ')}.
What is named itself is always checked.`;

const BUILD_EPILOGUE = `The context is
  a folder;
  a repository, as in https://HOST/NAME.git#REF:FOLDER;
  an archive at an address, as in https://HOST/FILE.tar.gz#:FOLDER;
  an archive on standard input, by -.
Where an address or standard input gives an iEchorfile instead, there is none.

Exit codes: 0 built; 1 findings stopped it, or --check has some; 2 wrong use or input; 3 the build failed.`;

export const COMMANDS: Readonly<Record<CommandName, Command>> = {
  lint: {
    operands: '[paths...]',
    describe: 'Check files and folders, and fix them',
    flags: LINT_FLAGS,
    examples: [
      ['$0', 'check all iEchorfiles here and below'],
      ['$0 Dockerfile services --fail-on error', 'a file and a folder; warnings do not fail'],
      ["$0 --fix 'services/*/Dockerfile'", 'fix what can be fixed safely'],
      ['$0 --diff --unsafe-fixes > fixes.patch', 'look at the fixes first'],
      ['$0 --format sarif=report.sarif --format pretty', 'for code scanning, and to be read'],
      ['$0 --since origin/main', 'what a branch brings'],
      ['$0 --stdin-filename api/Dockerfile - < buffer', 'for editors'],
    ],
    epilogue: `${SEARCH}\n\n${EXIT_CODES}`,
    run: async (given, io, rules) => {
      const options = lintOptionsOf(given);
      const file = textOf(given, 'print-config');
      if (file !== undefined) return (await import('./print-config.ts')).printConfig(file, options, io, await rules());
      return (await import('./lint.ts')).lintFiles(options, io, await rules());
    },
  },
  format: {
    operands: '[paths...]',
    describe: 'Lay files out anew, which leaves the image as it is',
    flags: FORMAT_FLAGS,
    examples: [
      ['$0 format', 'all iEchorfiles here and below'],
      ['$0 format --check', 'for CI'],
      ['$0 format --stdin-filename api/Dockerfile - < buffer', 'for editors'],
    ],
    epilogue: FORMAT_EPILOGUE,
    run: async (given, io, rules) => {
      const options = formatOptionsOf(given);
      return (await import('./format.ts')).formatFiles(options, io, await rules());
    },
  },
  build: {
    operands: '[context]',
    describe: 'Lint, and build the image without a daemon (Linux); also --build',
    flags: BUILD_FLAGS,
    examples: [
      ['$0 --build -t hello .', 'build the current folder'],
      ['$0 --build https://example.com/app.git#main:web', 'build a folder of a branch'],
      ['$0 --build -o type=oci,dest=hello.tar .', 'as one file that skopeo and docker load take'],
      ['$0 --build --platform linux/amd64,linux/arm64 -t example.com/hello --push .', 'one image for both'],
    ],
    epilogue: BUILD_EPILOGUE,
    run: async (given, io, rules) => (await import('./build.ts')).build(await buildOptions(given), io, rules),
  },
  images: {
    operands: '',
    describe: 'List the images that were built or pulled',
    flags: { ...IMAGE_FLAGS, quiet: { type: 'boolean', alias: 'q', describe: 'Print ids alone' } },
    examples: [],
    run: async (given, io) => {
      rejectOperands(given, 'images');
      return (await import('./images.ts')).listImages(given, io);
    },
  },
  ...IMAGE_COMMANDS,
  ast: {
    operands: '<files...>',
    describe: 'Print the syntax tree of files',
    flags: {
      format: {
        type: 'string',
        choices: JSON_OR_LINES,
        defaultDescription: 'json',
        describe: "json: the tree; jsonl: BuildKit's view of it, a line for each file",
      },
    },
    examples: [['$0 ast Dockerfile', 'the tree with all its ranges']],
    run: async (given, io) => {
      const format = choiceOf(given, 'format', JSON_OR_LINES) ?? 'json';
      return (await import('./ast.ts')).run({ files: filesOf(given, 'ast'), format }, io);
    },
  },
  plan: {
    operands: '[context | files...]',
    describe: 'Say what a build would run, or print the configuration and history that files end with',
    flags: {
      ...PLAN_FLAGS,
      format: { type: 'string', choices: PLAN_FORMATS, defaultDescription: 'pretty', describe: 'How to print it' },
      'base-config': {
        type: 'string',
        describe:
          'JSON file with the configuration that every base image is taken to have: an OCI one, or what docker image inspect prints',
      },
    },
    examples: [
      ['$0 plan .', 'what --build would run, and why'],
      ['$0 plan Dockerfile --build-arg VERSION=3 --target test', 'the image that a stage ends with'],
    ],
    epilogue: `With a folder, an address or nothing it is the plan of a build, as of --build --plan; with files, for which only --build-arg, --target, --platform, --format and --base-config count, what they say alone.`,
    run: async (given, io, rules) => {
      const { isContext } = await import('./plan-context.ts');
      if (isContext(given, io)) {
        const { planBuild } = await import('./plan-build.ts');
        return planBuild(await buildOptions({ ...given, options: { ...given.options, plan: true } }), io, rules);
      }
      const { platformIn } = await import('./platform-options.ts');
      const options = {
        files: filesOf(given, 'plan'),
        format: choiceOf(given, 'format', PLAN_FORMATS) ?? 'pretty',
        baseConfig: textOf(given, 'base-config'),
        platform: platformIn(given),
        buildArgs: textsOf(given, 'build-arg'),
        target: textOf(given, 'target'),
      };
      return (await import('./plan.ts')).run(options, io);
    },
  },
  explain: {
    operands: '<rule>',
    describe: 'Say what a rule looks for, why, and what to write instead',
    flags: PLUGIN_FLAGS,
    examples: [
      ['$0 explain DL3000', 'by its name or by the code another tool has for it'],
      ['$0 explain --plugins team-base', 'a rule of a plugin'],
    ],
    run: async (given, io, rules) => {
      const rule = onlyOperandOf(given, 'explain', 'a rule, such as relative-workdir or DL3000');
      return (await import('./explain.ts')).run({ rule, ...pluginOptionsOf(given) }, io, await rules());
    },
  },
  rules: {
    operands: '',
    describe: 'List all rules',
    flags: {
      format: { type: 'string', choices: PRETTY_OR_JSON, defaultDescription: 'pretty', describe: 'How to print them' },
      ...PLUGIN_FLAGS,
    },
    examples: [],
    run: async (given, io, rules) => {
      const format = choiceOf(given, 'format', PRETTY_OR_JSON) ?? 'pretty';
      rejectOperands(given, 'rules');
      return (await import('./rules.ts')).run({ format, ...pluginOptionsOf(given) }, io, await rules());
    },
  },
  init: {
    operands: '[folder]',
    describe: 'Write an iEchorfile, an ignore file, a compose.yaml and a configuration for a project',
    flags: {
      template: {
        type: 'string',
        choices: TEMPLATES,
        describe: 'What the project is, where its files say several things; none: a configuration alone',
      },
      yes: { type: 'boolean', alias: 'y', describe: 'Write the files without a question' },
      'dry-run': { type: 'boolean', describe: 'Show the files, and write none' },
      force: { type: 'boolean', describe: 'Write those anew that are there' },
      pin: { type: 'boolean', describe: 'Ask the registries for the digests of the images' },
      from: { type: 'string', choices: FROM, describe: "Write a configuration that says what this tool's does" },
      ...REGISTRY_FLAGS,
    },
    examples: [
      ['$0 init', 'look at this project, show the files, and ask'],
      ['$0 init api --yes', 'of another folder, in a script'],
      ['$0 init --from hadolint', 'a configuration from .hadolint.yaml'],
    ],
    epilogue: INIT_EPILOGUE,
    run: async (given, io, rules) => (await import('./init.ts')).run(initArgumentsOf(given), io, await rules()),
  },
  lsp: {
    operands: '',
    describe: 'Serve editors over the language server protocol, on standard input and output',
    flags: {
      stdio: { type: 'boolean', describe: 'What it does anyway; for editors that say so' },
      clientProcessId: { type: 'string', describe: 'The process of the editor, with which this one ends' },
    },
    examples: [],
    epilogue: 'Editors start it; how each is told to, editors/README.md in the repository says.',
    run: async (given, io, rules) => {
      rejectOperands(given, 'lsp');
      if (process.stdin.isTTY)
        say(io, 'this waits for an editor that speaks the language server protocol; Ctrl+C ends it');
      return (await import('../lsp/server.ts')).serve(io, await rules());
    },
  },
  doctor: {
    operands: '',
    describe: 'Say what is missing for building here, and how to get it',
    flags: IMAGE_FLAGS,
    examples: [['$0 doctor --format json', 'for programs']],
    epilogue: 'Exit codes: 0 images can be built; 1 something is lacking without which no RUN can be; 2 wrong use.',
    run: async (given, io) => {
      rejectOperands(given, 'doctor');
      return (await import('./doctor.ts')).examine(imageArgumentsOf(given), io);
    },
  },
  completion: {
    operands: '[shell]',
    describe: 'Print a script that completes commands, options and rules in bash, zsh or fish',
    flags: {},
    examples: [['source <($0 completion bash)', 'in ~/.bashrc']],
    run: async ({ operands }, io) => (await import('./completion-scripts.ts')).printCompletion(operands, io),
  },
};
