/**
 * What the service keeps need not stay here for ever: the bytes of uploaded attachments are let go
 * after a while, when the person wants that. The row stays, so that name, size and hash do, and the
 * bytes can be asked for again.
 */
import { sha256 as digest } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { PlatformFiles } from '../platform/platform.ts';
import type { OnsiteDatabase } from './database.ts';
import { recordsOf } from './database.ts';
import { lastChange } from './summary.ts';

/** Fewest days that bytes stay after the last change of their orders. */
export const FEWEST_DAYS = 7;
const DAY = 24 * 60 * 60 * 1000;

export interface Retention {
  /**
   * Lets go the bytes of attachments whose orders the service has whole and nobody changed for so
   * many days. Returns how many.
   *
   * @param days at least `FEWEST_DAYS`
   */
  thin(days: number, now: Date): Promise<number>;
  /** Asks the service for bytes that were let go; null for what it never confirmed. Not kept again. */
  recall(sha256: string): Promise<Uint8Array | null>;
  /** Who answers `recall`. */
  recallFrom(service: (sha256: string) => Promise<Uint8Array>): void;
}

export const createRetention = (db: OnsiteDatabase, files: PlatformFiles): Retention => {
  let service: ((sha256: string) => Promise<Uint8Array>) | null = null;

  /** Whether every change and attachment of an order has its receipt. Inside a transaction. */
  const isWhole = async (order: string): Promise<boolean> => {
    const changes = await Promise.all(
      ['waiting', 'sent', 'rejected'].map((status) =>
        db.outbox.where('[order+status]').equals([order, status]).count(),
      ),
    );
    const attachments = await db.attachments.where('waiting').equals(order).count();
    return changes.every((count) => count === 0) && attachments === 0;
  };

  /** Whether bytes may go, asked inside the transaction that lets them go. */
  const mayGo = async (sha256: string, before: number): Promise<boolean> => {
    const row = await db.attachments.get(sha256);
    if (!row || row.waiting.length > 0 || row.code !== undefined) return false;
    for (const order of row.orders) {
      if (!(await isWhole(order))) return false;
      if (lastChange(await recordsOf(db, order).toArray()) >= before) return false;
    }
    return true;
  };

  return {
    thin: async (days, now) => {
      const before = now.getTime() - Math.max(days, FEWEST_DAYS) * DAY;
      const beside = new Set((await files.list()).map(({ name }) => name));
      const held = new Set(await db.files.toCollection().primaryKeys());
      let gone = 0;
      for (const sha256 of await db.attachments.toCollection().primaryKeys()) {
        if (!held.has(sha256) && !beside.has(sha256)) continue;
        const goes = await db.transaction(
          'rw',
          [db.attachments, db.files, db.outbox, db.records],
          async () => {
            const may = await mayGo(sha256, before);
            if (may) await db.files.delete(sha256);
            return may;
          },
        );
        if (!goes) continue;
        await files.remove(sha256);
        gone += 1;
      }
      return gone;
    },
    recall: async (sha256) => {
      const row = await db.attachments.get(sha256);
      if (!service || !row || row.waiting.length > 0) return null;
      const bytes = await service(sha256);
      return bytesToHex(digest(bytes)) === sha256 ? bytes : null;
    },
    recallFrom: (asked) => {
      service = asked;
    },
  };
};
