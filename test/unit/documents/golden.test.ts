/**
 * Every document as it was looked at by a person and found good: its pages, its text and its picture
 * are stored in `golden/`. After a change that is meant, `ONSITE_GOLDEN=1 npx vitest run --project unit
 * test/unit/documents/golden.test.ts -u` stores what is drawn now; look at the pictures, then commit them.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { PRINTABLE } from '../../../domain/documents/index.ts';
import type { DocumentId } from '../../../domain/order/dictionary.ts';
import type { Order } from '../../../domain/order/order.ts';
import { fixture, members, picturesOf, poppler, print } from './printing.ts';

const GOLDEN = fileURLToPath(new URL('golden', import.meta.url));
const STORE = process.env.ONSITE_GOLDEN === '1';
/** Dots an inch: small, but a line that moves by a millimetre is seen. */
const RESOLUTION = 36;
/** How much of a page may look different: another version of poppler smooths edges otherwise. */
const TOLERANCE = 0.002;

const clinic: Order = { ...fixture('clinic-21'), members: members(128) };

/** The text page by page; digests change with every fact and are no matter of looks. */
const textOf = (pdf: Uint8Array): string =>
  poppler('pdftotext', pdf, ['-raw'], ['-']).replace(/[0-9a-f]{16,}/g, '#');

function difference(page: Buffer, path: string): number {
  const [is, was] = [PNG.sync.read(page), PNG.sync.read(readFileSync(path))];
  const { width, height } = was;
  if (is.width !== width || is.height !== height) return 1;
  const changed = pixelmatch(is.data, was.data, undefined, width, height, { threshold: 0.2 });
  return changed / (width * height);
}

describe('a document looks and reads as it did when it was last looked at', () => {
  it.each(PRINTABLE)('%s', async (document: DocumentId) => {
    const pdf = await print(document, clinic);
    await expect(textOf(pdf)).toMatchFileSnapshot(join(GOLDEN, `${document}.txt`));
    const pages = picturesOf(pdf, RESOLUTION);
    mkdirSync(GOLDEN, { recursive: true });
    pages.forEach((page, index) => {
      const path = join(GOLDEN, `${document}-${index + 1}.png`);
      if (STORE) writeFileSync(path, page);
      expect(difference(page, path), path).toBeLessThan(TOLERANCE);
    });
    expect(existsSync(join(GOLDEN, `${document}-${pages.length + 1}.png`))).toBe(false);
  });
});
