/** Printing to a printer of this machine without a dialog. */
import type { DirectPrint } from '../platform/platform.ts';
import { drawSides } from './print-pages.ts';
import type { Side } from './print-plan.ts';

/** One PDF of the given sides; pages keep their vectors and share their fonts. */
export const joinSides = async (
  pdfs: readonly Uint8Array[],
  sides: readonly Side[],
): Promise<Uint8Array<ArrayBuffer>> => {
  const { PDF } = await import('@libpdf/core');
  // All documents behind each other, then an empty page.
  const set = PDF.create();
  const starts: number[] = [];
  for (const bytes of pdfs) {
    starts.push(set.getPageCount());
    const pdf = await PDF.load(bytes);
    await set.copyPagesFrom(
      pdf,
      pdf.getPages().map((_, page) => page),
    );
  }
  const empty = set.getPageCount();
  set.addPage({ size: 'a4' });
  // In one go: what pages share, such as fonts, is copied once, however many copies there are.
  const joined = PDF.create();
  await joined.copyPagesFrom(
    set,
    sides.map((side) => (side ? (starts[side.document] ?? 0) + side.page : empty)),
  );
  return new Uint8Array(await joined.save());
};

/**
 * Prints the sides in order on a printer, and remembers it.
 *
 * @throws Error with what to do when the printer is gone or does not answer in time
 */
export const printDirectly = async (
  direct: DirectPrint,
  job: {
    readonly printer: string;
    readonly takes: 'pdf' | 'images';
    readonly title: string;
    readonly doubleSided: boolean;
  },
  pdfs: readonly Uint8Array[],
  sides: readonly Side[],
  onPage?: (done: number) => void,
): Promise<void> => {
  const { takes, ...rest } = job;
  if (takes === 'pdf') {
    return direct.print({ ...rest, content: { pdf: await joinSides(pdfs, sides) } });
  }
  const drawn = await drawSides(pdfs, sides, onPage);
  const images = await Promise.all(
    drawn.images.map(async (image) => new Uint8Array(await image.arrayBuffer())),
  );
  return direct.print({ ...rest, content: { images, sides: [...drawn.sides] } });
};
