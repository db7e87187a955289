import { sha256 as digest } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { DamagedError } from '../../domain/vault/cipher.ts';
import type { Keys } from '../../domain/vault/keys.ts';
import type { PlatformFiles } from '../platform/platform.ts';
import { decryptLarge, encryptLarge } from './large-cipher.ts';

/** The bytes of attachments once more, encrypted, as files outside IndexedDB. */
export interface AttachmentFiles {
  /** Resolves when they are on disk. */
  write(sha256: string, bytes: Uint8Array): Promise<void>;
  /** Null when there are none, or when what is there is not what was written. */
  read(sha256: string): Promise<Uint8Array | null>;
}

const contextOf = (sha256: string): string => `attachments/${sha256}`;

export const createAttachmentFiles = (
  files: Pick<PlatformFiles, 'read' | 'write'>,
  keys: Keys,
): AttachmentFiles => ({
  write: async (sha256, bytes) => {
    const message = await encryptLarge(keys.key('attachments'), bytes, contextOf(sha256));
    await files.write(sha256, message);
  },
  read: async (sha256) => {
    const message = await files.read(sha256);
    if (!message) return null;
    try {
      const bytes = await decryptLarge(keys.key('attachments'), message, contextOf(sha256));
      return bytesToHex(digest(bytes)) === sha256 ? bytes : null;
    } catch (error) {
      if (error instanceof DamagedError) return null;
      throw error;
    }
  },
});
