/**
 * The end of the queue, in one row: the last place that is taken, and which places the journal may lack.
 * It is not encrypted, since it says nothing of anybody.
 */
import { type ClockRow, type OnsiteDatabase, queued } from './database.ts';

export type Tail = Required<ClockRow>;

/** Looks for the last place in the queue that is taken; 0 when it is empty. */
const searchLastPlace = async (db: OnsiteDatabase): Promise<number> => {
  const statuses = ['waiting', 'sent', 'rejected'] as const;
  // Keys alone: nothing is decrypted to learn them.
  const keys = await Promise.all(
    statuses.map((status) => queued(db, status).reverse().limit(1).keys()),
  );
  return Math.max(0, ...keys.flat().flatMap((key) => (Array.isArray(key) ? Number(key[1]) : [])));
};

/** Inside a transaction. */
export const readTail = async (db: OnsiteDatabase): Promise<Tail> => {
  const row = await db.clock.get(0);
  const place = row?.place ?? (await searchLastPlace(db));
  return { id: 0, place, unjournaled: row?.unjournaled ?? [] };
};

/** The last place in the queue, inside a transaction that takes the places behind it. */
export const lastPlace = async (db: OnsiteDatabase): Promise<number> => {
  // Not by way of `readTail`: who awaits two asynchronous functions, one in the other, leaves the
  // transaction.
  const row = await db.clock.get(0);
  const place = row?.place ?? (await searchLastPlace(db));
  // How many are taken shows only in the queue: the next one who asks looks there.
  await db.clock.put({ id: 0, unjournaled: row?.unjournaled ?? [] });
  return place;
};

/** The end of the queue behind a commit. */
export const tailAfter = (
  { place, unjournaled }: Tail,
  { id, added, journaled }: { id: string; added: number; journaled: readonly string[] },
): Tail => {
  const left = unjournaled.filter((each) => !journaled.includes(each.id));
  const last = place + added;
  const news = added > 0 ? [{ id, places: [place + 1, last] as const }] : [];
  return { id: 0, place: last, unjournaled: [...left, ...news] };
};
