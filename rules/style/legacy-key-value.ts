import {
  defineRule,
  type Edit,
  type Env,
  type Iechorfile,
  insertAfter,
  isSpoilt,
  type Label,
  type Pair,
  type Problem,
  remove,
  replace,
  type Variable,
  type WordPart,
} from '#lint';

export default defineRule({
  name: 'legacy-key-value',
  codes: ['LegacyKeyValueFormat', 'S6574'],
  category: 'style',
  summary: 'ENV or LABEL is written without `=`',
  why: `In the old form everything after the key is one value, so a second pair on the line silently becomes part of the first. The form with \`=\`
    takes several pairs and shows where each value ends.`,
  severity: 'style',
  when: { instructions: ['Env', 'Label'] },
  fix: { safety: 'safe' },
  examples: [
    { bad: 'FROM alpine\nENV PATH /app/bin:$PATH\n', good: 'FROM alpine\nENV PATH=/app/bin:$PATH\n' },
    {
      title: 'The value stays what it was',
      bad: 'FROM alpine\nENV PROMPT It\\\'s "$USER" now\n',
      good: 'FROM alpine\nENV PROMPT="It\'s $USER now"\n',
    },
    {
      title: 'Over several lines',
      bad: 'FROM alpine\nLABEL description All that \\\n    # one needs\n    to know\n',
      good: 'FROM alpine\nLABEL description="All that \\\n    # one needs\n    to know"\n',
    },
    { title: 'Two variables were meant', bad: 'FROM alpine\nENV HOST localhost PORT=8080\n' },
    {
      title: 'The keyword, twice',
      bad: 'FROM alpine\nLABEL LABEL version="1.0" description="All that one needs"\n',
      good: 'FROM alpine\nLABEL version="1.0" description="All that one needs"\n',
    },
    { title: 'Blanks around `=`', bad: 'FROM alpine\nENV PORT = 8080\n', good: 'FROM alpine\nENV PORT=8080\n' },
    { good: 'FROM alpine\nENV HOST=localhost PORT=8080\nLABEL description="All that one needs"\n' },
  ],
  check({ file, model }) {
    const check = function* (node: Env | Label) {
      const [pair] = node.pairs;
      if (!pair?.legacy) return;
      const keyword = node.keyword.text.toUpperCase();
      yield {
        at: pair.key,
        ...wordingOf(pair, keyword),
        fix: isSpoilt(model, node) ? undefined : fixOf(pair, file, keyword),
      };
    };
    return { Env: check, Label: check };
  },
});

