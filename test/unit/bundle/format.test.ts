import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { v7 as uuid } from 'uuid';
import { describe, expect, it } from 'vitest';
import { BundleError } from '../../../domain/sync/bundle-error.ts';
import { bundleIsFor, makeOfficeKey } from '../../../domain/sync/bundle-key.ts';
import { byteSource } from '../../../domain/sync/bytes.ts';
import { carriedChangeSchema } from '../../../domain/sync/wire.ts';
import { type Content, contentOf, hashOf, pieces, written } from './bundles.ts';

const office = makeOfficeKey();
const opener = {
  officeKey: (key: string) => (key === office.publicKey ? office.privateKey : null),
};
const toOffice = { office: office.publicKey };

const change = (value: unknown) =>
  carriedChangeSchema.parse({
    id: uuid(),
    record: uuid(),
    field: 'customer.name',
    value,
    was: null,
    time: 1_700_000_000_000,
    device: uuid(),
    by: '样例装维',
    offset: -3,
    mark: 'a'.repeat(64),
  });
const contents: fc.Arbitrary<Content> = fc.record({
  changes: fc.array(fc.jsonValue().map((value) => change(JSON.parse(JSON.stringify(value))))),
  attachments: fc.array(fc.uint8Array({ maxLength: 2_000 }), { maxLength: 4 }),
});

const codeOf = async (reading: Promise<unknown>): Promise<string> => {
  try {
    await reading;
    return 'read';
  } catch (error) {
    if (error instanceof BundleError) return error.code;
    throw error;
  }
};

describe('a bundle', () => {
  it('gives back what was put in, however it comes in pieces', async () => {
    await fc.assert(
      fc.asyncProperty(contents, fc.integer({ min: 1, max: 5_000 }), async (content, size) => {
        const read = await contentOf(await written(content, toOffice), opener, size);
        expect(read.changes).toEqual(content.changes);
        expect(read.attachments.map((bytes) => [...bytes])).toEqual(
          content.attachments.map((bytes) => [...bytes]),
        );
      }),
      { numRuns: 60 },
    );
  });

  it.each([toOffice, { passphrase: '样例口令-2026' }])(
    'for %o shows nothing of what it holds',
    async (recipient) => {
      const photo = randomBytes(300_000);
      const content = { changes: [change('样例诊所')], attachments: [photo] };
      const bytes = Buffer.from(await written(content, recipient));
      expect(bytes.length).toBeGreaterThan(photo.length);
      for (const text of ['样例诊所', '样例装维', 'customer.name']) {
        expect(bytes.includes(Buffer.from(text, 'utf8'))).toBe(false);
        expect(bytes.includes(Buffer.from(text, 'utf16le'))).toBe(false);
      }
      expect(bytes.includes(photo.subarray(150_000, 150_024))).toBe(false);
    },
  );

  it('holds photos of many chunks, and empty files', async () => {
    const attachments = [randomBytes(1_500_000), new Uint8Array(), randomBytes(262_144)];
    const read = await contentOf(await written({ changes: [], attachments }, toOffice), opener);
    expect(read.attachments.map((bytes) => bytes.length)).toEqual([1_500_000, 0, 262_144]);
    expect(read.attachments.map(hashOf)).toEqual(attachments.map(hashOf));
  });

  it('opens with its passphrase, on whatever keyboard it is typed, and no other', async () => {
    const bytes = await written(
      { changes: [change('样例')], attachments: [] },
      { passphrase: '样例 ABCD-1234' },
    );
    expect((await contentOf(bytes, { passphrase: ' 样例 ＡＢＣＤ-1234 ' })).changes).toHaveLength(
      1,
    );
    expect(await codeOf(contentOf(bytes, { passphrase: '样例 ABCD-1235' }))).toBe(
      'wrong-passphrase',
    );
    expect(await codeOf(contentOf(bytes, opener))).toBe('passphrase-needed');
    expect(await bundleIsFor(byteSource(pieces(bytes)))).toBe('passphrase');
  });

  it('opens for its office alone', async () => {
    const bytes = await written({ changes: [change('样例')], attachments: [] }, toOffice);
    expect(await codeOf(contentOf(bytes, { officeKey: () => null }))).toBe('other-office');
    expect(await codeOf(contentOf(bytes, { passphrase: '样例样例样例' }))).toBe('office-only');
    const { privateKey } = makeOfficeKey();
    expect(await codeOf(contentOf(bytes, { officeKey: () => privateKey }))).toBe('damaged');
    expect(await bundleIsFor(byteSource(pieces(bytes)))).toBe('office');
  });

  it('says what it is not: another program’s file, a later version’s', async () => {
    for (const foreign of ['', 'x', '{"order":{}}', 'PK\u0003\u0004'.repeat(100)]) {
      expect(await codeOf(contentOf(Buffer.from(foreign), opener))).toBe('foreign');
    }
    expect(await codeOf(contentOf(randomBytes(5_000), opener))).toBe('foreign');
    const later = Buffer.from('ONSITE BUNDLE 2\nwhatever comes then');
    expect(await codeOf(contentOf(later, opener))).toBe('newer');
  });

  it('holds nothing in the plain', async () => {
    const bytes = await written(
      { changes: [change('样例诊所13900000001')], attachments: [] },
      toOffice,
    );
    for (const encoding of ['utf8', 'utf16le'] as const) {
      for (const text of ['样例', '13900000001', 'customer.name']) {
        expect(bytes.includes(Buffer.from(text, encoding))).toBe(false);
      }
    }
  });
});

