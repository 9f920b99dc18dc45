import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { ConfigNode, Entry, Mistake, ParsedConfig } from './tree.ts';

/** Reads YAML 1.2, in which `off` and `no` are texts. */
export const parseYaml = (text: string): ParsedConfig => {
  const document = parseDocument(text, { prettyErrors: false, strict: true, lineCounter: new LineCounter() });
  const mistakes: Mistake[] = document.errors.map(({ pos, code, message }) => ({
    at: pos[0],
    message: code === 'MULTIPLE_DOCS' ? SEVERAL : `this is not YAML: ${oneLine(message)}`,
  }));
  if (mistakes.length > 0) return { root: undefined, mistakes };
  let budget = MAX_NODES;
  const convert = (node: unknown, depth: number): ConfigNode => {
    const at = placeOf(node);
    if (budget-- <= 0 || depth > MAX_DEPTH) {
      if (mistakes.length === 0) mistakes.push({ at, message: 'the file goes round in circles or is far too large' });
      return { kind: 'scalar', at, value: null, text: '' };
    }
    if (isAlias(node)) return { ...convert(node.resolve(document), depth + 1), at };
    if (isSeq(node)) return { kind: 'list', at, items: node.items.map((item) => convert(item, depth + 1)) };
    if (isMap(node)) {
      const entries = node.items.map((pair): Entry => {
        const key = convert(pair.key, depth + 1);
        const value = pair.value === null ? emptyAt(key.at) : convert(pair.value, depth + 1);
        return { key: key.kind === 'scalar' ? key.text : '?', at: key.at, value };
      });
      return { kind: 'map', at, entries };
    }
    if (!isScalar(node)) return emptyAt(at);
    const value = valueOf(node.value);
    return { kind: 'scalar', at, value, text: typeof value === 'string' ? value : (node.source ?? String(value)) };
  };
  const root = document.contents === null ? undefined : convert(document.contents, 0);
  return { root, mistakes };
};

const SEVERAL = 'a second document begins here; a configuration is one';
const MAX_NODES = 200_000;
const MAX_DEPTH = 50;

const oneLine = (message: string): string => message.replace(/\s+/g, ' ').trim();

const emptyAt = (at: number): ConfigNode => ({ kind: 'scalar', at, value: null, text: '' });

const placeOf = (node: unknown): number => (isNode(node) ? (node.range?.[0] ?? 0) : 0);

const isNode = (value: unknown): value is Node => isAlias(value) || isScalar(value) || isMap(value) || isSeq(value);

const valueOf = (value: unknown): string | number | boolean | null =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null
    ? value
    : String(value);
