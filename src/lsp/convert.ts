import type {
  Range as EditorRange,
  Position,
  TextEdit,
  VersionedTextDocumentIdentifier,
  WorkspaceEdit,
} from 'vscode-languageserver/node';
import type { Edit } from '../lint/diagnostic.ts';
import type { Range } from '../source/range.ts';
import type { Client } from './client.ts';
import type { OpenFile } from './open-file.ts';

/** The offset of a place in the editor; one that is outside of the text is moved to its border. */
export const offsetOf = ({ source, document }: OpenFile, { line, character }: Position): number => {
  const position = { line: wholeFrom(line), character: wholeFrom(character) };
  return Math.min(Math.max(0, source.offsetAt(position) - shiftOf(document)), document.text.length);
};

const wholeFrom = (value: unknown): number =>
  typeof value === 'number' && value > 0 ? Math.min(Math.floor(value), 2 ** 31 - 1) : 0;

export const positionOf = ({ source, document }: OpenFile, offset: number): Position =>
  source.positionAt(offset + shiftOf(document));

/** The byte order mark that the editor has left in the text. */
const shiftOf = ({ bom }: OpenFile['document']): number => (bom ? 1 : 0);

export const editorRange = (open: OpenFile, { start, end }: Range): EditorRange => ({
  start: positionOf(open, start),
  end: positionOf(open, end),
});

export const rangeIn = (open: OpenFile, { start, end }: EditorRange): Range => {
  const from = offsetOf(open, start);
  return { start: from, end: Math.max(from, offsetOf(open, end)) };
};

export const textEdits = (open: OpenFile, edits: readonly Edit[]): TextEdit[] =>
  edits.map(({ range, text }) => ({ range: editorRange(open, range), newText: text }));

export const versionOf = ({ source: { uri, version } }: OpenFile): VersionedTextDocumentIdentifier => ({
  uri,
  version,
});

/** Edits of the document, for the version that they were made for where the editor takes that. */
export const editOf = ({ takesVersions }: Client, open: OpenFile, edits: readonly Edit[]): WorkspaceEdit => {
  const changes = textEdits(open, edits);
  if (!takesVersions) return { changes: { [open.source.uri]: changes } };
  return { documentChanges: [{ textDocument: versionOf(open), edits: changes }] };
};
