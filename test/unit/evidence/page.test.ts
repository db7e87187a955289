import { describe, expect, it } from 'vitest';
import { verifyFile } from '../../../domain/evidence/verify.ts';
import { EMPTY_ORDER, type Order } from '../../../domain/order/order.ts';
import { documentDigest, recordDigest } from '../../../domain/order/signature.ts';
import { pagesOf, poppler, print, textOf } from '../documents/printing.ts';
import { clinic, DEVICE, key, sealed, signed } from './sealing.ts';

const signature = clinic.signatures[0];

describe('the evidence page', () => {
  it('says of a signature who, when, where, by whose clock, on which template, and all digests', async () => {
    const text = textOf(await print('evidence', clinic));
    for (const said of [
      '甲方法定代表人或授权代表（有效）',
      '张样例',
      '2026年3月3日10:00:05（UTC+08:00）',
      DEVICE,
      '王样例',
      '比服务慢1.2秒',
      key.fingerprint,
      '样本-1',
      'c'.repeat(64),
      documentDigest(clinic, 'survey'),
      signature?.digest ?? 'no signature',
      recordDigest(clinic),
      'onsiteverify',
    ]) {
      expect(text).toContain(said);
    }
  });

  it('promises evidence and nothing more', async () => {
    const text = textOf(await print('evidence', clinic));
    expect(text).toContain('不代替第三方电子认证');
    expect(text).not.toMatch(/具有法律效力|可靠电子签名/);
  });

  it('has room for every signature, and tells a void one', async () => {
    const all = signed(clinic, ['survey', 'acceptance', 'roster'], 'carrierAgent', '李样例');
    const changed: Order = { ...all, facts: { ...all.facts, 'survey.other': '改' } };
    const text = textOf(await print('evidence', changed));
    expect(text.split('已失效')).toHaveLength(3);
    expect(pagesOf(await print('evidence', all))).toBeLessThanOrEqual(2);
  });

  it('has all of a signature on one page', async () => {
    const documents = ['survey', 'acceptance', 'roster'] as const;
    const roles = ['carrierRepresentative', 'carrierAgent'] as const;
    const all = roles.reduce(
      (order, role) => signed(order, [...documents], role, '李样例'),
      clinic,
    );
    const pdf = await print('evidence', all);
    expect(pagesOf(pdf)).toBeGreaterThan(1);
    for (let page = 1; page <= pagesOf(pdf); page++) {
      const at = ['-raw', '-f', String(page), '-l', String(page)];
      const text = poppler('pdftotext', pdf, at, ['-']);
      const count = (said: RegExp) => text.split(said).length;
      expect(count(/^签署人、时间 /m)).toBe(count(/^签名摘要 /m));
    }
  });

  it('prints without any signature, saying so', async () => {
    expect(textOf(await print('evidence', EMPTY_ORDER))).toContain('还没有签名');
  });

  it('is the same whichever copy of the order it was made from', async () => {
    const again = { ...clinic, facts: Object.fromEntries(Object.entries(clinic.facts).reverse()) };
    expect(await print('evidence', again)).toEqual(await print('evidence', clinic));
    expect(verifyFile(await sealed('evidence', again), clinic)?.state).toBe('intact');
  });
});
