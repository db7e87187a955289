import type { Change } from '../../domain/sync/change.ts';
import type { Keys } from '../../domain/vault/keys.ts';
import type { Platform } from '../platform/platform.ts';
import type { OnsiteDatabase } from './database.ts';
import { decodeEntry, readAll, replay } from './journal.ts';
import { META } from './meta.ts';
import { rebuiltNotice } from './reasons.ts';
import { touch } from './touch.ts';

/** Makes a lost database again from the journal. Returns what the person must know; null when there is nothing. */
export const rebuild = async (
  db: OnsiteDatabase,
  platform: Platform,
  keys: Keys,
): Promise<string | null> => {
  const cipher = keys.cipher('journal');
  const changes: Change[] = [];
  for await (const bytes of readAll(platform.journal)) {
    const entry = decodeEntry(bytes, cipher);
    if (entry?.kind === 'changes') changes.push(...entry.changes);
  }
  const device = changes.at(-1)?.device;
  if (device === undefined) return null;
  const { records, outbox } = replay(changes);
  const orders = await db.transaction('rw', [...db.shown, db.meta], async () => {
    // Another tab may have been faster.
    if ((await db.records.limit(1).count()) > 0) return 0;
    await db.meta.put({ key: META.device, value: device });
    await db.records.bulkPut([...records]);
    await db.outbox.bulkPut([...outbox]);
    await touch(
      db,
      records.map(({ order }) => order),
      records,
    );
    return db.summaries.count();
  });
  return orders === 0 ? null : rebuiltNotice(orders);
};
