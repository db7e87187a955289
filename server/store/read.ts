import { and, eq, max, type SQL, sql } from 'drizzle-orm';
import { givePull } from '../../domain/sync/serve.ts';
import { type FieldState, LIMITS } from '../../domain/sync/wire.ts';
import type { Scope } from '../rights.ts';
import type { Database } from './database.ts';
import { readColumns, readRows, stateText, versionColumns } from './json.ts';
import { positions } from './push-log.ts';
import { attachments, changes, fields, orders, records } from './schema.ts';

/** The condition that an order lies in a scope. */
export const orderIn = ({ kind, id }: Scope): SQL =>
  kind === 'province' ? sql`false` : eq(orders[kind], id);

/** The teams of a scope, in which a device's fields are found by one index. */
const teamsIn = ({ kind, id }: Scope): SQL => {
  if (kind === 'team') return sql`= ${id}`;
  return kind === 'branch'
    ? sql`in (select t.id from organisations t where t.parent = ${id})`
    : sql`is null`;
};

/** A pulled page whose states are the text of a JSON array, which nobody has to take apart and put together. */
export type PulledPage = Awaited<ReturnType<typeof pull>>;

/** The states that changed after the device's cursor, oldest first, a page at a time. */
export const pull = (
  db: Database,
  scope: Scope,
  asked: { readonly cursor: number; readonly position: string | null },
) =>
  givePull(
    {
      ...positions(db),
      states: async (from, head) => {
        // One state more than a page takes, which tells whether there is another page; one always fits.
        const [page] = await readColumns<{ states: string | null; to: string | null }>(
          db,
          sql`select string_agg(${stateText('s', 's')}, ',') filter (where fits) as states,
              case when bool_and(fits) then null else max(at) filter (where fits) end::text as to
            from (
              select p.record, p.field, p.at, p.past, p.others, ${versionColumns('c')},
                row_number() over before = 1
                or (row_number() over before <= ${LIMITS.pullFields}
                  and sum(octet_length(c.value)) over before <= ${LIMITS.pullBytes}) as fits
              from (
                select * from fields where team ${teamsIn(scope)} and at > ${from} and at <= ${head}
                order by at limit ${LIMITS.pullFields + 1}
              ) p join changes c on c.seq = p.seq
              window before as (order by p.at rows unbounded preceding)
              order by p.at
            ) s`,
        );
        return { fields: `[${page?.states ?? ''}]`, to: Number(page?.to ?? head) };
      },
    },
    asked,
    '[]',
  );

/** Every current field state of an order and its rows; null when there is no such order to read. */
export async function readOrder(
  db: Database,
  scope: Scope,
  order: string,
): Promise<FieldState[] | null> {
  const found = await readRows<FieldState>(
    db,
    sql`select ${stateText('f', 'c')} as row from ${orders}
      join records r on r."order" = ${orders.id}
      join fields f on f.record = r.id join changes c on c.seq = f.seq
      where ${orders.id} = ${order} and ${orderIn(scope)} order by f.at`,
  );
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

/** Whose the orders are whose fields have values; a condition is to follow. */
const values = (db: Database) =>
  db
    .select({ team: orders.team, branch: orders.branch })
    .from(fields)
    .innerJoin(changes, eq(changes.seq, fields.seq))
    .innerJoin(records, eq(records.id, fields.record))
    .innerJoin(orders, eq(orders.id, records.order));

/** Whether an order refers to these bytes. */
export async function isNamedBy(db: Database, order: string, sha256: string): Promise<boolean> {
  const naming = and(eq(changes.field, 'attachment.sha256'), eq(changes.value, sha256));
  const found = await values(db)
    .where(and(eq(records.order, order), naming))
    .limit(1);
  return found.length > 0;
}

/** Whose order a record belongs to that names these bytes; null when it does not. */
export async function homeNaming(db: Database, record: string, sha256: string) {
  const naming = and(eq(changes.field, 'attachment.sha256'), eq(changes.value, sha256));
  const [found] = await values(db).where(and(eq(fields.record, record), naming));
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
  const found = await values(db)
    .innerJoin(attachments, and(eq(attachments.team, orders.team), eq(attachments.sha256, sha256)))
    .where(and(eq(changes.field, 'attachment.sha256'), eq(changes.value, sha256), orderIn(scope)))
    .limit(1);
  return found.length > 0;
}
