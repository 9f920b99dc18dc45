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
  const hand = (text: string) => {
    if (text !== '') output(Buffer.from(text, 'latin1'));
  };
  return {
    write(chunk) {
      let text = kept + chunk.toString('latin1');
      for (const secret of texts) text = text.replaceAll(secret, STARS);
      const from = text.length - longestBeginning(text, texts);
      kept = text.slice(from);
      hand(text.slice(0, from));
    },
    end: () => hand(kept),
  };
};

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
