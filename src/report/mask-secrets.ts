import type { Edit } from '../lint/diagnostic.ts';
import { overlaps, type Range } from '../source/range.ts';
import { applyEdits, type Edited } from './edits.ts';
import { endOfInstruction, endOfLine, escapeOf, wordsOf } from './words.ts';

/** A value that must not be shown, and where it stands, quotes around it not counted. */
export interface Secret extends Range {
  readonly name: string;
  /** The value itself: continuations and escapes taken out. */
  readonly value: string;
}

// Wider than any rule's idea of a secret: a value hidden in vain costs less than one shown.
const SECRET_NAME =
  /passw(?:or)?d|passphrase|secret|credential|token(?!iz)|.pwd|pwd.|api_?key|(?<!com|by)pass(?:$|[_.-])|(?:^|[_.-])(?:auth|creds?|keys?|pass|pw|pword)(?:$|[_.-])/i;
const HARMLESS_NAME = /(?:^|[_.-])public(?:$|[_.-])|[_.-](?:file|path|dir|name)$|^oldpwd$/i;
const ANY_SECRET_NAME = /pass|pwd|secret|credential|token|key|auth|cred|pw/i;

const INSTRUCTION = /^[ \t]*(#[ \t]*)?(?:ONBUILD[ \t]+)*(ENV|ARG)(?=[ \t\\`])/gim;

/** Every literal value that an ARG or ENV with a secret-looking name holds, commented-out ones too, in order. */
export const secretsOf = (text: string, knownEscape?: string): readonly Secret[] => {
  if (!ANY_SECRET_NAME.test(text)) return [];
  const escapeCharacter = knownEscape ?? escapeOf(text);
  const secrets: Secret[] = [];
  let end = 0;
  for (const { 0: head, 1: comment, 2: keyword = '', index } of text.matchAll(INSTRUCTION)) {
    const start = index + head.length;
    if (start < end) continue;
    end = endOfInstruction(text, start, escapeCharacter);
    const mayBeLegacy = comment === undefined && keyword.toUpperCase() === 'ENV';
    for (const pair of pairsOf(text, { start, end }, escapeCharacter, mayBeLegacy))
      if (isSecret(pair)) secrets.push(pair);
  }
  return secrets;
};

/** The text with its secrets starred out, and `known` ones wherever they stand: same length, same line ends. */
export const maskText = (text: string, secrets: readonly Secret[], known = secrets): string => {
  if (secrets.length === 0 && known.length === 0) return text;
  let masked = '';
  let at = 0;
  for (const secret of secrets) {
    masked += text.slice(at, secret.start) + star(text.slice(secret.start, secret.end));
    at = secret.end;
  }
  return maskValues(masked + text.slice(at), known);
};

/** A sentence about the file with the secrets starred out that it quotes. */
export const maskMessage = (message: string, secrets: readonly Secret[]): string => {
  if (secrets.length === 0) return message;
  let masked = maskValues(message, secrets);
  for (const { name, value } of secrets.slice(0, KNOWN)) {
    masked = maskAfterName(masked.replaceAll(`\`${value}\``, `\`${star(value)}\``), name, value);
  }
  return masked;
};

/** What stands at the range after the edits, all of them inside it, with the secrets starred out. */
export const maskEdited = (text: string, range: Range, edits: readonly Edit[], secrets: readonly Secret[]): string => {
  const start = secrets.length === 0 ? range.start : startOfInstruction(text, range.start);
  const edited = editedPart(text, { start, end: range.end }, edits).text;
  if (secrets.length === 0) return edited;
  return maskText(edited, secretsOf(edited, escapeOf(text)), secrets).slice(range.start - start);
};

/** Whether the edits write out a secret of the text. */
export const writesSecret = (text: string, edits: readonly Edit[], secrets: readonly Secret[]): boolean => {
  if (secrets.length === 0 || edits.length === 0) return false;
  if (edits.some((edit) => maskValues(edit.text, secrets) !== edit.text)) return true;
  const start = startOfInstruction(text, Math.min(...edits.map((edit) => edit.range.start)));
  const end = Math.max(...edits.map((edit) => edit.range.end));
  const edited = editedPart(text, { start, end: endOfLine(text, end) }, edits);
  const written = secretsOf(edited.text, escapeOf(text));
  return edited.inserted.some((insert) => written.some((secret) => overlaps(insert, secret)));
};

/** So many secrets of a file are looked for beyond their own place: time stays linear, and no real file has more. */
const KNOWN = 64;

/** Stars for every character but line ends, the escapes before them and the indentation after. */
const star = (value: string): string => {
  const lines = value.split('\n');
  return lines.map((line, index) => starLine(line, index > 0, index < lines.length - 1)).join('\n');
};

const starLine = (line: string, isContinuation: boolean, isContinued: boolean): string => {
  const start = isContinuation ? line.length - line.trimStart().length : 0;
  const end = isContinued ? line.trimEnd().replace(/[\\`]$/, '').length : line.length;
  return line.slice(0, start) + '*'.repeat(Math.max(0, end - start)) + line.slice(Math.max(start, end));
};

/** No ordinary word or number: it may be hidden wherever it stands. */
const isDistinctive = (value: string): boolean =>
  value.length >= 6 && (value.length >= 16 || !/^[A-Za-z]+$/.test(value));

const maskValues = (text: string, secrets: readonly Secret[]): string => {
  let masked = text;
  // The longest first, for one may hold another.
  for (const { value } of secrets.slice(0, KNOWN).sort((a, b) => b.value.length - a.value.length)) {
    if (isDistinctive(value)) masked = masked.replaceAll(value, star(value));
  }
  return masked;
};

/** Stars out the value, or as much of it as is quoted, where it follows the name. */
const maskAfterName = (message: string, name: string, value: string): string => {
  let masked = message;
  for (let at = masked.indexOf(name); at >= 0; at = masked.indexOf(name, at + name.length)) {
    const after = at + name.length;
    const start = after + (/^[\s='":`]+/.exec(masked.slice(after))?.[0].length ?? 0);
    const length = sharedLength(masked.slice(start), value);
    if (start === after || length < Math.min(3, value.length)) continue;
    masked = masked.slice(0, start) + star(value.slice(0, length)) + masked.slice(start + length);
  }
  return masked;
};

