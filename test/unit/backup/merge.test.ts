import fc from 'fast-check';
import { v7 as uuid } from 'uuid';
import { describe, expect, test } from 'vitest';
import {
  carriedFrom,
  type Descendant,
  mergeOrder,
  withoutReceipts,
} from '../../../domain/backup/merge.ts';
import { type OrderReplica, orderReplicaSchema } from '../../../domain/backup/replica.ts';
import { markKey, markOf } from '../../../domain/sync/carried.ts';
import { confirmedIn } from '../../../domain/sync/replica.ts';
import {
  confirmed,
  DEVICE,
  EMPTY,
  edited,
  FIELDS,
  idAt,
  ORDER,
  replicaAfter,
  steps,
} from './backups.ts';

const values = ({ records }: OrderReplica) => records[0]?.values ?? {};
const current = ({ records }: OrderReplica) => records[0]?.changes ?? {};
const unsentIds = ({ unsent }: OrderReplica) => new Set(unsent.map(({ change }) => change.id));
/** Changes that the service is known to have: what counts, what stands beside it, what was replaced. */
const confirmedIds = ({ records, history }: OrderReplica) =>
  new Set([...records.flatMap(confirmedIn), ...history.map(({ id }) => id)]);
const merge = (mine: OrderReplica, theirs: OrderReplica, descendant: Descendant = null) =>
  mergeOrder(mine, theirs, descendant).merged;

/** Two replicas that went apart from a common past. */
const apart = fc
  .tuple(steps(5), steps(5), steps(5))
  .map(([past, left, right]): [OrderReplica, OrderReplica, OrderReplica] => {
    const start = replicaAfter(EMPTY, past, 0);
    return [start, replicaAfter(start, left, 1), replicaAfter(start, right, 2)];
  });

