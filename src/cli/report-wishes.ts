import { ConfigError } from '../config/error.ts';
import { FORMATS, type Format } from '../report/formats.ts';
import { type Given, textOf, textsOf } from './given.ts';

/** A report that a run writes: to a file as the user named it, or where that is undefined to an output of the process. */
export interface ReportWish {
  readonly format: Format;
  readonly file: string | undefined;
}

/** What `--format` and `--output-file` ask for; of the formats without a file the last one counts, and is the first here. */
export const reportWishesOf = (given: Given): readonly ReportWish[] => {
  const wishes = textsOf(given, 'format').map(wishOf);
  const outputFile = textOf(given, 'output-file');
  const named = wishes.filter(({ file }) => file !== undefined);
  const format = wishes.findLast(({ file }) => file === undefined)?.format;
  const hasOwnFiles = named.length > 0 && format === undefined;
  if (outputFile !== undefined && hasOwnFiles)
    throw new ConfigError('--output-file is for a --format without a file, and here each has one; leave it out');
  rejectRepeats([outputFile, ...named.map(({ file }) => file)]);
  return hasOwnFiles ? named : [{ format: format ?? 'pretty', file: pathOf(outputFile ?? '-') }, ...named];
};

/** `sarif`, or `sarif=out.sarif`. */
const wishOf = (text: string): ReportWish => {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  const format = FORMATS.find((each) => each === name) ?? 'pretty';
  const file = equals < 0 ? '-' : text.slice(equals + 1);
  if (file === '') throw new ConfigError(`--format ${text} names no file; write --format ${text}FILE`);
  return { format, file: pathOf(file) };
};

const pathOf = (file: string): string | undefined => (file === '-' ? undefined : file);

const rejectRepeats = (files: readonly (string | undefined)[]): void => {
  const seen = new Set<string>();
  for (const file of files) {
    if (file === undefined || file === '-') continue;
    if (seen.has(file)) throw new ConfigError(`two reports would be written to ${file}; name a file for each`);
    seen.add(file);
  }
};
