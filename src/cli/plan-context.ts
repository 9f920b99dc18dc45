import { resolve } from 'node:path';
import { ConfigError } from '../config/error.ts';
import { PLAN_FLAGS } from './build-flags.ts';
import type { Given } from './given.ts';
import type { Io } from './io.ts';
import { isFolderAt } from './places.ts';

/** Whether `plan` was given what is built, and not files alone. Throws ConfigError for options that files do not have. */
export const isContext = ({ operands, options }: Given, { cwd }: Io): boolean => {
  const [first, ...more] = operands;
  if (first === undefined) return true;
  if (more.length === 0 && (isFolderAt(resolve(cwd, first)) || ADDRESS.test(first))) return true;
  const lost = Object.keys(PLAN_FLAGS).find((name) => !OF_FILES.has(name) && isGiven(options[name]));
  if (lost !== undefined)
    throw new ConfigError(`--${lost} is for the plan of a build, which takes a folder: iechorlint plan . --${lost}`);
  return false;
};

const ADDRESS = /^(?:https?|git|ssh):\/\/|^[\w.-]+@[\w.-]+:/;

const OF_FILES: ReadonlySet<string> = new Set(['build-arg', 'target', 'platform']);

const isGiven = (value: unknown): boolean => value !== undefined && !(Array.isArray(value) && value.length === 0);
