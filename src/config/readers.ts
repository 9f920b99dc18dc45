import { entryOf } from '../source/entry.ts';
import { nearest } from '../source/nearest.ts';
import type { ConfigNode, Entry, MapNode } from './tree.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Takes a mistake at an offset of the file. */
export type Log = (at: number, message: string) => void;

/** Reads a value and knows its JSON schema. What is wrong is logged, and then there is no value. */
export interface Reader<T> {
  readonly read: (node: ConfigNode, name: string, log: Log) => T | undefined;
  readonly schema: JsonSchema;
}

export const flag: Reader<boolean> = {
  schema: { type: 'boolean' },
  read: (node, name, log) =>
    node.kind === 'scalar' && typeof node.value === 'boolean' ? node.value : wrong(node, name, 'true or false', log),
};

export const number: Reader<number> = {
  schema: { type: 'number' },
  read: (node, name, log) =>
    node.kind === 'scalar' && typeof node.value === 'number' ? node.value : wrong(node, name, 'a number', log),
};

export const text: Reader<string> = {
  schema: { type: 'string' },
  read: (node, name, log) =>
    node.kind === 'scalar' && typeof node.value === 'string' && node.value !== ''
      ? node.value
      : wrong(node, name, 'a text', log),
};

/** A text; a number or a boolean counts as it is written, so that 3.10 stays what it is. */
export const anyText: Reader<string> = {
  schema: { type: ['string', 'number', 'boolean'] },
  read: (node, name, log) =>
    node.kind === 'scalar' && node.value !== null ? node.text : wrong(node, name, 'a text', log),
};

export const choice = <T extends string>(values: readonly T[]): Reader<T> => ({
  schema: { enum: values },
  read: (node, name, log) => {
    if (node.kind === 'scalar' && typeof node.value === 'number' && values.some((value) => value === node.text))
      return wrong(node, name, `a text, \`"${node.text}"\` in quotes`, log);
    if (node.kind !== 'scalar' || typeof node.value !== 'string') return wrong(node, name, orList(values), log);
    const found = values.find((value) => value === node.value);
    if (found !== undefined) return found;
    log(node.at, `\`${name}\` cannot be \`${cut(node.value)}\`; it is ${orList(values)}${meant(node.value, values)}`);
    return undefined;
  },
});

/** A list; one item may stand alone. */
export const listOf = <T>(item: Reader<T>): Reader<readonly T[]> => ({
  schema: { anyOf: [{ type: 'array', items: item.schema }, item.schema] },
  read: (node, name, log) => itemsOf(node).flatMap((each) => item.read(each, name, log) ?? []),
});

const itemsOf = (node: ConfigNode): readonly ConfigNode[] => (node.kind === 'list' ? node.items : [node]);

/** A list in which each item is a map. */
export const mapsOf = <T>(item: Reader<T>): Reader<readonly T[]> => ({
  schema: { type: 'array', items: item.schema },
  read: (node, name, log) => {
    if (node.kind !== 'list') return wrong(node, name, 'a list', log);
    return node.items.flatMap((each, index) => item.read(each, `${name}[${index}]`, log) ?? []);
  },
});

export const mapOf = <T>(value: Reader<T>): Reader<ReadonlyMap<string, T>> => ({
  schema: { type: 'object', additionalProperties: value.schema },
  read: (node, name, log) => {
    if (node.kind !== 'map') return wrong(node, name, 'a map of names to values', log);
    const map = new Map<string, T>();
    for (const entry of entriesOf(node, name, log)) {
      const read = value.read(entry.value, under(name, entry.key), log);
      if (read !== undefined) map.set(entry.key, read);
    }
    return map;
  },
});

/** One key of a record; its description is for people and editors. */
export interface Field<T> extends Reader<T> {
  readonly description: string;
}

export const field = <T>(description: string, reader: Reader<T>): Field<T> => ({
  ...reader,
  description,
  schema: { description, ...reader.schema },
});

