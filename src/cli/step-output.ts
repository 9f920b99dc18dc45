import { StringDecoder } from 'node:string_decoder';

/** What a step prints, line by line. */
export interface StepOutput {
  readonly write: (chunk: Buffer) => void;
  /** Hands on the last line, where it has no end. */
  readonly end: () => void;
  /** The line that has no end yet, as it would be handed on. */
  readonly partial: () => string;
}

/** A line that is longer is handed on in parts. */
const LONGEST = 1 << 16;

/** Neither characters nor lines end where chunks do. Of what is written over itself, such as a bar, the last counts. */
export const stepOutput = (line: (text: string) => void): StepOutput => {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const seen = (text: string) => text.replace(/\r+$/, '').replace(/^.*\r/, '');
  const hand = (text: string) => line(seen(text));
  return {
    write(chunk) {
      const lines = (rest + decoder.write(chunk)).split('\n');
      // Bars may go on for long without an end of line: of those the last picture is kept, and of what has none a part.
      rest = (lines.pop() ?? '').replace(/^.*\r(?=[^\r])/s, '');
      for (const each of lines) hand(each);
      if (rest.length <= LONGEST) return;
      hand(rest);
      rest = '';
    },
    end() {
      const text = rest + decoder.end();
      rest = '';
      if (text !== '') hand(text);
    },
    partial: () => seen(rest),
  };
};
