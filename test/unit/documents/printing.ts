/** What the tests of the documents share: the real fonts, the real poppler. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createPrinter } from '../../../domain/documents/index.ts';
import { readTypeface } from '../../../domain/documents/typeface.ts';
import type { DocumentId } from '../../../domain/order/dictionary.ts';
import { parseOrderFile } from '../../../domain/order/file.ts';
import type { Order } from '../../../domain/order/order.ts';
import type { Reference } from '../../../domain/order/reference.ts';

const load = (file: string) => readFileSync(fileURLToPath(import.meta.resolve(file)));
export const serif = load('@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf');
export const sans = load('@expo-google-fonts/noto-sans-sc/500Medium/NotoSansSC_500Medium.ttf');
export const typefaces = { serif: readTypeface(serif), sans: readTypeface(sans) };

const printer = await createPrinter({
  serif,
  sans,
  subsetWasm: load('harfbuzzjs/dist/harfbuzz-subset.wasm'),
});

export const reference: Reference = {
  devices: [{ model: 'IAD-32', ports: 32 }],
  canPrint: () => true,
};

export const print = (document: DocumentId, order: Order): Promise<Uint8Array> =>
  printer.print(document, order, reference, { signatures: true });

/** Runs a program of poppler on a PDF; `-` in the arguments stands for the output. */
export function poppler(
  program: string,
  pdf: Uint8Array,
  before: string[] = [],
  after: string[] = [],
) {
  const folder = mkdtempSync(join(tmpdir(), 'onsite-documents-'));
  try {
    const path = join(folder, 'document.pdf');
    writeFileSync(path, pdf);
    return execFileSync(program, [...before, path, ...after], { encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The text in the order it was written, without blanks: a wrapped value is whole again. */
export const textOf = (pdf: Uint8Array): string =>
  poppler('pdftotext', pdf, ['-raw'], ['-']).replace(/\s/g, '');

export const pagesOf = (pdf: Uint8Array): number =>
  Number(/Pages:\s+(\d+)/.exec(poppler('pdfinfo', pdf))?.[1]);

export function fixture(name: string): Order {
  const path = new URL(`../../fixtures/${name}.json`, import.meta.url);
  const read = parseOrderFile(readFileSync(path, 'utf8'));
  if ('errors' in read) throw new Error(JSON.stringify(read.errors));
  return read.order;
}

export const members = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    slot: index + 1,
    number: String(13_900_000_001 + index),
  }));

export const extensions = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    number: `0477${String(8_000_001 + index)}`,
    place: `样例楼 ${index + 1} 室`,
  }));
