/**
 * The bytes of attachments in the store: encrypted and decrypted outside of transactions, where the
 * browser's own cipher can be awaited, which is many times faster than the one inside of them.
 */

import { DamagedError } from '../../domain/vault/cipher.ts';
import type { Keys } from '../../domain/vault/keys.ts';
import type { FileRow, OnsiteDatabase } from './database.ts';
import { decryptLarge, encryptLarge } from './large-cipher.ts';
import { DamagedRowError } from './reasons.ts';

const contextOf = (sha256: string): string => `attachments/${sha256}`;

/** Bytes as they are to be put into `files`; before the transaction. */
export const sealFile = async (
  keys: Keys,
  { sha256, bytes }: { readonly sha256: string; readonly bytes: Uint8Array },
): Promise<FileRow> => ({
  sha256,
  sealed: await encryptLarge(keys.key('attachments'), bytes, contextOf(sha256)),
});

/**
 * The bytes of an attachment; null when the store does not have them. Not inside a transaction.
 *
 * @throws {DamagedRowError}
 */
export const readFile = async (
  db: OnsiteDatabase,
  sha256: string,
): Promise<Uint8Array<ArrayBuffer> | null> => {
  const file = await db.files.get(sha256);
  if (!file) return null;
  try {
    return await decryptLarge(db.keys.key('attachments'), file.sealed, contextOf(sha256));
  } catch (cause) {
    if (cause instanceof DamagedError) throw new DamagedRowError(`files/${sha256}`, { cause });
    throw cause;
  }
};
