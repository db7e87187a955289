/**
 * The way on when the browser's database never answers again. A disk that was full may leave Chromium's
 * IndexedDB without an answer for this page, for as long as the page lives, however much room there is
 * by then; a page that is loaded anew is answered. What waits to be saved goes into the journal first,
 * from where the new page's comparison takes it.
 */
import { v7 as uuid } from 'uuid';
import type { DiskSpace } from '../../domain/shell/contract.ts';
import type { Change } from '../../domain/sync/change.ts';
import type { StoredRecord } from '../../domain/sync/record.ts';
import { type Author, applyEdits, emptyRecord, type StampedEdit } from './change-log.ts';
import { hasRoom, NoAnswerError, namesOf } from './reasons.ts';
import type { Batch } from './writer.ts';

/** When a page may be loaded anew, and how. */
export interface Renewing {
  /** How long a write after one that failed may take, its opening the database again included, in ms. */
  readonly patience: number;
  /** How long nobody must have touched the page, in ms: it is not taken from under anybody's hands. */
  readonly quiet: number;
  reload(): void;
}

export const RENEWING: Renewing = {
  patience: 10_000,
  quiet: 3_000,
  reload: () => location.reload(),
};

/**
 * The changes that edits will be, without asking the database.
 *
 * @param shown a record as the screen shows it, the edits included
 */
export const changesOfEdits = (
  edits: readonly StampedEdit[],
  shown: (edit: StampedEdit) => StoredRecord | undefined,
  author: Author,
): readonly Change[] => {
  const before = new Map<string, StoredRecord>();
  for (const edit of edits) {
    const row = before.get(edit.record) ?? shown(edit) ?? emptyRecord(edit);
    const { [edit.field]: _, ...others } = row.changes;
    const changes = edit.follows === undefined ? others : { ...others, [edit.field]: edit.follows };
    // Whatever stood there, it was another value: no edit is made of an equal one.
    const values = { ...row.values, [edit.field]: edit.value === null ? '' : null };
    before.set(edit.record, { ...row, values, changes });
  }
  // A record of which nothing but these edits is known may not exist yet.
  for (const [id, { changes }] of before) if (Object.keys(changes).length === 0) before.delete(id);
  return applyEdits(edits, before, () => undefined, author, uuid).changes;
};

/** Resolves when the page was not touched for so long. */
const untouched = (quiet: number): Promise<void> =>
  new Promise((resolve) => {
    const events = ['keydown', 'pointerdown', 'pointermove', 'compositionupdate'] as const;
    const end = () => {
      for (const event of events) window.removeEventListener(event, again, true);
      resolve();
    };
    let timer = setTimeout(end, quiet);
    const again = () => {
      clearTimeout(timer);
      timer = setTimeout(end, quiet);
    };
    for (const event of events) window.addEventListener(event, again, true);
  });

/** @throws {NoAnswerError} after so many ms */
const noAnswerWithin = (ms: number): Promise<never> =>
  new Promise((_, reject) => {
    setTimeout(() => reject(new NoAnswerError(ms)), ms);
  });

export interface RenewalParts extends Renewing {
  /** Puts a batch where the next page finds it; rejects as long as the disk takes nothing. */
  keep(batch: Batch): Promise<void>;
  diskSpace(): Promise<DiskSpace | null>;
  /** Edits that are not on disk yet. */
  pending(): Iterable<StampedEdit>;
}

/**
 * Tries a write behind one that failed. When the database does not answer, be it to opening, reading or
 * writing, the batch is kept beside it and, once there is room and nobody touches the page, the page is
 * loaded anew.
 */
export const createRenewal = ({ patience, quiet, reload, ...parts }: RenewalParts) => {
  /** Edits and attachments that were kept: each once, however many attempts fail. */
  const kept = new Set<string>();
  return async <T>({ edits, attachments }: Batch, attempt: () => Promise<T>): Promise<T> => {
    try {
      return await Promise.race([attempt(), noAnswerWithin(patience)]);
    } catch (error) {
      // On plain HTTP there is no journal, and so nothing to go on from.
      if (!isSecureContext || !namesOf(error).includes('NoAnswerError')) throw error;
      const lacking: Batch = {
        edits: new Map([...edits].filter(([, { id }]) => !kept.has(id))),
        attachments: attachments.filter(({ sha256 }) => !kept.has(sha256)),
      };
      await parts.keep(lacking);
      for (const { id } of lacking.edits.values()) kept.add(id);
      for (const { sha256 } of lacking.attachments) kept.add(sha256);
      if (!hasRoom(await parts.diskSpace())) throw error;
      await untouched(quiet);
      // What was typed meanwhile is kept by the next attempt.
      if ([...parts.pending()].every(({ id }) => kept.has(id))) reload();
      throw error;
    }
  };
};
