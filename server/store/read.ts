import { and, asc, eq, gt, lte, max, sql } from 'drizzle-orm';
import { type FieldState, LIMITS, type PullAnswer } from '../../domain/sync/wire.ts';
import type { Database } from './database.ts';
import { attachments, changes, fields, orders, records } from './schema.ts';

/** Who reads: one owner his own orders, or (null) everything. */
export type Reader = string | null;

export const mayRead = (reader: Reader) => (reader === null ? undefined : eq(orders.owner, reader));

/** Current field states with the order they belong to; add a condition and an order. */
export const states = (db: Database) =>
  db
    .select({
      record: fields.record,
      field: fields.field,
      value: changes.value,
      change: changes.id,
      seq: fields.seq,
    })
    .from(fields)
    .innerJoin(changes, eq(changes.seq, fields.seq))
    .innerJoin(records, eq(records.id, fields.record))
    .innerJoin(orders, eq(orders.id, records.order));

/** The states that changed after `cursor`, oldest first, a page at a time. */
export async function pull(
  db: Database,
  reader: Reader,
  cursor: number,
): Promise<Omit<PullAnswer, 'epoch'>> {
  // The end of the log is read before the page: a push that commits in between is left to the next
  // pull, and a device with nothing to fetch still moves past what others wrote.
  const head = await lastSeq(db);
  // A cursor from beyond the log belongs to a history that this database has lost: start anew.
  const from = cursor > head ? 0 : cursor;
  const wanted = (to: number) => and(gt(fields.seq, from), lte(fields.seq, to), mayRead(reader));
  const sizes = await db
    .select({ seq: fields.seq, bytes: sql<number>`octet_length(${changes.value})` })
    .from(fields)
    .innerJoin(changes, eq(changes.seq, fields.seq))
    .innerJoin(records, eq(records.id, fields.record))
    .innerJoin(orders, eq(orders.id, records.order))
    .where(wanted(head))
    .orderBy(asc(fields.seq))
    .limit(LIMITS.pullFields + 1);
  const to = endOfPage(sizes) ?? head;
  return {
    fields: await states(db).where(wanted(to)).orderBy(asc(fields.seq)),
    cursor: to,
    more: to < head,
  };
}

/** The last seq that fits into a page, or null when all do; one state always fits. */
function endOfPage(sizes: readonly { readonly seq: number; readonly bytes: number }[]) {
  let bytes = 0;
  const over = sizes.findIndex((state, index) => {
    bytes += state.bytes;
    return index === LIMITS.pullFields || (index > 0 && bytes > LIMITS.pullBytes);
  });
  return sizes[over - 1]?.seq ?? null;
}

/** Every current field state of an order and its rows; null when there is no such order to read. */
export async function readOrder(
  db: Database,
  reader: Reader,
  order: string,
): Promise<FieldState[] | null> {
  const found = await states(db)
    .where(and(eq(records.order, order), mayRead(reader)))
    .orderBy(asc(fields.seq));
  return found.length > 0 ? found : null;
}

/** The owner of an order, or null. */
export async function ownerOfOrder(db: Database, order: string): Promise<string | null> {
  const [found] = await db.select({ owner: orders.owner }).from(orders).where(eq(orders.id, order));
  return found?.owner ?? null;
}

/** Whether an order refers to these bytes. */
export async function isNamedBy(db: Database, order: string, sha256: string): Promise<boolean> {
  const naming = and(eq(changes.field, 'attachment.sha256'), eq(changes.value, sha256));
  const found = await states(db)
    .where(and(eq(records.order, order), naming))
    .limit(1);
  return found.length > 0;
}

/** Whose order a record belongs to whose bytes these are; null when it does not name them. */
export async function ownerNaming(
  db: Database,
  record: string,
  sha256: string,
): Promise<string | null> {
  const naming = and(eq(changes.field, 'attachment.sha256'), eq(changes.value, sha256));
  const [found] = await db
    .select({ owner: orders.owner })
    .from(fields)
    .innerJoin(changes, eq(changes.seq, fields.seq))
    .innerJoin(records, eq(records.id, fields.record))
    .innerJoin(orders, eq(orders.id, records.order))
    .where(and(eq(fields.record, record), naming));
  return found?.owner ?? null;
}

/** Notes that an owner's bytes have been stored; whether that was news. */
export async function addAttachment(
  db: Database,
  attachment: typeof attachments.$inferInsert,
): Promise<boolean> {
  const added = await db.insert(attachments).values(attachment).onConflictDoNothing().returning();
  return added.length > 0;
}

/** The end of the log; 0 when it is empty. */
export async function lastSeq(db: Database): Promise<number> {
  const [end] = await db.select({ seq: max(changes.seq) }).from(changes);
  return end?.seq ?? 0;
}

/** Whether some order that the reader may read refers to these bytes, and its owner sent them. */
export async function mayReadAttachment(
  db: Database,
  reader: Reader,
  sha256: string,
): Promise<boolean> {
  const found = await states(db)
    .innerJoin(
      attachments,
      and(eq(attachments.owner, orders.owner), eq(attachments.sha256, sha256)),
    )
    .where(and(eq(changes.field, 'attachment.sha256'), eq(changes.value, sha256), mayRead(reader)))
    .limit(1);
  return found.length > 0;
}
