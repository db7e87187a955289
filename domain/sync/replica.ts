/**
 * A device's rules: what leaves it, what a receipt does, what a pulled value does, what it does when
 * the service has lost something. Each function runs inside one transaction over the device's tables,
 * so that a kill between two of them leaves a state that sync goes on from.
 *
 * A record shows one value per field and knows what the service last said of the field. They differ
 * only while a change of this device waits for its receipt, or was refused.
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { type Change, type Rejection, replacedBy } from './change.ts';
import { type Author, applyEdits, replacing, type StampedEdit } from './edits.ts';
import { isPast, tailOf, withTails } from './past.ts';
import { kindOfField, type ServerField, type StoredRecord, type Version } from './record.ts';
import type { HistoryRow, OutboxRow, Replica, SyncMeta } from './tables.ts';
import {
  type CarriedChange,
  type FieldState,
  LIMITS,
  type PullAnswer,
  type PushAnswer,
} from './wire.ts';

/**
 * What the device knew when it asked the service. Another window may have asked too, and an answer that
 * belongs to what the service has lost since, or to a page that was read already, is not for now.
 */
export type Asked = Pick<SyncMeta, 'generation' | 'cursor'>;

/** The later of two places in the same log: two windows may hear of them in the other order. */
const further = (a: string | null, b: string | null): string | null =>
  Number.parseInt(a ?? '0', 10) > Number.parseInt(b ?? '0', 10) ? a : b;

export interface OutgoingChange {
  readonly order: string;
  /** With what came along when another device made it. */
  readonly change: Change | CarriedChange;
}

/** A change that is sent again to a service that may have lost it. */
export interface Offer extends Change {
  readonly order?: number | undefined;
  readonly past?: readonly string[] | undefined;
}

/** Writes edits into the records and the outbox. Returns the records and the changes that were made. */
export const commitEdits = async (
  tx: Replica,
  edits: readonly StampedEdit[],
  author: Author,
  newId: () => string,
): Promise<{ rows: readonly StoredRecord[]; changes: readonly Change[] }> => {
  const found = await tx.records.bulkGet([...new Set(edits.map(({ record }) => record))]);
  const rows = new Map(found.flatMap((row) => (row ? [[row.id, row]] : [])));
  const currents = edits.flatMap(({ record, field }) => rows.get(record)?.changes[field] ?? []);
  const entries = await outboxOf(tx, currents);
  const applied = applyEdits(edits, rows, (id) => entries.get(id), author, newId);
  const orders = new Map(applied.rows.map(({ id, order }) => [id, order]));
  let place = await tx.lastPlace();
  const added = applied.changes.map((change): OutboxRow => {
    place += 1;
    const order = orders.get(change.record) ?? change.record;
    return { id: change.id, place, order, change, status: 'waiting' };
  });
  await tx.records.bulkPut(applied.rows);
  await tx.outbox.bulkDelete([...applied.replaced]);
  await tx.outbox.bulkPut(added);
  return applied;
};

/** Says of an attachment that its bytes have their receipt. */
const STORED = 'attachment.stored';

/**
 * Bytes have their receipt: a change of each record that names them says so. Bytes are no entry of the
 * service's log; this change is, and comes after them. So a log that has it belongs to a database that
 * has them, and one that lost them has lost this too and is noticed.
 */
export const noteStored = async (
  tx: Replica,
  { sha256, orders }: { readonly sha256: string; readonly orders: readonly string[] },
  time: number,
  author: Author,
  newId: () => string,
): Promise<Awaited<ReturnType<typeof commitEdits>>> => {
  const records = (await Promise.all(orders.map((order) => tx.attachmentsOf(order)))).flat();
  const edits = records
    .filter(({ values }) => values['attachment.sha256'] === sha256)
    // Also when that was said before: what counts is that it comes after this receipt.
    .map(({ id: record, order }) => ({
      ...{ id: newId(), time, record, order, settles: [] },
      ...{ field: STORED, value: true },
    }));
  return commitEdits(tx, edits, author, newId);
};

const outboxOf = async (tx: Replica, ids: string[]): Promise<ReadonlyMap<string, OutboxRow>> =>
  new Map((await tx.outbox.bulkGet(ids)).flatMap((row) => (row ? [[row.id, row]] : [])));

