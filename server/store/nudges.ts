import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Home } from '../rights.ts';
import type { Database } from './database.ts';

/** Something changed: in whose records, and by which device. */
export interface Nudge {
  readonly home: Home;
  readonly device: string;
}

/** Where copies of the service tell each other, and themselves. */
export const CHANNEL = 'onsite_changed';

const nudgeSchema = z.object({
  device: z.string(),
  home: z.partialRecord(z.enum(['team', 'branch', 'province']), z.string()),
});

/** Tells all copies of the service on this database; in a transaction, with its commit. */
export async function tellNudge(db: Database, nudge: Nudge): Promise<void> {
  await db.execute(sql`select pg_notify(${CHANNEL}, ${JSON.stringify(nudge)})`);
}

/** Tells them that more has changed than a nudge says. */
export async function tellAnything(db: Database): Promise<void> {
  await db.execute(sql`select pg_notify(${CHANNEL}, '')`);
}

/** What was told; null for what nobody understands: then anything may have changed. */
export function readNudge(told: string): Nudge | null {
  try {
    return nudgeSchema.parse(JSON.parse(told));
  } catch {
    return null;
  }
}
