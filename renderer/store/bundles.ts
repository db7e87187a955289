/**
 * The store's door for bundles: what of the orders goes into one, and how one that another device
 * made is merged in. Exported changes stay in the outbox, since only receipts empty it, but from then
 * on they count as sent: what replaces them later says so.
 */
import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import type { BundleManifest, HeldState } from '../../domain/sync/bundle.ts';
import { carry, markKey, unpack } from '../../domain/sync/carried.ts';
import { type Change, replacedBy, timeOfId } from '../../domain/sync/change.ts';
import { later } from '../../domain/sync/order.ts';
import { isPast } from '../../domain/sync/past.ts';
import { kindOfField, type StoredRecord } from '../../domain/sync/record.ts';
import { carriedEntries } from '../../domain/sync/replica.ts';
import { confirmedIn, versionsOf } from '../../domain/sync/said.ts';
import type { CarriedChange } from '../../domain/sync/wire.ts';
import { sealFile } from './attachment-bytes.ts';
import { withValue } from './change-log.ts';
import { type OnsiteDatabase, type OutboxRow, recordsOf } from './database.ts';
import type { Unjournaled } from './journalling.ts';
import { META, readMeta, readSettings } from './meta.ts';
import { replicaOf } from './replica-tables.ts';
import { lastPlace } from './tail.ts';
import { type Touched, touch } from './touch.ts';

/** What of some orders goes into a bundle. The bytes are read when they are written. */
export interface Gathered {
  readonly manifest: BundleManifest;
  readonly changes: readonly CarriedChange[];
  readonly states: readonly HeldState[];
  readonly attachments: readonly { readonly sha256: string; readonly waiting: boolean }[];
}

/** A bundle that was read to its end, without its files. */
export type ReadBundle = Pick<Gathered, 'manifest' | 'changes' | 'states'> & {
  /** Those that the service has yet to get. */
  readonly waiting: ReadonlySet<string>;
};

/** What an import changed here. */
export interface Taken {
  readonly orders: number;
  /** Changes and values that were news. */
  readonly news: number;
  /** Files that were. */
  readonly files: number;
}

export interface Bundles {
  /** The office's public key as last heard (hex); null before the device ever reached its service. */
  officeKey(): Promise<string | null>;
  /** @param orders to take along with everything; null: all that have something without a receipt */
  gather(orders: readonly string[] | null): Promise<Gathered>;
  /** Keeps bytes of a bundle; they belong to no order until `take` says to which. */
  keepBytes(sha256: string, bytes: Uint8Array): Promise<void>;
  /**
   * Merges a bundle in, in one transaction. What the service may not have goes to the outbox, so that
   * it is uploaded by whichever device comes first. Doing it again changes nothing.
   */
  take(bundle: ReadBundle): Promise<Taken>;
}

/** Bundles remembered as taken in. */
const REMEMBERED = 200;

const idsSchema = z.array(z.string()).catch([]);

type Row = { -readonly [K in keyof StoredRecord]: StoredRecord[K] };

const parentOf = ({ id, kind, values, order }: StoredRecord): string => {
  const parent = values[`${kind}.order`];
  return kind === 'order' ? id : typeof parent === 'string' ? parent : order;
};

const rowsById = <T extends { readonly id: string }>(rows: readonly (T | undefined)[]) =>
  new Map(rows.flatMap((row) => (row ? [[row.id, row] as const] : [])));

