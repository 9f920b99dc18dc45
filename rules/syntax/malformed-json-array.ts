import {
  defineRule,
  type Edit,
  type Iechorfile,
  type Instruction,
  insertLineBefore,
  type Model,
  type Problem,
  type Range,
  replace,
  type Safety,
} from '#lint';

export default defineRule({
  name: 'malformed-json-array',
  codes: ['S7030'],
  category: 'syntax',
  summary: 'What looks like a JSON array is not one',
  why: `Builders accept it without a word: the text, brackets and all, becomes a shell command or a list of paths. The image is built, and fails
    when it starts.`,
  severity: 'error',
  when: { text: /\[/ },
  fix: {
    safety: 'safe',
    note: 'Safe where a quote or comma is wrong in a command or a COPY, which could not work before; otherwise unsafe.',
  },
  examples: [
    {
      title: 'Single quotes',
      bad: "FROM node\nCMD ['node', 'server.js']\n",
      good: 'FROM node\nCMD ["node", "server.js"]\n',
    },
    {
      title: 'A comma too many',
      bad: 'FROM node\nENTRYPOINT ["node", "server.js",]\n',
      good: 'FROM node\nENTRYPOINT ["node", "server.js"]\n',
    },
    {
      title: 'A comment behind it',
      bad: 'FROM node\nCMD ["server.js"]  # for the entrypoint\n',
      good: 'FROM node\n# for the entrypoint\nCMD ["server.js"]\n',
    },
    {
      title: 'A bracket too few',
      bad: 'FROM node\nRUN ["npm", "ci"\n',
      good: 'FROM node\nRUN ["npm", "ci"]\n',
    },
    {
      title: 'A backslash is doubled in JSON',
      bad: 'FROM windows\nCMD ["C:\\ServiceMonitor.exe", "w3svc"]\n',
      good: 'FROM windows\nCMD ["C:\\\\ServiceMonitor.exe", "w3svc"]\n',
    },
    {
      title: 'Paths',
      bad: "FROM node\nCOPY ['a file', '/app/']\n",
      good: 'FROM node\nCOPY ["a file", "/app/"]\n',
    },
    { title: 'Nothing is expanded in it', bad: 'FROM node\nENTRYPOINT [$PROGRAM]\n' },
    { title: 'A test', good: 'FROM alpine\nRUN [ "$(uname -m)" = "x86_64" ] || [[ a, = b ]]\n' },
    { title: 'PowerShell', good: 'FROM windows\nSHELL ["powershell", "-Command"]\nRUN [Net.Dns]::GetHostName()\n' },
  ],
  check({ file, model }) {
    const check = (node: Instruction) => findingIn(node, file, model);
    return { Run: check, Cmd: check, Entrypoint: check, Healthcheck: check, Copy: check, Add: check, Volume: check };
  },
});

const findingIn = (node: Instruction, file: Iechorfile, model: Model): Iterable<Problem> | undefined => {
  const place = argumentsOf(node);
  const first = file.text[place?.start ?? 0];
  return place && (first === '[' || first === '"') ? problemsIn(place, node, file, model) : undefined;
};

const problemsIn = function* (place: Range, node: Instruction, file: Iechorfile, model: Model): Iterable<Problem> {
  const isShell = 'command' in node;
  const { dialect } = model.shellOf(node);
  if (isShell && dialect === 'other') return;
  const text = node.arguments.slice(node.kind === 'Healthcheck' ? 1 : 0).join(' ');
  if (!looksLikeArray(text, isShell && dialect !== 'posix' && dialect !== 'bash')) return;
  const reading = readArray(text);
  const shown = text.length > 40 ? `${text.slice(0, 40).trimEnd()}…` : text;
  yield {
    at: place,
    message: `\`${shown}\` is not JSON, so ${isShell ? 'the shell runs it as a command' : 'each word is a path'}: ${reading.flaw}`,
    help: helpFor(reading, isShell, text.includes('$')),
    fix: fixOf(reading, node, place, file),
  };
};

const helpFor = ({ json, rest }: Reading, isShell: boolean, hasVariable: boolean): string => {
  if (hasVariable && isShell) return 'Write the command without brackets: only a shell expands variables.';
  if (json === undefined && rest)
    return `End the instruction with the array${isShell ? ', or write all of it as a shell command, without brackets' : ''}.`;
  return json !== undefined && json.length <= 80 ? `Write \`${json}\`.` : 'Write it as JSON, such as `["one", "two"]`.';
};

/** Where the text stands that could have been an array. */
const argumentsOf = (node: Instruction): Range | undefined => {
  if (node.json) return undefined;
  if (node.kind === 'Copy' || node.kind === 'Add') return rangeOf(node.sources[0], node.destination);
  if (node.kind === 'Volume') return rangeOf(node.paths[0], node.paths.at(-1));
  return 'command' in node ? node.command : undefined;
};

const rangeOf = (first: Range | undefined, last: Range | undefined): Range | undefined =>
  first && last && { start: first.start, end: last.end };

const OPENED = /^\[["'“”‘’]/;
const SPACED = /^\[\s+(["'])(?:(?!\1).)*\1\s*,/;
const BARE = /^\[[^\s[\]"']+(?:,\s*[^\s[\]]+)*\]$/;
const UNBRACKETED = /^"[^"]*"(?:\s*,\s*"[^"]*")+\s*\]?$/;

const looksLikeArray = (text: string, hasTypes: boolean): boolean =>
  OPENED.test(text) || SPACED.test(text) || UNBRACKETED.test(text) || (!hasTypes && BARE.test(text));

// Reading what is there ---------------------------------------------------------------------------------------------

interface Reading {
  readonly flaw: string;
  /** The array that was meant, and how sure that is; undefined where several could be. */
  readonly json: string | undefined;
  readonly safety: Safety;
  /** What stands behind the array. */
  readonly rest: string;
}

interface Flaw {
  readonly text: string;
  readonly safety: Safety;
}

const FLAWS = {
  single: { text: 'JSON takes double quotes, not single ones', safety: 'safe' },
  curly: { text: 'JSON takes straight double quotes', safety: 'safe' },
  comma: { text: 'there is one comma too many', safety: 'safe' },
  rest: { text: 'more text follows the array', safety: 'safe' },
  bare: { text: 'JSON takes strings in double quotes', safety: 'unsafe' },
  missing: { text: 'a comma is missing', safety: 'unsafe' },
  closing: { text: 'the closing bracket is missing', safety: 'unsafe' },
  opening: { text: 'the brackets are missing', safety: 'unsafe' },
  backslash: { text: 'a backslash in a string has to be doubled', safety: 'unsafe' },
  control: { text: 'a tab in a string has to be written `\\t`', safety: 'unsafe' },
  string: { text: 'a string is not closed', safety: 'manual' },
} as const satisfies Readonly<Record<string, Flaw>>;

const ELEMENT = /"((?:[^"\\]|\\.)*)"|'([^']*)'|[“”]([^“”"]*)[“”]|[‘’]([^‘’']*)[‘’]|([^\s,\][“”‘’"']+)/y;

const readArray = (text: string): Reading => {
  const flaws: Flaw[] = [];
  const elements: string[] = [];
  let at = text.startsWith('[') ? 1 : 0;
  if (at === 0) flaws.push(FLAWS.opening);
  for (let isFirst = true; ; isFirst = false) {
    const separator = /[\s,]*/y;
    separator.lastIndex = at;
    const between = separator.exec(text)?.[0] ?? '';
    at += between.length;
    const commas = between.split(',').length - 1;
    if (at >= text.length || text[at] === ']') {
      if (commas) flaws.push(FLAWS.comma);
      break;
    }
    if (commas !== (isFirst ? 0 : 1)) flaws.push(commas ? FLAWS.comma : FLAWS.missing);
    ELEMENT.lastIndex = at;
    const match = ELEMENT.exec(text);
    if (!match) return { flaw: FLAWS.string.text, json: undefined, safety: 'manual', rest: '' };
    at = ELEMENT.lastIndex;
    elements.push(elementOf(match, flaws));
  }
  if (at >= text.length && flaws[0] !== FLAWS.opening) flaws.push(FLAWS.closing);
  return readingOf(elements, flaws, text.slice(at + 1).trim());
};

const elementOf = ([, double, single, curly, curlySingle, bare = '']: RegExpExecArray, flaws: Flaw[]): string => {
  if (double !== undefined) {
    if (isJson(double)) return `"${double}"`;
    const isControl = isJson(double.replace(CONTROL, ''));
    flaws.push(isControl ? FLAWS.control : FLAWS.backslash);
    const escaped = isControl ? double : double.replace(/\\(?:\\|(?!"))/g, '\\\\');
    return `"${escaped.replace(CONTROL, (char) => JSON.stringify(char).slice(1, -1))}"`;
  }
  const value = single ?? curly ?? curlySingle ?? bare;
  flaws.push(value.includes('\\') || value === bare ? FLAWS.bare : single === undefined ? FLAWS.curly : FLAWS.single);
  return JSON.stringify(value);
};

const CONTROL = /[\0-\x1f]/g;

const isJson = (content: string): boolean =>
  content.search(CONTROL) < 0 && !/\\(?!["\\/bfnrt]|u[\da-fA-F]{4})/.test(content.replaceAll('\\\\', ''));

const readingOf = (elements: readonly string[], flaws: readonly Flaw[], rest: string): Reading => {
  const [first = FLAWS.rest] = flaws;
  const worst = flaws.find(({ safety }) => safety === 'unsafe');
  // In a shell command that is no array a variable may have been meant to be expanded.
  const isSure = elements.length > 0 && !elements.some((element) => element.includes('$'));
  const json = isSure && (rest === '' || rest.startsWith('#')) ? `[${elements.join(', ')}]` : undefined;
  return { flaw: first.text, json, safety: worst || rest ? 'unsafe' : 'safe', rest };
};

const fixOf = ({ json, rest, safety }: Reading, node: Instruction, place: Range, file: Iechorfile) => {
  if (json === undefined || file.text.slice(place.start, place.end).includes('\n')) return undefined;
  const edits: Edit[] = [replace(place, json)];
  if (rest) edits.unshift(insertLineBefore(file, node, rest));
  // A wrong path makes a volume too, and the right one hides what the image has there.
  return { title: 'Write it as JSON', edits, safety: node.kind === 'Volume' && safety === 'safe' ? 'unsafe' : safety };
};
