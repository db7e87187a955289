import { and, eq, gt, inArray, lte, sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { attempts } from './schema.ts';

/** Failed attempts under one key (an address, a user name) before it has to wait, and for how long, ms. */
export const ATTEMPTS = { allowed: 10, window: 10 * 60_000 } as const;

/** Whether one of the keys has failed too often. All copies of the service count together. */
export async function hasFailedTooOften(
  db: Database,
  { keys, now }: { keys: readonly string[]; now: number },
): Promise<boolean> {
  const found = await db
    .select({ key: attempts.key })
    .from(attempts)
    .where(
      and(
        inArray(attempts.key, [...keys]),
        gt(attempts.since, now - ATTEMPTS.window),
        gt(attempts.count, ATTEMPTS.allowed - 1),
      ),
    );
  return found.length > 0;
}

/**
 * Counts an attempt before it is known to fail, so that many at the same moment cannot all pass.
 *
 * @returns whether it may go on
 */
export async function countAttempt(
  db: Database,
  { key, now }: { key: string; now: number },
): Promise<boolean> {
  const over = now - ATTEMPTS.window;
  // Old ones are forgotten here, so that a flood of keys cannot fill the table for good.
  await db.delete(attempts).where(lte(attempts.since, over));
  const [counted] = await db
    .insert(attempts)
    .values({ key, count: 1, since: now })
    .onConflictDoUpdate({ target: attempts.key, set: { count: sql`${attempts.count} + 1` } })
    .returning({ count: attempts.count });
  return (counted?.count ?? 0) <= ATTEMPTS.allowed;
}

/** Forgets what was counted: the attempt was good. */
export async function forgetAttempts(db: Database, key: string): Promise<void> {
  await db.delete(attempts).where(eq(attempts.key, key));
}
