import {
  and,
  asc,
  count,
  desc,
  eq,
  exists,
  gte,
  inArray,
  lt,
  notExists,
  type SQL,
  sql,
} from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { FACTS } from '../../domain/order/dictionary.ts';
import { REVIEW_LIMITS } from '../../domain/review/review.ts';
import type {
  ExportedOrder,
  ExportFormat,
  OfficeList,
  OfficeOrder,
  OfficeQuery,
  Sort,
} from '../../domain/review/wire.ts';
import type { FieldValue } from '../../domain/sync/change.ts';
import type { Scope } from '../rights.ts';
import { note } from './audit.ts';
import type { Database } from './database.ts';
import { chainOf } from './organisations.ts';
import { orderIn } from './read.ts';
import { changedColumn, ofLastRound, stateColumn } from './review.ts';
import {
  attachments,
  changes,
  fields,
  orders,
  organisations,
  records,
  reviews,
  users,
} from './schema.ts';
import type { Sender } from './sessions.ts';

const SEARCHED = ['orderNumber', 'customer.name', 'customer.contact.phone'];
const SHOWN = [...SEARCHED, 'attachment.name', 'attachment.document', 'attachment.sha256'];

/** Who took the order up, beside who began it. */
const reviewers = alias(users, 'reviewers');

/** Orders with all that a line of the list says of them itself; add a condition and an order. */
const lines = (db: Database) =>
  db
    .select({
      id: orders.id,
      owner: users.name,
      team: organisations.name,
      receivedAt: orders.receivedAt,
      state: stateColumn,
      round: sql<number>`coalesce(${reviews.round}, 0)`,
      reviewer: reviewers.name,
      changed: changedColumn,
    })
    .from(orders)
    .innerJoin(users, eq(users.id, orders.owner))
    .innerJoin(organisations, eq(organisations.id, orders.team))
    .innerJoin(records, eq(records.id, orders.id))
    .leftJoin(reviews, ofLastRound)
    .leftJoin(reviewers, eq(reviewers.id, reviews.reviewer));

/** A fact of the order as it is sorted by. */
const fact = (field: string) =>
  sql`(select c.value from fields f join changes c on c.seq = f.seq
    where f.record = ${orders.id} and f.field = ${field})`;

const SORTED: Readonly<Record<Sort, SQL>> = {
  receivedAt: sql`${orders.receivedAt}`,
  customer: fact('customer.name'),
  orderNumber: fact('orderNumber'),
  installer: sql`${users.name}`,
  team: sql`${organisations.name}`,
};

/** A page of what arrived, and what it can be filtered by. */
export async function officeOrders(
  db: Database,
  scope: Scope,
  query: OfficeQuery,
): Promise<OfficeList> {
  const { search, state, team, installer, from, to, sort, descending, skip } = query;
  const wanted = and(
    orderIn(scope),
    notDeleted(db),
    matching(db, search.trim()),
    state === undefined ? undefined : sql`${stateColumn} = ${state}`,
    team === undefined ? undefined : eq(orders.team, team),
    installer === undefined ? undefined : eq(orders.owner, installer),
    from === undefined ? undefined : gte(orders.receivedAt, from),
    to === undefined ? undefined : lt(orders.receivedAt, to),
  );
  const direction = descending ? desc : asc;
  const found = await lines(db)
    .where(wanted)
    .orderBy(sql`${direction(SORTED[sort])} nulls last`, desc(orders.id))
    .limit(REVIEW_LIMITS.page)
    .offset(skip);
  const [total] = await db
    .select({ count: count() })
    .from(orders)
    .innerJoin(records, eq(records.id, orders.id))
    .leftJoin(reviews, ofLastRound)
    .where(wanted);
  const teams = await db
    .selectDistinct({ id: organisations.id, name: organisations.name })
    .from(orders)
    .innerJoin(organisations, eq(organisations.id, orders.team))
    .where(orderIn(scope))
    .orderBy(organisations.name);
  const installers = await db
    .selectDistinct({ id: users.id, name: users.name })
    .from(orders)
    .innerJoin(users, eq(users.id, orders.owner))
    .where(orderIn(scope))
    .orderBy(users.name);
  return { orders: await withRows(db, found), total: total?.count ?? 0, teams, installers };
}

type Line = Awaited<ReturnType<typeof lines>>[number];

