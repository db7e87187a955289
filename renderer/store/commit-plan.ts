/** What a commit makes of the rows that there are: pure, so that it is the same however they were learnt. */
import { v7 as uuid } from 'uuid';
import type { StoredRecord } from '../../domain/sync/record.ts';
import { type AppliedEdits, type Author, applyEdits, type StampedEdit } from './change-log.ts';
import type { OutboxRow } from './database.ts';
import type { UnsentDelta } from './touch.ts';

export type Deltas = Map<string, { -readonly [K in keyof UnsentDelta]: UnsentDelta[K] }>;

/** An order's delta, to be added to. */
export const deltaOf = (deltas: Deltas, order: string) => {
  const known = deltas.get(order) ?? { unsent: 0, unsentAttachments: 0, rejected: 0 };
  deltas.set(order, known);
  return known;
};

/** What entries that came and went change of what their orders have unsent. */
const deltasOf = (added: readonly OutboxRow[], gone: readonly OutboxRow[]): Deltas => {
  const deltas: Deltas = new Map();
  for (const { order } of added) deltaOf(deltas, order).unsent += 1;
  for (const { order, status } of gone) {
    const delta = deltaOf(deltas, order);
    delta.unsent -= 1;
    if (status === 'rejected') delta.rejected -= 1;
  }
  return deltas;
};

/** Where a commit starts from. */
export interface Known {
  /** The edited records that exist, by id. */
  readonly rows: ReadonlyMap<string, StoredRecord>;
  /** The queue's entries of the changes that the edits replace, those that are still there. */
  readonly queued: readonly OutboxRow[];
  /** The last place in the queue. */
  readonly place: number;
  readonly author: Author;
  /**
   * Ids of changes that this window made: only of these a later one takes the place, as of one's own
   * typing; what another window wrote stays in the log.
   */
  readonly ours: ReadonlySet<string>;
}

export interface CommitPlan extends AppliedEdits {
  readonly added: readonly OutboxRow[];
  readonly deltas: Deltas;
}

export const planCommit = (
  edits: readonly StampedEdit[],
  { rows, queued, place, author, ours }: Known,
): CommitPlan => {
  const known = new Map(queued.map((row) => [row.id, row]));
  const isOurs = ({ id, status }: OutboxRow) => status !== 'waiting' || ours.has(id);
  const entries = new Map(queued.filter(isOurs).map((row) => [row.id, row]));
  const overtaken = ({ time, follows }: StampedEdit, current: string) => {
    const change = known.get(current)?.change;
    const isElsewhere = current !== follows && !ours.has(current);
    return isElsewhere && change?.device === author.device && change.time > time
      ? change.time
      : null;
  };
  const applied = applyEdits(edits, rows, (id) => entries.get(id), author, uuid, overtaken);
  const orderOf = new Map(applied.rows.map(({ id, order }) => [id, order]));
  const added = applied.changes.map((change, i): OutboxRow => {
    const order = orderOf.get(change.record) ?? change.record;
    return { id: change.id, place: place + 1 + i, order, change, status: 'waiting' };
  });
  const replaced = applied.replaced.flatMap((id) => entries.get(id) ?? []);
  return { ...applied, added, deltas: deltasOf(added, replaced) };
};