type Fields = Readonly<Record<string, Reader<unknown>>>;
type Read<R> = R extends Reader<infer T> ? T : never;
export type RecordOf<F extends Fields> = { readonly [K in keyof F]?: Read<F[K]> };

/** A map with known keys, of which those that are needed alone have to be there. */
export function record<const F extends Fields>(fields: F, needed?: readonly string[]): Reader<RecordOf<F>>;
export function record(fields: Fields, needed: readonly string[] = []): Reader<unknown> {
  const names = Object.keys(fields);
  const properties = Object.fromEntries(Object.entries(fields).map(([name, { schema }]) => [name, schema]));
  return {
    schema: {
      type: 'object',
      properties,
      ...(needed.length > 0 ? { required: needed } : {}),
      additionalProperties: false,
    },
    read: (node, name, log) => {
      if (node.kind !== 'map') return wrong(node, name, 'a map of keys to values', log);
      const values: [string, unknown][] = [];
      for (const { key, at, value } of entriesOf(node, name, log)) {
        const reader = entryOf(fields, key);
        if (!reader) log(at, `${unknownKey(name, key)}${meant(key, names) || `; it is ${orList(names)}`}`);
        const read = reader?.read(value, under(name, key), log);
        if (read !== undefined) values.push([key, read]);
      }
      const keys = node.entries.map(({ key }) => key);
      const missing = keys.every((key) => names.includes(key)) && needed.find((key) => !keys.includes(key));
      if (missing) log(node.at, `\`${name}\` has no \`${missing}\`, and so is for nothing`);
      return Object.fromEntries(values);
    },
  };
}

const unknownKey = (name: string, key: string): string =>
  name === '' ? `unknown key \`${key}\`` : `\`${name}\` has no key \`${key}\``;

/** The entries, of which none may be there twice. */
export const entriesOf = ({ entries }: MapNode, name: string, log: Log): readonly Entry[] => {
  const seen = new Set<string>();
  for (const { key, at } of entries) {
    if (seen.has(key)) log(at, `\`${under(name, key)}\` is set twice`);
    seen.add(key);
  }
  return entries;
};

/** The name of what stands under a name. */
export const under = (name: string, key: string): string => (name === '' ? key : `${name}.${key}`);

export const wrong = (node: ConfigNode, name: string, wanted: string, log: Log): undefined => {
  // What is no configuration at all may be a file that is nobody's business.
  const [subject, found] = name === '' && isText(node) ? ['the file', 'a text'] : [nameOf(name), whatIs(node)];
  log(node.at, `${subject} must be ${wanted}, not ${found}`);
};

const nameOf = (name: string): string => (name === '' ? 'the file' : `\`${name}\``);

const isText = (node: ConfigNode): boolean => node.kind === 'scalar' && typeof node.value === 'string';

const whatIs = (node: ConfigNode): string => {
  if (node.kind === 'list') return 'a list';
  if (node.kind === 'map') return 'a map';
  if (node.value === null || node.value === '') return 'empty';
  const kind = typeof node.value === 'boolean' ? '' : `the ${isText(node) ? 'text' : 'number'} `;
  return `${kind}\`${cut(node.text)}\``;
};

/** The beginning of a long text. */
const cut = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** What was most likely meant, as a remark in brackets. */
export const meant = (name: string, known: Iterable<string>): string => {
  const names = [...known];
  const [alike, ...more] = name.length < 3 ? [] : names.filter((each) => each.startsWith(name) || isLonger(name, each));
  const near = alike !== undefined && more.length === 0 ? alike : nearest(name, names);
  return near === undefined ? '' : ` (did you mean \`${near}\`?)`;
};

const isLonger = (name: string, known: string): boolean => known.length >= 3 && name.startsWith(known);

export const orList = (values: readonly string[]): string =>
  values.length < 2 ? values.join('') : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
