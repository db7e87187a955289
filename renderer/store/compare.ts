/**
 * Journal and store are compared: what the store lacks is taken from the journal, and what the journal
 * lacks is written to it anew.
 *
 * The store may lack what was committed last, when the browser went back to an older state of it; the
 * journal may lack anything, when somebody deleted it. Where both were read before and found equal, only
 * what came since is looked at; that is remembered in the store itself, so a store that went back to an
 * older state remembers an older place.
 */
import { type Change, timeOfId } from '../../domain/sync/change.ts';
import type { JournalFiles } from '../../domain/sync/journal-files.ts';
import { kindOfField, type StoredRecord } from '../../domain/sync/record.ts';
import type { Keys } from '../../domain/vault/keys.ts';
import { emptyRecord, withValue } from './change-log.ts';
import { compareAttachments } from './compare-attachments.ts';
import {
  appender,
  type CompareParts,
  giveProfile,
  keepCompared,
  NO_PROFILE,
  profileIn,
  readCompared,
  takeProfile,
} from './compared.ts';
import type { OnsiteDatabase, OutboxRow } from './database.ts';
import { decodePlainEntry, encodeEntry, encodeScrap, type JournalEntry } from './journal.ts';
import { type Journalled, readJournalled } from './journalled.ts';
import { openList, readKeptList } from './summaries.ts';
import { lastPlace } from './tail.ts';
import { type Touched, touch } from './touch.ts';

/** Changes that are looked at, or appended, together. */
const STEP = 200;

/** What one look at the journal may do to the store. */
interface Taking {
  /** Whether all of the journal was read, or only its end. */
  readonly whole: boolean;
  /** Device's clock (ms) when the store was opened: what was made since is later than the journal. */
  readonly since: number;
}

const byId = <T extends { readonly id: string }>(
  rows: readonly (T | undefined)[],
): Map<string, T> => new Map(rows.flatMap((row) => (row ? [[row.id, row]] : [])));

const recordsOfChanges = async (
  db: OnsiteDatabase,
  changes: readonly Change[],
): Promise<Map<string, StoredRecord>> =>
  byId(await db.records.bulkGet([...new Set(changes.map(({ record }) => record))]));

/** The last journalled changes that are not their fields' values, read in small steps beside the typing. */
const candidatesOf = async (
  db: OnsiteDatabase,
  { changes, latest }: Journalled,
  pause: () => Promise<void>,
): Promise<Change[]> => {
  const last = [...latest.values()].flatMap((id) => changes.get(id) ?? []);
  const candidates: Change[] = [];
  for (let at = 0; at < last.length; at += STEP) {
    await pause();
    const step = last.slice(at, at + STEP);
    const rows = await recordsOfChanges(db, step);
    candidates.push(
      ...step.filter(({ id, record, field }) => rows.get(record)?.changes[field] !== id),
    );
  }
  return candidates;
};

/**
 * Writes into the store what it lacks of the journal: a field's last journalled change that is not its
 * value, does not wait to be sent and has no receipt, where the store's own value is none or was
 * journalled earlier. A value that was pulled since is later, and one that was typed since too.
 *
 * @param candidates last journalled changes of their fields
 */
