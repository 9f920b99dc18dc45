import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { ConfigNode, Entry, ParsedConfig } from './tree.ts';

/** Reads JSON; comments and commas before a closing bracket are welcome. */
export const parseJson = (text: string): ParsedConfig => {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
  const mistakes = errors.map(({ error, offset }) => ({
    at: offset,
    message: `this is not JSON: ${wordsOf(printParseErrorCode(error))}`,
  }));
  return { root: root && errors.length === 0 ? nodeOf(root, text) : undefined, mistakes };
};

/** `PropertyNameExpected` as words. */
const wordsOf = (code: string): string => code.replace(/(?!^)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();

const nodeOf = (node: Node, text: string): ConfigNode => {
  const at = node.offset;
  if (node.type === 'object')
    return { kind: 'map', at, entries: (node.children ?? []).flatMap((each) => entryOf(each, text)) };
  if (node.type === 'array')
    return { kind: 'list', at, items: (node.children ?? []).map((each) => nodeOf(each, text)) };
  const value: unknown = node.value;
  if (typeof value === 'string') return { kind: 'scalar', at, value, text: value };
  const written = text.slice(at, at + node.length);
  return {
    kind: 'scalar',
    at,
    value: typeof value === 'number' || typeof value === 'boolean' ? value : null,
    text: written,
  };
};

const entryOf = ({ children = [] }: Node, text: string): readonly Entry[] => {
  const [key, value] = children;
  return key && value ? [{ key: String(key.value), at: key.offset, value: nodeOf(value, text) }] : [];
};