/** @param written shows what a transaction wrote and journals it; resolves when that is on disk */
export const createBundles = (
  db: OnsiteDatabase,
  written: (touched: Touched, unjournaled: Unjournaled) => Promise<void>,
): Bundles => {
  const tables = [...db.shown, db.history, db.unjournaled, db.meta];

  const unsentOrders = async (): Promise<string[]> => {
    const entries = await db.outbox.orderBy('[order+status]').uniqueKeys();
    const waiting = await db.attachments.where('waiting').above('').uniqueKeys();
    const orders = entries.flatMap((key) => (Array.isArray(key) ? String(key[0]) : []));
    return [...new Set([...orders, ...waiting.map(String)])];
  };

  const gather = async (chosen: readonly string[] | null): Promise<Gathered> => {
    const { device, token, owner, clockOffset } = await readMeta(db);
    const key = token === null ? null : markKey(token);
    const orders = chosen ?? (await unsentOrders());
    const entries: OutboxRow[] = [];
    const states: HeldState[] = [];
    const attachments = new Map<string, boolean>();
    const held = new Set(await db.files.toCollection().primaryKeys());
    for (const order of orders) {
      for (const status of ['waiting', 'sent', 'rejected']) {
        const queued = db.outbox.where('[order+status]').equals([order, status]);
        entries.push(...(await queued.toArray()));
      }
      const unsent = new Set(entries.map(({ id }) => id));
      for (const { id, values, changes } of await recordsOf(db, order).toArray()) {
        for (const [field, change] of Object.entries(changes)) {
          if (unsent.has(change)) continue;
          states.push({ record: id, field, value: values[field] ?? null, change });
        }
      }
      const referred = await db.attachments.where('orders').equals(order).toArray();
      for (const { sha256, waiting } of referred) {
        const isUnsent = waiting.length > 0;
        // Of an outbox only what waits; of chosen orders all that is here.
        if (held.has(sha256) && (chosen || isUnsent)) attachments.set(sha256, isUnsent);
      }
    }
    entries.sort((a, b) => a.place - b.place);
    // It has left the device now, even if nobody ever takes it in.
    const leaving = await carriedEntries(replicaOf(db), entries);
    const changes = leaving.map(({ change, carried }) =>
      change.device === device
        ? carry(change, clockOffset, key)
        : { ...change, offset: carried?.offset ?? null, mark: carried?.mark ?? null },
    );
    const by = (owner ?? (await readSettings(db)).installer).slice(0, 60);
    return {
      manifest: {
        id: uuid(),
        device,
        by,
        madeAt: Date.now(),
        orders: orders.length,
        changes: changes.length,
        states: states.length,
        attachments: attachments.size,
      },
      changes,
      states,
      attachments: [...attachments].map(([sha256, waiting]) => ({ sha256, waiting })),
    };
  };

  /** Where the fields' values stand in the order of changes, as far as the store knows, ms. */
  const placesHere = async (rows: Iterable<StoredRecord>): Promise<Map<string, number>> => {
    const { device, clockOffset } = await readMeta(db);
    const all = [...rows];
    const ids = all.flatMap(({ changes }) => Object.values(changes));
    const entries = rowsById(await db.outbox.bulkGet(ids));
    const aheadOf = (maker: string, carried?: OutboxRow['carried']) =>
      (maker === device ? clockOffset : carried?.offset) ?? 0;
    const placeOf = (row: StoredRecord, field: string, id: string): number => {
      const entry = entries.get(id);
      if (entry) return entry.change.time - aheadOf(entry.change.device, entry.carried);
      const said = versionsOf(row, field).find(({ change }) => change === id);
      if (!said) return timeOfId(id);
      return said.order ?? said.time - aheadOf(said.device);
    };
    return new Map(
      all.flatMap((row) =>
        Object.entries(row.changes).map(([field, id]) => [id, placeOf(row, field, id)] as const),
      ),
    );
  };

  const take = async ({ manifest, changes, states, waiting: unsentFiles }: ReadBundle) => {
    const { device } = await readMeta(db);
    const taken = idsSchema.parse((await db.meta.get(META.bundles))?.value);
    if (taken.includes(manifest.id)) return null;
    const records = [...new Set([...changes, ...states].map(({ record }) => record))];
    const rows: Map<string, Row> = rowsById(await db.records.bulkGet(records));
    const ids = changes.map(({ id }) => id);
    const [entries, history] = [await db.outbox.bulkGet(ids), await db.history.bulkGet(ids)];
    const currents = [...rows.values()].flatMap(({ changes: held }) => Object.values(held));
    const known = new Set([
      ...[...entries, ...history].flatMap((row) => row?.id ?? []),
      ...[...rows.values()].flatMap(confirmedIn),
      ...currents,
    ]);
    const waiting = (await db.outbox.bulkGet(currents)).flatMap((row) => row?.change ?? []);
    const replacedHere = new Set(waiting.flatMap(replacedBy));
    const places = await placesHere(rows.values());
    const placeOf = (id: string) => places.get(id) ?? 0;
    const touched = new Set<string>();
    const won: Change[] = [];

    const rowOf = ({ record: id, field }: { record: string; field: string }): StoredRecord =>
      rows.get(id) ?? { id, kind: kindOfField(field), order: '', values: {}, changes: {} };
    /** No row becomes another kind of row, nor another order's: the service refuses that too. */
    const fits = (state: Pick<HeldState, 'record' | 'field' | 'value'>): boolean => {
      const { kind, order } = rowOf(state);
      const moves = state.field === `${kind}.order` && order !== '' && state.value !== order;
      return kindOfField(state.field) === kind && !moves;
    };

    /** Gives a field its value where it stands behind the one that is there; whether it did. */
    const apply = (state: HeldState, replaced: readonly string[]): boolean => {
      const { record, field, value, change: id } = state;
      const row = rowOf(state);
      const current = row.changes[field];
      const mine = { id: current ?? '', order: current === undefined ? -1 : placeOf(current) };
      const isEarlier =
        current !== undefined && (replacedHere.has(id) || isPast(row.server?.[field]?.past, id));
      const isBehind = current === undefined || replaced.includes(current);
      if (isEarlier || (!isBehind && later(mine, { id, order: placeOf(id) }).id !== id)) {
        return false;
      }
      const next = withValue(row, { field, value, id });
      rows.set(record, { ...next, order: parentOf(next) });
      touched.add(record);
      return true;
    };

    // What the service has stands before what it has yet to get.
    let news = 0;
    for (const state of states) {
      if (known.has(state.change) || !fits(state)) continue;
      places.set(state.change, timeOfId(state.change));
      if (apply(state, [])) news += 1;
    }
    const queue: CarriedChange[] = [];
    for (const carriedChange of changes) {
      const { change, offset } = unpack(carriedChange);
      if (known.has(change.id) || !fits(change)) continue;
      const replaced = Math.max(-1, ...replacedBy(change).map(placeOf));
      places.set(change.id, Math.max(change.time - (offset ?? 0), replaced + 1));
      if (apply({ ...change, change: change.id }, replacedBy(change))) won.push(change);
      queue.push(carriedChange);
      news += 1;
    }

    let place = await lastPlace(db);
    const after = [...touched].flatMap((record) => rows.get(record) ?? []);
    await db.records.bulkPut(after);
    await db.outbox.bulkPut(
      queue.map((each): OutboxRow => {
        const { change, offset, mark } = unpack(each);
        place += 1;
        const order = rows.get(change.record)?.order || change.record;
        const row = { id: change.id, place, order, change, status: 'sent' } as const;
        return change.device === device ? row : { ...row, carried: { offset, mark } };
      }),
    );
    const orders = new Set(queue.map(({ record }) => rows.get(record)?.order || record));
    for (const { order } of after) if (order) orders.add(order);
    const referred = await referBytes(rows.values(), unsentFiles);
    for (const order of referred) orders.add(order);
    const unjournaled: Unjournaled = { id: uuid(), changes: won };
    if (won.length > 0) await db.unjournaled.add(unjournaled);
    await db.meta.bulkPut([
      { key: META.bundles, value: [...taken, manifest.id].slice(-REMEMBERED) },
      // The next pull asks from the start, so that the service settles what was guessed here.
      ...(news > 0 ? [{ key: META.cursor, value: 0 }] : []),
    ]);
    const shown = await touch(db, orders, after);
    return { touched: shown, unjournaled, orders: orders.size, news, files: referred.length };
  };

  /** Says to which orders the files of a bundle belong. Returns the orders that got one. */
  const referBytes = async (
    records: Iterable<StoredRecord>,
    waiting: ReadonlySet<string>,
  ): Promise<string[]> => {
    const orders: string[] = [];
    for (const { order, values } of records) {
      const sha256 = values['attachment.sha256'];
      if (typeof sha256 !== 'string' || !order) continue;
      const row = await db.attachments.get(sha256);
      if (!row || row.orders.includes(order)) continue;
      const isNew = row.orders.length === 0;
      const all = [...row.orders, order];
      const waits = isNew ? waiting.has(sha256) : row.waiting.length > 0;
      await db.attachments.put({ ...row, orders: all, waiting: waits ? all : [] });
      orders.push(order);
    }
    return orders;
  };

  return {
    officeKey: async () => (await readMeta(db)).officeKey,
    gather: (orders) => db.transaction('rw', tables, () => gather(orders)),
    keepBytes: async (sha256, bytes) => {
      if ((await db.files.where('sha256').equals(sha256).count()) > 0) return;
      const file = await sealFile(db.keys, { sha256, bytes });
      await db.transaction('rw', db.attachments, db.files, async () => {
        const row = await db.attachments.get(sha256);
        await db.attachments.put({ orders: [], waiting: [], ...row, sha256 });
        await db.files.put(file);
      });
    },
    take: async (bundle) => {
      const done = await db.transaction('rw', tables, () => take(bundle));
      if (!done) return { orders: bundle.manifest.orders, news: 0, files: 0 };
      const { touched, unjournaled, ...taken } = done;
      await written(touched, unjournaled);
      return taken;
    },
  };
};
