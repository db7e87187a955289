/**
 * Printing through the system's dialog: the pages of the same bytes as images in a container that
 * only print shows. Electron's PDF viewer does not print reliably, and a printer driver that draws
 * an image cannot get a glyph wrong.
 */
import { drawSides } from './print-pages.ts';
import type { Side } from './print-plan.ts';
import './print.css';

/** Where the images of the last print live; kept until the dialog is over. */
let cleanUp: () => void = () => undefined;

/**
 * Opens the system's print dialog with the given sides of the PDFs, in order. `onPage` tells how
 * many pages are ready. Resolves when the dialog has been opened (in browsers: closed).
 */
export const printInDialog = async (
  pdfs: readonly Uint8Array[],
  sides: readonly Side[],
  onPage?: (done: number) => void,
): Promise<void> => {
  cleanUp();
  const drawn = await drawSides(pdfs, sides, onPage);
  const addresses = drawn.images.map((image) => URL.createObjectURL(image));
  const sheets = document.createElement('div');
  sheets.className = 'print-sheets';
  const release = () => {
    for (const address of addresses) URL.revokeObjectURL(address);
    sheets.remove();
    window.removeEventListener('afterprint', release);
  };
  cleanUp = release;
  try {
    for (const index of drawn.sides) {
      const sheet = document.createElement('div');
      sheets.append(sheet);
      if (index === null) continue;
      const image = new Image();
      image.src = addresses[index] ?? '';
      await image.decode();
      sheet.append(image);
    }
  } catch (error) {
    release();
    throw error;
  }
  document.body.append(sheets);
  window.addEventListener('afterprint', release);
  window.print();
};
