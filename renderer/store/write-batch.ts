import { v7 as uuid } from 'uuid';
import { checkFieldValue } from '../../domain/sync/fields.ts';
import type { Edit, StoredRecord } from '../../domain/sync/record.ts';
import { LIMITS } from '../../domain/sync/wire.ts';
import { sealFile } from './attachment-bytes.ts';
import { deltaOf, planCommit } from './commit-plan.ts';
import type { AttachmentRow, ClockRow, FileRow, OnsiteDatabase, OutboxRow } from './database.ts';
import type { Unjournaled } from './journalling.ts';
import { readAuthor } from './meta.ts';
import { type AttachmentBytes, InvalidEditError } from './store.ts';
import { readSummaries } from './summaries.ts';
import { readTail, type Tail, tailAfter } from './tail.ts';
import { type Touched, touching } from './touch.ts';
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
 * @param journaled ids of what the journal has by now
 * @param ours ids of the changes that this window made
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
  let after: Tail | undefined;
  const files = await Promise.all(attachments.map((attachment) => sealFile(db.keys, attachment)));
  const touched = await db.transaction('rw', [...db.shown, db.meta], async (now) => {
    const stamped = [...edits.values()];
    const ids = [...new Set(stamped.map(({ record }) => record))];
    const orders = [...new Set([...stamped, ...attachments].map(({ order }) => order))];
    const guessed = [...new Set(stamped.flatMap(({ follows }) => follows ?? []))];
    // Asked all at once: each answer that is waited for costs as much as the disk.
    const [known, author, tail, lines, likely] = await Promise.all([
      db.records.bulkGet(ids),
      readAuthor(db),
      readTail(db),
      readSummaries(db, orders),
      guessed.length > 0 ? db.outbox.bulkGet(guessed) : [],
    ]);
    const rows = new Map<string, StoredRecord>();
    for (const row of known) if (row) rows.set(row.id, row);
    const currents = stamped.flatMap(({ record, field }) => rows.get(record)?.changes[field] ?? []);
    const others = new Set(currents);
    for (const id of guessed) others.delete(id);
    const missed = others.size > 0 ? await db.outbox.bulkGet([...others]) : [];
    const queued = [...likely, ...missed].flatMap((row) => row ?? []);
    const plan = planCommit(stamped, { rows, queued, place: tail.place, author, ours });
    const { added, deltas } = plan;
    const id = uuid();
    after = tailAfter(tail, { id, added: added.length, journaled });
    if (added.length > 0) toJournal({ id, changes: plan.changes });
    const held: AttachmentRow[] = [];
    for (const attachment of attachments) {
      const before = await db.attachments.get(attachment.sha256);
      const after = withReference(before, attachment);
      const isNew = after.waiting.includes(attachment.order);
      const wasNew = before?.waiting.includes(attachment.order) ?? false;
      if (isNew && !wasNew) deltaOf(deltas, attachment.order).unsentAttachments += 1;
      held.push(after);
    }
    const gone = new Set(plan.replaced);
    const changed = [...new Set([...plan.rows, ...attachments].map(({ order }) => order))];
    const listed = new Map(orders.map((id, i) => [id, lines[i] ?? null]));
    const befores = changed.every((id) => listed.has(id))
      ? changed.map((id) => listed.get(id) ?? null)
      : await readSummaries(db, changed);
    const { write, ...touched } = await touching(
      db,
      changed,
      befores,
      plan.rows,
      deltas,
      (id) => !rows.has(id),
    );
    // Dexie may lose its transaction over an await that asked for nothing; these tables belong to it.
    const outbox = now.table<OutboxRow, string>('outbox');
    await Promise.all([
      now.table<ClockRow, number>('clock').put(after),
      now.table<StoredRecord, string>('records').bulkPut([...plan.rows]),
      outbox.bulkPut(added),
      gone.size > 0 && outbox.bulkDelete([...gone]),
      held.length > 0 && now.table<AttachmentRow, string>('attachments').bulkPut(held),
      files.length > 0 && now.table<FileRow, string>('files').bulkPut(files),
      ...write(now),
    ]);
    const rejected = touched.rejected?.filter(({ change }) => !gone.has(change)) ?? null;
    return { ...touched, rejected };
  });
  db.tail = after;
  return touched;
};
