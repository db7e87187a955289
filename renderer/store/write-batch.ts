import { v7 as uuid } from 'uuid';
import { checkFieldValue } from '../../domain/sync/fields.ts';
import type { Edit } from '../../domain/sync/record.ts';
import { commitEdits } from '../../domain/sync/replica.ts';
import { LIMITS } from '../../domain/sync/wire.ts';
import type { AttachmentRow, OnsiteDatabase, UnjournaledRow } from './database.ts';
import { readMeta, readSettings } from './meta.ts';
import { replicaOf } from './replica-tables.ts';
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
  return { ...known, orders, waiting: known.waiting.length > 0 ? orders : [] };
};

/**
 * The transaction of a commit: records, outbox, summaries, attachments and what is to be journalled,
 * all or nothing. It starts from the rows as they are, since another tab may have written them.
 *
 * @param journaled ids of `unjournaled` rows that the journal has by now
 */
export const writeBatch = (
  db: OnsiteDatabase,
  { edits, attachments }: Batch,
  journaled: readonly string[],
): Promise<{ touched: Touched; unjournaled: UnjournaledRow }> =>
  db.transaction('rw', [...db.shown, db.unjournaled, db.meta], async () => {
    const { device, owner } = await readMeta(db);
    const by = owner ?? (await readSettings(db)).installer.slice(0, 60);
    const applied = await commitEdits(replicaOf(db), [...edits.values()], { device, by }, uuid);
    for (const attachment of attachments) {
      const known = await db.attachments.get(attachment.sha256);
      await db.attachments.put(withReference(known, attachment));
    }
    await db.unjournaled.bulkDelete([...journaled]);
    const unjournaled = { id: uuid(), changes: applied.changes };
    if (applied.changes.length > 0) await db.unjournaled.add(unjournaled);
    const orders = [...applied.rows, ...attachments].map(({ order }) => order);
    return { touched: await touch(db, orders, applied.rows), unjournaled };
  });
