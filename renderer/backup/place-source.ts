/** Files of the backups' place, read piece by piece. */
import type { BackupSource } from '../../domain/backup/format.ts';
import type { BackupPlace } from '../platform/backup-place.ts';

/** Bytes that are written or read at once, and that are read first. */
export const PIECE = 4 * 1024 * 1024;
const FIRST_PIECE = 64 * 1024;

/** Reads a file of the place in pieces that grow, whatever small ones are asked for: a header is small. */
export const placeSource = (
  place: BackupPlace,
  path: string,
  size: number,
  unnamed = false,
): BackupSource => {
  let window = { offset: 0, bytes: new Uint8Array() };
  let piece = FIRST_PIECE;
  return {
    size,
    read: async (offset, length) => {
      const inside = offset - window.offset;
      if (inside < 0 || inside + length > window.bytes.length) {
        const bytes = await place.read(path, offset, Math.max(length, piece), unnamed);
        piece = Math.min(PIECE, piece * 4);
        window = { offset, bytes: new Uint8Array(bytes) };
      }
      const start = offset - window.offset;
      return window.bytes.subarray(start, start + length);
    },
  };
};
