/** Reading a backup back: what it is, what it would change here, and the merge itself. */

import { timeOfBackup } from '../../domain/backup/files.ts';
import {
  BackupError,
  type BackupSource,
  readBackup,
  readBackupHeader,
} from '../../domain/backup/format.ts';
import { vaultName } from '../../domain/backup/keys.ts';
import type { Difference } from '../../domain/backup/merge.ts';
import type { OrderReplica } from '../../domain/backup/replica.ts';
import type {
  BackedUpDevice,
  BackedUpPack,
  BackupEnd,
  BackupHeader,
  BackupSection,
} from '../../domain/backup/sections.ts';
import type { Keys } from '../../domain/vault/keys.ts';
import type { BackupPlace } from '../platform/backup-place.ts';
import { type AttachmentFiles, createAttachmentFiles } from '../store/attachment-files.ts';
import { PackConflictError } from '../store/packs.ts';
import type { Kinship } from '../store/replicas.ts';
import type { BackupParts } from './make.ts';
import { placeSource } from './place-source.ts';

/** A backup in the folder. */
export interface FoundBackup {
  readonly path: string;
  readonly size: number;
  /** Null when it cannot be used: `problem` says why. */
  readonly header: BackupHeader | null;
  readonly problem: string | null;
}

/** A backup that is to be restored. */
export interface BackupFileSource {
  readonly source: BackupSource;
  /** The encrypted attachment beside the file; null where there is none. */
  attachment(sha256: string): Promise<Uint8Array | null>;
}

/** What restoring would change of an order. */
export interface OrderChange {
  readonly id: string;
  readonly number: string;
  readonly customer: string;
  readonly difference: Difference;
}

export interface RestorePlan {
  readonly header: BackupHeader;
  readonly end: BackupEnd;
  /** Orders of which something would change, or of which this device has something newer. */
  readonly changes: readonly OrderChange[];
  /** Orders that are the same in both. */
  readonly same: number;
}

/** All backups in the place, of all vaults, newest first. */
export const listBackups = async (place: BackupPlace): Promise<readonly FoundBackup[]> => {
  const files = (await place.list()).filter(({ path }) => path.endsWith('.backup'));
  const found = await Promise.all(
    files.map(async ({ path, size }): Promise<FoundBackup> => {
      try {
        const header = await readBackupHeader(placeSource(place, path, size));
        return { path, size, header, problem: null };
      } catch (error) {
        if (!(error instanceof BackupError)) throw error;
        return { path, size, header: null, problem: error.message };
      }
    }),
  );
  const timeOf = ({ path, header }: FoundBackup) =>
    header?.madeAt ?? timeOfBackup(path.split('/').at(-1) ?? '')?.getTime() ?? 0;
  return found.sort((a, b) => timeOf(b) - timeOf(a));
};

export const backupInPlace = (
  place: BackupPlace,
  { path, size }: Pick<FoundBackup, 'path' | 'size'>,
): BackupFileSource => {
  const [folder = ''] = path.split('/');
  let sizes: Promise<ReadonlyMap<string, number>> | null = null;
  return {
    source: placeSource(place, path, size),
    attachment: async (sha256) => {
      sizes ??= place.list().then((files) => new Map(files.map((file) => [file.path, file.size])));
      const at = `${folder}/attachments/${sha256}`;
      const length = (await sizes).get(at);
      return length === undefined ? null : place.read(at, 0, length);
    },
  };
};

/** A file that the person picked by itself. */
export const backupInFile = (file: Blob): BackupFileSource => ({
  source: {
    size: file.size,
    read: async (offset, length) =>
      new Uint8Array(await file.slice(offset, offset + length).arrayBuffer()),
  },
  attachment: async () => null,
});

/** How the store stands to a backup. */
const kinshipOf = async (
  { replicas }: BackupParts,
  header: BackupHeader,
  { identity: { device, token, clockOffset, epoch: theirs } }: BackedUpDevice,
): Promise<Kinship> => {
  const contained = await replicas.contained();
  const { epoch } = (await replicas.device()).identity;
  return {
    descendant: contained.includes(header.id) ? 'mine' : null,
    sameService: epoch === null || theirs === null || epoch === theirs,
    maker: { device, token, offset: clockOffset },
  };
};

/** What every backup says of its device comes before its orders. */
const known = (kinship: Kinship | null): Kinship => {
  if (!kinship) throw new BackupError('damaged');
  return kinship;
};

