import { LICENSE_EXCEPTIONS, LICENSES } from './license-names.ts';

/** What an SPDX expression has that may not be there, and the identifiers of what was probably meant. */
export interface LicenseFlaw {
  readonly text: string;
  readonly meant: readonly string[];
}

/** Why a text is no SPDX license expression; undefined where it is one. */
export const licenseFlaw = (text: string): LicenseFlaw | undefined => {
  const words = text.match(/[()]|[^\s()]+/g) ?? [];
  const end = alternatives(words, 0);
  if (end === words.length) return undefined;
  const whole = licenseMeant(text);
  if (whole.length) return { text, meant: whole };
  const word = end === undefined ? words.find((each) => !isPart(each)) : words[end];
  return word === undefined || word === text ? { text, meant: [] } : { text: word, meant: licenseMeant(word) };
};

// The grammar: each function gives the index behind what it has read, undefined where it cannot read it.

type Words = readonly string[];

const alternatives = (words: Words, start: number): number | undefined => {
  let at = operand(words, start);
  while (at !== undefined && /^(?:and|or)$/i.test(words[at] ?? '')) at = operand(words, at + 1);
  return at;
};

const operand = (words: Words, at: number): number | undefined => {
  if (words[at] === '(') {
    const end = alternatives(words, at + 1);
    return end !== undefined && words[end] === ')' ? end + 1 : undefined;
  }
  if (!isLicense(words[at] ?? '')) return undefined;
  if (!/^with$/i.test(words[at + 1] ?? '')) return at + 1;
  return isException(words[at + 2] ?? '') ? at + 3 : undefined;
};

const isPart = (word: string): boolean => /^(?:and|or|with|[()])$/i.test(word) || isLicense(word) || isException(word);

const REFERENCE = /^(?:DocumentRef-[\w.-]+:)?(?:LicenseRef|AdditionRef)-[\w.-]+$/i;

const isLicense = (word: string): boolean =>
  REFERENCE.test(word) || licenses().has(word.toLowerCase().replace(/\+$/, ''));

const isException = (word: string): boolean => REFERENCE.test(word) || exceptions().has(word.toLowerCase());

// Names -------------------------------------------------------------------------------------------------------------

/** What people write for a license, and its identifiers: of the GPL they do not say whether later versions will do. */
const licenseMeant = (text: string): readonly string[] => {
  const plain = text
    .toLowerCase()
    .replace(/\b(?:gnu )?(a|l)?(?:ffero |esser )?general public licen[cs]e\b/, '$1gpl')
    .replace(/\b(?:the|licen[cs]e|version)\b|,/g, ' ')
    .trim()
    .replace(/[\s_]+/g, '-')
    .replace(/-?v(?=\d)/, '-')
    .replace(/(?<=[a-z])(?=\d+(?:\.\d)?$)/, '-');
  for (const name of [plain, `${plain}.0`, `${plain}-clause`]) {
    const found = licenses().get(name);
    if (found) return /^(?:A|L)?GPL-\d\.\d$/.test(found) ? [`${found}-only`, `${found}-or-later`] : [found];
  }
  return [];
};

const namesIn = (list: string): ReadonlyMap<string, string> =>
  new Map(
    list
      .trim()
      .split(/\s+/)
      .map((name) => [name.toLowerCase(), name]),
  );

let knownLicenses: ReadonlyMap<string, string> | undefined;
let knownExceptions: ReadonlyMap<string, string> | undefined;

const licenses = (): ReadonlyMap<string, string> => {
  knownLicenses ??= namesIn(LICENSES);
  return knownLicenses;
};

const exceptions = (): ReadonlyMap<string, string> => {
  knownExceptions ??= namesIn(LICENSE_EXCEPTIONS);
  return knownExceptions;
};
