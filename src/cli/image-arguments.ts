import { choiceOf, type Given, textOf } from './given.ts';
import type { ImageArguments } from './images.ts';

/** What every command that looks into the store takes. */
export const imageArgumentsOf = (given: Given): ImageArguments => ({
  store: textOf(given, 'store'),
  format: choiceOf(given, 'format', ['pretty', 'json'] as const) ?? 'pretty',
});
