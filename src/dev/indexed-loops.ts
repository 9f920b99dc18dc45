import { type Edit, isFunction, isNode, type Node, programOf, withEdits } from './source-edits.ts';

/**
 * The source with `for (… of list)`, and `const [a, b] = list`, written with indices. Code that V8 has not optimised, as most
 * of a lint is, makes an iterator for each and a result for each turn: a fifth of all that it allocates. What is no array is
 * iterated as before, but a loop that ends early does not tell its generator, so that none may have a `finally`.
 */
export const indexLoops = (source: string, path: string): string => {
  const edits: Edit[] = [];
  visit(programOf(source, path), source, edits);
  if (edits.length === 0) return source;
  return withEdits(source, edits) + (edits.some(({ text }) => text.includes(FIRST)) ? HELPER : '');
};

const FIRST = '$first';

/** At the end, since a function is known in all of its module. */
const HELPER = `
function ${FIRST}(list, count) {
  if (Array.isArray(list)) return list;
  const first = [];
  if (count > 0) for (const each of list) if (first.push(each) === count) break;
  return first;
}
`;

const visit = (value: unknown, source: string, edits: Edit[]): void => {
  if (Array.isArray(value)) for (const each of value) visit(each, source, edits);
  if (!isNode(value)) return;
  if (isFunction(value) && value.generator === true) refuseCleaning(value.body);
  if (value.type === 'ForOfStatement') edits.push(...loopEdits(value, source, edits.length));
  if (value.type === 'VariableDeclarator') edits.push(...declaratorEdits(value, source));
  for (const child of Object.values(value)) visit(child, source, edits);
};

const refuseCleaning = (value: unknown): void => {
  if (Array.isArray(value)) for (const each of value) refuseCleaning(each);
  if (!isNode(value) || isFunction(value)) return;
  if (isNode(value.finalizer))
    throw new Error('a generator cleans up, which a loop that ends early would not have it do');
  for (const child of Object.values(value)) refuseCleaning(child);
};

// Loops ------------------------------------------------------------------------------------------------------------

/** The names that a loop needs. */
interface Names {
  readonly list: string;
  readonly isArray: string;
  /** The list itself, or the iterator of what is none. */
  readonly items: string;
  readonly index: string;
  readonly result: string;
}

const namesOf = (number: number): Names => ({
  list: `$list${number}`,
  isArray: `$isArray${number}`,
  items: `$items${number}`,
  index: `$index${number}`,
  result: `$result${number}`,
});

const loopEdits = (loop: Node, source: string, number: number): readonly Edit[] => {
  const { left, right, body } = loop;
  if (!isNode(left) || !isNode(right) || !isNode(body)) return [];
  const id = loop.await === true ? undefined : declaredIn(left);
  if (!id || isNoList(right, source)) return [];
  const names = namesOf(number);
  const { list, isArray, items, index, result } = names;
  const entries = entriesOf(right, id);
  const listed = entries?.list ?? right;
  const iterated = entries ? `${list}.entries()` : list;
  const declared = entries ? entryOf(entries.names, names, source) : itemOf(id, names, source);
  const head = [
    `), ${isArray} = Array.isArray(${list}), ${items} = ${isArray} ? ${list} : ${iterated}[Symbol.iterator](), `,
    `${index} = 0, ${result}; ${isArray} ? ${index} < ${items}.length : !(${result} = ${items}.next()).done; ${index}++) `,
    `{ ${String(left.kind)} ${declared}; `,
  ];
  return [
    { start: loop.start, end: listed.start, text: `for (let ${list} = (` },
    { start: listed.end, end: body.start, text: head.join('') },
    { start: body.end, end: body.end, text: ' }' },
  ];
};

const declaredIn = ({ type, declarations }: Node): Node | undefined => {
  if (type !== 'VariableDeclaration' || !Array.isArray(declarations)) return undefined;
  const [declarator] = declarations;
  return isNode(declarator) && isNode(declarator.id) ? declarator.id : undefined;
};

/** Whether it is seen to be something else than a list. */
const isNoList = ({ start, end, type }: Node, source: string): boolean =>
  type === 'NewExpression' || /\.(?:matchAll\(.*\)|values\(\)|keys\(\))$/s.test(source.slice(start, end));

const itemOf = (id: Node, { isArray, items, index, result }: Names, source: string): string => {
  const item = `${isArray} ? ${items}[${index}] : ${result}.value`;
  const elements = elementsOf(id);
  if (!elements) return `${source.slice(id.start, id.end)} = ${item}`;
  return `${patternOf(elements, source)} = ${FIRST}(${item}, ${elements.length})`;
};

interface Entries {
  readonly list: Node;
  /** Of the index and the item; a hole for what is not named. */
  readonly names: Elements;
}

/** `list.entries()`, taken apart into two names or fewer. */
const entriesOf = ({ callee, arguments: given, type }: Node, id: Node): Entries | undefined => {
  if (type !== 'CallExpression' || !isNode(callee) || !Array.isArray(given) || given.length > 0) return undefined;
  const { object: list, property, computed, optional } = callee;
  if (callee.type !== 'MemberExpression' || computed === true || optional === true) return undefined;
  if (!isNode(list) || !isNode(property) || property.name !== 'entries') return undefined;
  const names = elementsOf(id);
  return names && names.length <= 2 ? { list, names } : undefined;
};

const entryOf = (names: Elements, { isArray, items, index, result }: Names, source: string): string => {
  const own = [index, `${items}[${index}]`];
  const declared = names.map(
    (name, at) => name && `${textOf(name, source)} = ${isArray} ? ${own[at]} : ${result}.value[${at}]`,
  );
  return declared.filter(Boolean).join(', ');
};

// What takes lists apart -------------------------------------------------------------------------------------------

/** The elements of a pattern, a hole for each that is left out. */
type Elements = readonly (Node | undefined)[];

/** None where one takes all the rest. */
const elementsOf = ({ type, elements }: Node): Elements | undefined => {
  if (type !== 'ArrayPattern' || !Array.isArray(elements)) return undefined;
  const nodes = elements.map((element: unknown) => (isNode(element) ? element : undefined));
  return nodes.some((node) => node?.type === 'RestElement') ? undefined : nodes;
};

const declaratorEdits = ({ id, init }: Node, source: string): readonly Edit[] => {
  const elements = isNode(id) && elementsOf(id);
  if (!elements || !isNode(id) || !isNode(init)) return [];
  return [
    { start: id.start, end: init.start, text: `${patternOf(elements, source)} = ${FIRST}((` },
    { start: init.end, end: init.end, text: `), ${elements.length})` },
  ];
};

/** The same pattern for a list, by index. */
const patternOf = (elements: Elements, source: string): string => {
  const indexed = elements.map((node, index) => node && `${index}: ${textOf(node, source)}`);
  return `{ ${indexed.filter(Boolean).join(', ')} }`;
};

const textOf = ({ start, end }: Node, source: string): string => source.slice(start, end);
