/**
 * The journal as files of a month each, only ever appended to, in a folder of whatever keeps files:
 * the desktop's disk or the browser's private file system.
 *
 * `2026-11.entries` holds encrypted entries. `2026-11.journal` (or just `journal`), and what was cut off
 * one, are of the first versions, whose entries were plain: the page reads each once, has it written anew
 * as `2026-11-earlier.entries`, and only then it is removed.
 */
import {
  frameLength,
  JOURNAL_START,
  journalFrame,
  PLAIN_JOURNAL_START,
  readJournal,
} from './journal.ts';

/** An open file. */
export interface JournalFile {
  size(): Promise<number>;
  /** Fewer bytes only at the end of the file. */
  read(at: number, length: number): Promise<Uint8Array>;
  write(at: number, bytes: Uint8Array): Promise<void>;
  truncate(length: number): Promise<void>;
  /** Resolves when all that was written is on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface JournalFolder {
  names(): Promise<readonly string[]>;
  /** Opens a file to read and write, made when missing. */
  open(name: string): Promise<JournalFile>;
  /** Writes a file whole or not at all, onto the disk. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
}

/** A place between two entries; what follows is believed only behind what stood before. */
export interface JournalPlace {
  readonly file: string;
  readonly at: number;
  readonly digest: Uint8Array<ArrayBuffer>;
}

export interface JournalPage {
  /** Where its entries begin; null when there are none to read. */
  readonly start: JournalPlace | null;
  readonly entries: readonly Uint8Array<ArrayBuffer>[];
  /** Where to read on; null at the end. */
  readonly next: JournalPlace | null;
  /** Bytes at the end of a file that were passed over: torn off, or damaged. */
  readonly unread: number;
}

/** A file of the first versions. */
export interface PlainJournal {
  readonly name: string;
  readonly entries: readonly Uint8Array<ArrayBuffer>[];
  /** What of it is no entry. */
  readonly rest: Uint8Array<ArrayBuffer>;
}

export interface JournalFiles {
  /** Resolves when the entry is on the disk, not merely in the system's cache. */
  append(entry: Uint8Array): Promise<void>;
  /** The next entries, oldest first; from the start without a place. */
  read(from: JournalPlace | null): Promise<JournalPage>;
  readPlain(): Promise<readonly PlainJournal[]>;
  /** Writes a plain file's entries anew, reads them back, and removes the plain file. */
  replacePlain(name: string, entries: readonly Uint8Array[]): Promise<void>;
}

/** Bytes that one page of entries has at most, unless one entry has more. */
const PAGE = 4 * 1024 * 1024;

const EXTENSION = '.entries';

/** More bytes than that at a file's end that are no entry were not being written, but are damage. */
export const TORN = 64 * 1024;
const ASIDE = /\.entries\.(cut|damaged)-(\d+)$/;
/**
 * Pieces of each kind that are kept: a torn entry was never acknowledged, and never displaces what lay
 * behind damage, which the store writes into the journal anew at the next start.
 */
const KEPT_ASIDE = 20;
const PLAIN = /^(?:(\d{4}-\d{2})\.)?(?:journal|cut-\d+)$/;

/** @param now the clock that names the month's file */
export const createJournalFiles = (
  folder: JournalFolder,
  now = (): Date => new Date(),
): JournalFiles => {
  // One after the other: two appends never mix, and a read sees whole entries only.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work, work);
    last = done.catch(() => {});
    return done;
  };

  const using = async <T>(name: string, work: (file: JournalFile) => Promise<T>): Promise<T> => {
    const file = await folder.open(name);
    try {
      return await work(file);
    } finally {
      await file.close();
    }
  };

  /** How far the month's file was read and verified. Another tab may have written behind it. */
  let known: JournalPlace | null = null;
  /** Whether what lies behind that is a half entry of ours. */
  let failed = false;

  /** Keeps what is cut off a file; of each kind the newest. */
  const putAside = async (name: string, bytes: Uint8Array): Promise<void> => {
    const kind = bytes.length > TORN ? 'damaged' : 'cut';
    await folder.write(`${name}.${kind}-${now().getTime()}`, bytes);
    const aside = (await folder.names()).flatMap((each) => {
      const [, of, time] = ASIDE.exec(each) ?? [];
      return of === kind ? [{ name: each, time: Number(time) }] : [];
    });
    const oldest = aside.sort((a, b) => b.time - a.time).slice(KEPT_ASIDE);
    // What cannot be removed hinders nobody from writing.
    for (const each of oldest) await folder.remove(each.name).catch(() => undefined);
  };

