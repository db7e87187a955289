/** Pages of PDFs as pictures at print resolution. */
import { openPdf, scaleOfDpi } from './preview-pdf.ts';
import type { Side } from './print-plan.ts';

const PRINT_DPI = 300;

const pngOf = async (canvas: HTMLCanvasElement): Promise<Blob> => {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new Error('打印的页面太大，内存不足。请关闭其他程序后重试。');
  // A canvas at 300 dpi holds 35 MB; the browser may keep it until the next collection.
  canvas.width = 0;
  return blob;
};

/** Each page that the sides show, drawn once, however many copies there are. */
export interface PageImages {
  readonly images: readonly Blob[];
  /** Index of the image on each side; null where it stays empty. */
  readonly sides: readonly (number | null)[];
}

/** @param onPage told how many pages are ready */
export const drawSides = async (
  pdfs: readonly Uint8Array[],
  sides: readonly Side[],
  onPage: (done: number) => void = () => undefined,
): Promise<PageImages> => {
  const images: Blob[] = [];
  const places = new Map<string, number>();
  const placeOf = (document: number, page: number) => `${document}/${page}`;
  for (const [document, bytes] of pdfs.entries()) {
    const wanted = new Set(
      sides.flatMap((side) => (side?.document === document ? [side.page] : [])),
    );
    if (wanted.size === 0) continue;
    const pdf = await openPdf(bytes);
    try {
      for (const [number, page] of pdf.pages.entries()) {
        if (!wanted.has(number)) continue;
        places.set(placeOf(document, number), images.length);
        images.push(await pngOf(await page.draw(scaleOfDpi(PRINT_DPI), 'print')));
        onPage(images.length);
      }
    } finally {
      pdf.close();
    }
  }
  return {
    images,
    sides: sides.map((side) => side && (places.get(placeOf(side.document, side.page)) ?? null)),
  };
};
