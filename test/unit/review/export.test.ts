import fc from 'fast-check';
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { ExportedOrder } from '../../../domain/review/wire.ts';
import { entriesOf, safeName, zipOf } from '../../../renderer/screens/office/archive.ts';
import { csvOf, defused, tableOf, xlsxOf } from '../../../renderer/screens/office/table.ts';

const order = (more: Partial<ExportedOrder> = {}): ExportedOrder => ({
  ...{ id: 'a', orderNumber: 'KQ-0000001', customer: '样例诊所', phone: null, owner: '样例' },
  ...{ team: '一班', receivedAt: 0, state: 'passed', round: 1, reviewer: '审核', changed: false },
  ...{ signatures: 3, members: 2, extensions: 1, attachments: [], facts: {} },
  ...more,
});

const FORMULAS = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '=HYPERLINK("http://x")'];
const DANGEROUS = /^[=+\-@\t\r\n]/;

describe('tables of chosen orders', () => {
  it('hold no text that a spreadsheet would run, whatever it says', () => {
    for (const text of FORMULAS) expect(defused(text)).toBe(`'${text}`);
    fc.assert(fc.property(fc.string(), (text) => !DANGEROUS.test(defused(text))));
    for (const text of FORMULAS) {
      const attack = order({ owner: text, team: text, facts: { 'customer.name': text } });
      const cells = tableOf([attack]).flat();
      expect(cells).toContain(`'${text}`);
      expect(cells.filter((cell) => DANGEROUS.test(String(cell)))).toEqual([]);
    }
  });

  it('show facts as the form does, and only those that some order has', () => {
    const [head = [], first = [], second = []] = tableOf([
      order({ facts: { 'customer.name': '样例诊所', 'customer.address': 5 } }),
      order({ state: 'returned' }),
    ]);
    expect(head).toContain('集团名称');
    expect(head).toHaveLength(11);
    expect(first[head.indexOf('集团名称')]).toBe('样例诊所');
    expect(second[head.indexOf('状态')]).toBe('退回');
  });

  it('keep quotes, commas and line breaks inside their cell of a CSV file', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (cells) => {
        const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(csvOf([cells]));
        expect(text.startsWith('\uFEFF')).toBe(true);
        const read = [...text.slice(1, -2).matchAll(/"((?:[^"]|"")*)"(?:,|$)/g)];
        expect(read.map(([, cell = '']) => cell.replaceAll('""', '"'))).toEqual(cells);
      }),
    );
  });

  it('are workbooks of texts and numbers, without a formula', async () => {
    const files = unzipSync(await xlsxOf(tableOf([order({ owner: '=1+1' })])));
    const texts = Object.entries(files).map(([name, bytes]) => [name, strFromU8(bytes)] as const);
    const sheet = texts.find(([name]) => /sheet1\.xml$/.test(name))?.[1] ?? '';
    expect(sheet).not.toContain('<f>');
    expect(texts.map(([, text]) => text).join('')).toMatch(/(&apos;|')=1\+1/);
  });
});

describe('PDFs of chosen orders', () => {
  const pdf = (name: string, sha256 = 'a'.repeat(64), stored = true) => ({
    ...{ name, sha256, stored, document: null },
  });
  const most = 1_000_000;
  const going = new AbortController().signal;

  it('lie in a folder of their order under names that lead nowhere and never meet', () => {
    const names = ['../../etc/passwd.pdf', 'a.pdf', 'A.PDF', 'CON\\x:y.pdf', '...pdf', 'photo.png'];
    const entries = entriesOf([
      order({ attachments: names.map((name) => pdf(name)) }),
      order({ attachments: [pdf('a.pdf'), pdf('late.pdf', 'b'.repeat(64), false)] }),
    ]);
    expect(entries.map(({ path }) => path)).toEqual([
      'KQ-0000001 样例诊所/_.._etc_passwd.pdf',
      'KQ-0000001 样例诊所/a.pdf',
      'KQ-0000001 样例诊所/A (2).pdf',
      'KQ-0000001 样例诊所/CON_x_y.pdf',
      'KQ-0000001 样例诊所/未命名.pdf',
      'KQ-0000001 样例诊所 (2)/a.pdf',
    ]);
    fc.assert(
      fc.property(fc.string(), (name) => {
        const safe = safeName(name);
        return safe !== '' && !/[\\/]|^\.|\.$/.test(safe);
      }),
    );
  });

  it('are fetched one by one, with progress, and come out of the ZIP as they were', async () => {
    const entries = [0, 1, 2].map((n) => ({ path: `样例/${n}.pdf`, sha256: String(n) }));
    const seen: number[] = [];
    const zipped = await zipOf(
      entries,
      async (sha256) => new Uint8Array([Number(sha256), 255]),
      ({ done }) => seen.push(done),
      { signal: going, most },
    );
    expect(Object.entries(unzipSync(zipped)).map(([path, bytes]) => [path, [...bytes]])).toEqual(
      entries.map(({ path, sha256 }) => [path, [Number(sha256), 255]]),
    );
    expect(seen).toEqual([0, 1, 2, 3]);
  });

  it('stop when a person cancels, and at the limit of bytes', async () => {
    const entries = [{ path: 'a.pdf', sha256: 'a' }];
    const big = async () => new Uint8Array(100);
    const zip = (signal: AbortSignal, limit: number) =>
      zipOf(entries, big, () => undefined, { signal, most: limit });
    await expect(zip(AbortSignal.abort(new Error('取消')), most)).rejects.toThrow('取消');
    await expect(zip(going, 99)).rejects.toThrow(RangeError);
  });
});