const takeChanges = (
  db: OnsiteDatabase,
  { changes, latest }: Journalled,
  candidates: readonly Change[],
  { whole, since }: Taking,
): Promise<{ touched: Touched; taken: number }> =>
  db.transaction('rw', [...db.shown, db.receipts, db.meta], async () => {
    const rows = await recordsOfChanges(db, candidates);
    const currentOf = ({ record, field }: Change) => rows.get(record)?.changes[field];
    /** What a change replaced, one after the other, as far as the journal says; itself first. */
    const chainOf = (change: Change): Change[] => {
      const chain = [change];
      for (let at = change.was; at !== null; at = chain.at(-1)?.was ?? null) {
        const before = changes.get(at);
        if (!before || chain.includes(before)) break;
        chain.push(before);
      }
      return chain;
    };
    const chains = new Map(candidates.map((change) => [change.id, chainOf(change)]));
    const currents = candidates.flatMap((change) => currentOf(change) ?? []);
    const asked = new Set([...[...chains.values()].flat().map(({ id }) => id), ...currents]);
    const entries = byId(await db.outbox.bulkGet([...asked]));
    const receipts = await db.receipts.bulkGet([...asked]);
    const confirmed = new Set(receipts.flatMap((row) => row?.change ?? []));
    const isKnown = (id: string) => entries.has(id) || confirmed.has(id);

    const written = new Map<string, StoredRecord>();
    const outgoing = new Set<string>();
    const replaced: string[] = [];
    let taken = 0;
    for (const change of candidates) {
      const { id, record, field, value } = change;
      const current = currentOf(change);
      const chain = chains.get(id) ?? [];
      const isChained = chain.some((each) => each.id === current || each.was === current);
      const isEarlier =
        current === undefined ||
        changes.has(current) ||
        isChained ||
        // Of an earlier session, and compared then.
        (!whole && isKnown(current) && timeOfId(current) < since);
      if (current === id || isKnown(id) || !isEarlier) continue;
      taken += 1;
      // It never left the device, or the later change would name it.
      if (current !== undefined && entries.has(current) && !isChained) replaced.push(current);
      const stop = chain.findIndex((each) => each.id === current || isKnown(each.id));
      for (const each of stop < 0 ? chain : chain.slice(0, stop)) outgoing.add(each.id);
      const parent = changes.get(latest.get(`${record}/${kindOfField(field)}.order`) ?? '')?.value;
      const order = typeof parent === 'string' ? parent : (rows.get(record)?.order ?? record);
      const row = written.get(record) ?? rows.get(record) ?? emptyRecord({ ...change, order });
      written.set(record, { ...withValue(row, { field, value, id }), order });
    }
    let place = await lastPlace(db);
    const queued = [...changes.values()].flatMap((change): OutboxRow[] => {
      if (!outgoing.has(change.id)) return [];
      place += 1;
      const order = written.get(change.record)?.order ?? change.record;
      // It may have reached the service, which takes each change once.
      return [{ id: change.id, place, order, change, status: 'sent' }];
    });
    const after = [...written.values()];
    await db.records.bulkPut(after);
    await db.outbox.bulkDelete(replaced);
    await db.outbox.bulkPut(queued);
    const orders = after.map(({ order }) => order);
    return { touched: await touch(db, orders, after), taken };
  });

/** Appends the device's own changes that the journal lacks: those without a receipt, and the others that still are their fields' values. */
const giveChanges = async (
  db: OnsiteDatabase,
  { changes }: Journalled,
  append: (entry: JournalEntry) => Promise<void>,
): Promise<void> => {
  const unsent = await db.outbox.toCollection().primaryKeys();
  const lacking = unsent.filter((id) => !changes.has(id));
  const rows = (await db.outbox.bulkGet(lacking)).flatMap((row) => row ?? []);
  const given = rows.sort((a, b) => a.place - b.place).map(({ change }) => change);
  const confirmed = await db.receipts.toCollection().primaryKeys();
  const unknown = confirmed.filter((id) => !changes.has(id));
  for (let at = 0; at < unknown.length; at += STEP) {
    const receipts = await db.receipts.bulkGet(unknown.slice(at, at + STEP));
    const held = receipts.flatMap((row) => row ?? []);
    const records = await db.records.bulkGet(held.map(({ sent }) => sent.record));
    for (const [i, { change: id, sent }] of held.entries()) {
      const record = records[i];
      if (record?.changes[sent.field] !== id) continue;
      given.push({ ...sent, id, value: record.values[sent.field] ?? null });
    }
  }
  for (let at = 0; at < given.length; at += STEP) {
    await append({ kind: 'changes', changes: given.slice(at, at + STEP) });
  }
};