/** Blanks around the `=`, a colon, a second pair, a comment: what the file says is hardly what was meant. */
const isMistaken = (pair: Pair, keyword: string): boolean =>
  pair.value.raw.startsWith('=') ||
  pair.key.raw.endsWith(':') ||
  isTwice(pair, keyword) ||
  (isVariable(pair) && /\s#(?:\s|[A-Za-z])/.test(bareValue(pair))) ||
  secondName(pair) !== undefined;

/** Whether the keyword is written twice, and pairs follow. */
const isTwice = ({ key, value }: Pair, keyword: string): boolean => key.raw === keyword && /^[\w.-]+=/.test(value.raw);

const isVariable = ({ key }: Pair): boolean => /^[A-Z_\d]+$/.test(key.raw);

const bareValue = ({ value }: Pair): string => value.raw.replace(/"[^"]*"|'[^']*'/g, '""');

/** The name of another variable or label that has become part of the value. */
const secondName = (pair: Pair): string | undefined => {
  if (!pair.value.raw.includes('=')) return undefined;
  const second = isVariable(pair) ? /\s([A-Z_][A-Z_\d]*)=/ : /\s([A-Za-z][\w.-]*)="/;
  return second.exec(bareValue(pair))?.[1];
};

const wordingOf = (pair: Pair, keyword: string): Pick<Problem, 'message' | 'help' | 'severity'> => {
  const { key, value } = pair;
  const severity = 'warning';
  const name = key.raw.replace(/:$/, '');
  if (value.raw.startsWith('='))
    return {
      message: `The value of \`${keyword} ${name}\` begins with \`=\`, because the name ends at the blank`,
      help: `Write \`${name}=…\`, without blanks around the \`=\`.`,
      severity,
    };
  if (name !== key.raw)
    return { message: `The name in \`${keyword} ${key.raw}\` ends in a colon`, help: `Write \`${name}=…\`.`, severity };
  if (isTwice(pair, keyword))
    return { message: `The second \`${name}\` is read as the name`, help: `Delete the second \`${name}\`.`, severity };
  const second = secondName(pair);
  if (second)
    return {
      message: `\`${second}=\` is part of the value of \`${keyword} ${name}\``,
      help: `Write \`${name}=…\`, so that what follows is a pair of its own.`,
      severity,
    };
  return {
    message: `\`${keyword} ${name}\` is written without \`=\``,
    help: `Write \`${name}=${/[\s"']/.test(value.raw) ? '"…"' : '…'}\`.`,
  };
};

const fixOf = (pair: Pair, file: Iechorfile, keyword: string) => {
  const title = isTwice(pair, keyword) ? `Delete the second \`${pair.key.raw}\`` : 'Write it with `=`';
  if (isMistaken(pair, keyword)) {
    const edit = meantEdit(pair, file, keyword);
    return edit && ({ title, edits: [edit], safety: 'unsafe' } as const);
  }
  const edits = editsOf(pair, file);
  return edits && { title, edits };
};

/** The second keyword goes; what stands between the name and its value, a colon or `=` included, becomes `=`. */
const meantEdit = (pair: Pair, file: Iechorfile, keyword: string): Edit | undefined => {
  const { key, value } = pair;
  if (isTwice(pair, keyword)) return remove({ start: key.start, end: value.start });
  const source = file.text.slice(key.start, value.end);
  const [, name, word] = /^([\w.-]+)(?::[\t ]+|[\t ]+=[\t ]*)([^\t ].*)$/.exec(source) ?? [];
  if (name === undefined || word === undefined || !isOneWord(word, file.escape)) return undefined;
  return replace({ start: key.start + name.length, end: value.end - word.length }, '=');
};

const editsOf = ({ key, value }: Pair, file: Iechorfile): readonly Edit[] | undefined => {
  const gap = { start: key.end, end: value.start };
  // A comment in the gap would be lost; quotes in a key mean something else in the new form.
  if (file.text.slice(gap.start, gap.end).includes('#') || !/^[\w.$/{}-]+$/.test(key.raw)) return undefined;
  if (isOneWord(value.raw, file.escape)) return [replace(gap, '=')];
  if (value.parts.every((part) => isSameInQuotes(part, file))) return [replace(gap, '="'), insertAfter(value, '"')];
  if (value.end - value.start !== value.raw.length) return undefined;
  const texts = value.parts.map((part, index) => quotedText(part, value.parts[index + 1], file));
  const text = texts.includes(undefined) ? undefined : texts.join('');
  return text === undefined ? undefined : [replace({ start: key.end, end: value.end }, `="${text}"`)];
};

/** Whether the new form takes it as one word: no blank outside quotes that is not escaped. */
const isOneWord = (raw: string, escape: string): boolean => {
  let quote = '';
  for (let at = 0; at < raw.length; at++) {
    const char = raw[at] ?? '';
    if (char === escape && quote !== "'") at++;
    else if (quote) quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (/[\s\u0085]/.test(char)) return false;
  }
  return !quote;
};

const isSameInQuotes = (part: WordPart, file: Iechorfile): boolean => {
  if (part.kind === 'Literal') return part.raw === part.value && !part.raw.includes('$');
  return part.kind === 'Variable' && isPlain(part, file);
};

/** Without quotes and escapes, which mean something else between quotes. */
const isPlain = ({ problem, start, end }: Variable, file: Iechorfile): boolean =>
  problem === undefined && !/["'\\`]/.test(file.text.slice(start, end));

/** The part as it has to stand between double quotes; undefined where that is not sure. */
const quotedText = (part: WordPart, next: WordPart | undefined, file: Iechorfile): string | undefined => {
  if (part.kind === 'Literal') return escaped(part.value, file.escape);
  if (part.kind === 'Variable') return variableText(part, next, file);
  if (!part.closed) return undefined;
  const texts = part.parts.map((inner, index) => quotedText(inner, part.parts[index + 1] ?? next, file));
  return texts.includes(undefined) ? undefined : texts.join('');
};

const escaped = (value: string, escape: string): string =>
  value.replace(/["$\\`]/g, (char) =>
    char === '\\' || char === '`' ? (char === escape ? escape + char : char) : escape + char,
  );

const variableText = (part: Variable, next: WordPart | undefined, file: Iechorfile): string | undefined => {
  if (!isPlain(part, file)) return undefined;
  const isApart =
    next === undefined || next.kind === 'Variable' || (next.kind === 'Literal' && /^[ -/]/.test(next.value));
  return part.braces || isApart ? file.text.slice(part.start, part.end) : `\${${part.name}}`;
};