const sharedLength = (a: string, b: string): number => {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
};

const editedPart = (text: string, part: Range, edits: readonly Edit[]): Edited => {
  const moved = edits.map(({ range, text: written }) => ({
    range: { start: range.start - part.start, end: range.end - part.start },
    text: written,
  }));
  return applyEdits(text.slice(part.start, part.end), moved);
};

/** The start of a line at or above the offset's at which its instruction, perhaps an earlier one, begins. */
const startOfInstruction = (text: string, offset: number): number => {
  let start = startOfLine(text, offset);
  for (let lines = 0; start > 0 && lines < 1000; lines++) {
    const above = startOfLine(text, start - 1);
    if (!/[\\`]$|^#|^$/.test(text.slice(above, start).trim())) return start;
    start = above;
  }
  return start;
};

const startOfLine = (text: string, offset: number): number =>
  offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;

function* pairsOf(text: string, block: Range, escapeCharacter: string, mayBeLegacy: boolean): Generator<Secret> {
  let name: string | undefined;
  for (const word of wordsOf(text, block, escapeCharacter)) {
    if (name !== undefined) {
      yield secretOf(name, text.slice(word.start, block.end).trimEnd(), word.start);
      return;
    }
    const raw = text.slice(word.start, word.end);
    const pair = /^(["']?)([A-Za-z_][\w.-]*)\1=/.exec(raw);
    if (pair?.[2] !== undefined) yield secretOf(pair[2], raw.slice(pair[0].length), word.start + pair[0].length);
    else if (mayBeLegacy) name = raw;
    mayBeLegacy = false;
  }
}

const secretOf = (name: string, raw: string, at: number): Secret => {
  const quote = raw.length > 1 && /^["']/.test(raw) && raw.endsWith(raw.charAt(0)) ? 1 : 0;
  const bare = raw.slice(quote, raw.length - quote);
  const value = bare.replace(/[\\`][ \t]*\r?\n/g, '').replace(/\\(.)/gs, '$1');
  return { name, value, start: at + quote, end: at + raw.length - quote };
};

const isSecret = ({ name, value }: Secret): boolean =>
  value !== '' && isSecretName(name) && !/^\$(?:\w+|\{\w+\})$/.test(value);

/** Whether what has such a name is not to be shown. */
export const isSecretName = (name: string): boolean => SECRET_NAME.test(name) && !HARMLESS_NAME.test(name);
