/** Making a backup: written piece by piece, read back and counted, and only then given its name. */

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';
import { v7 as uuid } from 'uuid';
import { backupFolderOf, backupName } from '../../domain/backup/files.ts';
import {
  type BackupSource,
  createBackupWriter,
  readBackup,
  sourceOf,
} from '../../domain/backup/format.ts';
import { recoverableKeyFile, vaultName } from '../../domain/backup/keys.ts';
import type { OrderReplica } from '../../domain/backup/replica.ts';
import type { BackupCounts, BackupEnd, BackupHeader } from '../../domain/backup/sections.ts';
import type { KeyFile } from '../../domain/vault/key-file.ts';
import type { Keys } from '../../domain/vault/keys.ts';
import type { BackupPlace } from '../platform/backup-place.ts';
import type { PlatformFiles } from '../platform/platform.ts';
import { encryptLarge } from '../store/large-cipher.ts';
import { createLeisure } from '../store/leisure.ts';
import type { PackShelf } from '../store/packs.ts';
import type { Replicas } from '../store/replicas.ts';
import { PIECE, placeSource } from './place-source.ts';
import { rotate } from './rotate.ts';

/** What a backup is made of. */
export interface BackupParts {
  readonly replicas: Replicas;
  readonly packs: PackShelf;
  /** The encrypted attachments beside the journal. */
  readonly files: PlatformFiles;
  readonly keys: Keys;
  readonly keyFile: () => KeyFile;
  /** The app's version. */
  readonly version: string;
  readonly now: () => Date;
}

/** What a verified backup holds. */
export interface BackupReport {
  readonly at: number;
  /** Where it lies: within the folder, or the name it was downloaded under. */
  readonly path: string;
  readonly counts: BackupCounts;
  /** Attachments that are in it, and those whose bytes this device does not have. */
  readonly attachments: number;
  readonly elsewhere: number;
}

/** Bytes of JSON after which a section is full. */
const SECTION = 128 * 1024;

const headerOf = async (parts: BackupParts, orders: number): Promise<BackupHeader> => ({
  id: uuid(),
  vault: vaultName(parts.keys),
  madeAt: parts.now().getTime(),
  app: parts.version,
  device: (await parts.replicas.device()).identity.device,
  contains: [...(await parts.replicas.contained())],
  orders,
  keyFile: recoverableKeyFile(parts.keyFile()),
});

const base64 = (bytes: Uint8Array): string => {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(text);
};

interface Written {
  readonly header: BackupHeader;
  readonly end: BackupEnd;
  /** Attachments that the orders refer to. */
  readonly attachments: ReadonlySet<string>;
}

/**
 * Hands the whole file to `take`, piece by piece.
 *
 * @param bytesOf an attachment's bytes, where they are to be in the file itself
 * @param besides what lies beside the file, asked when all orders were read
 */
const writeAll = async (
  parts: BackupParts,
  take: (piece: Uint8Array) => Promise<void>,
  bytesOf: ((sha256: string) => Promise<Uint8Array | null>) | null,
  besides: (attachments: ReadonlySet<string>) => Promise<BackupEnd['attachments']>,
): Promise<Written> => {
  const { replicas, packs, keys } = parts;
  const orders = await replicas.orders();
  const header = await headerOf(parts, orders.length);
  const writer = createBackupWriter(header, keys.cipher('backup'));
  await take(writer.start);
  await take(writer.section(await replicas.device()));
  for (const { files, ...pack } of await packs.list()) {
    const content = Object.fromEntries([...files].map(([path, bytes]) => [path, base64(bytes)]));
    await take(writer.section({ kind: 'pack', ...pack, files: content }));
  }
  const attachments = new Set<string>();
  let section: OrderReplica[] = [];
  let size = 0;
  const flush = async () => {
    if (section.length > 0) await take(writer.section({ kind: 'orders', orders: section }));
    section = [];
    size = 0;
  };
  const leisure = createLeisure();
  for (const id of orders) {
    await leisure.pause();
    const order = await replicas.order(id);
    for (const { sha256: hash } of order.attachments) {
      if (attachments.has(hash)) continue;
      attachments.add(hash);
      const bytes = await bytesOf?.(hash);
      if (bytes) await take(writer.section({ kind: 'bytes', sha256: hash, bytes }));
    }
    section.push(order);
    size += JSON.stringify(order).length;
    // The bytes before a section are those of its orders.
    if (size >= SECTION || bytesOf) await flush();
  }
  await flush();
  const { piece, end } = writer.end(await besides(attachments));
  await take(piece);
  return { header, end, attachments };
};

