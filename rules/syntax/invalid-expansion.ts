import {
  type Add,
  type ArgDeclaration,
  type Copy,
  defineRule,
  type Env,
  type Iechorfile,
  type Instruction,
  insertAfter,
  insertBefore,
  type Label,
  type Problem,
  type Quoted,
  remove,
  type Variable,
  type Word,
  type WordPart,
} from '#lint';

export default defineRule({
  name: 'invalid-expansion',
  codes: [],
  category: 'syntax',
  summary: 'A quote or a variable substitution cannot be read',
  why: `BuildKit reads the line, but stops the build as soon as it needs the value, perhaps after all the steps above have run.`,
  severity: 'error',
  fix: { safety: 'safe' },
  examples: [
    {
      title: 'An apostrophe',
      bad: "FROM alpine:3.22\nENV GREETING It's me\n",
      good: "FROM alpine:3.22\nENV GREETING It\\'s me\n",
    },
    {
      title: 'Quotes around the whole',
      bad: 'FROM alpine:3.22\nARG "VERSION=1.2"\n',
      good: 'FROM alpine:3.22\nARG VERSION="1.2"\n',
    },
    { title: 'A path with a blank', bad: 'FROM alpine:3.22\nCOPY "my file" /srv/\n' },
    { title: 'A quote that is never closed', bad: 'FROM alpine:3.22\nLABEL title="Web server\n' },
    { title: 'A substitution that only bash knows', bad: `FROM alpine:3.22\nARG NAME=Web\nENV LOWER=\${NAME,,}\n` },
    { title: 'A brace that is never closed', bad: `FROM alpine:3.22\nARG DIR=/srv\nWORKDIR \${DIR/app\n` },
    {
      title: 'Substitutions that builders know',
      good: `FROM alpine:3.22\nARG V=v1.2\nENV A=\${V#v} B=\${V:-1} C=\${V:+yes} D=\${V/./_}\n`,
    },
    { title: 'In RUN the shell reads them', good: `FROM alpine:3.22\nRUN echo "\${HOME%/*}"\n` },
    { title: 'A slip in a JSON array is another matter', good: 'FROM alpine:3.22\nCOPY ["my file" /srv/]\n' },
    { title: 'A quote within quotes', good: 'FROM alpine:3.22\nENV GREETING="It\'s me"\n' },
  ],
  check({ file, model }) {
    const problemIn = (word: Word, node: Instruction, cure: Cure) =>
      variableProblem(word.parts, file.text) ??
      quoteProblem(file, word, cure) ??
      (/[{].*\\/.test(word.raw) && /^invalid pattern/.test(model.expand(word, node).error ?? '')
        ? patternProblem(word)
        : undefined);
    const wordsOf = function* (words: readonly Word[], node: Instruction, cure: Cure) {
      for (const word of words) {
        if (!mayHaveProblem(word)) continue;
        const problem = problemIn(word, node, cure);
        if (!problem) continue;
        yield problem;
        // The other end of the same quote stands in another word.
        if (cure === 'list') return;
      }
    };
    const valueOf = (word: Word, node: Instruction) =>
      mayHaveProblem(word) ? wordsOf([word], node, 'value') : undefined;
    const pairsOf = function* (node: Env | Label) {
      for (const { key, value, legacy } of node.pairs)
        yield* wordsOf([key, value], node, legacy ? 'legacy-value' : 'value');
    };
    const flagsOf = (node: Instruction, ...names: readonly string[]) =>
      node.flags.flatMap(({ name, value }) => (value && names.includes(name.text) ? [value] : []));
    const copied = function* (node: Copy | Add) {
      // Of what was to be an array malformed-json-array has something to say.
      if (!node.json && /^\[["']/.test(node.arguments[0] ?? '')) return;
      yield* wordsOf(flagsOf(node, 'chown', 'chmod', 'checksum'), node, 'value');
      yield* wordsOf([...node.sources.filter(({ heredoc }) => !heredoc), node.destination], node, 'list');
    };
    return {
      From: (node) => wordsOf([...flagsOf(node, 'platform'), node.image], node, 'value'),
      *Arg(node) {
        for (const each of node.declarations) {
          const quoted = quotedDeclaration(each);
          if (quoted) yield quoted;
          else if (each.default) yield* valueOf(each.default, node) ?? [];
        }
      },
      Env: pairsOf,
      Label: pairsOf,
      Workdir: (node) => valueOf(node.path, node),
      User: (node) => valueOf(node.user, node),
      Stopsignal: (node) => valueOf(node.signal, node),
      Expose: (node) => wordsOf(node.ports, node, 'list'),
      Volume: (node) => wordsOf(node.paths, node, 'list'),
      Copy: copied,
      Add: copied,
    };
  },
});

const mayHaveProblem = ({ raw }: Word): boolean => /["'$]/.test(raw);

/** Where the word stands: as a value, as the rest of the line in `ENV name value`, or in a list that blanks part. */
type Cure = 'value' | 'legacy-value' | 'list';

/** `ARG "name=value"`, where the quote is taken for a part of the name. */
const quotedDeclaration = ({ name, default: value }: ArgDeclaration): Problem | undefined => {
  const last = value?.parts.at(-1);
  const quote = name.text[0] ?? '';
  if (!/["']/.test(quote) || last?.kind !== 'Quoted' || last.closed || last.quote !== quote) return undefined;
  if (!value || last.end - last.start > 1) return undefined;
  const first = { start: name.start, end: name.start + 1 };
  return {
    at: first,
    message: 'The quote before the name is taken as part of it, so the one after the value is never closed',
    help: `Quote the value alone: \`ARG ${name.text.slice(1)}=${quote}…${quote}\`.`,
    fix: { title: 'Quote the value alone', edits: [remove(first), insertBefore(value, quote)] },
  };
};

const quoteProblem = (file: Iechorfile, word: Word, cure: Cure): Problem | undefined => {
  const quoted = unclosedIn(word.parts);
  if (!quoted) return undefined;
  const kind = quoted.quote === '"' ? 'double' : 'single';
  const at = { start: quoted.start, end: quoted.start + 1 };
  if (cure === 'list') {
    const message = `This ${kind} quote is not closed within its word: blanks separate words here even inside quotes`;
    return { at, message, help: 'Delete the quotes, or write the JSON form where a path has blanks: `["a b", "/c"]`.' };
  }
  const isLast = word.parts.at(-1) === quoted;
  const { help, fix } = (isLast ? cureOf(file, word, quoted, cure) : undefined) ?? {
    help: `Close the quote, or write \`${file.escape}${quoted.quote}\` if it is part of the value.`,
    fix: undefined,
  };
  return { at, message: `This ${kind} quote is never closed, so the build stops here`, help, fix };
};

const unclosedIn = (parts: readonly WordPart[]): Quoted | undefined => {
  for (const part of parts) {
    if (part.kind === 'Variable' && part.problem) return undefined;
    const inner = part.kind === 'Variable' ? [...(part.word ?? []), ...(part.replacement ?? [])] : [];
    const found = part.kind === 'Quoted' && !part.closed ? part : unclosedIn(inner);
    if (found) return found;
  }
  return undefined;
};

const cureOf = (
  file: Iechorfile,
  word: Word,
  quoted: Quoted,
  cure: Cure,
): { help: string; fix: Problem['fix'] } | undefined => {
  const rest = file.text.slice(quoted.start + 1, quoted.end);
  const written = file.text.slice(word.start, quoted.start);
  if (rest.includes(quoted.quote) || written.includes(quoted.quote) || rest.includes('\n')) return undefined;
  const before = file.text[quoted.start - 1] ?? '';
  if (quoted.start === word.start) {
    if (rest === '') return undefined;
    const fix = { title: 'Close the quote', safety: 'unsafe', edits: [insertAfter(word, quoted.quote)] } as const;
    return { help: `Write \`${file.text.slice(word.start, word.end)}${quoted.quote}\`.`, fix };
  }
  const escaped = `${file.escape}${quoted.quote}`;
  if (rest === '') {
    const fix = { title: 'Delete the quote', safety: 'unsafe', edits: [remove(quoted)] } as const;
    return { help: `Delete it, or write \`${escaped}\` if it is part of the value.`, fix };
  }
  const isApostrophe = quoted.quote === "'" && /\w/.test(before) && /^\w/.test(rest);
  if (!isApostrophe || (cure !== 'legacy-value' && /\s/.test(rest))) return undefined;
  const fix = { title: 'Escape the apostrophe', edits: [insertBefore(quoted, file.escape)] };
  return { help: `Write the apostrophe as \`${escaped}\`, or put the value in double quotes.`, fix };
};

const variableProblem = (parts: readonly WordPart[], text: string): Problem | undefined => {
  const variable = brokenIn(parts);
  if (!variable) return undefined;
  const [written = ''] = text.slice(variable.start, variable.end).split(/\s*[\\`]?\r?\n/);
  if (written.split('{').length > written.split('}').length)
    return {
      at: variable,
      message: `\`${written}\` has no closing brace`,
      help: `Write \`${/:[-+?]/.test(written) ? `${written}}` : `\${${variable.name}}`}\`.`,
    };
  return { at: variable, message: `Builders cannot expand \`${written}\``, help: helpFor(variable, written) };
};

const helpFor = ({ name }: Variable, written: string): string => {
  const [, colon = '', rest = ''] = /^\$\{\w*(:?)(.*)\}$/s.exec(written) ?? [];
  if (colon && /^[A-Za-z]/.test(rest))
    return `Fill in the placeholder, or write \`\${${name}:-${rest}}\` for a default.`;
  return `Write \`\${${name}}\` and leave the rest to a RUN. Builders know ${KNOWN}.`;
};

const KNOWN = '`-`, `:-`, `+`, `:+`, `?`, `:?`, `#`, `##`, `%`, `%%`, `/old/new` and `//old/new` after a name';

const brokenIn = (parts: readonly WordPart[]): Variable | undefined => {
  for (const part of parts) {
    if (part.kind === 'Literal') continue;
    if (part.kind === 'Variable' && part.problem) return part;
    const inner = part.kind === 'Quoted' ? part.parts : [...(part.word ?? []), ...(part.replacement ?? [])];
    const found = brokenIn(inner);
    if (found) return found;
  }
  return undefined;
};

const patternProblem = (word: Word): Problem => ({
  at: word,
  message: `The pattern in \`${word.raw}\` has an escape that builders refuse`,
  help: 'Use a backslash only before `*`, `?`, `}`, `/` or another backslash.',
});
