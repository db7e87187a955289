import fc from 'fast-check';
import { v7 as uuid } from 'uuid';
import { describe, expect, test } from 'vitest';
import { applyEdits, type StampedEdit, sameValue } from '../../../domain/sync/edits.ts';
import type { StoredRecord } from '../../../domain/sync/record.ts';
import type { OutboxRow } from '../../../domain/sync/tables.ts';

const author = { device: uuid(), by: '样例装维' };
const order = uuid();

const edit = (field: string, value: StampedEdit['value'], record = order): StampedEdit => ({
  id: uuid(),
  time: 5,
  record,
  order,
  field,
  value,
});

/** The database's rows after some edits, as a transaction would leave them. */
const apply = (
  edits: readonly StampedEdit[],
  rows: readonly StoredRecord[] = [],
  outbox: readonly OutboxRow[] = [],
) =>
  applyEdits(
    edits,
    new Map(rows.map((row) => [row.id, row])),
    (id) => outbox.find((row) => row.id === id),
    author,
    uuid,
  );

const entry = (
  change: ReturnType<typeof apply>['changes'][number] | undefined,
  status: OutboxRow['status'],
): OutboxRow[] => (change ? [{ id: change.id, place: 1, order, change, status }] : []);

describe('an edit', () => {
  test('of an empty field has nothing that it replaces', () => {
    const first = edit('customer.name', '样例诊所');
    const { changes, rows } = apply([first]);
    expect(changes).toEqual([
      {
        id: first.id,
        record: order,
        field: 'customer.name',
        value: '样例诊所',
        was: null,
        time: 5,
        ...author,
      },
    ]);
    expect(rows[0]?.changes['customer.name']).toBe(first.id);
  });

  test('to the value that is there is no change', () => {
    const { rows } = apply([edit('kinds', ['new'])]);
    expect(apply([edit('kinds', ['new']), edit('customer.name', null)], rows).changes).toEqual([]);
  });

  test.each(['waiting', 'rejected'] as const)(
    'takes the place of a %s entry of its field',
    (status) => {
      const first = apply([edit('customer.name', '甲')]);
      const second = apply(
        [edit('customer.name', '乙')],
        first.rows,
        entry(first.changes[0], status),
      );
      expect(second.replaced).toEqual([first.changes[0]?.id]);
      expect(second.changes[0]?.was).toBe(null);
    },
  );

  test('builds on an entry that may have reached the service', () => {
    const first = apply([edit('customer.name', '甲')]);
    const second = apply(
      [edit('customer.name', '乙')],
      first.rows,
      entry(first.changes[0], 'sent'),
    );
    expect(second.replaced).toEqual([]);
    expect(second.changes[0]?.was).toBe(first.changes[0]?.id);
  });

  test.each([
    ['was refused for what the service lost', { code: 'no-bytes' }, true],
    ['came before a row that the service lost', { code: 'unknown-record' }, true],
    ['left in a file after it was refused', { code: 'bad-value', left: true }, true],
    ['was refused for what it says', { code: 'bad-value' }, false],
  ] as const)('names a change that %s: %o, %s', (_, how, isNamed) => {
    const first = apply([edit('customer.name', '甲')]);
    const past = ['0123456789ab'];
    const refused = entry(first.changes[0], 'rejected').map((row) => ({
      ...row,
      ...how,
      change: { ...row.change, past },
    }));
    const [second] = apply([edit('customer.name', '乙')], first.rows, refused).changes;
    expect(second).toMatchObject({ was: null, past });
    expect(second?.settles).toEqual(isNamed ? [first.changes[0]?.id] : undefined);
  });

  test('of a new row says first which order the row belongs to', () => {
    const row = uuid();
    const { changes } = apply([edit('extension.number', '04770000001', row)]);
    expect(changes.map(({ field, value }) => [field, value])).toEqual([
      ['extension.order', order],
      ['extension.number', '04770000001'],
    ]);
    const named = apply([edit('member.slot', 1, row), edit('member.order', order, row)]);
    expect(named.changes.map(({ field }) => field)).toEqual(['member.order', 'member.slot']);
  });
});

test('two values are the same exactly when their JSON is, with an absent one like null', () => {
  const json = fc.jsonValue({ maxDepth: 3 });
  fc.assert(
    fc.property(json, json, (a, b) => {
      const [x, y] = [JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b))];
      expect(sameValue(x, structuredClone(x))).toBe(true);
      const keysSorted = (value: unknown) =>
        JSON.stringify(value, (_key, inner: unknown) =>
          inner && typeof inner === 'object' && !Array.isArray(inner)
            ? Object.fromEntries(Object.entries(inner).sort(([k], [l]) => (k < l ? -1 : 1)))
            : inner,
        );
      expect(sameValue(x, y)).toBe(keysSorted(x) === keysSorted(y));
    }),
  );
  expect(sameValue(undefined, null)).toBe(true);
});