/** Reads a backup as a restore would, to its end. @throws when it is not what was written */
const verify = async (source: BackupSource, keys: Keys, written: Written): Promise<void> => {
  const reading = readBackup(source, keys.cipher('backup'));
  const leisure = createLeisure();
  for (;;) {
    await leisure.pause();
    const step = await reading.next();
    if (!step.done) continue;
    if (JSON.stringify(step.value) !== JSON.stringify(written.end)) break;
    return;
  }
  throw new Error('备份写完后读回来与写下的不一致，这一份没有保留。磁盘可能有问题，请换一个文件夹');
};

/** Writes a whole file to the place, reads it back and gives it its name. */
const putFile = async (place: BackupPlace, path: string, bytes: Uint8Array): Promise<void> => {
  for (let at = 0; at === 0 || at < bytes.length; at += PIECE) {
    await place.write(path, at, bytes.subarray(at, at + PIECE));
  }
  const source = placeSource(place, path, bytes.length, true);
  const read = sha256.create();
  for (let at = 0; at < bytes.length; at += PIECE) {
    read.update(await source.read(at, Math.min(PIECE, bytes.length - at)));
  }
  if (bytesToHex(read.digest()) !== bytesToHex(sha256(bytes))) {
    throw new Error('附件写进备份后读回来不一致，磁盘可能有问题，请换一个文件夹');
  }
  await place.publish(path);
};

/** Copies the attachments that the folder lacks, as they are; those that lie there are never touched. */
const copyAttachments = async (
  { files, replicas, keys }: BackupParts,
  place: BackupPlace,
  attachments: ReadonlySet<string>,
): Promise<BackupEnd['attachments']> => {
  const folder = `${backupFolderOf(vaultName(keys))}/attachments`;
  const sizes = new Map((await place.list()).map(({ path, size }) => [path, size]));
  const kept: { sha256: string; size: number }[] = [];
  for (const hash of attachments) {
    const path = `${folder}/${hash}`;
    let size = sizes.get(path) ?? 0;
    if (size === 0) {
      const message = (await files.read(hash)) ?? (await encrypted(hash, replicas, keys));
      if (!message) continue;
      await putFile(place, path, message);
      size = message.length;
    }
    kept.push({ sha256: hash, size });
  }
  return kept;
};

const encrypted = async (hash: string, replicas: Replicas, keys: Keys) => {
  const bytes = await replicas.bytes(hash);
  return bytes && encryptLarge(keys.key('attachments'), bytes, `attachments/${hash}`);
};

const reportOf = (
  { header, end, attachments }: Written,
  path: string,
  held: number,
): BackupReport => ({
  at: header.madeAt,
  path,
  counts: end.counts,
  attachments: held,
  elsewhere: attachments.size - held,
});

/**
 * Makes a backup in the chosen folder, and removes what it outlives.
 *
 * @throws with a Chinese message; then the folder's older backups are as they were
 */
export const makeBackup = async (parts: BackupParts, place: BackupPlace): Promise<BackupReport> => {
  const folder = backupFolderOf(vaultName(parts.keys));
  const taken = new Set((await place.list()).map(({ path }) => path));
  const time = parts.now();
  let path: string;
  do {
    path = `${folder}/${backupName(time)}`;
    time.setSeconds(time.getSeconds() + 1);
  } while (taken.has(path));

  let offset = 0;
  let waiting: Uint8Array[] = [];
  let size = 0;
  const flush = async () => {
    await place.write(path, offset, concatBytes(...waiting));
    offset += size;
    [waiting, size] = [[], 0];
  };
  const written = await writeAll(
    parts,
    async (piece) => {
      waiting.push(piece);
      size += piece.length;
      if (size >= PIECE) await flush();
    },
    null,
    // Only now, so that they are in the place before a backup that needs them has its name.
    (attachments) => copyAttachments(parts, place, attachments),
  );
  await flush();
  await verify(placeSource(place, path, offset, true), parts.keys, written);
  await place.publish(path);
  await parts.replicas.addContained([written.header.id]);
  // A backup that outstays its time does no harm.
  await rotate(place, parts.keys, path).catch(() => undefined);
  return reportOf(written, path, written.end.attachments.length);
};

/** A backup as one file with everything in it, for a browser that lets a page choose no folder. */
export const makeWholeBackup = async (
  parts: BackupParts,
): Promise<{ readonly bytes: Uint8Array; readonly report: BackupReport }> => {
  const pieces: Uint8Array[] = [];
  const written = await writeAll(
    parts,
    async (piece) => {
      pieces.push(piece);
    },
    (hash) => parts.replicas.bytes(hash),
    async () => [],
  );
  const bytes = concatBytes(...pieces);
  await verify(sourceOf(bytes), parts.keys, written);
  await parts.replicas.addContained([written.header.id]);
  const report = reportOf(written, backupName(parts.now()), written.end.counts.bytes);
  return { bytes, report };
};