/** The lines with what is counted and read from their records. */
async function withRows(db: Database, found: readonly Line[]): Promise<OfficeOrder[]> {
  if (found.length === 0) return [];
  const shown = inArray(
    records.order,
    found.map((order) => order.id),
  );
  const counts = await db
    .select({ order: records.order, kind: records.kind, count: count() })
    .from(records)
    .where(and(shown, notDeleted(db)))
    .groupBy(records.order, records.kind);
  const values = await db
    .select({
      order: records.order,
      kind: records.kind,
      record: records.id,
      field: fields.field,
      value: changes.value,
      stored: sql<boolean>`${attachments.sha256} is not null`,
    })
    .from(records)
    .innerJoin(orders, eq(orders.id, records.order))
    .innerJoin(fields, eq(fields.record, records.id))
    .innerJoin(changes, eq(changes.seq, fields.seq))
    .leftJoin(
      attachments,
      and(
        eq(attachments.team, orders.team),
        eq(fields.field, 'attachment.sha256'),
        eq(attachments.sha256, sql`trim(both '"' from ${changes.value})`),
      ),
    )
    .where(and(shown, inArray(fields.field, SHOWN), notDeleted(db)))
    .orderBy(records.id);

  return found.map((order) => {
    const mine = values.filter((row) => row.order === order.id);
    const read = (field: string) => text(mine.find((row) => row.field === field)?.value);
    const counted = (kind: string) =>
      counts.find((row) => row.order === order.id && row.kind === kind)?.count ?? 0;
    return {
      ...order,
      orderNumber: read('orderNumber'),
      customer: read('customer.name'),
      phone: read('customer.contact.phone'),
      signatures: counted('signature'),
      members: counted('member'),
      extensions: counted('extension'),
      attachments: attachmentsOf(mine),
    };
  });
}

interface Row {
  readonly record: string;
  readonly kind: string;
  readonly field: string;
  readonly value: FieldValue;
  readonly stored: boolean;
}

const text = (value: FieldValue | undefined): string | null =>
  typeof value === 'string' ? value : null;

function attachmentsOf(rows: readonly Row[]): OfficeOrder['attachments'] {
  const ids = new Set(rows.filter((row) => row.kind === 'attachment').map((row) => row.record));
  return [...ids].flatMap((id) => {
    const find = (field: string) =>
      rows.find((row) => row.record === id && row.field === `attachment.${field}`);
    const hash = find('sha256');
    const sha256 = text(hash?.value);
    if (!hash || sha256 === null) return [];
    const document = text(find('document')?.value);
    return [{ name: text(find('name')?.value) ?? '', document, sha256, stored: hash.stored }];
  });
}

/** The condition that a fact of the order contains the search text; none for an empty text. */
function matching(db: Database, search: string) {
  if (search === '') return undefined;
  // Values are JSON text, so the text is looked for as it stands inside a JSON string.
  const written = JSON.stringify(search).slice(1, -1);
  return exists(
    db
      .select({ one: sql`1` })
      .from(fields)
      .innerJoin(changes, eq(changes.seq, fields.seq))
      .where(
        and(
          eq(fields.record, orders.id),
          inArray(fields.field, SEARCHED),
          sql`position(lower(${written}) in lower(${changes.value})) > 0`,
        ),
      ),
  );
}

const deletedField = alias(fields, 'deleted_field');
const deletedChange = alias(changes, 'deleted_change');

/** The condition that the record of the query around it has not been removed. */
const notDeleted = (db: Database) =>
  notExists(
    db
      .select({ one: sql`1` })
      .from(deletedField)
      .innerJoin(deletedChange, eq(deletedChange.seq, deletedField.seq))
      .where(
        and(
          eq(deletedField.record, records.id),
          eq(deletedField.field, sql`${records.kind} || '.deleted'`),
          eq(deletedChange.value, true),
        ),
      ),
  );

/**
 * What of some orders goes into a file, in the order asked for; null when one of them is not there. The
 * audit trail keeps who took it away.
 */
export function exportOrders(
  db: Database,
  scope: Scope,
  sender: Sender,
  { orders: ids, format }: { readonly orders: readonly string[]; readonly format: ExportFormat },
  now: number,
): Promise<ExportedOrder[] | null> {
  return db.transaction(async (tx) => {
    const wanted = and(inArray(orders.id, [...ids]), orderIn(scope), notDeleted(tx));
    const found = await withRows(tx, await lines(tx).where(wanted));
    if (found.length !== new Set(ids).size) return null;
    const facts = await tx
      .select({ order: fields.record, field: fields.field, value: changes.value })
      .from(fields)
      .innerJoin(changes, eq(changes.seq, fields.seq))
      .where(inArray(fields.record, [...ids]));
    const factsOf = new Map(ids.map((id): [string, Record<string, FieldValue>] => [id, {}]));
    for (const { order, field, value } of facts) {
      if (Object.hasOwn(FACTS, field)) Object.assign(factsOf.get(order) ?? {}, { [field]: value });
    }
    await note(tx, {
      organisation: chainOf(sender.home),
      ...{ at: now, actor: sender.user, device: sender.device, action: 'exported' },
      detail: { format, orders: ids },
    });
    const byId = new Map(found.map((order) => [order.id, order]));
    return [...new Set(ids)].flatMap((id) => {
      const order = byId.get(id);
      return order ? { ...order, facts: factsOf.get(id) ?? {} } : [];
    });
  });
}
