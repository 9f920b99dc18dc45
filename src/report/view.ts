import type { Edit, Fix } from '../lint/diagnostic.ts';
import type { Document } from '../source/document.ts';
import type { Range } from '../source/range.ts';
import { type LineIndex, lineIndexOf } from '../source/text.ts';
import { escapeLine, escapeText } from './escape.ts';
import { maskEdited, maskMessage, maskText, secretsOf, writesSecret } from './mask-secrets.ts';

/** A file as it may be shown. */
export interface View {
  /** Control characters visible. */
  readonly path: string;
  /** Secrets starred out, so that every offset into the document holds; not yet escaped. */
  readonly text: string;
  readonly lines: LineIndex;
  /** What a rule says of the file, on one line: secrets starred out, control characters visible. */
  sentence(text: string): string;
  /** The same, its lines kept. */
  paragraphs(text: string): string;
  /** Whether the edits hold a secret, so that they cannot be handed on as they are. */
  hidesFix(fix: Fix): boolean;
  /** What stands at the range after the edits, all of them inside it: secrets starred out, not yet escaped. */
  edited(range: Range, edits: readonly Edit[]): string;
  /** `path:line:column`. */
  placeOf(range: Range): string;
}

export const viewOf = ({ path: name, text }: Document): View => {
  const secrets = secretsOf(text);
  const lines = lineIndexOf(text);
  const path = escapeLine(name);
  return {
    path,
    text: maskText(text, secrets),
    lines,
    sentence: (said) => escapeLine(joinLines(maskMessage(said, secrets))),
    paragraphs: (said) => escapeText(maskMessage(said, secrets)).trim(),
    hidesFix: (fix) => writesSecret(text, fix.edits, secrets),
    edited: (range, edits) => maskEdited(text, range, edits, secrets),
    placeOf(range) {
      const { line, column } = lines.positionAt(range.start);
      return `${path}:${line}:${column}`;
    },
  };
};

const joinLines = (text: string): string => {
  if (!text.includes('\n') && !text.includes('\r')) return text.trim();
  const lines = text.split(/[\r\n]+/).map((line) => line.trim());
  return lines.filter((line) => line !== '').join(' ');
};
