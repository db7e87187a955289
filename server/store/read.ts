import { and, asc, eq, gt, lte, max, type SQL, sql } from 'drizzle-orm';
import { byFieldKey, fieldKey } from '../../domain/sync/log.ts';
import { givePull, stateOf } from '../../domain/sync/serve.ts';
import { type FieldState, LIMITS, type PullAnswer } from '../../domain/sync/wire.ts';
import type { Scope } from '../rights.ts';
import type { Database } from './database.ts';
import { loggedChange, positions } from './push-log.ts';
import { attachments, beside, changes, fields, orders, records } from './schema.ts';

/** The condition that an order lies in a scope. */
export const orderIn = ({ kind, id }: Scope): SQL =>
  kind === 'province' ? sql`false` : eq(orders[kind], id);

/** What is told of a field, joined with the order it belongs to; add a condition and an order. */
const states = (db: Database) =>
  db
    .select({ change: changes, at: fields.at, past: fields.past })
    .from(fields)
    .innerJoin(changes, eq(changes.seq, fields.seq))
    .innerJoin(records, eq(records.id, fields.record))
    .innerJoin(orders, eq(orders.id, records.order));

/** Field states under a condition, by their last change. */
async function readStates(db: Database, wanted: SQL | undefined): Promise<FieldState[]> {
  const found = await states(db).where(wanted).orderBy(asc(fields.at));
  // Few fields have anything beside them: a query of its own spares all others a join.
  const others = await db
    .select({ change: changes })
    .from(beside)
    .innerJoin(changes, eq(changes.seq, beside.seq))
    .innerJoin(fields, and(eq(fields.record, beside.record), eq(fields.field, beside.field)))
    .innerJoin(records, eq(records.id, beside.record))
    .innerJoin(orders, eq(orders.id, records.order))
    .where(wanted)
    .orderBy(asc(beside.seq));
  const kept = byFieldKey(others.map(({ change }) => loggedChange(change)));
  return found.map(({ change, at, past }) =>
    stateOf({
      ...{ at, past, winner: loggedChange(change) },
      others: kept.get(fieldKey(change)) ?? [],
    }),
  );
}

/** The states that changed after the device's cursor, oldest first, a page at a time. */
export const pull = (
  db: Database,
  scope: Scope,
  asked: { readonly cursor: number; readonly position: string | null },
): Promise<Omit<PullAnswer, 'epoch'>> =>
  givePull(
    {
      ...positions(db),
      states: async (from, head) => {
        const wanted = (to: number) => and(gt(fields.at, from), lte(fields.at, to), orderIn(scope));
        const sizes = await db
          .select({ seq: fields.at, bytes: sql<number>`octet_length(${changes.value})` })
          .from(fields)
          .innerJoin(changes, eq(changes.seq, fields.seq))
          .innerJoin(records, eq(records.id, fields.record))
          .innerJoin(orders, eq(orders.id, records.order))
          .where(wanted(head))
          .orderBy(asc(fields.at))
          .limit(LIMITS.pullFields + 1);
        const to = endOfPage(sizes) ?? head;
        return { fields: await readStates(db, wanted(to)), to };
      },
    },
    asked,
  );

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
  const found = await readStates(db, and(eq(records.order, order), orderIn(scope)));
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

/** Whether an order refers to these bytes. */
export async function isNamedBy(db: Database, order: string, sha256: string): Promise<boolean> {
  const naming = and(eq(changes.field, 'attachment.sha256'), eq(changes.value, sha256));
  const found = await states(db)
    .where(and(eq(records.order, order), naming))
    .limit(1);
  return found.length > 0;
}

/** Whose order a record belongs to that names these bytes; null when it does not. */
export async function homeNaming(db: Database, record: string, sha256: string) {
  const naming = and(eq(changes.field, 'attachment.sha256'), eq(changes.value, sha256));
  const [found] = await db
    .select({ team: orders.team, branch: orders.branch })
    .from(fields)
    .innerJoin(changes, eq(changes.seq, fields.seq))
    .innerJoin(records, eq(records.id, fields.record))
    .innerJoin(orders, eq(orders.id, records.order))
    .where(and(eq(fields.record, record), naming));
  return found ?? null;
}

/** The end of the log; 0 when it is empty. */
export async function lastSeq(db: Database): Promise<number> {
  const [end] = await db.select({ seq: max(changes.seq) }).from(changes);
  return end?.seq ?? 0;
}

/** Notes that a team's bytes have been stored; whether that was news. */
export async function addAttachment(
  db: Database,
  attachment: typeof attachments.$inferInsert,
): Promise<boolean> {
  const added = await db.insert(attachments).values(attachment).onConflictDoNothing().returning();
  return added.length > 0;
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