describe('merging a backup', () => {
  test('that is what is here changes nothing', () => {
    fc.assert(
      fc.property(steps(), (done) => {
        const mine = replicaAfter(EMPTY, done, 0);
        expect(merge(mine, mine)).toEqual(mine);
        expect(mergeOrder(mine, mine, null).difference).toMatchObject({
          taken: [],
          kept: 0,
          unsent: 0,
          attachments: [],
        });
      }),
    );
  });

  test('a second time changes nothing more', () => {
    fc.assert(
      fc.property(apart, fc.constantFrom<Descendant>('mine', 'theirs', null), ([, a, b], kin) => {
        const once = merge(a, b, kin);
        // Whoever was restored from a backup descends from it.
        for (const again of [merge(once, b, 'mine'), merge(once, b, kin)]) {
          expect(values(again)).toEqual(values(once));
          expect(current(again)).toEqual(current(once));
          expect(unsentIds(again)).toEqual(unsentIds(once));
        }
      }),
    );
  });

  test('gives the same values and the same unsent changes from either side', () => {
    fc.assert(
      fc.property(apart, ([, a, b]) => {
        const [here, there] = [merge(a, b), merge(b, a)];
        expect(values(here)).toEqual(values(there));
        expect(current(here)).toEqual(current(there));
        expect(unsentIds(here)).toEqual(unsentIds(there));
        expect(confirmedIds(here)).toEqual(confirmedIds(there));
      }),
    );
  });

  test('never puts an older value over a newer one, whatever the clocks said', () => {
    fc.assert(
      fc.property(steps(), steps(), (past, later) => {
        const backup = replicaAfter(EMPTY, past, 0);
        const mine = replicaAfter(backup, later, 1);
        // The device knows that it made the backup before.
        const restored = mergeOrder(mine, backup, 'mine');
        expect(restored.merged).toEqual(mine);
        expect(restored.difference.taken).toEqual([]);
        // And a device that was set back to the backup gets everything newer.
        expect(values(mergeOrder(backup, mine, 'theirs').merged)).toEqual(values(mine));
      }),
    );
  });

  test('knows the newer one by what it replaced, though the clock was put back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.integer({ min: 1, max: 1_000 }),
        (a, b) => {
          const old = confirmed(edited(EMPTY, idAt(a, 1), 'customer.name', '旧'));
          const newer = edited(old, idAt(b, 2), 'customer.name', '新');
          expect(values(merge(newer, old))['customer.name']).toBe('新');
          expect(values(merge(old, newer))['customer.name']).toBe('新');
        },
      ),
    );
  });

  test('keeps the unsent changes of both, whosever value stands', () => {
    fc.assert(
      fc.property(apart, ([, a, b]) => {
        const both = merge(a, b);
        const receipts = new Set([...confirmedIds(a), ...confirmedIds(b)]);
        const expected = [...unsentIds(a), ...unsentIds(b)].filter((id) => !receipts.has(id));
        expect(unsentIds(both)).toEqual(new Set(expected));
      }),
    );
  });

  test('fills what is missing here, and only that, when this device made the backup', () => {
    fc.assert(
      fc.property(steps(), fc.subarray([...FIELDS]), (done, lost) => {
        const whole = replicaAfter(EMPTY, done, 0);
        const records = whole.records.map((record) => ({
          ...record,
          values: Object.fromEntries(
            Object.entries(record.values).filter(([field]) => !lost.some((each) => each === field)),
          ),
          changes: Object.fromEntries(
            Object.entries(record.changes).filter(
              ([field]) => !lost.some((each) => each === field),
            ),
          ),
        }));
        const unsent = whole.unsent.filter(
          ({ change }) => !lost.some((each) => each === change.field),
        );
        const restored = merge({ ...whole, records, unsent }, whole, 'mine');
        expect(values(restored)).toEqual(values(whole));
        expect(unsentIds(restored)).toEqual(unsentIds(whole));
      }),
    );
  });

  test('tells what it takes, what it keeps and what comes back to be sent', () => {
    const start = confirmed(edited(EMPTY, idAt(10), 'customer.name', '样例诊所'));
    const mine = edited(start, idAt(30), 'customer.name', '样例旅馆');
    const late = edited(start, idAt(20), 'customer.name', '样例学校');
    const theirs = edited(late, idAt(21), 'customer.contact.phone', '13900000001');
    const { difference } = mergeOrder(mine, theirs, null);
    expect(difference).toEqual({
      isNew: false,
      taken: [{ record: ORDER, field: 'customer.contact.phone' }],
      kept: 1,
      unsent: 2,
      attachments: [],
    });
  });

  test('of attachments keeps all, and what either side knows to be confirmed is', () => {
    const [one, two, three] = ['1', '2', '3'].map((digit) => digit.repeat(64));
    if (!one || !two || !three) throw new Error('three hashes');
    const mine = { ...EMPTY, attachments: [{ sha256: one, waiting: true }] };
    const theirs = {
      ...EMPTY,
      attachments: [
        { sha256: one, waiting: false },
        { sha256: two, waiting: true },
        { sha256: three, waiting: false },
      ],
    };
    expect(merge(mine, theirs).attachments).toEqual(theirs.attachments);
    expect(merge(theirs, mine).attachments).toEqual(theirs.attachments);
    expect(mergeOrder(mine, theirs, null).difference.attachments).toEqual([two, three]);
  });
});

test('a change taken from a backup counts as sent, since it may have been since', () => {
  const theirs = edited(EMPTY, idAt(10), 'customer.name', '样例诊所');
  expect(merge(EMPTY, theirs).unsent.map(({ status }) => status)).toEqual(['sent']);
  expect(merge(theirs, EMPTY).unsent.map(({ status }) => status)).toEqual(['waiting']);
});

test('of a backup from another service the files are to be sent again', () => {
  const attachments = [{ sha256: '1'.repeat(64), waiting: false }];
  const again = withoutReceipts({ ...EMPTY, attachments });
  expect(again.attachments).toEqual([{ sha256: '1'.repeat(64), waiting: true }]);
});

test('another device carries the maker’s changes under their own ids, with the maker’s mark', () => {
  const maker = { device: DEVICE, token: 'token', offset: 1_500 };
  fc.assert(
    fc.property(steps(), (done) => {
      const replica = replicaAfter(EMPTY, done, 0);
      const carried = carriedFrom(replica, maker);
      expect(carriedFrom(carried, maker)).toEqual(carried);
      expect(orderReplicaSchema.parse(carried)).toEqual(carried);
      expect(carried.records).toEqual(replica.records);
      for (const { change, carried: came } of carried.unsent) {
        expect(came).toEqual({ offset: 1_500, mark: markOf(markKey('token'), change, 1_500) });
      }
    }),
  );
});

test('what a third device made stays as it came', () => {
  const replica = replicaAfter(
    EMPTY,
    [{ kind: 'edit', field: 'customer.name', value: '甲', at: 1_000 }],
    0,
  );
  expect(carriedFrom(replica, { device: uuid(), token: null, offset: null })).toEqual(replica);
});
