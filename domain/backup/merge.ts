/**
 * How what a backup holds meets what the device holds: a merge, field by field, after which neither
 * an older value stands over a newer one nor anything is lost that the service has not confirmed.
 *
 * Which of two values is newer:
 *
 * 1. A replica that descends from the other (`descendant`: it wrote that backup, or was restored from
 *    it) has accounted for everything the other holds, whatever the clocks did meanwhile.
 * 2. Else invariant 5, as far as the two replicas know it: a change stands after the one it replaced,
 *    and otherwise where its device's clock put it; ties by change id. What is confirmed on both sides
 *    is settled for good by the next pull, which asks from the start.
 *
 * An unsent change whose value lost is sent all the same: the service has to know both to decide.
 */
import { carry, markKey } from '../sync/carried.ts';
import { type FieldValue, timeOfId } from '../sync/change.ts';
import { later } from '../sync/order.ts';
import { isPast } from '../sync/past.ts';
import type { StoredRecord } from '../sync/record.ts';
import { confirmedIn } from '../sync/replica.ts';
import type { HistoryRow } from '../sync/tables.ts';
import type { AttachmentState, OrderReplica, UnsentChange } from './replica.ts';
import { withBothHeard } from './said.ts';

/** Which side descends from the other; null when neither is known to. */
export type Descendant = 'mine' | 'theirs' | null;

/** What a merge changes on this device, in numbers for a person. */
export interface Difference {
  /** Whether the device had nothing of the order. */
  readonly isNew: boolean;
  /** Fields that get the other side's value, by record. */
  readonly taken: readonly { readonly record: string; readonly field: string }[];
  /** How many fields keep the device's value though the other side has another one. */
  readonly kept: number;
  /** Changes that come back to be sent. */
  readonly unsent: number;
  /** Attachments that the device did not know. */
  readonly attachments: readonly string[];
}

/** Where each change stands in the order of changes, from what both replicas know. */
const placesOf = (...replicas: readonly OrderReplica[]): ((change: string) => number) => {
  const replaced = new Map<string, string | null>();
  for (const { records, unsent, history } of replicas) {
    for (const { version } of history) replaced.set(version.change, version.was);
    for (const { winner, others = [] } of records.flatMap((row) => Object.values(row.server ?? {})))
      for (const { change, was } of [winner, ...others]) replaced.set(change, was);
    for (const { change } of unsent) replaced.set(change.id, change.was);
  }
  const places = new Map<string, number>();
  return (change) => {
    const chain: string[] = [];
    const seen = new Set<string>();
    let at: string | null | undefined = change;
    while (at && !places.has(at) && !seen.has(at)) {
      chain.push(at);
      seen.add(at);
      at = replaced.get(at);
    }
    let place = (at && places.get(at)) || 0;
    for (const id of chain.reverse()) {
      place = Math.max(timeOfId(id), place + 1);
      places.set(id, place);
    }
    return places.get(change) ?? place;
  };
};

const sameJson = (a: FieldValue | undefined, b: FieldValue | undefined): boolean =>
  canonical(a ?? null) === canonical(b ?? null);

const canonical = (value: FieldValue): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

const parentOf = ({ id, kind, values }: StoredRecord): string => {
  const parent = values[`${kind}.order`];
  return kind === 'order' ? id : typeof parent === 'string' ? parent : '';
};

const byId = <T>(items: readonly T[], id: (item: T) => string): Map<string, T> =>
  new Map(items.map((item) => [id(item), item]));

