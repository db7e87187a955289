/**
 * The store's door for backups: orders are read as replicas, one transaction each, and a backup's
 * replica is merged in, one transaction each: a kill between two of them leaves whole orders, and
 * doing it again changes nothing.
 */
import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import type { BackupHistory } from '../../domain/backup/files.ts';
import {
  carriedFrom,
  type Descendant,
  type Difference,
  type Maker,
  mergeOrder,
  withoutReceipts,
} from '../../domain/backup/merge.ts';
import type { OrderReplica } from '../../domain/backup/replica.ts';
import type { BackedUpDevice } from '../../domain/backup/sections.ts';
import type { Change } from '../../domain/sync/change.ts';
import { changeOfVersion, confirmedIn, versionsOf } from '../../domain/sync/said.ts';
import { readFile, sealFile } from './attachment-bytes.ts';
import {
  type AttachmentRow,
  type FileRow,
  isEmpty,
  type OnsiteDatabase,
  type OutboxRow,
  recordsOf,
} from './database.ts';
import type { Unjournaled } from './journalling.ts';
import { META, readAccount, readMeta, readSettings, settingsSchema } from './meta.ts';
import { lastPlace } from './tail.ts';
import { type Touched, touch } from './touch.ts';

/** How a backup relates to this store. */
export interface Kinship {
  readonly descendant: Descendant;
  /** Whether its receipts are of the service that this store knows. */
  readonly sameService: boolean;
  readonly maker: Maker;
}

export interface Replicas {
  /** Ids of all orders, removed ones included; empty for records whose order is not known yet. */
  orders(): Promise<readonly string[]>;
  order(id: string): Promise<OrderReplica>;
  device(): Promise<BackedUpDevice>;
  /** Ids of the backups whose content this store has seen. */
  contained(): Promise<readonly string[]>;
  addContained(ids: readonly string[]): Promise<void>;
  /** What `merge` would change. */
  compare(theirs: OrderReplica, kinship: Kinship): Promise<Difference>;
  /** @param bytes of the attachments that the store lacks, as far as there are any */
  merge(
    theirs: OrderReplica,
    kinship: Kinship,
    bytes: ReadonlyMap<string, Uint8Array>,
  ): Promise<Difference>;
  /** Bytes that lie here; null for those that do not. */
  bytes(sha256: string): Promise<Uint8Array | null>;
  /** Those of the attachments whose bytes the store does not have. */
  lacking(attachments: readonly string[]): Promise<readonly string[]>;
  /** Whether nothing was ever typed here, nor the device enrolled: then it may become another. */
  isFresh(): Promise<boolean>;
  /**
   * Takes the backup's settings and, when it is the same vault's, who the device was. Who restores a
   * lost laptop's backup elsewhere enrols anew: the lost one is to be shut out, and wiped.
   */
  become(device: BackedUpDevice, sameVault: boolean): Promise<void>;
  /** What is remembered of the backups made here. */
  history(): Promise<BackupHistory | null>;
  keepHistory(history: BackupHistory): Promise<void>;
  /**
   * The end of a restore: the next pull asks from the start, so that the service settles the rest, and
   * what the backup knows to be confirmed and the service does not have is sent again (`startOver`).
   */
  restored(ids: readonly string[]): Promise<void>;
}

const historySchema = z.object({
  since: z.number(),
  lastSuccessAt: z.number().nullable(),
  version: z.string().nullable(),
  held: z.object({ orders: z.number(), attachments: z.number() }).nullable(),
}) satisfies z.ZodType<BackupHistory>;

/** What nobody can send any more, and what to do about it. */
const LOST = {
  code: 'missing',
  message: '这个文件的内容不在备份里，请在“文书”中重新生成，再请客户过目。',
};

