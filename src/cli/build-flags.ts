import type { Flag } from './commands.ts';
import { FAIL_ON } from './lint-options.ts';

const text = (describe: string, more: Partial<Flag> = {}): Flag => ({ type: 'string', describe, ...more });
const list = (describe: string, more: Partial<Flag> = {}): Flag => ({ type: 'string', array: true, describe, ...more });
const on = (describe: string, more: Partial<Flag> = {}): Flag => ({ type: 'boolean', describe, ...more });

/** The options of `build`, named as in `docker build`. */
export const BUILD_FLAGS: Readonly<Record<string, Flag>> = {
  file: text('The file to build, where it is not CONTEXT/iEchorfile or Dockerfile', { alias: 'f' }),
  tag: list('A name for the image', { alias: 't' }),
  'build-arg': list('NAME=VALUE of an ARG, or NAME to take it from the environment'),
  target: text('The stage to build, where it is not the last'),
  platform: text('OS/ARCH[/VARIANT] to build for'),
  label: list('NAME=VALUE to put on the image'),
  secret: list('id=NAME,src=FILE or id=NAME,env=VARIABLE for RUN --mount=type=secret'),
  'build-context': list('NAME=oci-layout://FOLDER[:TAG] instead of the image of that name'),
  'no-cache': on('Run every step again'),
  pull: on('Ask the registry for base images that are there already'),
  network: text('What RUN may reach', { choices: ['host', 'none'], defaultDescription: 'host' }),
  output: text('type=oci,dest=FILE or type=docker,dest=FILE; - is standard output', { alias: 'o' }),
  compression: text('Of the layers in the output', { choices: ['none', 'gzip'] }),
  store: text('The folder of images and layers'),
  'no-lint': on('Build without linting first'),
  'fail-on': text('The least severe finding that stops the build', { choices: FAIL_ON, defaultDescription: 'error' }),
  quiet: on("Print the image's id alone", { alias: 'q' }),
};

/** The options of what looks into the store. */
export const IMAGE_FLAGS: Readonly<Record<string, Flag>> = {
  store: text('The folder of images and layers'),
  format: text('How to print them', { choices: ['pretty', 'json'], defaultDescription: 'pretty' }),
};
