/** Changes upon a map beyond which a copy costs less than looking through them. */
const MANY = 100;

/** What changed of a map: null for what went. */
type Changes<K, V> = ReadonlyMap<K, V | null>;

/** A map with some entries changed, which shares all others with the one that it was made from. */
class OverlaidMap<K, V> implements ReadonlyMap<K, V> {
  readonly size: number;

  constructor(
    readonly base: ReadonlyMap<K, V>,
    readonly changes: Changes<K, V>,
  ) {
    let size = base.size;
    for (const [key, value] of changes) {
      size += (value === null ? 0 : 1) - (base.has(key) ? 1 : 0);
    }
    this.size = size;
  }

  get(key: K): V | undefined {
    const changed = this.changes.get(key);
    return changed === undefined ? this.base.get(key) : (changed ?? undefined);
  }

  has(key: K): boolean {
    return this.get(key) !== undefined;
  }

  *entries(): MapIterator<[K, V]> {
    for (const [key, value] of this.base) {
      const changed = this.changes.get(key);
      if (changed !== null) yield [key, changed ?? value];
    }
    for (const [key, value] of this.changes) {
      if (value !== null && !this.base.has(key)) yield [key, value];
    }
  }

  *keys(): MapIterator<K> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): MapIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }

  forEach(callback: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this.entries()) callback(value, key, this);
  }
}

/**
 * Another map with some entries changed or gone (null), at a cost that does not grow with the map: the
 * list of ten thousand orders changes with every keystroke. Values are neither null nor undefined.
 */
export const withChanges = <K, V extends object>(
  map: ReadonlyMap<K, V>,
  changes: Changes<K, V>,
): ReadonlyMap<K, V> => {
  if (changes.size === 0) return map;
  const { base, changes: before } =
    map instanceof OverlaidMap ? map : { base: map, changes: new Map() };
  const overlaid = new OverlaidMap<K, V>(base, new Map([...before, ...changes]));
  return overlaid.changes.size > MANY ? new Map(overlaid) : overlaid;
};
