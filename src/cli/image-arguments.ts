import { choiceOf, type Given, textOf } from './given.ts';

/** Where to look, and how to print what is there. */
export interface ImageArguments {
  readonly store: string | undefined;
  readonly format: 'pretty' | 'json';
}

/** What every command that looks into the store takes. */
export const imageArgumentsOf = (given: Given): ImageArguments => ({
  store: textOf(given, 'store'),
  format: choiceOf(given, 'format', ['pretty', 'json'] as const) ?? 'pretty',
});
