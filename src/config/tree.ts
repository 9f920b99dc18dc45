/** What a configuration file holds; `at` is the offset at which a part stands. */
export type ConfigNode = MapNode | ListNode | ScalarNode;

export interface MapNode {
  readonly kind: 'map';
  readonly at: number;
  readonly entries: readonly Entry[];
}

export interface Entry {
  readonly key: string;
  readonly at: number;
  readonly value: ConfigNode;
}

export interface ListNode {
  readonly kind: 'list';
  readonly at: number;
  readonly items: readonly ConfigNode[];
}

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly at: number;
  readonly value: string | number | boolean | null;
  /** As it is written, without quotes: `3.10` is not 3.1. */
  readonly text: string;
}

/** Something wrong at a place of a configuration file. */
export interface Mistake {
  readonly at: number;
  readonly message: string;
}

export interface ParsedConfig {
  /** Undefined: the file is empty. */
  readonly root: ConfigNode | undefined;
  readonly mistakes: readonly Mistake[];
}

export const isEmpty = (node: ConfigNode): boolean => node.kind === 'scalar' && node.value === null;

export const entryOf = (node: ConfigNode | undefined, key: string): Entry | undefined =>
  node?.kind === 'map' ? node.entries.find((entry) => entry.key === key) : undefined;

/** The texts of a list, or a text that stands for a list of one. */
export const textsIn = (node: ConfigNode | undefined): readonly (ScalarNode & { readonly value: string })[] => {
  const nodes = node?.kind === 'list' ? node.items : node ? [node] : [];
  return nodes.flatMap((each) =>
    each.kind === 'scalar' && typeof each.value === 'string' ? [{ ...each, value: each.value }] : [],
  );
};