/**
 * The next changes to send, within the wire's limits; marked as sent before they are given out. A
 * change that stands on one whose receipt is still out waits for it: were that one refused, this one
 * would name as replaced what the service never had.
 */
export const nextChanges = async (tx: Replica): Promise<readonly OutgoingChange[]> => {
  const sent = await tx.queued('sent', LIMITS.pushChanges);
  const out = new Set(sent.map(({ id }) => id));
  const waiting = await tx.queued('waiting', LIMITS.pushChanges);
  const free = waiting.filter(({ change }) => !replacedBy(change).some((id) => out.has(id)));
  const batch = withinLimits([...sent, ...free].sort((a, b) => a.place - b.place));
  await tx.outbox.bulkPut(batch.map((row) => ({ ...row, status: 'sent' })));
  return batch.map(({ order, change, carried }) => ({ order, change: { ...change, ...carried } }));
};

/**
 * Everything that waits, for a file that is carried to the office by hand; marked as sent, since the
 * service may have it from then on. What was refused stays.
 */
export const carriedChanges = async (tx: Replica): Promise<readonly OutgoingChange[]> => {
  const all = Number.MAX_SAFE_INTEGER;
  const rows = [...(await tx.queued('sent', all)), ...(await tx.queued('waiting', all))];
  await tx.outbox.bulkPut(rows.map((row) => ({ ...row, status: 'sent' })));
  return rows.sort((a, b) => a.place - b.place).map(({ order, change }) => ({ order, change }));
};

/** As many of the rows as fit in one push, from the first on. */
const withinLimits = (rows: readonly OutboxRow[]): OutboxRow[] => {
  let bytes = 100;
  const over = rows.findIndex(({ change }, i) => {
    bytes += bytesOf(change);
    return i >= LIMITS.pushChanges || (i > 0 && bytes > LIMITS.batchBytes);
  });
  return rows.slice(0, over < 0 ? rows.length : over);
};

const bytesOf = (change: Change): number => utf8ToBytes(JSON.stringify(change)).length + 1;

/** What a step changed: the records, and the orders whose summaries may be others now. */
export interface Settled {
  readonly rows: readonly StoredRecord[];
  readonly orders: readonly string[];
  /** Receipts and rejections that were for us. */
  readonly count: number;
}

/** Stores the receipts and rejections of what was sent; of anything else nothing changes. */
export const settle = async (
  tx: Replica,
  sent: readonly OutgoingChange[],
  answer: Pick<PushAnswer, 'receipts' | 'rejections' | 'position'>,
  asked: Asked,
): Promise<Settled> => {
  const { generation, position } = await tx.meta();
  if (asked.generation !== generation) return { rows: [], orders: [], count: sent.length };
  const ours = new Set(sent.map(({ change }) => change.id));
  const seqs = new Map(answer.receipts.map(({ change, seq }) => [change, seq]));
  const refusals = new Map(answer.rejections.map((rejection) => [rejection.change, rejection]));
  const ids = [...seqs.keys(), ...refusals.keys()].filter((id) => ours.has(id));
  const entries = [...(await outboxOf(tx, [...new Set(ids)])).values()];
  const rows = new Map<string, StoredRecord>();
  const replaced: HistoryRow[] = [];
  const found = await tx.records.bulkGet(entries.map(({ change }) => change.record));
  for (const row of found) if (row) rows.set(row.id, row);
  const taken: string[] = [];
  for (const { change } of entries.sort((a, b) => a.place - b.place)) {
    const seq = seqs.get(change.id);
    const row = rows.get(change.record);
    if (seq === undefined) continue;
    taken.push(change.id);
    if (row) rows.set(row.id, withReceipt(row, change, seq, generation, replaced));
  }
  await tx.outbox.bulkDelete(taken);
  await tx.records.bulkPut([...rows.values()]);
  await tx.history.bulkPut(replaced);
  for (const entry of entries) {
    const refusal = refusals.get(entry.id);
    if (refusal && !seqs.has(entry.id)) await refuse(tx, entry, refusal);
  }
  await tx.keepMeta({ position: further(position, answer.position) });
  return {
    rows: [...rows.values()],
    orders: entries.map(({ order }) => order),
    count: entries.length,
  };
};

const versionOfChange = ({ id, value, was, settles, time, device, by }: Change): Version => ({
  change: id,
  value,
  was,
  ...(settles ? { settles } : {}),
  time,
  device,
  by,
});

