import { decode } from './decode.ts';
import { FILLER, JOINT } from './mask.ts';
import type {
  ShellArithmetic,
  ShellAssignment,
  ShellSubstitution,
  ShellToken,
  ShellVariable,
  ShellWord,
  ShellWordPart,
} from './nodes.ts';
import { rangeOf, type Source, type Span, tokenOf } from './source.ts';
import type { Bash } from './unbash.ts';
import { isPlain, usualParts } from './usual-parts.ts';

/** What is read where BuildKit has glued lines: without joints and fillers. */
const unmask = (text: string, source: Source): string => {
  const joined = text.includes(JOINT) ? text.replaceAll(JOINT, '') : text;
  return source.filled ? joined.replaceAll(FILLER, '') : joined;
};

// Words -------------------------------------------------------------------------------------------------------------

export const wordOf = (word: Bash.Word, source: Source): ShellWord => {
  if (isPlain(word)) {
    const { start, end } = rangeOf(word, source);
    const { text } = word;
    const parts: ShellWordPart[] = [{ kind: 'Literal', start, end, value: text, quoted: false }];
    return { kind: 'Word', start, end, raw: text, text, quoted: false, parts };
  }
  const usual = usualParts(word, source);
  if (usual) {
    const { start, end } = rangeOf(word, source);
    return {
      kind: 'Word',
      start,
      end,
      raw: word.text,
      text: textOf(usual),
      quoted: usual.some(isQuoted),
      parts: usual,
    };
  }
  const span = trimJoints(word, source.text);
  const raw = unmask(word.text, source);
  const { start, end } = rangeOf(span, source);
  if (!word.parts) {
    const value = source.filled ? word.value.replaceAll(FILLER, '') : word.value;
    const literal: ShellWordPart = { kind: 'Literal', start, end, value, quoted: false };
    const parts = [literal];
    return { kind: 'Word', start, end, raw, text: value, quoted: false, parts };
  }
  const parts = partsOf(word.parts, false, source, span.end);
  return { kind: 'Word', start, end, raw, text: textOf(parts), quoted: parts.some(isQuoted), parts };
};

/** A word such as `A=1` after `export`. */
export const declaredWord = (assignment: ShellAssignment, raw: string, source: Source): ShellWord => {
  const { start, end, values } = assignment;
  const first = values[0]?.start ?? end;
  const value = unmask(raw, source).slice(0, raw.indexOf('=') + 1);
  const name: ShellWordPart = { kind: 'Literal', start, end: first, value, quoted: false };
  const parts = [name, ...values.flatMap((word) => word.parts)];
  const text = assignment.array ? undefined : textOf(parts);
  return { kind: 'Word', start, end, raw: unmask(raw, source), text, quoted: parts.some(isQuoted), parts };
};

/** The name after `<<`. */
export const delimiterWord = (delimiter: Bash.HereDocDelimiter, source: Source): ShellWord => {
  const { start, end } = rangeOf(delimiter, source);
  const { text: raw, value, quoted } = delimiter;
  return {
    kind: 'Word',
    start,
    end,
    raw,
    text: value,
    quoted,
    parts: [{ kind: 'Literal', start, end, value, quoted }],
  };
};

/** The lines of a heredoc; nothing is expanded in them when the name is quoted. */
export const bodyWord = (body: Bash.HereDocBody, quoted: boolean, source: Source): ShellWord => {
  const { start, end } = rangeOf(body, source);
  const { text: raw } = body;
  const whole: ShellWordPart = { kind: 'Literal', start, end, value: quoted ? raw : unmask(raw, source), quoted };
  const parts = quoted || body.parts === undefined ? [whole] : partsOf(body.parts, false, source);
  return { kind: 'Word', start, end, raw, text: textOf(parts), quoted, parts };
};

/** The parser counts joints at a word's end to the word. */
const trimJoints = (word: Bash.Word, text: string): Span => {
  if (text[word.end - 1] !== '\n') return word;
  const last = word.parts?.at(-1);
  const least = last === undefined || last.type === 'Literal' ? word.pos + 1 : last.end;
  let end = word.end;
  while (end - 2 >= least && text[end - 1] === '\n' && text[end - 2] === '\\') end -= 2;
  return end === word.end ? word : { pos: word.pos, end };
};

