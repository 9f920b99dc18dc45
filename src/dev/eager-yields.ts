import { type Edit, isFunction, isNode, type Node, programOf, withEdits } from './source-edits.ts';

const LIST = '$found';

/**
 * The source of a rule file whose generators gather what they yield in a list. Rules make their handlers anew for each
 * file, and V8 gives each new generator function a hidden class of its own: they are slow to call, and what they close
 * over outlives its file. What is yielded, and in which order, stays the same.
 */
export const gatherYields = (source: string, path: string): string => {
  const edits: Edit[] = [];
  visit(programOf(source, path), false, source, edits);
  return withEdits(source, edits);
};

const visit = (value: unknown, inGenerator: boolean, source: string, edits: Edit[]): void => {
  if (Array.isArray(value)) for (const each of value) visit(each, inGenerator, source, edits);
  if (!isNode(value)) return;
  const isGenerator = isFunction(value) ? value.generator === true : inGenerator;
  if (isFunction(value) && isGenerator) edits.push(...generatorEdits(value, source));
  if (inGenerator && value.type === 'YieldExpression') edits.push(...yieldEdits(value, source));
  if (inGenerator && value.type === 'ReturnStatement') edits.push(returnEdit(value));
  for (const child of Object.values(value)) visit(child, isGenerator, source, edits);
};

const generatorEdits = (node: Node, source: string): readonly Edit[] => {
  const { body } = node;
  if (!isNode(body)) return [];
  const inner = body.start + 1;
  return [
    starEdit(node, source),
    // A handler that finds nothing, as most do, makes no list; other functions are asked for one.
    { start: inner, end: inner, text: isMethod(node, source) ? ` let ${LIST};` : ` let ${LIST} = [];` },
    { start: body.end - 1, end: body.end - 1, text: ` return ${LIST}; ` },
  ];
};

/** The `*` stands behind `function`, or before the name of a method. */
const starEdit = (node: Node, source: string): Edit => {
  const star = isMethod(node, source) ? source.lastIndexOf('*', node.start) : source.indexOf('*', node.start);
  return { start: star, end: star + 1, text: '' };
};

const isMethod = (node: Node, source: string): boolean =>
  !/^(?:async\s+)?function\b/.test(source.slice(node.start, node.start + 20));

const yieldEdits = ({ argument, delegate, start, end }: Node, source: string): readonly Edit[] => {
  if (!isNode(argument)) throw new Error(`nothing is yielded: ${source.slice(start, end)}`);
  return [
    { start, end: argument.start, text: delegate ? `for (const $each of ` : `(${LIST} ??= []).push(` },
    { start: argument.end, end, text: delegate ? ` ?? []) (${LIST} ??= []).push($each)` : ')' },
  ];
};

const returnEdit = ({ argument, start, end }: Node): Edit => {
  if (argument !== null && argument !== undefined) throw new Error('a generator of a rule returns a value');
  return { start, end, text: `return ${LIST};` };
};