/** A change again, from what the service said of it. */
export const changeOfVersion = (
  record: string,
  field: string,
  { change: id, order: _, settles, ...version }: Version,
): Change => ({ id, record, field, ...version, ...(settles ? { settles: [...settles] } : {}) });

/** The ids of the changes that the service is known to have of a record: what counts, and what stands beside it. */
export const confirmedIn = ({ server = {} }: StoredRecord): string[] =>
  Object.values(server).flatMap(({ winner, others = [] }) =>
    [winner, ...others].map(({ change }) => change),
  );

/** All that the service said of a field, the one that counts first, with its value filled in. */
export const versionsOf = (row: StoredRecord, field: string): Version[] => {
  const said = row.server?.[field];
  if (!said) return [];
  const value = said.winner.value === undefined ? row.values[field] : said.winner.value;
  return [{ ...said.winner, value: value ?? null }, ...(said.others ?? [])];
};

/** Notes what the service says of a field and, unless a change of this device covers it, shows it. */
const withSaid = (
  row: StoredRecord,
  field: string,
  said: ServerField,
  [winner]: readonly Version[],
  isCovered: boolean,
): StoredRecord => {
  if (!winner) return row;
  const { value, ...rest } = winner;
  const shows = !isCovered || row.changes[field] === winner.change;
  const kept = { ...said, winner: shows ? rest : winner };
  const after = { ...row, server: { ...row.server, [field]: kept } };
  if (!shows || row.changes[field] === winner.change) return after;
  const shown = {
    ...after,
    values: { ...row.values, [field]: value },
    changes: { ...row.changes, [field]: winner.change },
  };
  return { ...shown, order: orderOf(shown) };
};

const historyOf = (row: StoredRecord, field: string, versions: readonly Version[]): HistoryRow[] =>
  versions.map((version) => ({ id: version.change, record: row.id, field, version }));

/** A record after one of its changes got a receipt. */
const withReceipt = (
  row: StoredRecord,
  change: Change,
  seq: number,
  generation: number,
  replaced: HistoryRow[],
): StoredRecord => {
  const { field } = change;
  const said = row.server?.[field];
  const before = versionsOf(row, field);
  const own = versionOfChange(change);
  const isShown = row.changes[field] === change.id;
  const isNewer = said?.generation === generation && said.seq >= seq;
  if (said && (isNewer || isPast(said.past, change.id))) {
    // The service has told of the field since it took the change: what it said holds.
    if (!before.some((version) => version.change === change.id)) {
      replaced.push(...historyOf(row, field, [own]));
    }
    return withSaid(row, field, said, before, !isShown);
  }
  const gone = new Set(replacedBy(change));
  const others = before.filter((version) => !gone.has(version.change));
  const past = withTails(said?.past ?? [], [...gone].map(tailOf));
  replaced.push(
    ...historyOf(
      row,
      field,
      before.filter((version) => gone.has(version.change)),
    ),
  );
  const after: ServerField = {
    seq,
    generation: said?.generation ?? generation,
    winner: own,
    ...(others.length > 0 ? { others } : {}),
    ...(past.length > 0 ? { past } : {}),
  };
  return withSaid(row, field, after, [own], !isShown);
};

/** Keeps a refused change with its reason, until a person decides. */
const refuse = async (
  tx: Replica,
  entry: OutboxRow,
  { code, message }: Rejection,
): Promise<void> => {
  const { id, record, field, was, settles } = entry.change;
  // No person typed it, so none has to decide: the order's own devices note it themselves.
  if (field === STORED && code === 'not-yours') {
    await tx.outbox.bulkDelete([id]);
    return;
  }
  const current = (await tx.records.get(record))?.changes[field];
  if (current === undefined || current === id) {
    await tx.outbox.bulkPut([{ ...entry, status: 'rejected', code, message }]);
    return;
  }
  // A later edit already took its place: that one replaces what this one would have.
  await tx.outbox.bulkDelete([id]);
  const later = await tx.outbox.get(current);
  if (later?.status === 'waiting' && later.change.was === id) {
    const { settles: more, ...change } = later.change;
    await tx.outbox.bulkPut([
      { ...later, change: { ...change, ...replacing(was, [settles, more]) } },
    ]);
  }
};

