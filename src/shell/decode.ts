/** A text with its escapes taken out, and where each of its characters stands in the text it was taken from. */
export interface Decoded {
  readonly text: string;
  readonly positions: readonly number[];
}

/** Takes out each backslash before one of the `escapable` characters, from one position to another. */
export const decode = (text: string, from: number, to: number, escapable: string): Decoded => {
  const positions: number[] = [];
  let decoded = '';
  for (let at = from; at < to; at++) {
    if (text[at] === '\\' && at + 1 < to) {
      if (!escapable.includes(text[at + 1] ?? '')) {
        positions.push(at);
        decoded += '\\';
      }
      at++;
    }
    positions.push(at);
    decoded += text[at] ?? '';
  }
  return { text: decoded, positions };
};
