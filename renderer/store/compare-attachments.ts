import { readFile, sealFile } from './attachment-bytes.ts';
import { createAttachmentFiles } from './attachment-files.ts';
import type { CompareParts } from './compared.ts';
import type { Journalled } from './journalled.ts';

/** Attachments have a row and a file; what lacks the one gets it from the other. */
export const compareAttachments = async (
  { db, platform, keys }: CompareParts,
  { changes, latest }: Journalled,
): Promise<readonly string[]> => {
  const files = createAttachmentFiles(platform.files, keys);
  const onDisk = new Set((await platform.files.list()).map(({ name }) => name));
  const stored = new Set(await db.attachments.toCollection().primaryKeys());
  for (const sha256 of stored) {
    if (onDisk.has(sha256)) continue;
    const bytes = await readFile(db, sha256);
    if (bytes) await files.write(sha256, bytes);
  }
  const orders = new Set<string>();
  for (const id of latest.values()) {
    const change = changes.get(id);
    if (change?.field !== 'attachment.sha256' || typeof change.value !== 'string') continue;
    const sha256 = change.value;
    const record = await db.records.get(change.record);
    if (!onDisk.has(sha256) || record?.changes[change.field] !== id) continue;
    const known = stored.has(sha256) ? await db.attachments.get(sha256) : undefined;
    const isHeld = (await db.files.where('sha256').equals(sha256).count()) > 0;
    if (isHeld && known?.orders.includes(record.order)) continue;
    const bytes = isHeld ? null : await files.read(sha256);
    if (!isHeld && !bytes) continue;
    const file = bytes && (await sealFile(keys, { sha256, bytes }));
    await db.transaction('rw', db.attachments, db.files, async () => {
      const {
        code: _,
        message: __,
        ...row
      } = (await db.attachments.get(sha256)) ?? {
        sha256,
        orders: [],
        waiting: [],
      };
      const referring = [...new Set([...row.orders, record.order])];
      if (file) await db.files.put(file);
      await db.attachments.put({ ...row, orders: referring, waiting: referring });
    });
    stored.add(sha256);
    orders.add(record.order);
  }
  return [...orders];
};