  /** The end of the whole entries of a file; what lies behind is cut off. */
  const endOf = async (name: string, file: JournalFile): Promise<JournalPlace> => {
    const size = await file.size();
    let place = known?.file === name && known.at <= size ? known : startOf(name);
    if (place.at === size) return place;
    const bytes = await file.read(place.at, size - place.at);
    const { length, digest } = readJournal(bytes, place.digest);
    place = { file: name, at: place.at + length, digest };
    if (place.at === size) return place;
    // Entries written behind a torn one could never be read again, so it is cut off. Put aside first:
    // after damage in the middle of a file, what lies behind it is worth a look.
    if (!failed) await putAside(name, new Uint8Array(bytes.subarray(length)));
    await file.truncate(place.at);
    return place;
  };

  const append = (entry: Uint8Array): Promise<void> => {
    const name = now().toISOString().slice(0, 7) + EXTENSION;
    return using(name, async (file) => {
      const { at, digest: previous } = await endOf(name, file);
      const { frame, digest } = journalFrame(previous, entry);
      known = { file: name, at, digest: previous };
      failed = true;
      await file.write(at, frame);
      await file.sync();
      known = { file: name, at: at + frame.length, digest };
      failed = false;
    });
  };

  const read = async (from: JournalPlace | null): Promise<JournalPage> => {
    const names = (await folder.names()).filter((name) => name.endsWith(EXTENSION)).sort();
    const name = names.find((each) => from === null || each >= from.file);
    if (name === undefined) return { start: null, entries: [], next: null, unread: 0 };
    const following = names.find((each) => each > name);
    const start = from?.file === name ? from : startOf(name);
    const { at, digest } = start;
    return using(name, async (file) => {
      const size = await file.size();
      let bytes = await file.read(at, Math.max(0, Math.min(PAGE, size - at)));
      const first = frameLength(bytes) ?? 0;
      if (first > bytes.length && at + first <= size) bytes = await file.read(at, first);
      const { entries, length, digest: end } = readJournal(bytes, digest);
      const isDone = length === 0 || at + bytes.length >= size;
      return {
        start,
        entries,
        next: !isDone
          ? { file: name, at: at + length, digest: end }
          : following === undefined
            ? null
            : startOf(following),
        unread: isDone ? Math.max(0, size - at - length) : 0,
      };
    });
  };

  const readPlain = async (): Promise<readonly PlainJournal[]> => {
    const found: PlainJournal[] = [];
    for (const name of (await folder.names()).filter((each) => PLAIN.test(each)).sort()) {
      const bytes = await using(name, async (file) => file.read(0, await file.size()));
      const { entries, length } = readJournal(bytes, PLAIN_JOURNAL_START);
      found.push({ name, entries, rest: new Uint8Array(bytes.subarray(length)) });
    }
    return found;
  };

  const replacePlain = async (name: string, entries: readonly Uint8Array[]): Promise<void> => {
    const match = PLAIN.exec(name);
    if (!match) throw new Error(`${name}: not a plain journal`);
    const frames: Uint8Array[] = [];
    let digest = JOURNAL_START;
    for (const entry of entries) {
      const next = journalFrame(digest, entry);
      frames.push(next.frame);
      digest = next.digest;
    }
    // Such a name sorts before the month's later entries.
    const base =
      match[1] === undefined ? '0000-00' : name.replace(/\.(?:journal$|cut)/, '-earlier');
    const target = base + EXTENSION;
    await folder.write(target, joined(frames));
    const written = await using(target, async (file) => file.read(0, await file.size()));
    if (!readJournal(written).digest.every((byte, i) => byte === digest[i])) {
      throw new Error(`${target}: not what was written`);
    }
    await folder.remove(name);
  };

  return {
    append: (entry) => inTurn(() => append(entry)),
    read: (from) => inTurn(() => read(from)),
    readPlain: () => inTurn(readPlain),
    replacePlain: (name, entries) => inTurn(() => replacePlain(name, entries)),
  };
};

const startOf = (file: string): JournalPlace => ({ file, at: 0, digest: JOURNAL_START });

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};
