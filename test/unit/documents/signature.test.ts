import { describe, expect, it } from 'vitest';
import { penLines } from '../../../domain/documents/pen.ts';
import type { DocumentId } from '../../../domain/order/dictionary.ts';
import {
  EMPTY_ORDER,
  type Order,
  type SignatoryRole,
  type Signature,
  type Stroke,
} from '../../../domain/order/order.ts';
import { signatureDigest } from '../../../domain/order/signature.ts';
import { print, textOf } from './printing.ts';

const stroke: Stroke = Array.from({ length: 30 }, (_, i) => ({
  x: 100 + 6 * i,
  y: 50 + 20 * Math.sin(i / 3),
  time: 8 * i,
  pressure: 0.5,
}));

function signed(order: Order, role: SignatoryRole, name: string, documents: DocumentId[]): Order {
  const unsigned: Omit<Signature, 'digest'> = {
    role,
    name,
    documents,
    strokes: [stroke],
    signedAt: '2026-01-31T23:30:00+08:00',
    pdfs: {},
    templates: {},
  };
  const signature = { ...unsigned, digest: signatureDigest(order, unsigned) };
  return { ...order, signatures: [...order.signatures, signature] };
}

const order: Order = { ...EMPTY_ORDER, facts: { 'customer.name': '样例诊所' } };

describe('a signature on paper', () => {
  it('is drawn in its place with name and the day where it was signed', async () => {
    const pdf = await print(
      'survey',
      signed(order, 'customerRepresentative', '张样例', ['survey']),
    );
    expect(textOf(pdf)).toContain('甲方代表：姓名：张样例日期：2026年1月31日');
    expect(pdf.length).toBeGreaterThan((await print('survey', order)).length);
  });

  it('is not on documents that it did not sign', async () => {
    const given = signed(order, 'customerRepresentative', '张样例', ['roster']);
    expect(textOf(await print('survey', given))).not.toContain('张样例');
  });

  it('is gone when a signed fact is another, and back when the fact is back', async () => {
    const given = signed(order, 'carrierAgent', '赵样例', ['acceptance']);
    const changed = { ...given, facts: { 'customer.name': '样例酒店' } };
    expect(textOf(await print('acceptance', changed))).not.toContain('赵样例');
    expect(textOf(await print('acceptance', { ...changed, facts: order.facts }))).toContain(
      '赵样例',
    );
  });

  it('that cannot be printed names its row', async () => {
    const given = signed(order, 'carrierAgent', '赵😀', ['survey']);
    await expect(print('survey', given)).rejects.toMatchObject({ field: 'signatures[0].name' });
  });
});

describe('strokes', () => {
  const box = { x: 10, y: 20, width: 40, height: 12 };

  it('stay in their box with their aspect kept', () => {
    const lines = penLines([stroke], box);
    const points = lines.flatMap(({ from, control, to }) => [from, ...control, to]);
    const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
    const width = Math.max(...xs) - Math.min(...xs);
    const height = Math.max(...ys) - Math.min(...ys);
    expect(Math.min(...xs)).toBeGreaterThanOrEqual(box.x);
    expect(Math.max(...xs)).toBeLessThanOrEqual(box.x + box.width);
    expect(Math.min(...ys)).toBeGreaterThanOrEqual(box.y);
    expect(Math.max(...ys)).toBeLessThanOrEqual(box.y + box.height);
    expect(width / height).toBeGreaterThan(3);
    expect(width / height).toBeLessThan(6);
  });

  it('are one unbroken line from the first point to the last', () => {
    const lines = penLines([stroke], box);
    expect(lines).toHaveLength(stroke.length);
    lines.slice(1).forEach(({ from }, index) => {
      expect(from).toEqual(lines[index]?.to);
    });
  });

  it('of a single point are a dot, and of none nothing', () => {
    expect(penLines([stroke.slice(0, 1)], box)).toHaveLength(1);
    expect(penLines([], box)).toEqual([]);
    expect(penLines([[]], box)).toEqual([]);
  });
});