const isQuoted = (part: ShellWordPart): boolean => 'quoted' in part && part.quoted;

/** The value of literal parts; undefined where something is expanded. */
const textOf = (parts: readonly ShellWordPart[]): string | undefined => {
  let text = '';
  for (const part of parts) {
    if (part.kind === 'Literal') text += part.value;
    else if (part.kind === 'Pattern' && part.parts.length === 0) text += part.value;
    else return undefined;
  }
  return text;
};

// Parts -------------------------------------------------------------------------------------------------------------

const partsOf = (
  parts: readonly Bash.WordPart[],
  quoted: boolean,
  source: Source,
  limit = Number.POSITIVE_INFINITY,
): ShellWordPart[] => {
  const result: ShellWordPart[] = [];
  for (const part of parts) {
    const span = part.end > limit ? { pos: part.pos, end: limit } : part;
    if (part.type === 'DoubleQuoted' || part.type === 'LocaleString') {
      if (part.parts.length === 0) result.push({ kind: 'Literal', ...rangeOf(span, source), value: '', quoted: true });
      else for (const inner of partsOf(part.parts, true, source)) result.push(inner);
    } else if (span.pos < span.end) result.push(partOf(part, span, quoted, source));
  }
  return result;
};

const partOf = (
  part: Exclude<Bash.WordPart, Bash.DoubleQuotedPart | Bash.LocaleStringPart>,
  span: Span,
  quoted: boolean,
  source: Source,
): ShellWordPart => {
  const { start, end } = rangeOf(span, source);
  switch (part.type) {
    case 'Literal':
      return { kind: 'Literal', start, end, value: unmask(part.value, source), quoted };
    case 'SingleQuoted':
      return { kind: 'Literal', start, end, value: unmask(part.value, source), quoted: true, quotes: "'" };
    case 'AnsiCQuoted':
      return { kind: 'Literal', start, end, value: unmask(part.value, source), quoted: true, quotes: "$'" };
    case 'SimpleExpansion':
      return simpleVariable(part, quoted, source);
    case 'ParameterExpansion':
      return variableOf(part, quoted, source);
    case 'CommandExpansion':
    case 'ProcessSubstitution':
      return substitutionOf(part, quoted, source);
    case 'ArithmeticExpansion':
      return arithmeticOf(part, part.expression ? [part.expression] : [], source, quoted);
    default: {
      const inner = partsOf(part.parts ?? [], false, source).filter((piece) => piece.kind !== 'Literal');
      const expanded = inner.filter((piece) => piece.kind !== 'Pattern' || piece.parts.length > 0);
      return { kind: 'Pattern', start, end, value: unmask(part.text, source), parts: expanded };
    }
  }
};

const simpleVariable = (part: Bash.SimpleExpansionPart, quoted: boolean, source: Source): ShellVariable => {
  const { start, end } = rangeOf(part, source);
  const name = unmask(part.text, source).slice(1);
  const nameRange = rangeOf({ pos: part.pos + 1, end: part.end }, source);
  return { kind: 'Variable', start, end, name, nameRange, operator: undefined, operands: [], quoted };
};

const variableOf = (part: Bash.ParameterExpansionPart, quoted: boolean, source: Source): ShellVariable => {
  const { operation } = part;
  const words = part.index ? [part.index, ...operandsOf(operation)] : operandsOf(operation);
  const { start, end } = rangeOf(part, source);
  return {
    kind: 'Variable',
    start,
    end,
    name: unmask(part.parameter, source),
    nameRange: rangeOf({ pos: part.parameterPos, end: part.parameterEnd }, source),
    operator: part.prefix ?? operation?.operator,
    operands: words.map((word) => wordOf(word, source)),
    quoted,
  };
};

const operandsOf = (operation: Bash.ParameterOperation | undefined): readonly Bash.Word[] => {
  switch (operation?.type) {
    case 'Replace':
      return [operation.pattern, operation.replacement];
    case 'Slice':
      return operation.length ? [operation.offset, operation.length] : [operation.offset];
    case 'Default':
    case 'Remove':
    case 'Transform':
    case 'CaseModification':
      return operation.operand ? [operation.operand] : [];
    default:
      return [];
  }
};

