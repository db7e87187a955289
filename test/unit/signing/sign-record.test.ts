import { describe, expect, test } from 'vitest';
import type { DocumentId } from '../../../domain/order/dictionary.ts';
import { EMPTY_ORDER, type Order, type Signature } from '../../../domain/order/order.ts';
import { signatureDigest } from '../../../domain/order/signature.ts';
import { assembleOrder } from '../../../domain/sync/assemble.ts';
import { checkFieldValue } from '../../../domain/sync/fields.ts';
import { type Edit, kindOfField, type StoredRecord } from '../../../domain/sync/record.ts';
import {
  fileName,
  isoWithOffset,
  type Pdfs,
  sha256Hex,
  writeRemoval,
  writeSignature,
} from '../../../renderer/documents/sign-record.ts';

const ORDER_ID = '01900000-0000-7000-8000-000000000000';
const newIds = () => {
  let next = 0;
  return () => `01900000-0000-7000-8000-${String(++next).padStart(12, '0')}`;
};

const facts: Order['facts'] = { orderNumber: 'KQ20260302-000001', 'customer.name': '样例诊所' };
const pdfs = (...entries: [DocumentId, number][]): Pdfs =>
  new Map(entries.map(([document, byte]) => [document, new Uint8Array([byte, 2, 3])]));

const signatureOf = (role: Signature['role'], presented: Pdfs): Signature => {
  const given = {
    role,
    name: '张样例',
    documents: [...presented.keys()],
    strokes: [[{ x: 1, y: 2, time: 1_767_225_600_000, pressure: 0.5 }]],
    signedAt: '2026-03-02T10:00:00.000+08:00',
    pdfs: Object.fromEntries([...presented].map(([id, bytes]) => [id, sha256Hex(bytes)])),
    templates: { survey: '样本-1' },
    device: { id: 'device', installer: '王样例', clockOffset: -1200, key: null },
  };
  return { ...given, digest: signatureDigest({ ...EMPTY_ORDER, facts }, given) };
};

/** The order after edits, as the store and the service would read it. */
const edited = (edits: readonly Edit[], before: readonly StoredRecord[] = []): StoredRecord[] => {
  const records = new Map(before.map((record) => [record.id, record]));
  for (const { record: id, order, field, value } of edits) {
    expect(checkFieldValue(field, value), field).toBeNull();
    const known = records.get(id) ?? {
      id,
      order,
      kind: kindOfField(field),
      values: {},
      changes: {},
    };
    records.set(id, { ...known, values: { ...known.values, [field]: value } });
  }
  return [...records.values()];
};
const head: StoredRecord = {
  id: ORDER_ID,
  order: ORDER_ID,
  kind: 'order',
  values: { ...facts } as StoredRecord['values'],
  changes: {},
};
const open = (records: readonly StoredRecord[]) => ({ id: ORDER_ID, ...assembleOrder(records) });

const presented = pdfs(['survey', 1], ['acceptance', 2]);
const signed = pdfs(['survey', 11], ['acceptance', 12]);
const signature = signatureOf('customerRepresentative', presented);

const signedOnce = (newId = newIds()) => {
  const written = writeSignature(open([head]), signature, { presented, signed }, newId);
  return { written, records: edited(written.edits, [head]), newId };
};

describe('writing a signature', () => {
  test('is one commit from which the order reads the same signature and both PDFs of each document', () => {
    const { written, records } = signedOnce();
    const { order, attachments } = open(records);
    expect(order.signatures).toEqual([signature]);
    expect(attachments.map(({ purpose, document, sha256 }) => [purpose, document, sha256])).toEqual(
      [
        ['presented', 'survey', sha256Hex(new Uint8Array([1, 2, 3]))],
        ['presented', 'acceptance', sha256Hex(new Uint8Array([2, 2, 3]))],
        ['signed', 'survey', sha256Hex(new Uint8Array([11, 2, 3]))],
        ['signed', 'acceptance', sha256Hex(new Uint8Array([12, 2, 3]))],
      ],
    );
    expect(new Set(written.attachments.map(({ sha256 }) => sha256))).toEqual(
      new Set(attachments.map(({ sha256 }) => sha256)),
    );
  });

  test('names what was presented apart from what was signed', () => {
    const names = open(signedOnce().records).attachments.map(({ name }) => name);
    expect(new Set(names).size).toBe(4);
    expect(names[0]).toBe('KQ20260302-000001-附件3-IMS资源确认表-签署前.pdf');
    expect(names[2]).toBe('KQ20260302-000001-附件3-IMS资源确认表.pdf');
  });

  test('again takes the place of the role’s signature and keeps one record a document and purpose', () => {
    const { records, newId } = signedOnce();
    const again = { ...signature, signedAt: '2026-03-02T11:00:00.000+08:00' };
    const resigned = pdfs(['survey', 21], ['acceptance', 22]);
    const written = writeSignature(open(records), again, { presented, signed: resigned }, newId);
    const next = open(edited(written.edits, records));
    expect(next.order.signatures).toEqual([again]);
    expect(next.attachments).toHaveLength(4);
    expect(next.attachments.map(({ id }) => id)).toEqual(
      open(records).attachments.map(({ id }) => id),
    );
    // What was presented is what had been presented: its bytes are not stored or sent again.
    expect(written.attachments).toHaveLength(2);
    expect(records.filter(({ kind }) => kind === 'signature')).toHaveLength(1);
  });

  test('by another role leaves the first signature', () => {
    const { records, newId } = signedOnce();
    const second = signatureOf('carrierAgent', presented);
    const written = writeSignature(open(records), second, { presented, signed }, newId);
    const { order } = open(edited(written.edits, records));
    expect(order.signatures.map(({ role }) => role)).toEqual([
      'customerRepresentative',
      'carrierAgent',
    ]);
  });
});

describe('removing a signature', () => {
  test('takes the signed PDFs of documents that nobody signs any more', () => {
    const { records, newId } = signedOnce();
    const written = writeRemoval(open(records), 'customerRepresentative', new Map(), newId);
    const { order, attachments } = open(edited(written.edits, records));
    expect(order.signatures).toEqual([]);
    expect(attachments.map(({ purpose }) => purpose)).toEqual(['presented', 'presented']);
  });

  test('keeps the signed PDF of a document that others still sign, printed anew', () => {
    const { records, newId } = signedOnce();
    const rest = pdfs(['survey', 31]);
    const written = writeRemoval(open(records), 'customerRepresentative', rest, newId);
    const kept = open(edited(written.edits, records)).attachments.filter(
      ({ purpose }) => purpose === 'signed',
    );
    expect(kept.map(({ document, sha256 }) => [document, sha256])).toEqual([
      ['survey', sha256Hex(new Uint8Array([31, 2, 3]))],
    ]);
  });
});

describe('names and times', () => {
  test('a file name has no character that Windows refuses', () => {
    expect(fileName('KQ1', 'acceptance')).toBe('KQ1-附件4-集团客户业务受理_变更单.pdf');
    expect(fileName(undefined, 'survey')).toBe('工单-附件3-IMS资源确认表.pdf');
  });

  test('a signature’s time carries the offset of the device’s zone', () => {
    const at = new Date('2026-03-02T02:00:00.000Z');
    expect(isoWithOffset(at, 480)).toBe('2026-03-02T10:00:00.000+08:00');
    expect(isoWithOffset(at, -210)).toBe('2026-03-01T22:30:00.000-03:30');
    expect(new Date(isoWithOffset(at)).getTime()).toBe(at.getTime());
  });

  test('SHA-256 is the published one', () => {
    expect(sha256Hex(new TextEncoder().encode('abc'))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});