export interface Comparison {
  /** Changes that the store got from the journal. */
  readonly taken: number;
  /** Entries that did not decrypt, and bytes that were torn off or damaged. */
  readonly foreign: number;
  readonly unread: number;
  /** What the working set has to show. */
  readonly touched: Touched;
}

/**
 * Compares both and mends both, beside the typing.
 *
 * @param since device's clock (ms) when the store was opened
 * @param pause called often; resolves when the page has time
 */
export const compareWithJournal = async (
  parts: CompareParts,
  since: number,
  pause: () => Promise<void> = async () => {},
): Promise<Comparison> => {
  const { db, platform, keys } = parts;
  await encryptPlainJournal(platform.journal, keys);
  const cipher = keys.cipher('journal');
  const { checkpoint, profile } = await readCompared(db);
  const end = checkpoint && (await readJournalled(platform.journal, cipher, checkpoint, pause));
  const journalled = end ?? (await readJournalled(platform.journal, cipher, null, pause));
  if (!journalled) throw new Error('journal: it cannot be read from its start');
  const candidates = await candidatesOf(db, journalled, pause);
  const { touched, taken } = await takeChanges(db, journalled, candidates, {
    whole: end === null,
    since,
  });
  await takeProfile(db, journalled, end === null ? NO_PROFILE : profile);
  const orders = await compareAttachments(parts, journalled);
  if (end === null) await giveChanges(db, journalled, appender(parts));
  await keepCompared(db, {
    checkpoint: journalled.end,
    profile: profileIn(journalled, end === null ? NO_PROFILE : profile),
  });
  await giveProfile(parts);
  const { foreign, unread } = journalled;
  const all = [...touched.orders.keys(), ...orders];
  const shown =
    orders.length === 0
      ? touched
      : await db.transaction('rw', [...db.shown, db.meta], () => touch(db, all));
  return { taken, foreign, unread, touched: shown };
};

/** What a store was made of. */
export interface Rebuilt {
  readonly orders: number;
  readonly foreign: number;
  readonly unread: number;
}

/** Makes a lost store again: identity and settings first, so that a rebuild that was cut off starts anew. */
export const rebuild = async (parts: CompareParts): Promise<Rebuilt> => {
  const { db, platform, keys } = parts;
  await encryptPlainJournal(platform.journal, keys);
  const journalled = await readJournalled(platform.journal, keys.cipher('journal'));
  if (!journalled) throw new Error('journal: it cannot be read from its start');
  const { changes, latest, foreign, unread } = journalled;
  const device = [...changes.values()].at(-1)?.device;
  const unenrolled = { kind: 'identity', token: null, owner: null, role: null } as const;
  const identity = journalled.identity ?? (device ? { ...unenrolled, device } : null);
  await takeProfile(db, { ...journalled, identity }, NO_PROFILE);
  const all = [...latest.values()].flatMap((id) => changes.get(id) ?? []);
  await takeChanges(db, journalled, all, { whole: true, since: Date.now() });
  const orders = await compareAttachments(parts, journalled);
  const kept = await db.transaction('rw', [...db.shown, db.meta], async () => {
    await touch(db, orders);
    return await readKeptList(db);
  });
  return { orders: (await openList(db, kept)).size, foreign, unread };
};

/** Rewrites the plain journals of the first versions; they are removed once that was read back. */
const encryptPlainJournal = async (journal: JournalFiles, keys: Keys): Promise<void> => {
  const cipher = keys.cipher('journal');
  for (const { name, entries, rest } of await journal.readPlain()) {
    const encrypted = entries.map((entry) =>
      encodeEntry({ kind: 'changes', changes: decodePlainEntry(entry) }, cipher),
    );
    if (rest.length > 0) encrypted.push(encodeScrap(rest, cipher));
    await journal.replacePlain(name, encrypted);
  }
};
