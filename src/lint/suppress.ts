import type { Iechorfile, Stage } from '../ast/nodes.ts';
import { toolOf } from './compat.ts';
import type { Diagnostic } from './diagnostic.ts';
import { areasOf, type IgnoreArea } from './ignore-areas.ts';
import type { Ignore, IgnoreName } from './ignores.ts';

/** The ignore comments of one file at work. */
export interface Suppression {
  /** What no comment says to leave out. `syntax`, `encoding` and `internal` stay: they say that the file was not read. */
  readonly without: (diagnostics: readonly Diagnostic[]) => readonly Diagnostic[];
  /** The same of findings about the comments themselves, which `all` does not mean. */
  readonly withoutNamed: (diagnostics: readonly Diagnostic[]) => readonly Diagnostic[];
  /** The comment that says to leave a finding out. */
  readonly ignoreOf: (diagnostic: Diagnostic) => Ignore | undefined;
  /** The names, and ends without names, that have left something out so far. */
  readonly used: ReadonlySet<IgnoreName | Ignore>;
}

/** Under which names a finding may be ignored beside that of its rule. */
export interface OtherNames {
  /** The ids of other tools. */
  readonly codesOf: (diagnostic: Diagnostic) => readonly string[];
  readonly categoryOf: (diagnostic: Diagnostic) => string | undefined;
}

export const suppressionOf = (
  file: Iechorfile,
  stages: readonly Stage[],
  ignores: readonly Ignore[],
  { codesOf, categoryOf }: OtherNames,
): Suppression => {
  const { areas, endings } = areasOf(file, stages, ignores);
  const index = indexOf(areas);
  const used = new Set(endings);
  const entryOf = (diagnostic: Diagnostic, keys: readonly string[]): Entry | undefined => {
    if (NEVER_IGNORED.has(diagnostic.rule)) return undefined;
    for (const key of keys) {
      const entry = index.get(key)?.at(diagnostic.range.start);
      if (entry) return entry;
    }
    return undefined;
  };
  const isIgnored = (diagnostic: Diagnostic, keys: readonly string[]): boolean => {
    const entry = entryOf(diagnostic, keys);
    if (entry) used.add(entry.name);
    return entry !== undefined;
  };
  const allKeysOf = (each: Diagnostic): readonly string[] => {
    const category = categoryOf(each);
    return [...keysOf(each, codesOf(each)), ...(category ? [ownKey(category)] : []), ...ALL];
  };
  return {
    without: (diagnostics) => diagnostics.filter((each) => !isIgnored(each, allKeysOf(each))),
    withoutNamed: (diagnostics) => diagnostics.filter((each) => !isIgnored(each, [ownKey(each.rule)])),
    ignoreOf: (diagnostic) => entryOf(diagnostic, allKeysOf(diagnostic))?.ignore,
    used,
  };
};

/** The rules that say what could not be read. */
export const NEVER_IGNORED: ReadonlySet<string> = new Set(['syntax', 'encoding', 'internal', 'file-too-large']);

/** A name as it is looked up: letter case counts for other tools. */
const keyOf = ({ tool }: Ignore, { text }: IgnoreName): string => {
  if (tool === 'iechorlint' || text === 'all') return `${tool} ${text.toLowerCase()}`;
  // Of `hadolint/DL3008` the tool is no part of the id.
  return `${tool} ${tool === 'tally' ? text.replace(/^[a-z]+\//, '') : text}`;
};

const ownKey = (name: string): string => `iechorlint ${name.toLowerCase()}`;

const ALL = ['iechorlint all', 'tally all'];

const keysOf = ({ rule }: Diagnostic, codes: readonly string[]): readonly string[] => {
  const keys = [ownKey(rule)];
  let isCheck = false;
  for (const code of codes) {
    keys.push(ownKey(code), `tally ${code}`);
    const tool = toolOf(code);
    if (tool) keys.push(`${tool} ${code}`);
    if (tool === 'buildkit' && code !== EXPERIMENTAL) isCheck = true;
  }
  if (isCheck) keys.push('buildkit all');
  return keys;
};

/** `skip=all` leaves those on that are asked for by name. */
const EXPERIMENTAL = 'InvalidDefinitionDescription';

interface Entry extends IgnoreArea {
  readonly name: IgnoreName;
}

interface Entries {
  /** The one that holds the offset and reaches farthest. */
  readonly at: (offset: number) => Entry | undefined;
}

const indexOf = (areas: readonly IgnoreArea[]): ReadonlyMap<string, Entries> => {
  const lists = new Map<string, Entry[]>();
  for (const area of areas.toSorted((a, b) => a.start - b.start)) {
    for (const name of area.names) {
      const key = keyOf(area.ignore, name);
      const list = lists.get(key);
      if (list) list.push({ ...area, name });
      else lists.set(key, [{ ...area, name }]);
    }
  }
  return new Map(Array.from(lists, ([key, entries]) => [key, entriesOf(entries)]));
};

const entriesOf = (entries: readonly Entry[]): Entries => {
  const farthest: Entry[] = [];
  for (const entry of entries) {
    const before = farthest.at(-1);
    farthest.push(before && before.end >= entry.end ? before : entry);
  }
  return {
    at: (offset) => {
      const found = farthest[countUpTo(entries, offset) - 1];
      return found && found.end >= offset ? found : undefined;
    },
  };
};

/** How many of them start at the offset or before it. */
const countUpTo = (entries: readonly Entry[], offset: number): number => {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.start ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
};
