import { skipSpaces } from './space.ts';

export type Escape = '\\' | '`';

export interface DirectiveToken {
  readonly name: 'syntax' | 'escape' | 'check';
  readonly start: number;
  readonly end: number;
  readonly key: { readonly start: number; readonly end: number };
  readonly value: { readonly start: number; readonly end: number };
}

export interface Head {
  readonly directives: readonly DirectiveToken[];
  readonly escape: Escape;
  /** Where instructions and comments begin. */
  readonly end: number;
  readonly problems: readonly { readonly start: number; readonly end: number; readonly message: string }[];
}

const DIRECTIVE = /([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=[\t\n\f\r ]*([^\n]+?)[\t\n\f\r ]*$/y;

/** Reads parser directives from the first line on; the head ends at the first line that is none. */
export const readHead = (text: string): Head => {
  const directives: DirectiveToken[] = [];
  const problems: { start: number; end: number; message: string }[] = [];
  let escape: Escape = '\\';
  let at = 0;
  while (at < text.length) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const directive = directiveIn(text, at, end);
    if (!directive) break;
    const value = text.slice(directive.value.start, directive.value.end);
    if (directives.some(({ name }) => name === directive.name)) {
      problems.push({ ...rangeOf(directive), message: `only one ${directive.name} parser directive can be used` });
    } else if (directive.name === 'escape') {
      if (value === '\\' || value === '`') escape = value;
      else problems.push({ ...directive.value, message: `invalid escape token '${value}' does not match \` or \\` });
    }
    directives.push(directive);
    at = newline < 0 ? text.length : newline + 1;
  }
  return { directives, escape, end: at, problems };
};

const rangeOf = ({ start, end }: DirectiveToken) => ({ start, end });

const directiveIn = (text: string, start: number, end: number): DirectiveToken | undefined => {
  const hash = skipSpaces(text, start, end);
  if (text[hash] !== '#' || hash >= end) return undefined;
  const keyStart = skipSpaces(text, hash + 1, end);
  const line = text.slice(keyStart, end);
  DIRECTIVE.lastIndex = 0;
  const match = DIRECTIVE.exec(line);
  const [whole = '', key = '', value = ''] = match ?? [];
  const name = key.toLowerCase();
  if (name !== 'syntax' && name !== 'escape' && name !== 'check') return undefined;
  const valueStart = keyStart + whole.indexOf(value, whole.indexOf('=') + 1);
  return {
    name,
    start: hash,
    end: valueStart + value.length,
    key: { start: keyStart, end: keyStart + key.length },
    value: { start: valueStart, end: valueStart + value.length },
  };
};