/**
 * Writes pulled values into the records and moves the cursor with them. A value that meets a change of
 * this device without a receipt is noted and not shown: what the person typed is never overwritten,
 * and the service tells of the field again once it has both.
 */
export const applyPage = async (
  tx: Replica,
  page: Pick<PullAnswer, 'fields' | 'cursor' | 'position'>,
  asked: Asked,
): Promise<readonly StoredRecord[]> => {
  const { generation, cursor, position } = await tx.meta();
  if (asked.generation !== generation || asked.cursor !== cursor) return [];
  const found = await tx.records.bulkGet([...new Set(page.fields.map(({ record }) => record))]);
  const rows = new Map(found.flatMap((row) => (row ? [[row.id, row]] : [])));
  const currents = page.fields.flatMap(
    ({ record, field }) => rows.get(record)?.changes[field] ?? [],
  );
  const entries = await outboxOf(tx, currents);
  const written = new Map<string, StoredRecord>();
  const replaced: HistoryRow[] = [];
  for (const state of page.fields) {
    const row = written.get(state.record) ?? rows.get(state.record) ?? unknownRecord(state);
    const after = withState(row, state, entries, generation, replaced);
    if (after !== row) written.set(after.id, after);
  }
  await tx.records.bulkPut([...written.values()]);
  await tx.history.bulkPut(replaced);
  await adoptRows(tx, page.fields, written);
  await tx.keepMeta({ cursor: page.cursor, position: further(position, page.position) });
  return [...written.values()];
};

/**
 * Rows of which a pull said whose they are: what waits of them belongs to that order (a journal holds
 * only what was typed here), and what was refused because the service did not know it yet can go.
 */
const adoptRows = async (
  tx: Replica,
  fields: readonly FieldState[],
  rows: ReadonlyMap<string, StoredRecord>,
): Promise<void> => {
  const orders = new Map(
    fields
      .filter(({ field }) => field.endsWith('.order'))
      .map(({ record }) => [record, rows.get(record)?.order]),
  );
  if (orders.size === 0) return;
  const all = Number.MAX_SAFE_INTEGER;
  const unsent = await Promise.all(STATUSES.map((status) => tx.queued(status, all)));
  const adopted = unsent.flat().flatMap((row): OutboxRow[] => {
    const order = orders.get(row.change.record);
    const isFree = row.status === 'rejected' && row.code === 'unknown-record';
    if (!order || (order === row.order && !isFree)) return [];
    const { code: _, message: __, ...rest } = row;
    return [isFree ? { ...rest, order, status: 'waiting' } : { ...row, order }];
  });
  await tx.outbox.bulkPut(adopted);
};

const STATUSES = ['sent', 'waiting', 'rejected'] as const;

/** A record of which a pull tells first; its order may come later. */
const unknownRecord = ({ record, field }: FieldState): StoredRecord => {
  const kind = kindOfField(field);
  return { id: record, kind, order: kind === 'order' ? record : '', values: {}, changes: {} };
};

const orderOf = (row: StoredRecord): string => {
  const parent = row.values[`${row.kind}.order`];
  return row.kind === 'order' ? row.id : typeof parent === 'string' ? parent : '';
};

/** A record after a pull told of one of its fields. */
const withState = (
  row: StoredRecord,
  { record: _, field, seq, others = [], past = [], ...winner }: FieldState,
  entries: ReadonlyMap<string, OutboxRow>,
  generation: number,
  replaced: HistoryRow[],
): StoredRecord => {
  const said = row.server?.[field];
  if (said?.generation === generation && seq < said.seq) return row;
  const versions = [winner, ...others];
  const standing = new Set(versions.map(({ change }) => change));
  const gone = versionsOf(row, field).filter(({ change }) => !standing.has(change));
  // What a service that lost something says of a field waits until it has been told what it lost.
  if (said?.generation !== generation && gone.some(({ change }) => !isPast(past, change)))
    return row;
  replaced.push(...historyOf(row, field, gone));
  const after: ServerField = {
    seq,
    generation,
    winner,
    ...(others.length > 0 ? { others } : {}),
    ...(past.length > 0 ? { past } : {}),
  };
  return withSaid(row, field, after, versions, entries.has(row.changes[field] ?? ''));
};

/**
 * The service turned out to be another one, or to have lost what it had: it is pulled from the start,
 * and told what it lost. Returns the orders whose attachments are sent again.
 */
