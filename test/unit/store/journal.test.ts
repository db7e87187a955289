import fc from 'fast-check';
import { v7 as uuid } from 'uuid';
import { describe, expect, test } from 'vitest';
import type { Change } from '../../../domain/sync/change.ts';
import { JOURNAL_START, journalFrame, readJournal } from '../../../domain/sync/journal.ts';
import { decodeEntry, encodeEntry, replay } from '../../../renderer/store/journal.ts';

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

describe('a database made again from the journal', () => {
  test('takes the last value of each field, and sends again what may have left the device', () => {
    const order = uuid();
    const typed = change(order, 'customer.name', '样', null);
    const coalesced = change(order, 'customer.name', '样例', null);
    const afterSending = change(order, 'customer.name', '样例诊所', coalesced.id);
    const { records, outbox } = replay([typed, coalesced, afterSending, typed]);
    expect(records).toMatchObject([
      { id: order, order, kind: 'order', values: { 'customer.name': '样例诊所' } },
    ]);
    expect(outbox.map(({ id }) => id)).toEqual([coalesced.id, afterSending.id]);
    expect(outbox.every(({ status }) => status === 'sent')).toBe(true);
  });

  test('knows which order a row belongs to', () => {
    const [order, row] = [uuid(), uuid()];
    const { records, outbox } = replay([
      change(row, 'extension.order', order, null),
      change(row, 'extension.number', '04770000001', null),
    ]);
    expect(records).toMatchObject([{ id: row, order, kind: 'extension' }]);
    expect(outbox.map((entry) => entry.order)).toEqual([order, order]);
  });

  test('reads its own entries, and none out of what it does not know', () => {
    const changes = [change(uuid(), 'customer.name', '样例诊所', null)];
    expect(decodeEntry(encodeEntry(changes))).toEqual(changes);
    expect(decodeEntry(new TextEncoder().encode('{"version":2,"sealed":"…"}'))).toEqual([]);
    expect(decodeEntry(Uint8Array.of(0xff, 0x00))).toEqual([]);
  });
});
