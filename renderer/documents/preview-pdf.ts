/** Opens PDF bytes with pdf.js for the preview and for printing. Nothing is fetched from anywhere. */
import type { PDFPageProxy, PDFWorker } from 'pdfjs-dist/legacy/build/pdf.mjs';

/** PDF units per inch. */
const POINTS_PER_INCH = 72;

export interface PdfPage {
  /** In PDF points (1/72 inch). */
  readonly width: number;
  readonly height: number;
  /** Draws the page at `scale` pixels a point on a new canvas. */
  draw(scale: number, use: 'screen' | 'print', signal?: AbortSignal): Promise<HTMLCanvasElement>;
}

export interface OpenPdf {
  readonly pages: readonly PdfPage[];
  close(): void;
}

// pdf.js is large and rarely the first thing somebody needs; one worker serves all documents.
let library: Promise<{
  pdfjs: typeof import('pdfjs-dist/legacy/build/pdf.mjs');
  worker: PDFWorker;
}>;
const load = () => {
  library ??= (async () => {
    const [pdfjs, { default: Worker }] = await Promise.all([
      // The legacy build: Chromium 114 lacks what the modern one takes for granted.
      import('pdfjs-dist/legacy/build/pdf.mjs'),
      import('pdfjs-dist/legacy/build/pdf.worker.min.mjs?worker'),
    ]);
    return { pdfjs, worker: pdfjs.PDFWorker.create({ port: new Worker() }) };
  })();
  return library;
};

const pageOf = (page: PDFPageProxy): PdfPage => {
  const { width, height } = page.getViewport({ scale: 1 });
  return {
    width,
    height,
    async draw(scale, use, signal) {
      const canvas = document.createElement('canvas');
      const viewport = page.getViewport({ scale });
      canvas.width = Math.floor(viewport.width);
      canvas.height = Math.floor(viewport.height);
      const task = page.render({
        canvas,
        viewport,
        intent: use === 'print' ? 'print' : 'display',
      });
      const stop = () => task.cancel();
      signal?.addEventListener('abort', stop, { once: true });
      try {
        await task.promise;
      } finally {
        signal?.removeEventListener('abort', stop);
      }
      return canvas;
    },
  };
};

/** Opens a PDF; the bytes stay the caller's. Rejects when they are no PDF. */
export const openPdf = async (bytes: Uint8Array): Promise<OpenPdf> => {
  const { pdfjs, worker } = await load();
  const task = pdfjs.getDocument({
    data: bytes.slice(), // pdf.js takes the buffer away with it
    worker,
    isEvalSupported: false,
    useWorkerFetch: false,
    useSystemFonts: false,
    useWasm: false,
    enableXfa: false,
    verbosity: pdfjs.VerbosityLevel.ERRORS,
  });
  const document = await task.promise;
  const pages = await Promise.all(
    Array.from({ length: document.numPages }, (_, index) => document.getPage(index + 1)),
  );
  return { pages: pages.map(pageOf), close: () => void task.destroy() };
};

/** Pixels a point for a number of dots an inch. */
export const scaleOfDpi = (dpi: number): number => dpi / POINTS_PER_INCH;
