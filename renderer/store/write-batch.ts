import { v7 as uuid } from 'uuid';
import { checkFieldValue } from '../../domain/sync/fields.ts';
import type { Edit, StoredRecord } from '../../domain/sync/record.ts';
import { LIMITS } from '../../domain/sync/wire.ts';
import { applyEdits } from './change-log.ts';
import {
  type AttachmentRow,
  lastPlace,
  type OnsiteDatabase,
  type UnjournaledRow,
} from './database.ts';
import { readMeta, readSettings } from './meta.ts';
import { type AttachmentBytes, InvalidEditError } from './store.ts';
import { type Touched, touch } from './touch.ts';
import type { Batch } from './writer.ts';

/** @throws {InvalidEditError} when the change log cannot hold one of them */
export const checkEdits = (
  edits: readonly Edit[],
  attachments: readonly AttachmentBytes[],
): void => {
  for (const { field, value } of edits) {
    const reason = checkFieldValue(field, value);
    if (reason) throw new InvalidEditError(reason);
    // Only strokes can be that large; the service would refuse them for good.
    if (typeof value === 'object' && JSON.stringify(value).length > LIMITS.valueBytes) {
      throw new InvalidEditError(`${field}：内容过大，请重签或缩短`);
    }
  }
  if (attachments.some(({ bytes }) => bytes.length > LIMITS.attachmentBytes)) {
    throw new InvalidEditError('附件太大：每个文件最多 32 MB');
  }
};

/** Adds an order's reference to bytes; bytes that have their receipt are not sent twice. */
const withReference = (
  known: AttachmentRow | undefined,
  { order, sha256, bytes }: AttachmentBytes,
): AttachmentRow => {
  if (!known) return { sha256, bytes, orders: [order], waiting: [order] };
  const orders = [...new Set([...known.orders, order])];
  return { ...known, bytes, orders, waiting: known.waiting.length > 0 ? orders : [] };
};

/**
 * The transaction of a commit: records, outbox, summaries, attachments and what is to be journalled,
 * all or nothing. It starts from the rows as they are, since another tab may have written them.
 *
 * @param journaled ids of `unjournaled` rows that the journal has by now
 * @param ours ids of changes that this window made: only of these a later one takes the place, as of
 *   one's own typing; what another window wrote stays in the log
 */
export const writeBatch = (
  db: OnsiteDatabase,
  { edits, attachments }: Batch,
  journaled: readonly string[],
  ours: ReadonlySet<string>,
): Promise<{ touched: Touched; unjournaled: UnjournaledRow }> =>
  db.transaction('rw', [...db.shown, db.unjournaled, db.meta], async () => {
    const stamped = [...edits.values()];
    const ids = [...new Set(stamped.map(({ record }) => record))];
    const rows = new Map<string, StoredRecord>();
    for (const row of await db.records.bulkGet(ids)) if (row) rows.set(row.id, row);
    const currents = stamped.flatMap(({ record, field }) => rows.get(record)?.changes[field] ?? []);
    const entries = new Map(
      (await db.outbox.bulkGet(currents)).flatMap((row) =>
        row && (row.status !== 'waiting' || ours.has(row.id)) ? [[row.id, row]] : [],
      ),
    );
    const { device, owner } = await readMeta(db);
    const by = owner ?? (await readSettings(db)).installer.slice(0, 60);
    const applied = applyEdits(stamped, rows, (id) => entries.get(id), { device, by });
    const orderOf = new Map(applied.rows.map(({ id, order }) => [id, order]));
    let place = await lastPlace(db);
    await db.records.bulkPut([...applied.rows]);
    await db.outbox.bulkDelete([...applied.replaced]);
    await db.outbox.bulkAdd(
      applied.changes.map((change) => {
        place += 1;
        const order = orderOf.get(change.record) ?? change.record;
        return { id: change.id, place, order, change, status: 'waiting' };
      }),
    );
    for (const attachment of attachments) {
      const known = await db.attachments.get(attachment.sha256);
      await db.attachments.put(withReference(known, attachment));
    }
    await db.unjournaled.bulkDelete([...journaled]);
    const unjournaled = { id: uuid(), changes: applied.changes };
    if (applied.changes.length > 0) await db.unjournaled.add(unjournaled);
    const orders = [...orderOf.values(), ...attachments.map(({ order }) => order)];
    return { touched: await touch(db, orders, applied.rows), unjournaled };
  });
