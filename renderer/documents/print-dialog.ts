/**
 * Printing: the pages of the same bytes as images in a container that only print shows, then the
 * system's dialog. Electron's PDF viewer does not print reliably, and a printer driver that draws
 * an image cannot get a glyph wrong.
 */
import { openPdf, scaleOfDpi } from './preview-pdf.ts';
import './print.css';

const PRINT_DPI = 300;

/** Where the images of the last print live; kept until the dialog is over. */
let cleanUp: () => void = () => undefined;

const imageOf = async (canvas: HTMLCanvasElement): Promise<HTMLImageElement> => {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new Error('打印的页面太大，内存不足。请关闭其他程序后重试。');
  // A canvas at 300 dpi holds 35 MB; the browser may keep it until the next collection.
  canvas.width = 0;
  const image = new Image();
  image.src = URL.createObjectURL(blob);
  await image.decode();
  return image;
};

/**
 * Opens the system's print dialog with all pages of the given PDFs, in order. `onPage` tells how
 * many pages are ready. Resolves when the dialog has been opened (in browsers: closed).
 */
export const printPdfs = async (
  pdfs: readonly Uint8Array[],
  onPage: (done: number) => void = () => undefined,
): Promise<void> => {
  cleanUp();
  const sheets = document.createElement('div');
  sheets.className = 'print-sheets';
  const release = () => {
    for (const image of sheets.querySelectorAll('img')) URL.revokeObjectURL(image.src);
    sheets.remove();
    window.removeEventListener('afterprint', release);
  };
  cleanUp = release;
  try {
    for (const bytes of pdfs) {
      const pdf = await openPdf(bytes);
      try {
        for (const page of pdf.pages) {
          const sheet = document.createElement('div');
          sheet.append(await imageOf(await page.draw(scaleOfDpi(PRINT_DPI), 'print')));
          sheets.append(sheet);
          onPage(sheets.children.length);
        }
      } finally {
        pdf.close();
      }
    }
  } catch (error) {
    release();
    throw error;
  }
  document.body.append(sheets);
  window.addEventListener('afterprint', release);
  window.print();
};
