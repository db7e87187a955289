import { and, eq, gt, lte, sql } from 'drizzle-orm';
import { LIMITS } from '../../domain/sync/limits.ts';
import type { Database } from './database.ts';
import { attempts } from './schema.ts';

/** Failed attempts before whoever makes them has to wait, and for how long, ms. */
export const ATTEMPTS = {
  asPerson: LIMITS.failuresAsPerson,
  fromAddress: LIMITS.failuresFromAddress,
  window: LIMITS.failureWindow,
} as const;

/** What attempts are counted under. */
export const personKey = (username: string): string => `person ${username.trim().toLowerCase()}`;
/** Of passphrases that a device tried on a bundle. */
export const bundleKey = (device: string): string => `bundle ${device}`;
export const addressKey = (address: string): string => `address ${address}`;

/** How many attempts have been counted under a key. All copies of the service count together. */
export async function attemptsOf(
  db: Database,
  { key, now }: { key: string; now: number },
): Promise<number> {
  const [found] = await db
    .select({ count: attempts.count })
    .from(attempts)
    .where(and(eq(attempts.key, key), gt(attempts.since, now - ATTEMPTS.window)));
  return found?.count ?? 0;
}

/** Whether an address has failed too often. */
export const hasFailedTooOften = async (
  db: Database,
  { address, now }: { address: string; now: number },
): Promise<boolean> =>
  (await attemptsOf(db, { key: addressKey(address), now })) >= ATTEMPTS.fromAddress;

/** Counts an attempt; how many there have been. */
export async function countAttempt(
  db: Database,
  { key, now }: { key: string; now: number },
): Promise<number> {
  const over = now - ATTEMPTS.window;
  // Old ones are forgotten here, so that a flood of keys cannot fill the table for good.
  await db.delete(attempts).where(lte(attempts.since, over));
  const [counted] = await db
    .insert(attempts)
    .values({ key, count: 1, since: now })
    .onConflictDoUpdate({ target: attempts.key, set: { count: sql`${attempts.count} + 1` } })
    .returning({ count: attempts.count });
  return counted?.count ?? 0;
}

/** Forgets what was counted: the attempt was good. */
export async function forgetAttempts(db: Database, key: string): Promise<void> {
  await db.delete(attempts).where(eq(attempts.key, key));
}