/** Merges two replicas of one order; pure. `mine` is this device's. */
export const mergeOrder = (
  mine: OrderReplica,
  theirs: OrderReplica,
  descendant: Descendant,
): { readonly merged: OrderReplica; readonly difference: Difference } => {
  const placeOf = placesOf(mine, theirs);
  const theirsWins = (
    known: StoredRecord,
    other: StoredRecord,
    field: string,
    ours: string,
    change: string,
  ): boolean => {
    if (descendant !== null) return descendant === 'theirs';
    // What one of them knows to have been replaced is not the newer one.
    if (isPast(other.server?.[field]?.past, ours)) return true;
    if (isPast(known.server?.[field]?.past, change)) return false;
    const [a, b] = [ours, change].map((id) => ({ id, order: placeOf(id) }));
    return a !== undefined && b !== undefined && later(a, b) === b;
  };

  const taken: { record: string; field: string }[] = [];
  let kept = 0;
  const records = byId(mine.records, ({ id }) => id);
  const history = byId(mine.history, ({ id }) => id);
  const remember = (rows: readonly HistoryRow[]) => {
    for (const row of rows) if (!history.has(row.id)) history.set(row.id, row);
  };
  remember(theirs.history);
  for (const other of theirs.records) {
    const known = records.get(other.id);
    const { server: _, ...fresh } = { ...other, values: {}, changes: {} };
    let row: StoredRecord = known ?? fresh;
    const fields = new Set([...Object.keys(other.changes), ...Object.keys(other.server ?? {})]);
    for (const field of fields) {
      const [ours, change] = [row.changes[field], other.changes[field]];
      let isTaken = false;
      if (change !== undefined && change !== ours) {
        const differs = !sameJson(row.values[field], other.values[field]);
        isTaken =
          known === undefined ||
          ours === undefined ||
          theirsWins(known, other, field, ours, change);
        if (isTaken && differs) taken.push({ record: other.id, field });
        if (!isTaken && differs) kept += 1;
      }
      if (isTaken && change !== undefined) {
        row = {
          ...row,
          values: { ...row.values, [field]: other.values[field] ?? null },
          changes: { ...row.changes, [field]: change },
        };
      }
      const both = withBothHeard(row, field, known, other, isTaken);
      row = both.row;
      remember(both.replaced);
    }
    records.set(other.id, { ...row, order: parentOf(row) || row.order });
  }

  const confirmed = new Set([...confirmedOf(mine), ...confirmedOf(theirs)]);
  const unsent = mergeUnsent(mine, theirs, descendant, confirmed);
  const attachments = mergeAttachments(mine.attachments, theirs.attachments);
  const had = new Set(mine.unsent.map(({ change }) => change.id));
  const knew = new Set(mine.attachments.map(({ sha256: hash }) => hash));
  return {
    merged: {
      id: mine.id,
      records: [...records.values()],
      unsent,
      history: [...history.values()],
      attachments,
    },
    difference: {
      isNew: mine.records.length === 0,
      taken,
      kept,
      unsent: unsent.filter(({ change }) => !had.has(change.id)).length,
      attachments: attachments.flatMap(({ sha256: hash }) => (knew.has(hash) ? [] : hash)),
    },
  };
};

/** Changes of which a replica knows that the service has them. */
const confirmedOf = ({ records, history }: OrderReplica): string[] => [
  ...records.flatMap(confirmedIn),
  ...history.map(({ id }) => id),
];

/** Every unsent change of both, but what has its receipt and what a descendant accounted for. */
const mergeUnsent = (
  mine: OrderReplica,
  theirs: OrderReplica,
  descendant: Descendant,
  confirmed: ReadonlySet<string>,
): UnsentChange[] => {
  const fieldsOf = ({ records }: OrderReplica) => byId(records, ({ id }) => id);
  /** Whether the descendant has a value of the field: then it took or replaced the change. */
  const accountedFor = ({ change: { record, field } }: UnsentChange, by: OrderReplica) =>
    fieldsOf(by).get(record)?.changes[field] !== undefined;
  const ours = byId(mine.unsent, ({ change }) => change.id);
  const others = byId(theirs.unsent, ({ change }) => change.id);
  const result: UnsentChange[] = [];
  for (const [id, each] of ours) {
    if (confirmed.has(id)) continue;
    const other = others.get(id);
    if (descendant === 'theirs' && !other && accountedFor(each, theirs)) continue;
    // What the other side sent, or may have, cannot be replaced as if it had never left.
    const differs = other && other.status !== each.status && descendant !== 'mine';
    result.push(differs ? asSent(each) : each);
  }
  for (const [id, each] of others) {
    if (confirmed.has(id) || ours.has(id)) continue;
    if (descendant === 'mine' && accountedFor(each, mine)) continue;
    // Since the backup it may have been sent, and refused changes are decided anew.
    result.push(asSent(each));
  }
  return result;
};

const asSent = ({ code: _, message: __, ...entry }: UnsentChange): UnsentChange => ({
  ...entry,
  status: 'sent',
});

const mergeAttachments = (
  mine: readonly AttachmentState[],
  theirs: readonly AttachmentState[],
): AttachmentState[] => {
  const merged = byId(mine, ({ sha256: hash }) => hash);
  for (const other of theirs) {
    const known = merged.get(other.sha256);
    merged.set(other.sha256, {
      sha256: other.sha256,
      waiting: other.waiting && (known?.waiting ?? true),
    });
  }
  return [...merged.values()];
};

/**
 * A replica whose receipts are another service's: the bytes are to be sent again. What was confirmed of
 * the changes, `restored` has the device offer to its service.
 */
export const withoutReceipts = (replica: OrderReplica): OrderReplica => ({
  ...replica,
  attachments: replica.attachments.map((each) => ({ ...each, waiting: true })),
});

/** The device that a backup is of. */
export interface Maker {
  readonly device: string;
  /** Null when it was not enrolled. */
  readonly token: string | null;
  /** How far its clock was ahead of the service's, ms. */
  readonly offset: number | null;
}

/**
 * A replica as another device holds it: the maker's own changes go on as carried ones, under their own
 * ids and with the maker's mark, so that the service takes them from whoever brings them.
 */
export const carriedFrom = (replica: OrderReplica, maker: Maker): OrderReplica => {
  const key = maker.token === null ? null : markKey(maker.token);
  return {
    ...replica,
    unsent: replica.unsent.map((entry) => {
      if (entry.change.device !== maker.device || entry.carried) return entry;
      const { offset, mark } = carry(entry.change, maker.offset, key);
      return { ...entry, carried: { offset, mark } };
    }),
  };
};
