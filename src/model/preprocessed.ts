import type { Iechorfile } from '../ast/nodes.ts';

/** Whether the C preprocessor makes what is built from the file: what stands in it is not all there is, nor final. */
export const isPreprocessed = ({ comments }: Iechorfile): boolean =>
  comments.some(({ text }) => /^(?:include[\t ]*["<]|define[\t ]+[A-Z_]\w+)/.test(text));
