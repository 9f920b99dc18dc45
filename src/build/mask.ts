import type { Range } from '../source/range.ts';

/** Hands on what a step prints, without the secrets that it was given. */
export interface MaskedOutput {
  readonly write: (chunk: Buffer) => void;
  /** Hands on what was kept back. */
  readonly end: () => void;
}

const STARS = '***';

/** Shorter ones would hide words that have nothing to do with them. */
const LEAST_LENGTH = 6;

/** The end of a chunk is kept back where it may be the beginning of a secret. */
export const maskedOutput = (secrets: readonly Uint8Array[], output: (chunk: Buffer) => void): MaskedOutput => {
  const texts = secrets.flatMap(linesOf);
  if (texts.length === 0) return { write: output, end: () => {} };
  let kept = '';
  // How much of what is kept is of a secret that was told of already: another may begin in it.
  let covered = 0;
  const hand = (text: string, end: number) => {
    const masked = maskedUpTo(text, end, covered, texts);
    kept = text.slice(end);
    covered = masked.covered;
    if (masked.text !== '') output(Buffer.from(masked.text, 'latin1'));
  };
  return {
    write(chunk) {
      const text = kept + chunk.toString('latin1');
      hand(text, text.length - longestBeginning(text, texts));
    },
    end: () => hand(kept, kept.length),
  };
};

/** The text before `end`, and how much of a secret in it stands behind. Secrets may be in one another, and overlap. */
const maskedUpTo = (text: string, end: number, covered: number, secrets: readonly string[]) => {
  let masked = '';
  let at = covered;
  for (const place of placesOf(text, secrets)) {
    if (place.start >= end || place.end <= at) continue;
    if (place.start >= at) masked += text.slice(at, place.start) + STARS;
    at = place.end;
  }
  return { text: masked + text.slice(at, Math.max(at, end)), covered: Math.max(0, at - end) };
};

const placesOf = (text: string, secrets: readonly string[]): readonly Range[] =>
  secrets
    .flatMap((secret) => {
      const found: Range[] = [];
      for (let start = text.indexOf(secret); start >= 0; start = text.indexOf(secret, start + 1))
        found.push({ start, end: start + secret.length });
      return found;
    })
    .toSorted((a, b) => a.start - b.start);

/** The whole, and each line of it: a program may print them one by one. */
const linesOf = (secret: Uint8Array): readonly string[] => {
  const text = Buffer.from(secret).toString('latin1').trim();
  return [text, ...text.split(/\r?\n/)].filter((line) => line.length >= LEAST_LENGTH);
};

/** How many of the last characters are the beginning of a secret. */
const longestBeginning = (text: string, secrets: readonly string[]): number => {
  let longest = 0;
  for (const secret of secrets) {
    for (let length = Math.min(secret.length - 1, text.length); length > longest; length--) {
      if (text.endsWith(secret.slice(0, length))) longest = length;
    }
  }
  return longest;
};
