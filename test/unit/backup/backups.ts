/** Orders as replicas, made up for the tests. */
import fc from 'fast-check';
import { v7 as uuid } from 'uuid';
import type { OrderReplica, UnsentChange } from '../../../domain/backup/replica.ts';
import { noReplica } from '../../../domain/backup/replica.ts';
import type { Change } from '../../../domain/sync/change.ts';
import { withValue } from '../../../domain/sync/edits.ts';
import { tailOf } from '../../../domain/sync/past.ts';
import { versionsOf } from '../../../domain/sync/replica.ts';
import { createKeys } from '../../../domain/vault/keys.ts';

export const KEYS = createKeys(new Uint8Array(32).fill(7));

export const DEVICE = uuid();
export const ORDER = uuid();
export const FIELDS = ['customer.name', 'customer.contact.phone', 'order.deleted'] as const;

/** An id whose time is `ms`, told apart by `salt`. */
export const idAt = (ms: number, salt = 0): string => {
  const time = ms.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${salt.toString(16).padStart(12, '0')}`;
};

export const changeOf = (
  id: string,
  field: string,
  value: Change['value'],
  was: string | null,
) => ({
  id,
  record: ORDER,
  field,
  value,
  was,
  time: 0,
  device: DEVICE,
  by: '张样例',
});

/**
 * A device as the store behaves: each edit stands over the one before, what never left is replaced,
 * and sending confirms everything.
 */
export const edited = (
  before: OrderReplica,
  id: string,
  field: string,
  value: Change['value'],
): OrderReplica => {
  const record = before.records[0] ?? {
    id: ORDER,
    kind: 'order' as const,
    order: ORDER,
    values: {},
    changes: {},
  };
  const current = record.changes[field];
  const entry = before.unsent.find(({ change }) => change.id === current);
  const replaces = entry && entry.status !== 'sent' ? entry : null;
  const was = replaces ? replaces.change.was : (current ?? null);
  const news: UnsentChange = { change: changeOf(id, field, value, was), status: 'waiting' };
  return {
    ...before,
    records: [withValue(record, { field, value, id })],
    unsent: [...before.unsent.filter((each) => each !== replaces), news],
  };
};

/** The service confirmed everything that waited. */
export const confirmed = (before: OrderReplica): OrderReplica => {
  const history = [...before.history];
  const records = before.records.map((record) => {
    const server = { ...record.server };
    for (const { change } of before.unsent) {
      const { id, record: _, field, value, ...more } = change;
      const said = server[field];
      const shows = record.changes[field] === id;
      const winner = { change: id, ...more, ...(shows ? {} : { value }) };
      const past = [...(said?.past ?? []), ...(change.was ? [tailOf(change.was)] : [])];
      const [former] = versionsOf({ ...record, server }, field);
      if (former) history.push({ id: former.change, record: record.id, field, version: former });
      const seq = (said?.seq ?? 0) + 1;
      server[field] = { seq, generation: 1, winner, ...(past.length > 0 ? { past } : {}) };
    }
    return Object.keys(server).length > 0 ? { ...record, server } : record;
  });
  return { ...before, records, unsent: [], history };
};

/** What a device did, one after the other; `at` is what its clock said. */
export type Step =
  | { readonly kind: 'edit'; readonly field: string; readonly value: string; readonly at: number }
  | { readonly kind: 'send' };

export const steps = (most = 8): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({
          kind: fc.constant('edit' as const),
          field: fc.constantFrom(...FIELDS),
          value: fc.constantFrom('甲', '乙', '丙', '丁'),
          // Clocks run, jump and stand still.
          at: fc.integer({ min: 1_000, max: 1_020 }),
        }),
      },
      fc.record({ kind: fc.constant('send' as const) }),
    ),
    { maxLength: most },
  );

/** @param salt tells the changes of two devices apart */
export const replicaAfter = (
  start: OrderReplica,
  done: readonly Step[],
  salt: number,
): OrderReplica =>
  done.reduce(
    (replica, step, i) =>
      step.kind === 'send'
        ? confirmed(replica)
        : edited(replica, idAt(step.at, salt * 1_000 + i), step.field, step.value),
    start,
  );

export const EMPTY: OrderReplica = noReplica(ORDER);
