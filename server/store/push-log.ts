/** The log's tables as a push reads and writes them: what it is judged by, and what it left. */
import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { type Recollected, replacedBy } from '../../domain/sync/change.ts';
import {
  byFieldKey,
  emptyLog,
  fieldKey,
  type Log,
  type LoggedChange,
  namedBytes,
  namedOrder,
} from '../../domain/sync/log.ts';
import type { Home } from '../rights.ts';
import { insertRows, isOneOf } from './bulk.ts';
import type { Database } from './database.ts';
import type { Author } from './devices.ts';
import { attachments, beside, changes, fields, orders, records } from './schema.ts';

export type StoredChange = typeof changes.$inferSelect;

/** What a push wrote, and where. */
export interface Taken {
  /** By order, whose it is. */
  readonly homes: Map<string, Home>;
  /** By order that was not there yet, who begins it. */
  readonly begun: Map<string, Author>;
  /** By change. */
  readonly authors: ReadonlyMap<string, Author>;
  /** By field, the seqs of what stood beside it. */
  readonly stood: Map<string, readonly number[]>;
}

/** Where the log ends, and whether it is still the one that a device knew. */
export const positions = (db: Database) => ({
  end: async () => {
    const [end] = await db
      .select({ seq: changes.seq, mark: changes.mark })
      .from(changes)
      .orderBy(desc(changes.seq))
      .limit(1);
    return end ?? null;
  },
  markAt: async (seq: number) => {
    const [found] = await db
      .select({ mark: changes.mark })
      .from(changes)
      .where(eq(changes.seq, seq));
    return found?.mark ?? null;
  },
});

/** What is known of everything that the pushed changes touch; `homes` learns whose the orders are. */
export async function readLog(
  tx: Database,
  pushed: readonly Recollected[],
  homes: Map<string, Home>,
  last: number,
): Promise<Log> {
  const ids = pushed.flatMap((change) => [change.id, ...replacedBy(change)]);
  const recordIds = pushed.flatMap((change) => [change.record, namedOrder(change) ?? []].flat());
  const fieldNames = [...new Set(pushed.map((change) => change.field))];
  const knownRecords = await tx
    .select({
      id: records.id,
      order: records.order,
      kind: records.kind,
      team: orders.team,
      branch: orders.branch,
    })
    .from(records)
    .innerJoin(orders, eq(orders.id, records.order))
    .where(isOneOf(records.id, recordIds));
  const winners = await tx
    .select({ change: changes, at: fields.at, past: fields.past })
    .from(fields)
    .innerJoin(changes, eq(changes.seq, fields.seq))
    .where(and(isOneOf(fields.record, recordIds), inArray(fields.field, fieldNames)));
  const others = await tx
    .select({ change: changes })
    .from(beside)
    .innerJoin(changes, eq(changes.seq, beside.seq))
    .where(and(isOneOf(beside.record, recordIds), inArray(beside.field, fieldNames)))
    .orderBy(asc(beside.seq));
  // Most changes replace the one that counts, which has just been read.
  const read = new Map([...winners, ...others].map(({ change }) => [change.id, change]));
  const unread = ids.filter((id) => !read.has(id));
  const known = await tx.select().from(changes).where(isOneOf(changes.id, unread));

  const log = emptyLog(last);
  for (const change of [...read.values(), ...known]) {
    log.changes.set(change.id, loggedChange(change));
  }
  for (const { id, order, kind, team, branch } of knownRecords) {
    log.records.set(id, { order, kind });
    log.records.set(order, { order, kind: 'order' });
    homes.set(order, { team, branch });
  }
  const kept = byFieldKey(others.map(({ change }) => loggedChange(change)));
  for (const { change, at, past } of winners) {
    log.fields.set(fieldKey(change), {
      ...{ at, past, winner: loggedChange(change) },
      others: kept.get(fieldKey(change)) ?? [],
    });
  }
  return log;
}