/** Reads all sections; what the last one says is returned once everything was read and compared. */
const eachSection = async (
  source: BackupSource,
  keys: Keys,
  take: (section: BackupSection) => Promise<void>,
): Promise<BackupEnd> => {
  const reading = readBackup(source, keys.cipher('backup'));
  for (;;) {
    const step = await reading.next();
    if (step.done) return step.value;
    await take(step.value);
  }
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const changeOf = (order: OrderReplica, difference: Difference): OrderChange => {
  const head = order.records.find(({ kind }) => kind === 'order');
  return {
    id: order.id,
    number: text(head?.values.orderNumber),
    customer: text(head?.values['customer.name']),
    difference,
  };
};

const changesNothing = ({ taken, kept, unsent, attachments }: Difference): boolean =>
  taken.length + kept + unsent + attachments.length === 0;

/**
 * What restoring would change, order by order; changes nothing.
 *
 * @param keys of the backup's vault
 * @throws {BackupError} unless the whole file is as it was written
 */
export const planRestore = async (
  parts: BackupParts,
  backup: BackupFileSource,
  keys: Keys,
): Promise<RestorePlan> => {
  const header = await readBackupHeader(backup.source);
  let kinship: Kinship | null = null;
  const changes: OrderChange[] = [];
  let same = 0;
  const end = await eachSection(backup.source, keys, async (section) => {
    if (section.kind === 'device') {
      kinship = await kinshipOf(parts, header, section);
    }
    if (section.kind !== 'orders') return;
    for (const order of section.orders) {
      const difference = await parts.replicas.compare(order, known(kinship));
      if (changesNothing(difference)) same += 1;
      else changes.push(changeOf(order, difference));
    }
  });
  return { header, end, changes, same };
};

const bytesOf = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

const keepPack = async (
  { packs }: BackupParts,
  { files, kind: _, addedAt: __, ...pack }: BackedUpPack,
): Promise<void> => {
  const content = Object.entries(files).map(([path, base64]) => [path, bytesOf(base64)] as const);
  try {
    await packs.keep(pack, new Map(content));
  } catch (error) {
    // The same name with another text: what is here stays.
    if (!(error instanceof PackConflictError)) throw error;
  }
};

/** The bytes that the store lacks, out of the file itself or from beside it; kept as files on the way. */
const fetchLacking = async (
  lacking: readonly string[],
  inFile: ReadonlyMap<string, Uint8Array>,
  beside: AttachmentFiles,
  kept: AttachmentFiles,
): Promise<Map<string, Uint8Array>> => {
  const found = new Map<string, Uint8Array>();
  for (const hash of lacking) {
    const bytes = inFile.get(hash) ?? (await beside.read(hash));
    if (!bytes) continue;
    await kept.write(hash, bytes);
    found.set(hash, bytes);
  }
  return found;
};

/** What a restore did. */
export interface Restored {
  readonly orders: number;
  /** Attachments that wait to be sent, but whose bytes are neither in the backup nor here. */
  readonly lacking: number;
  /** Whether the device must be enrolled again before it can upload. */
  readonly enrolAgain: boolean;
}

/**
 * Merges a backup into the store. It may be cut anywhere, and done again.
 *
 * @throws {BackupError} when the file is not as it was written; whole orders before that are merged
 */
export const restore = async (
  parts: BackupParts,
  backup: BackupFileSource,
  keys: Keys,
): Promise<Restored> => {
  const { replicas, files } = parts;
  const header = await readBackupHeader(backup.source);
  const fresh = await replicas.isFresh();
  const sameVault = vaultName(parts.keys) === header.vault;
  const kept = createAttachmentFiles(files, parts.keys);
  const beside = createAttachmentFiles({ read: backup.attachment, write: async () => {} }, keys);
  let kinship: Kinship | null = null;
  let pack: string | null = null;
  let inFile = new Map<string, Uint8Array>();
  let orders = 0;
  let lacking = 0;
  await eachSection(backup.source, keys, async (section) => {
    if (section.kind === 'device') {
      if (fresh) await replicas.become(section, sameVault);
      pack = section.pack;
      kinship = await kinshipOf(parts, header, section);
    } else if (section.kind === 'pack') {
      await keepPack(parts, section);
    } else if (section.kind === 'bytes') {
      inFile.set(section.sha256, section.bytes);
    } else {
      for (const order of section.orders) {
        const waiting = new Set(
          order.attachments.flatMap((each) => (each.waiting ? each.sha256 : [])),
        );
        const absent = await replicas.lacking(order.attachments.map(({ sha256 }) => sha256));
        const found = await fetchLacking(absent, inFile, beside, kept);
        await replicas.merge(order, known(kinship), found);
        orders += 1;
        lacking += absent.filter((hash) => waiting.has(hash) && !found.has(hash)).length;
      }
      inFile = new Map();
    }
  });
  // The shipped one when the pack is not here.
  if (fresh && pack !== null) await parts.packs.choose(pack).catch(() => undefined);
  await replicas.restored([header.id, ...header.contains]);
  return { orders, lacking, enrolAgain: (await replicas.device()).identity.token === null };
};
