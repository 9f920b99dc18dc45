import { StringDecoder } from 'node:string_decoder';

/** What a step prints, line by line. */
export interface StepOutput {
  readonly write: (chunk: Buffer) => void;
  /** Hands on the last line, where it has no end. */
  readonly end: () => void;
}

/** Neither characters nor lines end where chunks do. Of what is written over itself, such as a bar, the last counts. */
export const stepOutput = (line: (text: string) => void): StepOutput => {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const hand = (text: string) => line(text.replace(/\r+$/, '').replace(/^.*\r/, ''));
  return {
    write(chunk) {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const each of lines) hand(each);
    },
    end() {
      const text = rest + decoder.end();
      rest = '';
      if (text !== '') hand(text);
    },
  };
};