/** Which of the bytes that the changes say to have arrived have. Most pushes name none. */
export async function readStored(
  tx: Database,
  log: Log,
  pushed: readonly Recollected[],
  authors: Iterable<Author>,
): Promise<void> {
  const named = pushed.flatMap((change) => namedBytes(change) ?? []);
  const teams = [...new Set([...authors].flatMap(({ home }) => home.team ?? []))];
  if (named.length === 0 || teams.length === 0) return;
  const found = await tx
    .select({ sha256: attachments.sha256 })
    .from(attachments)
    .where(and(inArray(attachments.team, teams), inArray(attachments.sha256, named)));
  for (const { sha256 } of found) log.stored.add(sha256);
}

/** A change as the rules know it. Spelt out, since hundreds at once are read, and `...rest` is slow. */
export const loggedChange = (stored: StoredChange): LoggedChange => {
  const { seq, id, record, field, value, was, settles, time, device, by, place } = stored;
  const change = { seq, id, record, field, value, was, time, device, by, place };
  return settles ? { ...change, settles } : change;
};

/** A change as the log keeps it: `sender`, `receivedAt` and `mark` are the same for a whole push. */
export const storedChange = (
  { seq, id, record, field, value, was, settles, time, device, by, place }: LoggedChange,
  { sender, receivedAt, mark }: Pick<StoredChange, 'sender' | 'receivedAt' | 'mark'>,
): StoredChange => ({
  ...{ seq, id, record, field, value, was, time, device, by, place },
  ...{ settles: settles ? [...settles] : null, sender, receivedAt, mark },
});

/** Appends the changes, with what they make known, and says of each field what counts now. */
export async function writeLog(
  tx: Database,
  log: Log,
  added: readonly StoredChange[],
  taken: Taken,
  now: number,
): Promise<void> {
  if (added.length > 0) await writeChanges(tx, log, added, taken, now);
  const states = [...log.touched].flatMap((key) => log.fields.get(key) ?? []);
  const rows = states.map(({ at, winner: { record, field, seq }, past }) => ({
    ...{ record, field, seq, at },
    past: [...past],
  }));
  await tx.execute(
    sql`${insertRows(fields, rows)} on conflict (record, field)
      do update set seq = excluded.seq, at = excluded.at, past = excluded.past`,
  );
  // Most pushes meet no conflict, old or new, and spare these.
  const gone = [...log.touched].flatMap((key) => taken.stood.get(key) ?? []);
  if (gone.length > 0) await tx.delete(beside).where(inArray(beside.seq, gone));
  const kept = states.flatMap(({ others }) => others);
  if (kept.length > 0) {
    const rows = kept.map(({ seq, record, field }) => ({ seq, record, field }));
    await tx.execute(insertRows(beside, rows));
  }
}

/** Appends to the log, and what the changes make known: orders and records. */
async function writeChanges(
  tx: Database,
  log: Log,
  added: readonly StoredChange[],
  { homes, begun, authors }: Taken,
  now: number,
): Promise<void> {
  const ids = new Map(
    added.flatMap(({ id, record }) => {
      const order = log.records.get(record)?.order;
      return order ? [[order, id]] : [];
    }),
  );
  const touched = [...ids].map(([id, change]) => {
    const { team, branch } = homes.get(id) ?? begun.get(id)?.home ?? {};
    // Of an order that is there already the database keeps the one who began it.
    const owner = begun.get(id)?.user ?? authors.get(change)?.user;
    if (!team || !branch || !owner) throw new Error('an order belongs to a team');
    return { id, team, branch, owner, receivedAt: now };
  });
  await tx.execute(
    sql`${insertRows(orders, touched)} on conflict (id) do update set "receivedAt" = ${now}`,
  );
  if (log.addedRecords.length > 0) await tx.execute(insertRows(records, log.addedRecords));
  await tx.execute(insertRows(changes, added));
}
