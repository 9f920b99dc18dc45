import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import type { ConfigNode, ParsedConfig } from './tree.ts';

/** Reads TOML; its reader gives up at the first mistake. */
export const parseToml = (text: string): ParsedConfig => {
  try {
    const [top] = parseTOML(text).body;
    const root = openTable(0);
    for (const each of top.body) {
      if (each.type === 'TOMLKeyValue') put(root, each);
      else fill(tableAt(root, each), each);
    }
    return { root: closed(root), mistakes: [] };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { root: undefined, mistakes: [{ at: error.index, message: `this is not TOML: ${error.message}` }] };
  }
};

/** A table or an array of tables while keys are still coming; an array has its indices for keys. */
interface OpenTable {
  readonly kind: 'open';
  readonly at: number;
  readonly entries: Map<string | number, { readonly at: number; readonly value: OpenTable | ConfigNode }>;
}

const openTable = (at: number): OpenTable => ({ kind: 'open', at, entries: new Map() });

const isOpen = (value: OpenTable | ConfigNode): value is OpenTable => value.kind === 'open';

const fill = (table: OpenTable, { body }: AST.TOMLTable): void => {
  for (const pair of body) put(table, pair);
};

const tableAt = (root: OpenTable, { key, resolvedKey }: AST.TOMLTable): OpenTable => {
  let table = root;
  for (const name of resolvedKey) table = childOf(table, name, key.range[0]);
  return table;
};

const childOf = (table: OpenTable, name: string | number, at: number): OpenTable => {
  const known = table.entries.get(name)?.value;
  if (known && isOpen(known)) return known;
  const child = openTable(at);
  table.entries.set(name, { at, value: child });
  return child;
};

const put = (table: OpenTable, { key, value }: AST.TOMLKeyValue): void => {
  let target = table;
  for (const part of key.keys.slice(0, -1)) target = childOf(target, nameOf(part), part.range[0]);
  const last = key.keys.at(-1);
  if (last) target.entries.set(nameOf(last), { at: last.range[0], value: nodeOf(value) });
};

const nameOf = (part: AST.TOMLBare | AST.TOMLQuoted): string => (part.type === 'TOMLBare' ? part.name : part.value);

const nodeOf = (node: AST.TOMLContentNode): ConfigNode => {
  const at = node.range[0];
  if (node.type === 'TOMLArray') return { kind: 'list', at, items: node.elements.map(nodeOf) };
  if (node.type === 'TOMLInlineTable') {
    const table = openTable(at);
    for (const pair of node.body) put(table, pair);
    return closed(table);
  }
  if (node.kind === 'string') return { kind: 'scalar', at, value: node.value, text: node.value };
  if (node.kind === 'integer' || node.kind === 'float')
    return { kind: 'scalar', at, value: node.value, text: node.number };
  if (node.kind === 'boolean') return { kind: 'scalar', at, value: node.value, text: String(node.value) };
  return { kind: 'scalar', at, value: node.datetime, text: node.datetime };
};

const closed = ({ at, entries }: OpenTable): ConfigNode => {
  const parts = Array.from(entries, ([key, entry]) => ({
    key,
    at: entry.at,
    value: isOpen(entry.value) ? closed(entry.value) : entry.value,
  }));
  if (parts.length > 0 && parts.every(({ key }) => typeof key === 'number'))
    return { kind: 'list', at, items: parts.map(({ value }) => value) };
  return { kind: 'map', at, entries: parts.map((part) => ({ ...part, key: String(part.key) })) };
};
