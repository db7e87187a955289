import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withChanges } from '../../../renderer/store/overlaid-map.ts';

const value = fc.record({ n: fc.nat(5) });
const entries = fc.array(fc.tuple(fc.nat(300), fc.option(value)), { maxLength: 80 });

test('a map with changes upon changes is what a copy would be, and what it was made from stays', () => {
  fc.assert(
    fc.property(fc.array(entries, { maxLength: 8 }), (rounds) => {
      const copy = new Map<number, { n: number }>();
      let map: ReadonlyMap<number, { n: number }> = new Map();
      for (const round of rounds) {
        const [before, held] = [map, new Map(map)];
        map = withChanges(map, new Map(round));
        for (const [key, changed] of new Map(round)) {
          if (changed) copy.set(key, changed);
          else copy.delete(key);
        }
        expect(new Map(before)).toEqual(held);
        expect(map.size).toBe(copy.size);
        expect(new Map(map)).toEqual(copy);
        expect([...map.keys()].sort()).toEqual([...copy.keys()].sort());
        expect([...map.values()].every((one) => one !== null)).toBe(true);
        for (let key = 0; key <= 300; key += 1) {
          expect(map.get(key)).toBe(copy.get(key));
          expect(map.has(key)).toBe(copy.has(key));
        }
        const seen = new Map<number, { n: number }>();
        map.forEach((one, key) => {
          seen.set(key, one);
        });
        expect(seen).toEqual(copy);
      }
    }),
    { numRuns: 30 },
  );
});
