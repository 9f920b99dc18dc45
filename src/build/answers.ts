import { digestOf } from '../oci/image.ts';
import { isRootless } from './sandbox/rootless.ts';

/** Where a process tells the one that goes on in its namespace what others have answered it. */
const VARIABLE = 'IECHORLINT_ANSWERS';

const given = new Map<string, string>();

/** Addresses may have a password in them. */
const keyOf = (question: readonly string[]): string => digestOf(JSON.stringify(question));

/** Keeps what somebody was asked, so that the process that goes on in a namespace need not ask again. */
export const keepAnswer = (question: readonly string[], answer: string): void => {
  given.set(keyOf(question), answer);
};

/** The variables of that process. */
export const answerVariables = (): Readonly<Record<string, string>> =>
  given.size === 0 ? {} : { [VARIABLE]: JSON.stringify([...given]) };

/** What was answered to the process that this one goes on for. */
export const answerBefore = (question: readonly string[]): string | undefined => {
  before ??= isRootless() ? answersIn(process.env[VARIABLE] ?? '[]') : new Map();
  return before.get(keyOf(question));
};

let before: ReadonlyMap<string, string> | undefined;

const answersIn = (text: string): ReadonlyMap<string, string> => {
  try {
    const pairs: readonly (readonly [string, string])[] = JSON.parse(text);
    return new Map(pairs);
  } catch {
    return new Map();
  }
};
