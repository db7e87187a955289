/** What the tests of the documents share: the real fonts, the real poppler. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { createPrinter } from '../../../domain/documents/index.ts';
import { readTypeface } from '../../../domain/documents/typeface.ts';
import type { DocumentId } from '../../../domain/order/dictionary.ts';
import { parseOrderFile } from '../../../domain/order/file.ts';
import type { Order } from '../../../domain/order/order.ts';
import type { Reference } from '../../../domain/order/reference.ts';
import { readPack } from '../../../server/cli/packs.ts';

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

const specimen = await readPack();
if (!('hash' in specimen)) throw new Error(specimen.join('\n'));
/** The shipped texts. */
export const pack = specimen;

/** What documents are made from here, beside the order. */
export const given = (order: Order) => ({ reference, signatures: order.signatures, pack });

const options = { signatures: true, pack };
export const print = (document: DocumentId, order: Order): Promise<Uint8Array> =>
  printer.print(document, order, reference, options);
export const printTogether = (
  documents: readonly DocumentId[],
  order: Order,
): Promise<Uint8Array> => printer.printTogether(documents, order, reference, options);

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

/** The pages as grey PNG files. */
export function picturesOf(pdf: Uint8Array, resolution: number): Buffer[] {
  const folder = mkdtempSync(join(tmpdir(), 'onsite-documents-'));
  try {
    poppler('pdftoppm', pdf, ['-r', String(resolution), '-gray', '-png'], [join(folder, 'page')]);
    return readdirSync(folder)
      .sort()
      .map((file) => readFileSync(join(folder, file)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The text in the order it was written, without blanks: a wrapped value is whole again. */
export const textOf = (pdf: Uint8Array): string =>
  poppler('pdftotext', pdf, ['-raw'], ['-']).replace(/\s/g, '');

/** What pdf.js reads, page by page, without blanks. */
export async function textByPdfjs(pdf: Uint8Array): Promise<string> {
  const document = await getDocument({ data: pdf.slice(), verbosity: 0 }).promise;
  const pages: string[] = [];
  for (let page = 1; page <= document.numPages; page++) {
    const { items } = await (await document.getPage(page)).getTextContent();
    pages.push(items.map((item) => ('str' in item ? item.str : '')).join(''));
  }
  await document.destroy();
  return pages.join('').replace(/\s/g, '');
}

interface Place {
  readonly title: string;
  /** From 1. */
  readonly page: number;
  readonly items: readonly Place[];
}

/** The outline as a reader program shows it. */
export async function outlineOf(pdf: Uint8Array): Promise<readonly Place[]> {
  const document = await getDocument({ data: pdf.slice(), verbosity: 0 }).promise;
  type Item = Awaited<ReturnType<typeof document.getOutline>>[number];
  const place = async ({ title, dest, items }: Item): Promise<Place> => ({
    title,
    page: Array.isArray(dest) ? (await document.getPageIndex(dest[0])) + 1 : 0,
    items: await Promise.all((items as Item[]).map(place)),
  });
  const outline = await Promise.all(((await document.getOutline()) ?? []).map(place));
  await document.destroy();
  return outline;
}

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
