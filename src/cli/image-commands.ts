import { COMPRESSION_FLAGS, IMAGE_FLAGS, LIMIT_FLAGS } from './build-flags.ts';
import type { CommandName } from './command-names.ts';
import type { Command, Flag } from './commands.ts';
import { REGISTRY_FLAGS } from './registry-options.ts';

const STORE: Readonly<Record<string, Flag>> = {
  store: { type: 'string', describe: 'The folder of images and layers' },
};
const QUIET: Flag = { type: 'boolean', alias: 'q', describe: 'Print ids alone' };
const PLATFORM: Flag = { type: 'string', describe: 'OS/ARCH[/VARIANT] of the image, where there are several' };
const ONE_PLATFORM: Flag = { type: 'string', describe: 'OS/ARCH[/VARIANT] alone, where the image has several' };
const EXIT_CODES = 'Exit codes: 0 done; 2 wrong use, or no such image; 3 it failed.';

/** Commands about stored images and registries. */
export const IMAGE_COMMANDS = {
  history: {
    operands: '<image>',
    describe: 'Show the steps of an image',
    flags: {
      ...IMAGE_FLAGS,
      platform: PLATFORM,
      'no-trunc': { type: 'boolean', describe: 'Cut nothing off' },
      lines: { type: 'boolean', describe: 'With the line, the time and the cache state of each step' },
    },
    examples: [['$0 history hello', 'the last step first']],
    run: async (given, io) => (await import('./images.ts')).showHistory(given, io),
  },
  inspect: {
    operands: '<image>',
    describe: 'Print the configuration of an image as JSON',
    flags: { ...IMAGE_FLAGS, platform: PLATFORM },
    examples: [],
    run: async (given, io) => (await import('./images.ts')).inspectImage(given, io),
  },
  run: {
    operands: '<image> [command...]',
    describe: 'Run a program of an image in the sandbox of RUN',
    endsAtOperand: true,
    flags: {
      interactive: { type: 'boolean', alias: 'i', describe: 'Let it read the standard input' },
      tty: { type: 'boolean', alias: 't', describe: 'Tell it the kind of terminal, which it has as it is' },
      rm: { type: 'boolean', describe: 'Accepted: nothing of it is ever kept' },
      env: { type: 'string', array: true, alias: 'e', describe: 'NAME=VALUE, or NAME to take it from the environment' },
      volume: { type: 'string', array: true, alias: 'v', describe: 'FOLDER:/PATH[:ro] to see there' },
      user: { type: 'string', alias: 'u', describe: 'NAME or NUMBER[:GROUP]' },
      workdir: { type: 'string', alias: 'w', describe: 'Where to start' },
      entrypoint: {
        type: 'string',
        mayBeEmpty: true,
        describe: "The program instead of the image's own; '' leaves that out",
      },
      network: { type: 'string', choices: ['host', 'none'], describe: 'What it may reach', defaultDescription: 'host' },
      publish: {
        type: 'string',
        array: true,
        alias: 'p',
        describe: '[ADDRESS:]PORT:PORT[/udp] of it to reach here; it reaches nothing itself then',
      },
      'add-host': { type: 'string', array: true, describe: 'NAME:ADDRESS for its /etc/hosts' },
      ...LIMIT_FLAGS,
      runner: {
        type: 'string',
        choices: ['unshare', 'crun', 'runc'],
        describe: 'What runs it',
        defaultDescription: 'unshare',
      },
      ...STORE,
      platform: PLATFORM,
      ...REGISTRY_FLAGS,
    },
    examples: [
      ['$0 run hello', 'what its CMD says'],
      ['$0 run -p 8080:80 web', 'a server, to be reached at port 8080'],
      ['$0 run --rm -it -v .:/src debian:12 bash', 'look around in it'],
    ],
    epilogue: "Exit codes: the program's own; 2 wrong use; 125 it could not be started.",
    run: async (given, io) => (await import('./run-image.ts')).run(given, io),
  },
  pull: {
    operands: '<images...>',
    describe: 'Take images from their registries into the store',
    flags: { ...STORE, platform: PLATFORM, quiet: QUIET, ...REGISTRY_FLAGS },
    examples: [['$0 pull debian:12-slim', 'from Docker Hub']],
    epilogue: EXIT_CODES,
    run: async (given, io) => (await import('./image-runs.ts')).pull(given, io),
  },
  push: {
    operands: '<images...>',
    describe: 'Send stored images to their registries',
    flags: { ...STORE, platform: ONE_PLATFORM, ...COMPRESSION_FLAGS, quiet: QUIET, ...REGISTRY_FLAGS },
    examples: [['$0 push registry.example.com/team/app:1.0', 'after `docker login registry.example.com`']],
    epilogue: EXIT_CODES,
    run: async (given, io) => (await import('./image-runs.ts')).push(given, io),
  },
  save: {
    operands: '<images...>',
    describe: 'Write images as one archive, which docker load, skopeo and podman load take',
    flags: {
      output: { type: 'string', alias: 'o', describe: 'The file to write', defaultDescription: 'standard output' },
      ...STORE,
      platform: ONE_PLATFORM,
      ...COMPRESSION_FLAGS,
    },
    examples: [['$0 save hello | docker load', 'hand an image over']],
    epilogue: EXIT_CODES,
    run: async (given, io) => (await import('./image-runs.ts')).save(given, io),
  },
  load: {
    operands: '[archive]',
    describe: 'Take the images of an archive or a layout folder into the store',
    flags: {
      input: { type: 'string', alias: 'i', describe: 'The file to read', defaultDescription: 'standard input' },
      ...STORE,
      platform: ONE_PLATFORM,
      quiet: QUIET,
    },
    examples: [['docker save hello | $0 load', 'take an image over']],
    epilogue: EXIT_CODES,
    run: async (given, io) => (await import('./image-runs.ts')).load(given, io),
  },
  tag: {
    operands: '<image> <name>',
    describe: 'Give an image another name',
    flags: STORE,
    examples: [['$0 tag hello registry.example.com/team/hello:1.0', 'to push it there']],
    run: async (given, io) => (await import('./image-runs.ts')).tag(given, io),
  },
  rmi: {
    operands: '<images...>',
    describe: 'Take names away from images; layers stay until prune',
    flags: {
      force: { type: 'boolean', alias: 'f', describe: 'All names of an image that is given by its id' },
      ...STORE,
    },
    examples: [],
    run: async (given, io) => (await import('./image-runs.ts')).rmi(given, io),
  },
  prune: {
    operands: '',
    describe: 'Delete what no named image needs, cached steps too',
    flags: {
      'keep-storage': {
        type: 'string',
        describe: 'Keep the cached steps used last, while the store is no larger than this',
        defaultDescription: '0',
      },
      ...STORE,
    },
    examples: [['$0 prune --keep-storage 5GB', 'for a machine that builds']],
    run: async (given, io) => (await import('./image-runs.ts')).prune(given, io),
  },
  search: {
    operands: '<term>',
    describe: 'Look for images in Docker Hub, or in another registry: search HOST/TERM',
    flags: {
      limit: { type: 'string', describe: 'At most so many', defaultDescription: '25' },
      format: IMAGE_FLAGS.format ?? QUIET,
      ...REGISTRY_FLAGS,
    },
    examples: [['$0 search localhost:5000/app', 'what has app in its name there']],
    run: async (given, io) => (await import('./image-runs.ts')).search(given, io),
  },
  'store-verify': {
    operands: '',
    describe: 'Recompute every digest in the store, and delete what is damaged; also store verify',
    flags: STORE,
    examples: [],
    epilogue: 'Exit codes: 0 all is right; 1 something was damaged, and is mended; 3 it failed.',
    run: async (given, io) => (await import('./image-runs.ts')).storeVerify(given, io),
  },
} as const satisfies Partial<Readonly<Record<CommandName, Command>>>;
