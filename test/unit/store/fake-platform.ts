import type { DiskSpace } from '../../../domain/shell/contract.ts';
import { JOURNAL_START, journalFrame, readJournal } from '../../../domain/sync/journal.ts';
import type { PlainJournal } from '../../../domain/sync/journal-files.ts';
import type { Platform } from '../../../renderer/platform/platform.ts';
import { fakeVaultPlatform } from '../vault/fake-vault-platform.ts';

/** A machine whose journal and files the test holds in its hands. */
export interface FakePlatform extends Platform {
  readonly entries: Uint8Array<ArrayBuffer>[];
  /** What an append waits for, or fails with. */
  hold: () => Promise<void>;
  plain: readonly PlainJournal[];
  readonly kept: Map<string, Uint8Array>;
  space: DiskSpace | null;
  /** What was last saved in pieces. */
  saved: File | null;
  service: string | null;
  enrolmentCode: string | null;
}

/** The entries as a journal's file holds them. */
const joined = (entries: readonly Uint8Array[]): Uint8Array => {
  const frames: number[] = [];
  let digest = JOURNAL_START;
  for (const entry of entries) {
    const next = journalFrame(digest, entry);
    for (const byte of next.frame) frames.push(byte);
    digest = next.digest;
  }
  return Uint8Array.from(frames);
};

export const fakePlatform = (entries: Uint8Array<ArrayBuffer>[] = []): FakePlatform => {
  const platform: FakePlatform = {
    kind: 'browser',
    backups: null,
    directPrint: null,
    entries,
    plain: [],
    kept: new Map(),
    space: null,
    hold: async () => {},
    saved: null,
    service: null,
    enrolmentCode: null,
    config: async () => ({
      version: '0.0.0',
      service: platform.service,
      enrolmentCode: platform.enrolmentCode,
    }),
    setService: async (origin) => {
      platform.service = origin;
    },
    journal: {
      append: async (entry) => {
        await platform.hold();
        entries.push(new Uint8Array(entry));
      },
      read: async (from) => {
        const start = from ?? { file: 'entries', at: 0, digest: JOURNAL_START };
        const file = joined(entries);
        const read = readJournal(file.subarray(start.at), start.digest);
        return { start, entries: read.entries, next: null, unread: 0 };
      },
      readPlain: async () => platform.plain,
      replacePlain: async (name, replaced) => {
        platform.plain = platform.plain.filter((file) => file.name !== name);
        entries.unshift(...replaced.map((entry) => new Uint8Array(entry)));
      },
    },
    files: {
      write: async (name, bytes) => {
        await platform.hold();
        platform.kept.set(name, bytes);
      },
      read: async (name) => platform.kept.get(name) ?? null,
      list: async () => [...platform.kept].map(([name, { length }]) => ({ name, size: length })),
      remove: async (name) => {
        platform.kept.delete(name);
      },
    },
    diskSpace: async () => platform.space,
    vault: fakeVaultPlatform(),
    openWindow: async () => {},
    saveFile: async () => null,
    savePieces: async (name, pieces) => {
      const parts: BlobPart[] = [];
      for await (const piece of pieces) parts.push(new Uint8Array(piece));
      platform.saved = new File(parts, name);
      return name;
    },
    eraseData: async () => {},
  };
  return platform;
};
