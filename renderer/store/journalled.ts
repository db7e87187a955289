/** What the journal says, read on from where it was last compared with the store. */

import type { Change } from '../../domain/sync/change.ts';
import { journalFrame } from '../../domain/sync/journal.ts';
import type { JournalFiles, JournalPage, JournalPlace } from '../../domain/sync/journal-files.ts';
import { type JournalledChanges, latestOf } from '../../domain/sync/lacking.ts';
import { type Cipher, DamagedError } from '../../domain/vault/cipher.ts';
import { decodeEntry, type JournalEntry, type JournalIdentity } from './journal.ts';
import type { DeviceSettings } from './store.ts';

/** How far the journal was read: the place in front of its last entry, and the digest behind that. */
export interface Checkpoint {
  readonly before: JournalPlace;
  readonly digest: Uint8Array<ArrayBuffer>;
}

export interface Journalled extends JournalledChanges {
  readonly identity: JournalIdentity | null;
  readonly settings: DeviceSettings | null;
  /** Entries that do not decrypt: another vault wrote them, or somebody forged them. */
  readonly foreign: number;
  /** Bytes that were passed over: see `JournalPage`. */
  readonly unread: number;
  /** Null for an empty journal. */
  readonly end: Checkpoint | null;
}

/** The place behind an entry that stands at `place`. */
const behind = (place: JournalPlace, entry: Uint8Array): JournalPlace => {
  const { frame, digest } = journalFrame(place.digest, entry);
  return { ...place, at: place.at + frame.length, digest };
};

/** Whether the entry that was last read still stands where it stood. */
const stands = ({ start, entries: [first] }: JournalPage, checkpoint: Checkpoint): boolean =>
  first !== undefined &&
  start?.file === checkpoint.before.file &&
  behind(start, first).digest.every((byte, i) => byte === checkpoint.digest[i]);

const endOf = (page: JournalPage | null): Checkpoint | null => {
  let [before, place] = [page?.start ?? null, page?.start ?? null];
  for (const entry of page?.entries ?? []) {
    before = place;
    place = place && behind(place, entry);
  }
  return before && place && { before, digest: place.digest };
};

const opened = (entry: Uint8Array, cipher: Cipher): JournalEntry | 'foreign' | null => {
  try {
    return decodeEntry(entry, cipher);
  } catch (error) {
    if (error instanceof DamagedError) return 'foreign';
    throw error;
  }
};

/**
 * Reads the journal.
 *
 * @param from null reads all of it
 * @param pause called between entries, so that a long journal lets the page work
 * @returns null when the journal does not hold what was read before: it was deleted, replaced or damaged
 */
export const readJournalled = async (
  journal: JournalFiles,
  cipher: Cipher,
  from: Checkpoint | null = null,
  pause = async (): Promise<void> => {},
): Promise<Journalled | null> => {
  const changes = new Map<string, Change>();
  let [identity, settings]: [JournalIdentity | null, DeviceSettings | null] = [null, null];
  let [foreign, unread] = [0, 0];
  let last: JournalPage | null = null;

  const take = (entry: JournalEntry) => {
    if (entry.kind === 'identity') identity = entry;
    else if (entry.kind === 'settings') settings = entry;
    else {
      for (const change of entry.changes) {
        // What was last appended before a kill may be there twice.
        if (!changes.has(change.id)) changes.set(change.id, change);
      }
    }
  };

  let place = from?.before ?? null;
  do {
    const page: JournalPage = await journal.read(place);
    if (from && place === from.before && !stands(page, from)) return null;
    // The first entry was read the last time.
    for (const entry of from && place === from.before ? page.entries.slice(1) : page.entries) {
      await pause();
      const what = opened(entry, cipher);
      if (what === 'foreign') foreign += 1;
      else if (what) take(what);
    }
    if (page.entries.length > 0) last = page;
    unread += page.unread;
    place = page.next;
  } while (place !== null);
  return {
    changes,
    latest: latestOf(changes.values()),
    identity,
    settings,
    foreign,
    unread,
    end: endOf(last),
  };
};
