/** What goes on which sheet side: page ranges, copies, both sides. Pure. */

/** A page of a document, both counted from 0; null leaves the side of the sheet empty. */
export type Side = { readonly document: number; readonly page: number } | null;

/** Copies that can be asked for. */
export const COPIES = { least: 1, most: 99 } as const;

/**
 * Page numbers as people write them: `1-3,5`; Chinese commas, dashes and spaces will do as well.
 * Nothing written means all pages.
 *
 * @param total number of pages there are
 * @returns the pages from 1, ascending, each once; or what is wrong, in words
 */
export const parsePages = (
  text: string,
  total: number,
): { readonly pages: readonly number[] } | { readonly error: string } => {
  const parts = text
    .normalize('NFKC')
    .replace(/\s*[-–—~至]+\s*/g, '-')
    .split(/[,、;\s]+/)
    .filter((part) => part !== '');
  const chosen = new Set<number>();
  for (const part of parts) {
    const [, from, to] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(part) ?? [];
    if (from === undefined) return { error: `“${part}”不是页码，请写成 1-3,5 这样` };
    const [first, last] = [Number(from), Number(to ?? from)];
    if (last < first) return { error: `“${part}”前后反了，请写成 ${last}-${first}` };
    const missing = first < 1 ? first : last > total ? Math.max(first, total + 1) : undefined;
    if (missing !== undefined) return { error: `没有第 ${missing} 页，一共 ${total} 页` };
    for (let page = first; page <= last; page++) chosen.add(page);
  }
  if (chosen.size === 0) return { pages: Array.from({ length: total }, (_, index) => index + 1) };
  return { pages: [...chosen].sort((a, b) => a - b) };
};

/**
 * The sides of a print job in order: whole sets one after the other (collated). Printed on both
 * sides, every document of every copy begins on a sheet of its own.
 *
 * @param counts number of pages of each document
 * @param pages of all documents counted through, from 1; all of them when absent
 */
export const planSides = (
  counts: readonly number[],
  options: {
    readonly pages?: readonly number[];
    readonly copies: number;
    readonly doubleSided: boolean;
  },
): Side[] => {
  const all = counts.flatMap((count, document) =>
    Array.from({ length: count }, (_, page) => ({ document, page })),
  );
  const chosen = options.pages ? options.pages.flatMap((page) => all[page - 1] ?? []) : all;
  const set = counts.flatMap((_, document): Side[] => {
    const sides = chosen.filter((side) => side.document === document);
    return options.doubleSided && sides.length % 2 === 1 ? [...sides, null] : sides;
  });
  const sides = Array.from({ length: options.copies }, () => set).flat();
  // Nothing comes behind the last page.
  return sides.at(-1) === null ? sides.slice(0, -1) : sides;
};

/** How many sheets of paper that takes. */
export const sheetCount = (sides: readonly Side[], doubleSided: boolean): number =>
  doubleSided ? Math.ceil(sides.length / 2) : sides.length;
