/**
 * Journal and store are compared: what the store lacks is taken from the journal, and what the journal
 * lacks is written to it anew.
 *
 * The store may lack what was committed last, when the browser went back to an older state of it; the
 * journal may lack anything, when somebody deleted it. Where both were read before and found equal, only
 * what came since is looked at; that is remembered in the store itself, so a store that went back to an
 * older state remembers an older place.
 */
import type { Change } from '../../domain/sync/change.ts';
import type { JournalFiles } from '../../domain/sync/journal-files.ts';
import { chainOf, headsOf, lackingOf, type Taking } from '../../domain/sync/lacking.ts';
import type { StoredRecord } from '../../domain/sync/record.ts';
import { changeOfVersion, versionsOf } from '../../domain/sync/said.ts';
import type { Keys } from '../../domain/vault/keys.ts';
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
import {
  decodePlainEntry,
  encodeEntry,
  encodeScrap,
  type JournalEntry,
  type JournalIdentity,
} from './journal.ts';
import { type Journalled, readJournalled } from './journalled.ts';
import { readMeta } from './meta.ts';
import { openList, readKeptList } from './summaries.ts';
import { lastPlace } from './tail.ts';
import { type Touched, touch } from './touch.ts';

/** Changes that are looked at, or appended, together. */
const STEP = 200;

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

/** Writes into the store what it lacks of the journal: `lackingOf`. @param candidates last changes of their fields */
const takeChanges = (
  db: OnsiteDatabase,
  journalled: Journalled,
  candidates: readonly Change[],
  taking: Taking,
): Promise<{ touched: Touched; taken: number }> =>
  db.transaction('rw', [...db.shown, db.history, db.meta], async () => {
    const rows = await recordsOfChanges(db, candidates);
    const heads = candidates.flatMap(headsOf(journalled));
    const asked = new Set([
      ...heads.flatMap((change) => chainOf(journalled, change).map(({ id }) => id)),
      ...candidates.flatMap(({ record, field }) => rows.get(record)?.changes[field] ?? []),
    ]);
    const entries = byId(await db.outbox.bulkGet([...asked]));
    const history = byId(await db.history.bulkGet([...asked]));
    const held = { rows, queued: new Set(entries.keys()), history: new Set(history.keys()) };
    const lacking = lackingOf(journalled, candidates, held, taking);
    const last = await lastPlace(db);
    await db.records.bulkPut(lacking.rows);
    await db.outbox.bulkDelete([...lacking.replaced]);
    await db.outbox.bulkPut(
      lacking.queued.map(({ order, change }, i): OutboxRow => {
        return { id: change.id, place: last + 1 + i, order, change, status: 'sent' };
      }),
    );
    const orders = lacking.rows.map(({ order }) => order);
    return { touched: await touch(db, orders, lacking.rows), taken: lacking.taken };
  });

/** Appends the device's own changes that the journal lacks: those without a receipt, and the others that still are their fields' values. */
const giveChanges = async (
  db: OnsiteDatabase,
  { changes }: Journalled,
  append: (entry: JournalEntry) => Promise<void>,
  pause: () => Promise<void>,
): Promise<void> => {
  const unsent = await db.outbox.toCollection().primaryKeys();
  const lacking = unsent.filter((id) => !changes.has(id));
  const rows = (await db.outbox.bulkGet(lacking)).flatMap((row) => row ?? []);
  const given = rows.sort((a, b) => a.place - b.place).map(({ change }) => change);
  const { device } = await readMeta(db);
  /** What the service has of this device's own changes, where they still are the values. */
  const confirmedOf = (record: StoredRecord): Change[] =>
    Object.keys(record.server ?? {}).flatMap((field) => {
      const [winner] = versionsOf(record, field);
      const isOwn = winner?.device === device && record.changes[field] === winner.change;
      return isOwn && !changes.has(winner.change) ? changeOfVersion(record.id, field, winner) : [];
    });
  for (let last = ''; ; ) {
    await pause();
    const records = await db.records.where('id').above(last).limit(STEP).toArray();
    given.push(...records.flatMap(confirmedOf));
    last = records.at(-1)?.id ?? '';
    if (records.length < STEP) break;
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
  if (end === null) await giveChanges(db, journalled, appender(parts), pause);
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
  const unenrolled = { token: null, owner: null, role: null, account: null };
  const identity: JournalIdentity | null =
    journalled.identity ?? (device ? { kind: 'identity', ...unenrolled, device } : null);
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
