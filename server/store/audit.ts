import { and, gte, lte, max, sql } from 'drizzle-orm';
import { type AuditAction, NO_ORGANISATION } from '../audit/entry.ts';
import type { AuditSource } from '../audit/verify.ts';
import type { Database } from './database.ts';
import { audit, changes } from './schema.ts';

/** What is told to the audit trail; it numbers and hashes the entry itself. */
export interface Note {
  /** The branch or province that it happened in; none where nobody knows. */
  readonly organisation: string | undefined;
  readonly at: number;
  readonly actor?: string | null | undefined;
  readonly device?: string | null | undefined;
  readonly action: AuditAction;
  /** Plain data, kept as JSON. Never a password, a token or a code. */
  readonly detail: unknown;
}

/**
 * Adds to the audit trail, within the transaction of what happened: neither is there without the
 * other. Entries of one organisation wait for each other from here to the end of the transaction, so
 * this is best the last thing in it.
 */
export async function note(tx: Database, entry: Note): Promise<void> {
  const { organisation = NO_ORGANISATION, actor = null, device = null, at, action } = entry;
  await tx.insert(audit).values({
    ...{ organisation, actor, device, at, action },
    detail: JSON.stringify(entry.detail),
    // The trigger's to fill in.
    ...{ number: 0, hash: '' },
  });
}

/** Entries in one read of the audit trail. */
const PAGE = 500;

/** The audit trail as it is, for `server/audit/verify.ts`. */
export const auditSource = (db: Database): AuditSource => ({
  lastSeq: async () => {
    const [end] = await db.select({ seq: max(changes.seq) }).from(changes);
    return end?.seq ?? 0;
  },
  entriesAfter: (last) =>
    db
      .select()
      .from(audit)
      .where(
        last
          ? sql`(${audit.organisation}, ${audit.number}) > (${last.organisation}::uuid, ${last.number})`
          : undefined,
      )
      .orderBy(audit.organisation, audit.number)
      .limit(PAGE),
  changes: (from, to) =>
    db
      .select()
      .from(changes)
      .where(and(gte(changes.seq, from), lte(changes.seq, to)))
      .orderBy(changes.seq),
});
