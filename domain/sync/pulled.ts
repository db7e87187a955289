/** What a pulled page does to a device's tables, inside one transaction. */
import { UNKNOWN_RECORD } from './change.ts';
import { kindOfField, type StoredRecord } from './record.ts';
import { outboxOf } from './replica.ts';
import { draftOf, noteState } from './said.ts';
import {
  type Asked,
  type HistoryRow,
  isLate,
  type OutboxRow,
  type Replica,
  sentAgain,
} from './tables.ts';
import type { FieldState, PullAnswer } from './wire.ts';

/**
 * Writes pulled values into the records and moves the cursor with them. A value that meets a change of
 * this device without a receipt is noted and not shown: what the person typed is never overwritten,
 * and the service tells of the field again once it has both.
 */
export const applyPage = async (
  tx: Replica,
  page: Pick<PullAnswer, 'fields' | 'cursor' | 'position'>,
  asked: Asked,
): Promise<readonly StoredRecord[]> => {
  const meta = await tx.meta();
  const { generation } = meta;
  if (isLate(asked, meta) || asked.cursor !== meta.cursor) return [];
  const found = await tx.records.bulkGet([...new Set(page.fields.map(({ record }) => record))]);
  const rows = new Map(found.flatMap((row) => (row ? [[row.id, row]] : [])));
  const currents = page.fields.flatMap(
    ({ record, field }) => rows.get(record)?.changes[field] ?? [],
  );
  const entries = await outboxOf(tx, currents);
  const drafts = new Map<string, ReturnType<typeof draftOf>>();
  const written = new Map<string, StoredRecord>();
  const replaced: HistoryRow[] = [];
  for (const state of page.fields) {
    const row = drafts.get(state.record) ?? draftOf(rows.get(state.record) ?? unknownRecord(state));
    drafts.set(row.id, row);
    if (noteState(row, state, entries, generation, replaced)) written.set(row.id, row);
  }
  await tx.records.bulkPut([...written.values()]);
  await tx.history.bulkPut(replaced);
  await adoptRows(tx, page.fields, written);
  await tx.keepMeta({ cursor: page.cursor, position: page.position });
  return [...written.values()];
};

/**
 * Rows of which a pull said whose they are: what waits of them belongs to that order (a journal holds
 * only what was typed here), and what was refused because the service did not know it yet can go.
 */
const adoptRows = async (
  tx: Replica,
  fields: readonly FieldState[],
  rows: ReadonlyMap<string, StoredRecord>,
): Promise<void> => {
  const orders = new Map(
    fields
      .filter(({ field }) => field.endsWith('.order'))
      .map(({ record }) => [record, rows.get(record)?.order]),
  );
  if (orders.size === 0) return;
  const all = Number.MAX_SAFE_INTEGER;
  const unsent = await Promise.all(STATUSES.map((status) => tx.queued(status, all)));
  const adopted = unsent.flat().flatMap((row): OutboxRow[] => {
    const order = orders.get(row.change.record);
    const isFree = row.status === 'rejected' && row.code === UNKNOWN_RECORD;
    if (!order || (order === row.order && !isFree)) return [];
    return [{ ...(isFree ? sentAgain(row) : row), order }];
  });
  await tx.outbox.bulkPut(adopted);
};

const STATUSES = ['sent', 'waiting', 'rejected'] as const;

/** A record of which a pull tells first; its order may come later. */
const unknownRecord = ({ record, field }: FieldState): StoredRecord => {
  const kind = kindOfField(field);
  return { id: record, kind, order: kind === 'order' ? record : '', values: {}, changes: {} };
};
