import { resolve } from 'node:path';
import { parse } from '../ast/create.ts';
import { ConfigError } from '../config/error.ts';
import { contextOf, type Facts, NO_FACTS } from '../facts/index.ts';
import { filesBelow, findIgnoreFile } from '../gather/context.ts';
import type { LintConfig } from '../lint/setting.ts';
import { modelOf } from '../model/index.ts';
import type { Inputs } from '../model/scope.ts';
import { readBuildArgs } from './build-args.ts';
import type { Io } from './io.ts';
import type { LintOptions } from './lint-options.ts';
import { statOf } from './places.ts';
import type { Input, Run } from './run.ts';
import { reasonOf } from './system-error.ts';

/** The build that the options describe; undefined where they say nothing. */
export const inputsIn = ({ buildArgs, target }: LintOptions, { env }: Io): Inputs | undefined =>
  buildArgs.length === 0 && target === undefined ? undefined : { buildArgs: readBuildArgs(buildArgs, env), target };

/** What is known of the build of one file beyond it. */
export const factsFor = (
  { options, io }: Pick<Run, 'options' | 'io'>,
  config: LintConfig,
  { target, source }: Pick<Input, 'target'> & { readonly source: Pick<Input['source'], 'document'> },
): Facts => {
  if (options.context === undefined || ![...config.rules.keys()].some(({ needs }) => needs)) return NO_FACTS;
  const folder = folderAt(options.context, io.cwd);
  const model = modelOf(parse(source.document.text), config.inputs);
  return { context: contextOf(model, ignoreFileOf(folder, target.file), filesBelow(folder)) };
};

const folderAt = (context: string, cwd: string): string => {
  const folder = resolve(cwd, context);
  if (statOf(folder)?.isDirectory()) return folder;
  throw new ConfigError(`--context must be a folder, and ${context} is none`);
};

const ignoreFileOf = (folder: string, file: string | undefined): ReturnType<typeof findIgnoreFile> => {
  try {
    return findIgnoreFile(folder, file);
  } catch (error) {
    throw new ConfigError(`cannot read the ignore file of --context: ${reasonOf(error)}`);
  }
};
