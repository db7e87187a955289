import { isDeepStrictEqual } from 'node:util';
import { and, eq, inArray, max, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Change, Receipt, Rejection } from '../../domain/sync/change.ts';
import { checkFieldValue } from '../../domain/sync/fields.ts';
import { later, orderOf } from '../../domain/sync/order.ts';
import { kindOfField, type RecordKind } from '../../domain/sync/record.ts';
import { insertRows, isOneOf } from './bulk.ts';
import { type Database, LOCKS } from './database.ts';
import { changes, fields, orders, records } from './schema.ts';

type StoredChange = typeof changes.$inferSelect;
type Verdict = Receipt | Rejection;

/** A change whose form, size and device have been checked. */
export interface Pushed {
  readonly change: Change;
  /** The server's clock − the clock of the device that made it, ms. */
  readonly offset: number;
  /** In whose name it is made; null when that could not be shown, and then it has to be known. */
  readonly owner: string | null;
}

export interface Push {
  readonly changes: readonly Pushed[];
  /** The server's clock, ms. */
  readonly now: number;
}

/** Takes the changes into the log, each judged on its own; one verdict for each, in their order. */
export function push(db: Database, request: Push): Promise<Verdict[]> {
  return db.transaction(async (tx) => {
    // Pushes go one after the other, in all copies of the service. Otherwise a push that took seq 7
    // could commit after one that took seq 8, and a device that pulled in between would have moved
    // its cursor to 8 and would never see 7. The lock ends with the transaction, when its changes
    // are visible. It is the first statement: under read committed, what follows sees all that
    // earlier pushes committed.
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCKS.push})`);
    const log = await readLog(
      tx,
      request.changes.map(({ change }) => change),
    );
    const verdicts = request.changes.map((pushed) => judge(log, pushed, request.now));
    await writeLog(tx, log, request.now);
    return verdicts;
  });
}

/** What the log says about the records of a push, and what the push adds to it. */
interface Log {
  readonly changes: Map<string, StoredChange>;
  readonly records: Map<string, { readonly order: string; readonly kind: RecordKind }>;
  readonly owners: Map<string, string>;
  /** By `fieldKey`, the change that holds the field. */
  readonly winners: Map<string, StoredChange>;
  last: number;
  readonly added: StoredChange[];
  readonly addedRecords: (typeof records.$inferSelect)[];
  /** Orders that got a change, and `fieldKey`s that got a new winner. */
  readonly touchedOrders: Set<string>;
  readonly won: Set<string>;
}

const fieldKey = (change: { readonly record: string; readonly field: string }) =>
  `${change.record} ${change.field}`;

const uuidv7 = z.uuidv7().lowercase();

/** The order that a change of a row says its record belongs to, if it says so. */
const namedOrder = (change: Change): string | null => {
  if (change.field !== `${kindOfField(change.field)}.order`) return null;
  const value = uuidv7.safeParse(change.value);
  return value.success ? value.data : null;
};

async function readLog(tx: Database, pushed: readonly Change[]): Promise<Log> {
  const ids = pushed.flatMap((change) => (change.was ? [change.id, change.was] : [change.id]));
  const recordIds = pushed.flatMap((change) => [change.record, namedOrder(change) ?? []].flat());
  const fieldNames = [...new Set(pushed.map((change) => change.field))];
  const known = await tx.select().from(changes).where(isOneOf(changes.id, ids));
  const knownRecords = await tx
    .select({ id: records.id, order: records.order, kind: records.kind, owner: orders.owner })
    .from(records)
    .innerJoin(orders, eq(orders.id, records.order))
    .where(isOneOf(records.id, recordIds));
  const winners = await tx
    .select({ change: changes })
    .from(fields)
    .innerJoin(changes, eq(changes.seq, fields.seq))
    .where(and(isOneOf(fields.record, recordIds), inArray(fields.field, fieldNames)));
  const [end] = await tx.select({ seq: max(changes.seq) }).from(changes);
  return {
    changes: new Map(known.map((change) => [change.id, change])),
    records: new Map(knownRecords.map(({ id, order, kind }) => [id, { order, kind }])),
    owners: new Map(knownRecords.map(({ order, owner }) => [order, owner])),
    winners: new Map(winners.map(({ change }) => [fieldKey(change), change])),
    last: end?.seq ?? 0,
    added: [],
    addedRecords: [],
    touchedOrders: new Set(),
    won: new Set(),
  };
}

/** Judges one change and, when it is good, adds it to the log in memory. */
function judge(log: Log, { change, owner, offset }: Pushed, now: number): Verdict {
  const refuse = (code: string, message: string): Rejection => ({
    change: change.id,
    code,
    message,
  });

  const before = log.changes.get(change.id);
  if (before) {
    const { seq, place, sender, receivedAt, ...content } = before;
    return isDeepStrictEqual(content, change)
      ? { change: change.id, seq }
      : refuse('id-reused', '这个变更编号已用于另一处内容，请重新填写该项后再上传');
  }

  if (owner === null) {
    return refuse('not-proved', '无法确认这一项出自哪台设备，请在原来的设备上上传');
  }

  const kind = kindOfField(change.field);
  const home = log.records.get(change.record);
  const order = home?.order ?? (kind === 'order' ? change.record : namedOrder(change));
  if (order === null) {
    return refuse('unknown-record', '服务还不知道这一行属于哪个工单，请先上传该行的其他内容');
  }
  if ((log.owners.get(order) ?? owner) !== owner) {
    return refuse('not-yours', '这个工单属于其他人，不能修改，请联系后台');
  }
  if (home && home.kind !== kind) {
    return refuse('bad-field', '这一项与所在的记录不符，请重新填写该项');
  }
  if (home && kind !== 'order' && change.field === `${kind}.order` && change.value !== home.order) {
    return refuse('moved', '一行内容不能移到别的工单，请在那个工单里重新填写');
  }
  const orderKind = log.records.get(order)?.kind ?? 'order';
  if (!home && (orderKind !== 'order' || (kind !== 'order' && order === change.record))) {
    return refuse('bad-value', '所指的编号不是工单，请重新填写该项');
  }
  const reason = checkFieldValue(change.field, change.value);
  if (reason !== null) return refuse('bad-value', `${reason}，请改正该项`);

  if (!log.owners.has(order)) addOrder(log, order, owner);
  if (!log.records.has(change.record)) addRecord(log, change.record, order, kind);
  const replaced = change.was === null ? undefined : log.changes.get(change.was);
  const wasOrder = replaced && fieldKey(replaced) === fieldKey(change) ? replaced.place : null;
  log.last += 1;
  const stored: StoredChange = {
    ...change,
    seq: log.last,
    place: orderOf({ time: change.time, offset, wasOrder, now }),
    sender: owner,
    receivedAt: now,
  };
  addChange(log, stored, order);
  return { change: change.id, seq: stored.seq };
}

function addOrder(log: Log, order: string, owner: string): void {
  log.owners.set(order, owner);
  if (!log.records.has(order)) addRecord(log, order, order, 'order');
}

function addRecord(log: Log, id: string, order: string, kind: RecordKind): void {
  log.records.set(id, { order, kind });
  log.addedRecords.push({ id, order, kind });
}

function addChange(log: Log, change: StoredChange, order: string): void {
  log.changes.set(change.id, change);
  log.added.push(change);
  log.touchedOrders.add(order);
  const key = fieldKey(change);
  const holder = log.winners.get(key);
  if (holder && later(ordered(holder), ordered(change)).id !== change.id) return;
  log.winners.set(key, change);
  log.won.add(key);
}

const ordered = ({ id, place }: StoredChange) => ({ id, order: place });

async function writeLog(tx: Database, log: Log, now: number): Promise<void> {
  if (log.added.length === 0) return;
  const touched = [...log.touchedOrders].map((id) => ({
    id,
    owner: log.owners.get(id) ?? '',
    receivedAt: now,
  }));
  await tx.execute(
    sql`${insertRows(orders, touched)} on conflict (id) do update set "receivedAt" = ${now}`,
  );
  if (log.addedRecords.length > 0) await tx.execute(insertRows(records, log.addedRecords));
  await tx.execute(insertRows(changes, log.added));
  const won = [...log.won].flatMap((key) => log.winners.get(key) ?? []);
  if (won.length === 0) return;
  await tx.execute(
    sql`${insertRows(fields, won)} on conflict (record, field) do update set seq = excluded.seq`,
  );
}
