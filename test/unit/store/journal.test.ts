import fc from 'fast-check';
import { v7 as uuid } from 'uuid';
import { describe, expect, test } from 'vitest';
import type { Change } from '../../../domain/sync/change.ts';
import { JOURNAL_START, journalFrame, readJournal } from '../../../domain/sync/journal.ts';
import { DamagedError } from '../../../domain/vault/cipher.ts';
import { createKeys } from '../../../domain/vault/keys.ts';
import {
  decodeEntry,
  decodePlainEntry,
  encodeEntry,
  encodePlainEntry,
  type JournalEntry,
} from '../../../renderer/store/journal.ts';

const fileOf = (payloads: readonly Uint8Array[]): Uint8Array => {
  const bytes: number[] = [];
  let digest = JOURNAL_START;
  for (const payload of payloads) {
    const next = journalFrame(digest, payload);
    bytes.push(...next.frame);
    digest = next.digest;
  }
  return Uint8Array.from(bytes);
};

const payloads = fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 });

describe('a journal', () => {
  test('gives back every entry, and where the next one goes', () => {
    fc.assert(
      fc.property(payloads, (written) => {
        const file = fileOf(written);
        const read = readJournal(file);
        expect(read.entries).toEqual(written);
        expect(read.length).toBe(file.length);
      }),
    );
  });

  test('can be read on from where a reader stopped', () => {
    fc.assert(
      fc.property(payloads, payloads, (first, second) => {
        const start = fileOf(first);
        const whole = fileOf([...first, ...second]);
        const { length, digest } = readJournal(start);
        expect(readJournal(whole.subarray(length), digest).entries).toEqual(second);
      }),
    );
  });

  test('torn anywhere gives the whole entries before the tear, and goes on behind them', () => {
    fc.assert(
      fc.property(payloads, fc.nat(), fc.uint8Array({ maxLength: 40 }), (written, cut, next) => {
        const file = fileOf(written);
        const torn = file.subarray(0, cut % (file.length + 1));
        const { entries, length, digest } = readJournal(torn);
        expect(entries).toEqual(written.slice(0, entries.length));
        const { frame } = journalFrame(digest, next);
        const mended = Uint8Array.from([...torn.subarray(0, length), ...frame]);
        expect(readJournal(mended).entries).toEqual([...entries, next]);
      }),
    );
  });

  test('damaged anywhere never gives an entry that was not written there', () => {
    fc.assert(
      fc.property(payloads, fc.nat(), fc.integer({ min: 1, max: 255 }), (written, at, flip) => {
        const file = fileOf(written);
        if (file.length === 0) return;
        const place = at % file.length;
        file[place] = (file[place] ?? 0) ^ flip;
        const { entries, length } = readJournal(file);
        expect(entries).toEqual(written.slice(0, entries.length));
        expect(length).toBeLessThanOrEqual(place);
      }),
      { numRuns: 500 },
    );
  });

  test('does not believe a whole entry in another place', () => {
    const [a, b] = [Uint8Array.of(1), Uint8Array.of(2)];
    const file = fileOf([a, b]);
    const swapped = Uint8Array.from([...file.subarray(37), ...file.subarray(0, 37)]);
    expect(readJournal(swapped).entries).toEqual([]);
  });
});

const device = uuid();
const change = (record: string, field: string, value: string, was: string | null): Change => ({
  id: uuid(),
  record,
  field,
  value,
  was,
  time: 1,
  device,
  by: '样例装维',
});

const cipher = createKeys(new Uint8Array(32).fill(7)).cipher('journal');

describe('an entry', () => {
  const entries: readonly JournalEntry[] = [
    { kind: 'changes', changes: [change(uuid(), 'customer.name', '样例诊所', null)] },
    { kind: 'identity', device, token: 'token', owner: '张样例', role: 'installer', account: null },
    { kind: 'settings', installer: '张样例', carrier: { 'carrier.name': '样例运营商' } },
  ];

  test('comes back as it was written, and says nothing of it on the disk', () => {
    for (const entry of entries) {
      const bytes = encodeEntry(entry, cipher);
      expect(decodeEntry(bytes, cipher)).toEqual(entry);
      expect(Buffer.from(bytes).includes(Buffer.from('样例'))).toBe(false);
    }
  });

  test('that is damaged, or of another device, is refused', () => {
    const bytes = encodeEntry({ kind: 'changes', changes: [] }, cipher);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = bytes.map((byte, i) => (i === at ? byte ^ flip : byte));
        expect(() => decodeEntry(damaged, cipher)).toThrow(DamagedError);
      }),
    );
    const other = createKeys(new Uint8Array(32).fill(8)).cipher('journal');
    expect(() => decodeEntry(bytes, other)).toThrow(DamagedError);
  });

  test('of a kind that a later version writes is passed over', () => {
    const later = new TextEncoder().encode('{"kind":"weather","rain":true}');
    expect(decodeEntry(cipher.encrypt(later, 'journal'), cipher)).toBeNull();
  });

  test('from before the encryption still reads, and nothing else reads as one', () => {
    const changes = [change(uuid(), 'customer.name', '样例诊所', null)];
    expect(decodePlainEntry(encodePlainEntry(changes))).toEqual(changes);
    expect(decodePlainEntry(Uint8Array.of(0xff, 0x00))).toEqual([]);
    expect(decodePlainEntry(encodeEntry({ kind: 'changes', changes }, cipher))).toEqual([]);
  });
});
