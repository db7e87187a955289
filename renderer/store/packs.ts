import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import type { OnsiteDatabase } from './database.ts';
import { META } from './meta.ts';

/** A template pack as it is listed. */
export interface PackSummary {
  /** SHA-256 (hex) of its manifest. */
  readonly hash: string;
  readonly id: string;
  readonly version: string;
  readonly title: string;
  /** `YYYY-MM-DD` */
  readonly effectiveOn: string;
  readonly specimen: boolean;
}

/** A pack of this device. Its files are kept as they came: they are what the hashes are over. */
export interface PackRow extends PackSummary {
  /** ms since the epoch. */
  readonly addedAt: number;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** A pack as it is kept: its files' bytes in hex. */
export interface KeptPack extends PackSummary {
  readonly addedAt: number;
  readonly files: Readonly<Record<string, string>>;
}

const packOf = ({ files, ...pack }: KeptPack): PackRow => ({
  ...pack,
  files: new Map(Object.entries(files).map(([name, hex]) => [name, hexToBytes(hex)])),
});

/** A pack as it is to be kept. */
export const keptPack = ({ files, ...pack }: PackRow): KeptPack => ({
  ...pack,
  files: Object.fromEntries([...files].map(([name, bytes]) => [name, bytesToHex(bytes)])),
});

/** The template packs of this device. None is ever removed: an old order prints with its own. */
export interface PackShelf {
  /** The latest first. */
  list(): Promise<readonly PackRow[]>;
  files(hash: string): Promise<ReadonlyMap<string, Uint8Array> | null>;
  /**
   * Keeps a pack that was checked; one that is here already stays as it is.
   * @throws {PackConflictError} when another pack has its id and version
   */
  keep(pack: PackSummary, files: ReadonlyMap<string, Uint8Array>): Promise<void>;
  /** The hash of the pack that orders without signatures print with; null for the shipped one. */
  chosen(): Promise<string | null>;
  /** @throws when no such pack is kept */
  choose(hash: string | null): Promise<void>;
}

/** Two texts under one name could not be told apart by people; the message is Chinese. */
export class PackConflictError extends Error {
  override readonly name = 'PackConflictError';
}

export const createPackShelf = (db: OnsiteDatabase): PackShelf => ({
  list: async () => (await db.packs.toArray()).map(packOf).sort((a, b) => b.addedAt - a.addedAt),
  files: async (hash) => {
    const kept = await db.packs.get(hash);
    return kept ? packOf(kept).files : null;
  },
  keep: ({ hash, id, version, title, effectiveOn, specimen }, files) =>
    db.transaction('rw', db.packs, async () => {
      if (await db.packs.get(hash)) return;
      const namesake = await db.packs
        .filter((row) => row.id === id && row.version === version && row.specimen === specimen)
        .first();
      // The shipped text may be mended before its version is raised; a carrier's may not.
      if (namesake && !specimen) {
        throw new PackConflictError(
          `本机已有“${namesake.title}”${version} 版，内容不同。请提高清单里的 version 再导入。`,
        );
      }
      const addedAt = Date.now();
      await db.packs.add(
        keptPack({ hash, id, version, title, effectiveOn, specimen, addedAt, files }),
      );
    }),
  chosen: async () => {
    const hash = (await db.meta.get(META.pack))?.value;
    return typeof hash === 'string' ? hash : null;
  },
  choose: (hash) =>
    db.transaction('rw', db.packs, db.meta, async () => {
      if (hash !== null && !(await db.packs.get(hash))) throw new Error('本机没有这个模板包');
      await db.meta.put({ key: META.pack, value: hash });
    }),
});