export const createReplicas = (
  db: OnsiteDatabase,
  written: (touched: Touched, unjournaled: Unjournaled | null) => Promise<void>,
): Replicas => {
  const tables = [...db.shown, db.history, db.unjournaled, db.meta];

  /** Inside a transaction. `others` may have been stored before their order was known. */
  const read = async (id: string, others: readonly string[] = []): Promise<OrderReplica> => {
    const known = await recordsOf(db, id).toArray();
    const ids = new Set(known.map((record) => record.id));
    const strays = await db.records.bulkGet(others.filter((other) => !ids.has(other)));
    const records = [...known, ...strays.flatMap((row) => row ?? [])];
    const unsent = await Promise.all(
      (['waiting', 'sent', 'rejected'] as const).map((status) =>
        db.outbox.where('[order+status]').equals([id, status]).toArray(),
      ),
    );
    const history = await db.history
      .where('record')
      .anyOf(records.map((record) => record.id))
      .toArray();
    const attachments = await db.attachments.where('orders').equals(id).toArray();
    return {
      id,
      records,
      unsent: unsent
        .flat()
        .sort((a, b) => a.place - b.place)
        .map(({ id: _, place: __, order: ___, ...entry }) => entry),
      history,
      attachments: attachments.map(({ sha256, waiting }) => ({
        sha256,
        waiting: waiting.length > 0,
      })),
    };
  };

  const merged = async (theirs: OrderReplica, { descendant, sameService, maker }: Kinship) => {
    const { device } = await readMeta(db);
    const mine = await read(
      theirs.id,
      theirs.records.map(({ id }) => id),
    );
    const brought = maker.device === device ? theirs : carriedFrom(theirs, maker);
    const ours = sameService ? brought : withoutReceipts(brought);
    return { mine, ...mergeOrder(mine, ours, descendant) };
  };

  /** Inside a transaction. */
  const keepAttachments = async (
    { id, attachments }: OrderReplica,
    files: ReadonlyMap<string, FileRow>,
  ): Promise<void> => {
    for (const { sha256, waiting } of attachments) {
      const known = await db.attachments.get(sha256);
      const orders = [...new Set([...(known?.orders ?? []), id])];
      const file = files.get(sha256);
      const isHeld = file || (await db.files.where('sha256').equals(sha256).count()) > 0;
      const { code: _, message: __, ...rest } = known ?? { sha256 };
      const row: AttachmentRow = {
        ...rest,
        orders,
        waiting: waiting ? orders : [],
        ...(waiting && !isHeld ? LOST : {}),
      };
      await db.attachments.put(row);
      if (file) await db.files.put(file);
    }
  };

  /** Writes what a merge made of the rows. Inside a transaction. */
  const write = async (mine: OrderReplica, after: OrderReplica, maker: Maker) => {
    const before = new Map(mine.records.map((record) => [record.id, record]));
    const records = after.records.filter((record) => before.get(record.id) !== record);
    const orderOf = new Map(after.records.map(({ id, order }) => [id, order]));
    await db.records.bulkPut(records);
    await db.history.bulkPut([...after.history]);
    const left = new Set(after.unsent.map(({ change }) => change.id));
    const gone = mine.unsent.flatMap(({ change: { id } }) => (left.has(id) ? [] : id));
    await db.outbox.bulkDelete(gone);
    const known = new Map(mine.unsent.map((entry) => [entry.change.id, entry]));
    let place = await lastPlace(db);
    const entries: OutboxRow[] = [];
    for (const entry of after.unsent) {
      if (known.get(entry.change.id) === entry) continue;
      place += 1;
      const row = await db.outbox.get(entry.change.id);
      const order = orderOf.get(entry.change.record) ?? after.id;
      entries.push({ ...entry, id: entry.change.id, place: row?.place ?? place, order });
    }
    await db.outbox.bulkPut(entries);
    return { records, unjournaled: await toJournal(mine, after, maker) };
  };

  /** What came from the backup goes to the journal too. Inside a transaction. */
  const toJournal = async (
    mine: OrderReplica,
    after: OrderReplica,
    maker: Maker,
  ): Promise<Unjournaled | null> => {
    const had = new Set([
      ...mine.unsent.map(({ change }) => change.id),
      ...mine.records.flatMap(confirmedIn),
    ]);
    // What the maker typed and the service has, where it still is the value.
    const confirmed = after.records.flatMap((record) =>
      Object.keys(record.server ?? {}).flatMap((field): Change[] => {
        const [winner] = versionsOf(record, field);
        const isMade = winner?.device === maker.device && record.changes[field] === winner.change;
        return isMade ? [changeOfVersion(record.id, field, winner)] : [];
      }),
    );
    const changes = [...confirmed, ...after.unsent.map(({ change }) => change)];
    const news = changes.filter(({ id }) => !had.has(id));
    if (news.length === 0) return null;
    const row = { id: uuid(), changes: news };
    await db.unjournaled.add(row);
    return row;
  };

  const contained = async (): Promise<readonly string[]> =>
    z
      .array(z.string())
      .catch([])
      .parse((await db.meta.get(META.contained))?.value);
  const addContained = (ids: readonly string[]) =>
    db.transaction('rw', db.meta, async () => {
      const value = [...new Set([...(await contained()), ...ids])];
      await db.meta.put({ key: META.contained, value });
    });

  return {
    orders: async () => {
      const pairs = await db.records.orderBy('[order+kind]').uniqueKeys();
      const ids = pairs.flatMap((pair) => (Array.isArray(pair) ? String(pair[0]) : []));
      return [...new Set(ids)];
    },
    order: (id) => db.transaction('r', tables, () => read(id)),
    device: () =>
      db.transaction('r', db.meta, async () => {
        const { device, token, owner, role, epoch, position, clockOffset } = await readMeta(db);
        const account = await readAccount(db);
        const settings = settingsSchema.parse(await readSettings(db));
        const pack = (await db.meta.get(META.pack))?.value;
        return {
          kind: 'device',
          settings,
          identity: { device, token, owner, role, account, epoch, position, clockOffset },
          pack: typeof pack === 'string' ? pack : null,
        };
      }),
    contained,
    addContained,
    compare: async (theirs, kinship) =>
      (await db.transaction('r', tables, () => merged(theirs, kinship))).difference,
    merge: async (theirs, kinship, bytes) => {
      const files = new Map<string, FileRow>();
      for (const [sha256, content] of bytes) {
        files.set(sha256, await sealFile(db.keys, { sha256, bytes: content }));
      }
      const { difference, touched, unjournaled } = await db.transaction('rw', tables, async () => {
        const { mine, merged: after, difference } = await merged(theirs, kinship);
        const { records, unjournaled } = await write(mine, after, kinship.maker);
        await keepAttachments(after, files);
        const touched = await touch(db, [after.id], records);
        return { difference, touched, unjournaled };
      });
      await written(touched, unjournaled);
      return difference;
    },
    bytes: (sha256) => readFile(db, sha256),
    lacking: async (attachments) => {
      const held = new Set(await db.files.toCollection().primaryKeys());
      return attachments.filter((sha256) => !held.has(sha256));
    },
    isFresh: async () => (await readMeta(db)).token === null && (await isEmpty(db.records)),
    become: ({ settings, identity }, sameVault) =>
      db.transaction('rw', db.meta, async () => {
        const { device, epoch, position, token, owner, role, account } = identity;
        await db.meta.bulkPut([
          { key: META.epoch, value: epoch },
          // Should the service have lost something since, it is noticed by that.
          { key: META.position, value: position },
          { key: META.settings, value: settingsSchema.parse(settings) },
        ]);
        if (sameVault) {
          await db.meta.bulkPut([
            { key: META.device, value: device },
            { key: META.token, value: token },
            { key: META.owner, value: owner },
            { key: META.role, value: role },
            { key: META.account, value: account },
          ]);
        }
      }),
    history: async () =>
      historySchema.safeParse((await db.meta.get(META.backups))?.value).data ?? null,
    keepHistory: async (value) => {
      await db.meta.put({ key: META.backups, value });
    },
    restored: (ids) =>
      db.transaction('rw', db.meta, async () => {
        const { epoch, generation } = await readMeta(db);
        await db.meta.bulkPut([
          { key: META.cursor, value: 0 },
          { key: META.generation, value: generation + 1 },
          { key: META.recollecting, value: epoch !== null },
        ]);
        await addContained(ids);
      }),
  };
};
