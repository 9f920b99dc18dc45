/** One `key=value` of a `--mount` or `--device`; `value` is undefined without `=`. Keys are in lower case. */
export interface Field {
  readonly key: string;
  readonly value: string | undefined;
  readonly text: string;
}

/** The fields of a flag value, which is one CSV record; a text when it is none. */
export const readFields = (text: string): readonly Field[] | string => {
  const texts = csvRecord(text);
  if (typeof texts === 'string') return texts;
  return texts.map((field) => {
    const equals = field.indexOf('=');
    return {
      key: (equals < 0 ? field : field.slice(0, equals)).toLowerCase(),
      value: equals < 0 ? undefined : field.slice(equals + 1),
      text: field,
    };
  });
};

/** As Go's csv.Reader reads one record; a text says why it is none. */
const csvRecord = (text: string): readonly string[] | string => {
  if (!text) return 'EOF';
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      const quoted = quotedField(text, at + 1);
      if (!quoted) return 'extraneous or missing " in quoted-field';
      fields.push(quoted.value);
      at = quoted.end;
    } else {
      const comma = text.indexOf(',', at);
      const end = comma < 0 ? text.length : comma;
      const field = text.slice(at, end);
      if (field.includes('"')) return 'bare " in non-quoted-field';
      fields.push(field);
      at = end;
    }
    if (at >= text.length) return fields;
    at++;
  }
};

const quotedField = (text: string, start: number): { value: string; end: number } | undefined => {
  let value = '';
  for (let at = start; at < text.length; at++) {
    if (text[at] !== '"') value += text[at];
    else if (text[at + 1] === '"') {
      value += '"';
      at++;
    } else if (at + 1 === text.length || text[at + 1] === ',') return { value, end: at + 1 };
    else return undefined;
  }
  return undefined;
};
