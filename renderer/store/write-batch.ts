import { v7 as uuid } from 'uuid';
import { checkFieldValue } from '../../domain/sync/fields.ts';
import type { Edit, StoredRecord } from '../../domain/sync/record.ts';
import { LIMITS } from '../../domain/sync/wire.ts';
import { sealFile } from './attachment-bytes.ts';
import { applyEdits, type StampedEdit } from './change-log.ts';
import {
  type AttachmentRow,
  type ClockRow,
  type FileRow,
  type OnsiteDatabase,
  type OutboxRow,
  searchLastPlace,
  type UnjournaledRow,
} from './database.ts';
import type { Unjournaled } from './journalling.ts';
import { readAuthor } from './meta.ts';
import { type AttachmentBytes, InvalidEditError } from './store.ts';
import { readSummaries } from './summaries.ts';
import { type Touched, touching, type UnsentDelta } from './touch.ts';
import type { Batch } from './writer.ts';

/** @throws {InvalidEditError} when the change log cannot hold one of them */
export const checkEdits = (
  edits: readonly Edit[],
  attachments: readonly AttachmentBytes[],
): void => {
  for (const { field, value } of edits) {
    const reason = checkFieldValue(field, value);
    if (reason) throw new InvalidEditError(reason);
    // Only strokes can be that large; the service would refuse them for good.
    if (typeof value === 'object' && JSON.stringify(value).length > LIMITS.valueBytes) {
      throw new InvalidEditError(`${field}：内容过大，请重签或缩短`);
    }
  }
  if (attachments.some(({ bytes }) => bytes.length > LIMITS.attachmentBytes)) {
    throw new InvalidEditError('附件太大：每个文件最多 32 MB');
  }
};

/** Adds an order's reference to bytes; bytes that have their receipt are not sent twice. */
const withReference = (
  known: AttachmentRow | undefined,
  { order, sha256 }: Pick<AttachmentBytes, 'order' | 'sha256'>,
): AttachmentRow => {
  if (!known) return { sha256, orders: [order], waiting: [order] };
  const orders = [...new Set([...known.orders, order])];
  return { ...known, orders, waiting: known.waiting.length > 0 ? orders : [] };
};

/**
 * The transaction of a commit: records, outbox, summaries, attachments and what is to be journalled,
 * all or nothing. It starts from the rows as they are, since another tab may have written them.
 *
 * @param journaled ids of `unjournaled` rows that the journal has by now
 * @param ours ids of changes that this window made: only of these a later one takes the place, as of
 *   one's own typing; what another window wrote stays in the log
 * @param toJournal told of the changes as soon as they are known: the journal is written beside the
 *   commit. Should that fail, the next attempt makes the same changes, under the same ids
 */
