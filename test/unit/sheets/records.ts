/** Orders in their records, and copied cells, for the tests of the sheets. */
import { assembleOrder } from '../../../domain/sync/assemble.ts';
import { type Edit, kindOfField, type StoredRecord } from '../../../domain/sync/record.ts';
import { seatMembers } from '../../../renderer/screens/sheets/roster-members.ts';

export const ORDER = '01900000-0000-7000-8000-000000000001';

/** The records after edits, as a store keeps them. */
export const recordsAfter = (
  edits: readonly Edit[],
  records: ReadonlyMap<string, StoredRecord> = new Map(),
) => {
  const next = new Map(records);
  for (const { record, order, field, value } of edits) {
    const old = next.get(record) ?? {
      id: record,
      kind: kindOfField(field),
      order,
      values: {},
      changes: {},
    };
    next.set(record, { ...old, values: { ...old.values, [field]: value } });
  }
  return next;
};
export const orderOf = (records: ReadonlyMap<string, StoredRecord>) => {
  const { order, extensionIds, memberIds } = assembleOrder(records.values());
  return { ...order, extensionIds, memberIds, roster: seatMembers(order.members, memberIds) };
};

/** As a spreadsheet copies cells. */
export const copied = (rows: readonly (readonly string[])[]) =>
  rows
    .map((cells) =>
      cells
        .map((cell) => (/[\t\r\n"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
        .join('\t'),
    )
    .join('\r\n')
    .concat('\r\n');
