import type { Diagnostic } from '../lint/diagnostic.ts';
import { sentence } from './prose.ts';
import type { View } from './view.ts';

/** What is wrong and what to write instead, on one line. */
export const phraseOf = ({ message, help }: Diagnostic, view: View): string => {
  const text = view.sentence(message);
  return help === undefined ? text : `${sentence(text)} ${sentence(view.sentence(help))}`;
};

/** A path as others compare it with theirs. */
export const withoutDot = (path: string): string => path.replace(/^(?:\.\/+)+/, '');