export const startOver = async (
  tx: Replica,
  epoch: string,
  asked: Asked,
): Promise<readonly string[]> => {
  const { epoch: known, generation } = await tx.meta();
  if (asked.generation !== generation) return [];
  const orders = await tx.resendAttachments();
  await tx.keepMeta({
    epoch,
    cursor: 0,
    position: null,
    generation: generation + 1,
    recollecting: known !== null,
  });
  return orders;
};

/** All that the service may have lost was sent again. */
export const recollected = async (tx: Replica, asked: Asked): Promise<void> => {
  const { generation } = await tx.meta();
  if (asked.generation === generation) await tx.keepMeta({ recollecting: false });
};

/** Where in the tables a device is that sends again what a service may have lost. */
export interface Walk {
  readonly table: 'records' | 'history' | 'done';
  readonly after: string;
}
export const WALK_START: Walk = { table: 'records', after: '' };

/** Rows that are looked at in one step. */
const STEP = 200;

/**
 * What the service may have lost, from some place on: first all that counts and what stands beside it,
 * then what was replaced, which the service knows to be replaced by then.
 */
export const nextOffers = async (
  tx: Replica,
  { table, after }: Walk,
): Promise<{ offers: readonly Offer[]; next: Walk }> => {
  if (table === 'history') {
    const rows = await tx.historyAfter(after, STEP);
    const offers = rows.map(({ record, field, version }) => offerOf(record, field, version));
    const last = rows.at(-1)?.id;
    return { offers, next: last ? { table, after: last } : { table: 'done', after: '' } };
  }
  const { generation } = await tx.meta();
  const rows = await tx.recordsAfter(after, STEP);
  const offers = rows.flatMap((row) =>
    Object.entries(row.server ?? {})
      .filter(([, said]) => said.generation < generation)
      // The service has to know whose a row is before it can take the row's facts.
      .sort(([a], [b]) => Number(b.endsWith('.order')) - Number(a.endsWith('.order')))
      .flatMap(([field, { past = [] }]) =>
        versionsOf(row, field).map((version) =>
          offerOf(row.id, field, version, past.slice(-LIMITS.pastChanges)),
        ),
      ),
  );
  const last = rows.at(-1)?.id;
  return { offers, next: last ? { table, after: last } : { table: 'history', after: '' } };
};

const offerOf = (
  record: string,
  field: string,
  { change, order, ...version }: Version,
  past: readonly string[] = [],
): Offer => ({
  id: change,
  record,
  field,
  ...version,
  settles: version.settles ? [...version.settles] : undefined,
  order,
  past: past.length > 0 ? past : undefined,
});

/**
 * What the service refuses to take back. A value of this device that is shown stays, with the reason;
 * of anything else the service's word is taken.
 */
export const settleOffers = async (
  tx: Replica,
  offers: readonly Offer[],
  { rejections, ...answer }: Pick<PushAnswer, 'rejections' | 'position'>,
  device: string,
  asked: Asked,
): Promise<Settled> => {
  const { generation, position } = await tx.meta();
  if (asked.generation !== generation) return { rows: [], orders: [], count: 0 };
  const reasons = new Map(rejections.map((rejection) => [rejection.change, rejection]));
  const refused = offers.filter(({ id }) => reasons.has(id));
  const rows = new Map<string, StoredRecord>();
  let place = await tx.lastPlace();
  for (const { order: _, past: __, ...change } of refused) {
    const row = rows.get(change.record) ?? (await tx.records.get(change.record));
    const known = row ? versionsOf(row, change.field) : [];
    if (!row || !known.some((version) => version.change === change.id)) continue;
    const { [change.field]: ___, ...server } = row.server ?? {};
    rows.set(row.id, { ...row, server });
    if (change.device !== device || row.changes[change.field] !== change.id) continue;
    const { code = '', message = '' } = reasons.get(change.id) ?? {};
    place += 1;
    await tx.outbox.bulkPut([
      { id: change.id, place, order: row.order, change, status: 'rejected', code, message },
    ]);
  }
  await tx.records.bulkPut([...rows.values()]);
  const pulled = rows.size > 0 ? { cursor: 0 } : {};
  await tx.keepMeta({ position: further(position, answer.position), ...pulled });
  const touched = [...rows.values()];
  return { rows: touched, orders: touched.map(({ order }) => order), count: refused.length };
};