// Substitutions and arithmetic --------------------------------------------------------------------------------------

const STYLES = { $: '$(', '`': '`', '<': '<(', '>': '>(' } as const;

const substitutionOf = (
  part: Bash.CommandExpansionPart | Bash.ProcessSubstitutionPart | Bash.ArithmeticCommandExpansion,
  quoted: boolean,
  source: Source,
): ShellSubstitution => {
  const { script } = part;
  const first = part.text[0];
  const style = first === '`' || first === '<' || first === '>' ? STYLES[first] : STYLES.$;
  const inner = script?.source === undefined ? source : decodedSource(part, script.source, quoted, source);
  const nested = script && source.nested(script, inner);
  const { start, end } = rangeOf(part, source);
  return { kind: 'Substitution', start, end, style, script: nested, quoted };
};

/** The text inside backticks once its backslashes are taken out, as the shell parses it. */
const decodedSource = (part: Span, decoded: string, quoted: boolean, source: Source): Source => {
  const { text, positions } = decode(source.text, part.pos + 1, part.end, quoted ? '$`"\\' : '$`\\');
  const exact = text.startsWith(decoded);
  const locate = (position: number): number =>
    exact ? source.locate(positions[position] ?? part.end) : source.locate(position > 0 ? part.end : part.pos);
  const { filled, depth, problems, nested } = source;
  return { text: decoded, shift: undefined, locate, filled, depth, problems, nested };
};

/** The inside of `$((…))`, `((…))` or a `for ((…))`. */
export const arithmeticOf = (
  at: Span,
  expressions: readonly Bash.ArithmeticExpression[],
  source: Source,
  quoted = false,
): ShellArithmetic => {
  const parts: ShellWordPart[] = [];
  const assigns: ShellToken[] = [];
  const rest = [...expressions].reverse();
  for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
    const target = assignedIn(node);
    if (target) assigns.push(tokenOf(target.value, target.pos, source));
    if (node.type === 'ArithmeticWord') parts.push(...arithmeticWord(node, quoted, source));
    else if (node.type === 'ArithmeticCommandExpansion') parts.push(substitutionOf(node, quoted, source));
    else rest.push(...childrenOf(node).reverse());
  }
  return { kind: 'Arithmetic', ...rangeOf(at, source), parts, assigns, quoted };
};

type ArithmeticBranch = Exclude<Bash.ArithmeticExpression, Bash.ArithmeticWord | Bash.ArithmeticCommandExpansion>;

const childrenOf = (node: ArithmeticBranch): Bash.ArithmeticExpression[] => {
  switch (node.type) {
    case 'ArithmeticBinary':
      return [node.left, node.right];
    case 'ArithmeticUnary':
      return [node.operand];
    case 'ArithmeticTernary':
      return [node.test, node.consequent, node.alternate];
    default:
      return [node.expression];
  }
};

const assignedIn = (node: Bash.ArithmeticExpression): Bash.ArithmeticWord | undefined => {
  const target =
    node.type === 'ArithmeticBinary' && /^(?:[-+*/%&|^]|<<|>>)?=$/.test(node.operator)
      ? node.left
      : node.type === 'ArithmeticUnary' && /^(?:\+\+|--)$/.test(node.operator)
        ? node.operand
        : undefined;
  return target?.type === 'ArithmeticWord' ? target : undefined;
};

/** Names stand for variables here, with or without the dollar sign. */
const arithmeticWord = (word: Bash.ArithmeticWord, quoted: boolean, source: Source): ShellWordPart[] => {
  const { pos, value } = word;
  const parts = partsOf(word.parts ?? [], quoted, source);
  const [written, name] = /^\$?([A-Za-z_]\w*)/.exec(value) ?? [];
  if (written === undefined || name === undefined || parts[0]?.kind === 'Variable') {
    return parts.length > 0 ? parts : [{ kind: 'Literal', ...rangeOf(word, source), value, quoted }];
  }
  const end = pos + written.length;
  const nameRange = rangeOf({ pos: end - name.length, end }, source);
  const range = rangeOf({ pos, end }, source);
  const rest = parts.filter(({ start }) => start >= range.end);
  return [{ kind: 'Variable', ...range, name, nameRange, operator: undefined, operands: [], quoted }, ...rest];
};
