import { and, eq } from 'drizzle-orm';
import type { Database } from './database.ts';
import { attachments } from './schema.ts';

/** Whether a team's bytes have been stored. */
export async function hasAttachment(
  db: Database,
  { team, sha256 }: { readonly team: string; readonly sha256: string },
): Promise<boolean> {
  const found = await db
    .select({ size: attachments.size })
    .from(attachments)
    .where(and(eq(attachments.team, team), eq(attachments.sha256, sha256)));
  return found.length > 0;
}
