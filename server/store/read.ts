import { and, asc, eq, gt, lte, max, type SQL, sql } from 'drizzle-orm';
import { type FieldState, LIMITS, type PullAnswer } from '../../domain/sync/wire.ts';
import type { Scope } from '../rights.ts';
import type { Database } from './database.ts';
import { attachments, changes, fields, orders, records } from './schema.ts';

/** The condition that an order lies in a scope. */
export const orderIn = ({ kind, id }: Scope): SQL =>
  kind === 'province' ? sql`false` : eq(orders[kind], id);

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
  scope: Scope,
  cursor: number,
): Promise<Omit<PullAnswer, 'epoch'>> {
  // The end of the log is read before the page: a push that commits in between is left to the next
  // pull, and a device with nothing to fetch still moves past what others wrote.
  const [end] = await db.select({ seq: max(changes.seq) }).from(changes);
  const head = end?.seq ?? 0;
  // A cursor from beyond the log belongs to a history that this database has lost: start anew.
  const from = cursor > head ? 0 : cursor;
  const wanted = (to: number) => and(gt(fields.seq, from), lte(fields.seq, to), orderIn(scope));
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
  scope: Scope,
  order: string,
): Promise<FieldState[] | null> {
  const found = await states(db)
    .where(and(eq(records.order, order), orderIn(scope)))
    .orderBy(asc(fields.seq));
  return found.length > 0 ? found : null;
}

/** Whose an order is, or null. */
export async function homeOfOrder(db: Database, order: string) {
  const [found] = await db
    .select({ team: orders.team, branch: orders.branch })
    .from(orders)
    .where(eq(orders.id, order));
  return found ?? null;
}

/** Notes that a team's bytes have been stored. */
export async function addAttachment(
  db: Database,
  attachment: typeof attachments.$inferInsert,
): Promise<void> {
  await db.insert(attachments).values(attachment).onConflictDoNothing();
}

/** Whether some order that the reader may read refers to these bytes, and its team sent them. */
export async function mayReadAttachment(
  db: Database,
  scope: Scope,
  sha256: string,
): Promise<boolean> {
  const found = await states(db)
    .innerJoin(attachments, and(eq(attachments.team, orders.team), eq(attachments.sha256, sha256)))
    .where(and(eq(changes.field, 'attachment.sha256'), eq(changes.value, sha256), orderIn(scope)))
    .limit(1);
  return found.length > 0;
}