export const writeBatch = async (
  db: OnsiteDatabase,
  { edits, attachments }: Batch,
  journaled: readonly string[],
  ours: ReadonlySet<string>,
  toJournal: (unjournaled: Unjournaled) => void,
): Promise<Touched> => {
  const stamp = uuid();
  let last = 0;
  const files = await Promise.all(attachments.map((attachment) => sealFile(db.keys, attachment)));
  const touched = await db.transaction(
    'rw',
    [...db.shown, db.unjournaled, db.meta],
    async (now) => {
      const stamped = [...edits.values()];
      const ids = [...new Set(stamped.map(({ record }) => record))];
      const orders = [...new Set([...stamped, ...attachments].map(({ order }) => order))];
      const guessed = [...new Set(stamped.flatMap(({ follows }) => follows ?? []))];
      // Asked all at once: each answer that is waited for costs as much as the disk.
      const [known, author, clock, lines, likely] = await Promise.all([
        db.records.bulkGet(ids),
        readAuthor(db),
        db.clock.get(0),
        readSummaries(db, orders),
        guessed.length > 0 ? db.outbox.bulkGet(guessed) : [],
      ]);
      const isLast = db.last !== null && db.last.stamp === clock?.stamp;
      const place = isLast && db.last ? db.last.place : await searchLastPlace(db);
      const rows = new Map<string, StoredRecord>();
      for (const row of known) if (row) rows.set(row.id, row);
      const currents = stamped.flatMap(
        ({ record, field }) => rows.get(record)?.changes[field] ?? [],
      );
      const others = new Set(currents);
      for (const id of guessed) others.delete(id);
      const missed = others.size > 0 ? await db.outbox.bulkGet([...others]) : [];
      const entries = new Map(
        [...likely, ...missed].flatMap((row) =>
          row && (row.status !== 'waiting' || ours.has(row.id)) ? [[row.id, row]] : [],
        ),
      );
      const queued = new Map([...likely, ...missed].flatMap((row) => (row ? [[row.id, row]] : [])));
      const overtaken = ({ time, follows }: StampedEdit, current: string) => {
        const change = queued.get(current)?.change;
        const isElsewhere = current !== follows && !ours.has(current);
        return isElsewhere && change?.device === author.device && change.time > time
          ? change.time
          : null;
      };
      const entryOf = (id: string) => entries.get(id);
      const applied = applyEdits(stamped, rows, entryOf, author, uuid, overtaken);
      const orderOf = new Map(applied.rows.map(({ id, order }) => [id, order]));
      const added = applied.changes.map((change, i): OutboxRow => {
        const order = orderOf.get(change.record) ?? change.record;
        return { id: change.id, place: place + 1 + i, order, change, status: 'waiting' };
      });
      const replaced = applied.replaced.flatMap((id) => entries.get(id) ?? []);
      last = place + added.length;
      const unjournaled: UnjournaledRow = { id: uuid(), places: [place + 1, last] };
      if (added.length > 0) toJournal({ id: unjournaled.id, changes: applied.changes });
      const deltas = deltasOf(added, replaced);
      const held: AttachmentRow[] = [];
      for (const attachment of attachments) {
        const before = await db.attachments.get(attachment.sha256);
        const after = withReference(before, attachment);
        const isNew = after.waiting.includes(attachment.order);
        const wasNew = before?.waiting.includes(attachment.order) ?? false;
        if (isNew && !wasNew) deltaOf(deltas, attachment.order).unsentAttachments += 1;
        held.push(after);
      }
      const gone = new Set(applied.replaced);
      const changed = [...new Set([...orderOf.values(), ...attachments.map(({ order }) => order)])];
      const listed = new Map(orders.map((id, i) => [id, lines[i] ?? null]));
      const befores = changed.every((id) => listed.has(id))
        ? changed.map((id) => listed.get(id) ?? null)
        : await readSummaries(db, changed);
      const { write, ...after } = await touching(
        db,
        changed,
        befores,
        applied.rows,
        deltas,
        (id) => !rows.has(id),
      );
      // Dexie may lose its transaction over an await that asked for nothing; these tables belong to it.
      const outbox = now.table<OutboxRow, string>('outbox');
      const journal = now.table<UnjournaledRow, string>('unjournaled');
      await Promise.all([
        now.table<ClockRow, number>('clock').put({ id: 0, stamp }),
        now.table<StoredRecord, string>('records').bulkPut([...applied.rows]),
        outbox.bulkPut(added),
        gone.size > 0 && outbox.bulkDelete([...gone]),
        journaled.length > 0 && journal.bulkDelete([...journaled]),
        added.length > 0 && journal.put(unjournaled),
        held.length > 0 && now.table<AttachmentRow, string>('attachments').bulkPut(held),
        files.length > 0 && now.table<FileRow, string>('files').bulkPut(files),
        ...write(now),
      ]);
      const rejected = after.rejected?.filter(({ change }) => !gone.has(change)) ?? null;
      return { ...after, rejected };
    },
  );
  db.last = { stamp, place: last };
  return touched;
};

type Deltas = Map<string, { -readonly [K in keyof UnsentDelta]: UnsentDelta[K] }>;

/** An order's delta, to be added to. */
const deltaOf = (deltas: Deltas, order: string) => {
  const known = deltas.get(order) ?? { unsent: 0, unsentAttachments: 0, rejected: 0 };
  deltas.set(order, known);
  return known;
};

/** What entries that came and went change of what their orders have unsent. */
const deltasOf = (added: readonly OutboxRow[], gone: readonly OutboxRow[]): Deltas => {
  const deltas: Deltas = new Map();
  for (const { order } of added) deltaOf(deltas, order).unsent += 1;
  for (const { order, status } of gone) {
    const delta = deltaOf(deltas, order);
    delta.unsent -= 1;
    if (status === 'rejected') delta.rejected -= 1;
  }
  return deltas;
};
