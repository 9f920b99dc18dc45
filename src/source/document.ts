/** What is wrong with a file's bytes; a document that has one is never rewritten. */
export interface Defect {
  readonly kind: 'encoding' | 'too-large';
  readonly message: string;
  readonly help: string;
  /** Offset in the text where it shows first. */
  readonly offset: number;
}

/** A file as text: what every later step starts from. */
export interface Document {
  /** The name under which the file was given, `/` between folders. */
  readonly path: string;
  /** Without the byte order mark; empty when the file is too large to be read. */
  readonly text: string;
  /** Whether one byte order mark was taken off, to be put back when the file is written. */
  readonly bom: boolean;
  readonly defect: Defect | undefined;
}

/** A document from text that is known to be sound, such as an editor's buffer or a test's. */
export const documentOf = (text: string, path = 'iEchorfile'): Document => {
  const bom = text.startsWith('\uFEFF');
  return { path, text: bom ? text.slice(1) : text, bom, defect: undefined };
};
