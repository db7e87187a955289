import { z } from 'zod';
import { type AuditEntry, changesDigest, entryHash, type LoggedChange } from './entry.ts';

/** Where the trail is read from, a part at a time: it may be larger than the memory. */
export interface AuditSource {
  /** The last seq of the change log; read before the entries, which may go on growing. */
  lastSeq(): Promise<number>;
  /** Entries behind one (by organisation, then number), the next few; none at the end. */
  entriesAfter(last: Pick<AuditEntry, 'organisation' | 'number'> | null): Promise<AuditEntry[]>;
  /** The changes of the log from one seq to another, in order. */
  changes(from: number, to: number): Promise<LoggedChange[]>;
}

export interface AuditReport {
  readonly entries: number;
  /** Accepted changes that the trail covers. */
  readonly changes: number;
  /** The end of each organisation's chain. Kept elsewhere, it also proves that no end was cut off. */
  readonly heads: readonly Pick<AuditEntry, 'organisation' | 'number' | 'hash'>[];
  /** The first thing that is wrong; null when all is as it was written. */
  readonly broken: {
    readonly organisation: string | null;
    readonly number: number;
    readonly reason: string;
  } | null;
}

const detailSchema = z.object({
  from: z.int().positive(),
  to: z.int().positive(),
  digest: z.string(),
});

/**
 * Reads the whole audit trail and checks that it is what was written: every hash, every number, and
 * that the digests of its entries cover every change of the log as it is today.
 */
export async function verifyAudit(source: AuditSource): Promise<AuditReport> {
  const lastSeq = await source.lastSeq();
  const heads = new Map<string, AuditEntry>();
  const covered: { readonly from: number; readonly to: number }[] = [];
  let [entries, changes] = [0, 0];
  const report = (broken: AuditReport['broken']): AuditReport => ({
    ...{ entries, changes, broken },
    heads: [...heads.values()].map(({ organisation, number, hash }) => ({
      ...{ organisation, number, hash },
    })),
  });

  for (let last: AuditEntry | null = null; ; ) {
    const page = await source.entriesAfter(last);
    if (page.length === 0) break;
    for (const entry of page) {
      const before = heads.get(entry.organisation);
      const reason = await problemOf(entry, before, source);
      if (reason) {
        const { organisation } = entry;
        // A missing entry is named by the number that it should have had.
        const number = Math.min(entry.number, (before?.number ?? 0) + 1);
        return report({ organisation, number, reason });
      }
      heads.set(entry.organisation, entry);
      entries += 1;
      const range = rangeOf(entry);
      if (range) {
        covered.push(range);
        changes += range.to - range.from + 1;
      }
      last = entry;
    }
  }

  let next = 1;
  for (const { from, to } of covered.sort((a, b) => a.from - b.from)) {
    if (from !== next) break;
    next = to + 1;
  }
  if (next <= lastSeq) {
    return report({ organisation: null, number: next, reason: '变更日志里有审计没有记录的内容' });
  }
  return report(null);
}

const rangeOf = (entry: AuditEntry) =>
  entry.action === 'changes' ? detailSchema.parse(JSON.parse(entry.detail)) : null;

async function problemOf(
  entry: AuditEntry,
  before: AuditEntry | undefined,
  source: AuditSource,
): Promise<string | null> {
  if (entry.number !== (before?.number ?? 0) + 1) return '缺少这一条';
  if (entryHash(before?.hash ?? '', entry) !== entry.hash) return '内容与哈希不符';
  const range = rangeOf(entry);
  if (!range) return null;
  const digest = changesDigest(await source.changes(range.from, range.to));
  return digest === range.digest ? null : '所记录的变更与变更日志不符';
}
