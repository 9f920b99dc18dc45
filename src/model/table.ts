/**
 * What names stand for at one place of a file. Tables of later places share their memory with those of earlier ones, so
 * that a file of many thousand ENV lines costs no more than their number.
 */
export interface Table<V> extends Iterable<readonly [name: string, value: V]> {
  get(name: string): V | undefined;
  has(name: string): boolean;
}

/** A table that can be extended; `with` leaves the one it is called on as it is. */
export interface GrowingTable<V> extends Table<V> {
  with(name: string, value: V): GrowingTable<V>;
}

interface Entry<V> {
  readonly version: number;
  readonly value: V;
}

/** All that was ever set along one line of tables, with the version that set it. */
interface Log<V> {
  readonly entries: Map<string, Entry<V>[]>;
  readonly parent: Table<V> | undefined;
  version: number;
}

export const tableOf = <V>(values: Iterable<readonly [name: string, value: V]> = []): GrowingTable<V> => {
  let table: GrowingTable<V> = EMPTY;
  for (const [name, value] of values) table = table.with(name, value);
  return table;
};

/** Of the many tables of a file most stay empty. */
const EMPTY: GrowingTable<never> = {
  get: () => undefined,
  has: () => false,
  with: (name, value) =>
    new View({ entries: new Map([[name, [{ version: 1, value }]]]), parent: undefined, version: 1 }, 1),
  [Symbol.iterator]: () => [][Symbol.iterator](),
};

/** The log as it was at a version. */
class View<V> implements GrowingTable<V> {
  private readonly log: Log<V>;
  private readonly version: number;

  constructor(log: Log<V>, version: number) {
    this.log = log;
    this.version = version;
  }

  get(name: string): V | undefined {
    return entryAt(this.log, name, this.version)?.value ?? this.log.parent?.get(name);
  }

  has(name: string): boolean {
    return entryAt(this.log, name, this.version) !== undefined || (this.log.parent?.has(name) ?? false);
  }

  with(name: string, value: V): GrowingTable<V> {
    const isNewest = this.log.version === this.version;
    const own = isNewest ? this.log : { entries: new Map<string, Entry<V>[]>(), parent: this, version: 0 };
    own.version++;
    const entries = own.entries.get(name);
    if (entries) entries.push({ version: own.version, value });
    else own.entries.set(name, [{ version: own.version, value }]);
    return new View(own, own.version);
  }

  [Symbol.iterator](): Iterator<readonly [name: string, value: V]> {
    return pairsOf(this.log, this.version)[Symbol.iterator]();
  }
}

const pairsOf = <V>(log: Log<V>, version: number): readonly (readonly [name: string, value: V])[] => {
  const pairs: (readonly [string, V])[] = [];
  const names = new Set<string>();
  for (const [name, value] of log.parent ?? []) {
    names.add(name);
    pairs.push([name, entryAt(log, name, version)?.value ?? value]);
  }
  for (const name of log.entries.keys()) {
    const entry = names.has(name) ? undefined : entryAt(log, name, version);
    if (entry) pairs.push([name, entry.value]);
  }
  return pairs;
};

/** The last entry of the name that is not younger than the version. */
const entryAt = <V>(log: Log<V>, name: string, version: number): Entry<V> | undefined => {
  const entries = log.entries.get(name);
  if (!entries) return undefined;
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.version ?? 0) <= version) low = middle + 1;
    else high = middle;
  }
  return entries[low - 1];
};
