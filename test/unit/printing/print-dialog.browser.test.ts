import { afterEach, describe, expect, test, vi } from 'vitest';
import { openPdf, scaleOfDpi } from '../../../renderer/documents/preview-pdf.ts';
import { printInDialog } from '../../../renderer/documents/print-dialog.ts';
import { planSides } from '../../../renderer/documents/print-plan.ts';

/** A PDF of A4 pages, each with a black square of 100 points in its lower left corner. */
const pdfOf = (pages: number): Uint8Array => {
  const kids = Array.from({ length: pages }, (_, index) => `${index + 3} 0 R`);
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    `<</Type/Pages/Count ${pages}/Kids[${kids.join(' ')}]/MediaBox[0 0 595 842]>>`,
    ...kids.map(() => `<</Type/Page/Parent 2 0 R/Contents ${pages + 3} 0 R/Resources<<>>>>`),
    '<</Length 23>>stream\n0 g 0 0 100 100 re f   \nendstream',
  ];
  let text = '%PDF-1.4\n';
  const places = objects.map((object, index) => {
    const place = text.length;
    text += `${index + 1} 0 obj${object}endobj\n`;
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  const xref = text.length;
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join('')}`;
  text += `trailer<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${xref}\n%%EOF`;
  return new TextEncoder().encode(text);
};

const isBlack = (canvas: HTMLCanvasElement, x: number, y: number): boolean => {
  const [red = 255] = canvas.getContext('2d')?.getImageData(x, y, 1, 1).data ?? [];
  return red < 40;
};

describe('a PDF opened for the screen', () => {
  test('has its pages at the size asked for, and leaves the bytes to their owner', async () => {
    const bytes = pdfOf(2);
    const before = bytes.slice();
    const pdf = await openPdf(bytes);
    expect(pdf.pages.map(({ width, height }) => [width, height])).toEqual([
      [595, 842],
      [595, 842],
    ]);
    const canvas = await pdf.pages[1]?.draw(2, 'screen');
    pdf.close();
    expect([canvas?.width, canvas?.height]).toEqual([1190, 1684]);
    expect(canvas && isBlack(canvas, 100, 1600)).toBe(true);
    expect(canvas && isBlack(canvas, 300, 1600)).toBe(false);
    expect(bytes).toEqual(before);
  });

  test('can be opened again after another was closed: they share one worker', async () => {
    for (let round = 0; round < 3; round++) {
      const pdf = await openPdf(pdfOf(1));
      expect(pdf.pages).toHaveLength(1);
      pdf.close();
    }
  });

  test('is refused when it is none', async () => {
    await expect(openPdf(new TextEncoder().encode('not a PDF'))).rejects.toThrow();
  });
});

describe('printing', () => {
  const once = (...counts: number[]) => planSides(counts, { copies: 1, doubleSided: false });
  const sheets = () => document.querySelectorAll<HTMLImageElement>('.print-sheets img');
  afterEach(() => {
    window.dispatchEvent(new Event('afterprint'));
    vi.restoreAllMocks();
  });

  test('hands the system every page of every PDF at 300 dpi, and cleans up after the dialog', async () => {
    const printed: [number, number][] = [];
    vi.spyOn(window, 'print').mockImplementation(() => {
      for (const image of sheets()) printed.push([image.naturalWidth, image.naturalHeight]);
    });
    const pages: number[] = [];
    await printInDialog([pdfOf(2), pdfOf(1)], once(2, 1), (done) => pages.push(done));
    const page = [Math.floor(595 * scaleOfDpi(300)), Math.floor(842 * scaleOfDpi(300))];
    expect(printed).toEqual([page, page, page]);
    expect(pages).toEqual([1, 2, 3]);
    window.dispatchEvent(new Event('afterprint'));
    expect(sheets()).toHaveLength(0);
  });

  test('draws a page once for all copies, and leaves sides empty where they should be', async () => {
    let sides: (string | undefined)[] = [];
    vi.spyOn(window, 'print').mockImplementation(() => {
      const sheets = [...document.querySelectorAll('.print-sheets > div')];
      sides = sheets.map((sheet) => sheet.querySelector('img')?.src);
    });
    const pages: number[] = [];
    const plan = planSides([1, 2], { pages: [1, 3], copies: 2, doubleSided: true });
    await printInDialog([pdfOf(1), pdfOf(2)], plan, (done) => pages.push(done));
    const [one, , three] = sides;
    expect(one).not.toBe(three);
    expect(sides).toEqual([one, undefined, three, undefined, one, undefined, three]);
    expect(pages).toEqual([1, 2]);
  });

  test('opens no dialog when a page cannot be drawn, and leaves nothing behind', async () => {
    const print = vi.spyOn(window, 'print').mockImplementation(() => undefined);
    await expect(
      printInDialog([pdfOf(1), new Uint8Array([1, 2, 3])], once(1, 1)),
    ).rejects.toThrow();
    expect(print).not.toHaveBeenCalled();
    expect(sheets()).toHaveLength(0);
  });

  test('shows the pages on paper only', async () => {
    vi.spyOn(window, 'print').mockImplementation(() => undefined);
    await printInDialog([pdfOf(1)], once(1));
    const container = document.querySelector('.print-sheets');
    expect(container && getComputedStyle(container).display).toBe('none');
  });
});