describe('a damaged bundle', () => {
  const content = {
    changes: Array.from({ length: 30 }, (_, index) => change(`样例${index}`)),
    attachments: [randomBytes(600_000)],
  };
  const whole = written(content, toOffice);
  /** Where it is damaged: anywhere, and more often in the small parts that stand in front and behind. */
  const place = fc.oneof(
    fc.integer({ min: 0, max: 400 }),
    fc.integer({ min: 0, max: 600_000 }),
    fc.integer({ min: 600_000, max: 620_000 }),
  );
  const refused = async (bytes: Uint8Array) => {
    const code = await codeOf(contentOf(bytes, opener));
    expect(['damaged', 'foreign', 'newer', 'other-office', 'passphrase-needed']).toContain(code);
  };

  it('is refused with a reason, whichever bit is flipped', async () => {
    const bytes = await whole;
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 0, max: 7 }), async (at, bit) => {
        const damaged = Buffer.from(bytes);
        const index = at % damaged.length;
        damaged[index] = (damaged[index] ?? 0) ^ (1 << bit);
        await refused(damaged);
      }),
      { numRuns: 200 },
    );
  });

  it('is refused wherever it is cut off, and when something hangs on', async () => {
    const bytes = await whole;
    const head = 18 + bytes.readUInt16BE(16) + 16;
    const borders = [0, 1, 2].map((chunks) => head + chunks * (256 * 1024 + 16));
    await fc.assert(
      fc.asyncProperty(place, async (at) => refused(bytes.subarray(0, at % bytes.length))),
      { numRuns: 100, examples: borders.map((at): [number] => [at]) },
    );
    for (const more of [1, 16, 5_000]) await refused(Buffer.concat([bytes, randomBytes(more)]));
  });

  it('is refused when chunks are swapped, doubled or left out', async () => {
    const bytes = await whole;
    const head = 18 + bytes.readUInt16BE(16) + 16;
    const size = 256 * 1024 + 16;
    const chunks = [0, 1, 2].map((at) => bytes.subarray(head + at * size, head + (at + 1) * size));
    const [first = bytes, second = bytes, third = bytes] = chunks;
    const start = bytes.subarray(0, head);
    expect((await contentOf(Buffer.concat([start, first, second, third]), opener)).changes).toEqual(
      content.changes,
    );
    for (const order of [
      [second, first, third],
      [first, third],
      [first, first, second, third],
      [first, second],
      [third],
      [first, second, third, third],
      [],
    ]) {
      await refused(Buffer.concat([start, ...order]));
    }
  });

  it('is refused when its counts are not what it holds', async () => {
    const swapped = { changes: content.changes.length + 1, attachments: 0 };
    for (const more of [{ changes: 1 }, { attachments: 2 }, { states: 1 }, swapped]) {
      expect(await codeOf(contentOf(await written(content, toOffice, more), opener))).toBe(
        'damaged',
      );
    }
  });

  it('never makes a reader of a foreign header stretch without end', async () => {
    const header = { to: 'passphrase', salt: '0'.repeat(32), memory: 4_000_000, iterations: 1_000 };
    const text = Buffer.from(JSON.stringify(header));
    const length = Buffer.from([text.length >> 8, text.length & 0xff]);
    const bytes = Buffer.concat([Buffer.from('ONSITE BUNDLE 1\n'), length, text, randomBytes(500)]);
    expect(await codeOf(contentOf(bytes, { passphrase: '样例样例样例' }))).toBe('damaged');
  });
});
