import { and, count, desc, eq, exists, inArray, notExists, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { FieldValue } from '../../domain/sync/change.ts';
import { LIMITS, type OfficeOrder } from '../../domain/sync/wire.ts';
import type { Scope } from '../rights.ts';
import type { Database } from './database.ts';
import { orderIn } from './read.ts';
import { attachments, changes, fields, orders, records, users } from './schema.ts';

const SEARCHED = ['orderNumber', 'customer.name', 'customer.contact.phone'];
const SHOWN = [...SEARCHED, 'attachment.name', 'attachment.document', 'attachment.sha256'];

/** What arrived, the latest first; only orders whose number, name or phone contains the search text. */
export async function officeOrders(
  db: Database,
  scope: Scope,
  search: string,
): Promise<OfficeOrder[]> {
  const found = await db
    .select({ id: orders.id, owner: users.name, receivedAt: orders.receivedAt })
    .from(orders)
    .innerJoin(users, eq(users.id, orders.owner))
    .innerJoin(records, eq(records.id, orders.id))
    .where(and(orderIn(scope), notDeleted(db), matching(db, search.trim())))
    .orderBy(desc(orders.receivedAt), desc(orders.id))
    .limit(LIMITS.officeOrders);
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
    const fact = (field: string) => text(mine.find((row) => row.field === field)?.value);
    const counted = (kind: string) =>
      counts.find((row) => row.order === order.id && row.kind === kind)?.count ?? 0;
    return {
      ...order,
      orderNumber: fact('orderNumber'),
      customer: fact('customer.name'),
      phone: fact('customer.contact.phone'),
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
