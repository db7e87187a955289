/**
 * A device's rules: what is written, what leaves it, what a receipt or a refusal does. Each function runs
 * inside one transaction over the device's tables, so that a kill between two of them leaves a state that
 * sync goes on from. `pulled.ts` and `recollect.ts` are the other half.
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { type Change, NO_BYTES, type Rejection } from './change.ts';
import { type Author, applyEdits, knownElsewhere, replacingAs, type StampedEdit } from './edits.ts';
import { told, withTails } from './past.ts';
import { STORED_FIELD, type StoredRecord } from './record.ts';
import { withReceipt } from './said.ts';
import {
  type Asked,
  type HistoryRow,
  isLate,
  type OutboxRow,
  type OutgoingChange,
  type Replica,
  type Settled,
} from './tables.ts';
import { LIMITS, type PushAnswer } from './wire.ts';

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

/**
 * Bytes have their receipt: a change of each record that names them says so. The service takes it only
 * while it has them: so a log that has it belongs to a database that has them, and one that lost them
 * has lost this too, or will not take it.
 */
export const noteStored = async (
  tx: Replica,
  { sha256, orders }: { readonly sha256: string; readonly orders: readonly string[] },
  time: number,
  author: Author,
  newId: () => string,
): Promise<Awaited<ReturnType<typeof commitEdits>>> => {
  const records = (await Promise.all(orders.map((order) => tx.attachmentsOf(order)))).flat();
  const named = records.filter(({ values }) => values['attachment.sha256'] === sha256);
  const forgotten = await Promise.all(named.map((row) => forgottenNotes(tx, row)));
  // Also when that was said before: what counts is that it comes after this receipt.
  const edits = named.map(({ id: record, order }, i) => ({
    ...{ id: newId(), time, record, order, settles: forgotten[i] ?? [] },
    ...{ field: STORED_FIELD, value: sha256 },
  }));
  return commitEdits(tx, edits, author, newId);
};

/**
 * The notes before one that the service lost and did not take back, since it had lost the bytes too: with
 * it went what it replaced, and another window may be telling those once more.
 */
const forgottenNotes = async (
  tx: Replica,
  { id, changes, server }: StoredRecord,
): Promise<string[]> => {
  if (changes[STORED_FIELD] === undefined || server?.[STORED_FIELD]) return [];
  const notes = (await tx.historyOf(id)).filter(({ field }) => field === STORED_FIELD);
  return notes.map((note) => note.id).slice(-SETTLED);
};
/** The most that one change may settle: `changeSchema`. */
const SETTLED = 20;

export const outboxOf = async (
  tx: Replica,
  ids: string[],
): Promise<ReadonlyMap<string, OutboxRow>> =>
  new Map((await tx.outbox.bulkGet(ids)).flatMap((row) => (row ? [[row.id, row]] : [])));

/** The next changes to send, within the wire's limits; marked as sent before they are given out. */
export const nextChanges = async (tx: Replica): Promise<readonly OutgoingChange[]> => {
  const batch = withinLimits(await unsettled(tx, LIMITS.pushChanges));
  await tx.outbox.bulkPut(batch.map((row) => ({ ...row, status: 'sent' })));
  return batch.map(({ order, change, carried }) => ({ order, change: { ...change, ...carried } }));
};

/**
 * Entries as they go into a file that is carried by hand. They stay, marked as having left: the service
 * may have them from then on. The file says no position, so each change says what is known to have been
 * replaced before it: the service may have lost that when it arrives.
 */
export const carriedEntries = async (
  tx: Replica,
  entries: readonly OutboxRow[],
): Promise<readonly OutboxRow[]> => {
  const out = entries.map(
    (row): OutboxRow =>
      row.status === 'rejected' ? { ...row, left: true } : { ...row, status: 'sent' },
  );
  await tx.outbox.bulkPut(out);
  const found = await tx.records.bulkGet(out.map(({ change }) => change.record));
  return out.map((row, i): OutboxRow => {
    const { change, carried } = row;
    const known = found[i]?.server?.[change.field]?.past ?? [];
    const past = told(withTails(known, change.past ?? []));
    // Of what another device made, that device said it: its mark is for that.
    return carried || !past ? row : { ...row, change: { ...change, past } };
  });
};

/** What waits for a receipt, oldest first. @param limit how many of each status at most */
const unsettled = async (
  tx: Replica,
  limit = Number.MAX_SAFE_INTEGER,
): Promise<readonly OutboxRow[]> => {
  const rows = [...(await tx.queued('sent', limit)), ...(await tx.queued('waiting', limit))];
  return rows.sort((a, b) => a.place - b.place);
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

/** Stores the receipts and rejections of what was sent; of anything else nothing changes. */
export const settle = async (
  tx: Replica,
  sent: readonly OutgoingChange[],
  answer: Pick<PushAnswer, 'receipts' | 'rejections' | 'position'>,
  asked: Asked,
): Promise<Settled> => {
  const meta = await tx.meta();
  const { generation } = meta;
  if (isLate(asked, meta)) return { rows: [], orders: [], count: sent.length };
  const ours = new Set(sent.map(({ change }) => change.id));
  const seqs = new Map(answer.receipts.map(({ change, seq }) => [change, seq]));
  const refusals = answer.rejections.filter(({ change }) => ours.has(change) && !seqs.has(change));
  const refused = await outboxOf(tx, [...new Set(refusals.map(({ change }) => change))]);
  // First: what stands on a refused change stands on what that one would have replaced.
  for (const refusal of refusals) await refuse(tx, refusal);
  const entries = [
    ...(
      await outboxOf(
        tx,
        [...seqs.keys()].filter((id) => ours.has(id)),
      )
    ).values(),
  ];
  const rows = new Map<string, StoredRecord>();
  const replaced: HistoryRow[] = [];
  const found = await tx.records.bulkGet(entries.map(({ change }) => change.record));
  for (const row of found) if (row) rows.set(row.id, row);
  const taken: string[] = [];
  for (const { change } of entries.sort((a, b) => a.place - b.place)) {
    const seq = seqs.get(change.id);
    const row = rows.get(change.record);
    taken.push(change.id);
    if (row && seq !== undefined)
      rows.set(row.id, withReceipt(row, change, seq, generation, replaced));
  }
  await tx.outbox.bulkDelete(taken);
  await tx.records.bulkPut([...rows.values()]);
  await tx.history.bulkPut(replaced);
  await tx.keepMeta({ position: answer.position });
  return {
    rows: [...rows.values()],
    orders: [...entries, ...refused.values()].map(({ order }) => order),
    count: entries.length + refused.size,
  };
};

/** Keeps a refused change with its reason, until a person decides. */
const refuse = async (
  tx: Replica,
  { change: refused, code, message }: Rejection,
): Promise<void> => {
  const entry = await tx.outbox.get(refused);
  if (!entry) return;
  const { id, record, field, value } = entry.change;
  // Once they have arrived, another change says so, and takes the place of this one.
  if (code === NO_BYTES && typeof value === 'string') await tx.resendAttachments(value);
  // No person typed it, so none has to decide: the order's own devices note it themselves.
  if (field === STORED_FIELD && code === 'not-yours') {
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
  const [later] = (await unsettled(tx)).filter(({ change }) => change.was === id);
  if (!later) return;
  const { settles, ...change } = later.change;
  const replaces = replacingAs(entry.change, [knownElsewhere({ ...entry, code }), settles]);
  await tx.outbox.bulkPut([{ ...later, change: { ...change, ...replaces } }]);
};
