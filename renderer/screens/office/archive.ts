/** The PDFs of the chosen orders in one ZIP, a folder for each order. */
import { Zip, ZipPassThrough } from 'fflate';
import type { ExportedOrder } from '../../../domain/review/wire.ts';

/** A name as every system takes it, and that leads nowhere: no separators, no dots at its ends. */
export const safeName = (name: string): string =>
  name
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replace(/[\\/:*?"<>|\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]/g, '_')
    .slice(0, 80)
    .replace(/^[. ]+|[. ]+$/g, '') || '未命名';

interface Entry {
  readonly path: string;
  readonly sha256: string;
}

/** The PDFs that have arrived, each with a path of its own. */
export const entriesOf = (orders: readonly ExportedOrder[]): Entry[] => {
  const taken = new Set<string>();
  /** Systems that do not tell A from a would write one over the other. */
  const free = (base: string, end: string): string => {
    for (let n = 1; ; n += 1) {
      const path = n === 1 ? base + end : `${base} (${n})${end}`;
      if (!taken.has(path.toLowerCase())) {
        taken.add(path.toLowerCase());
        return path;
      }
    }
  };
  return orders.flatMap(({ orderNumber, customer, attachments }) => {
    const folder = free(safeName(`${orderNumber ?? ''} ${customer ?? ''}`), '');
    return attachments
      .filter(({ name, stored }) => stored && name.toLowerCase().endsWith('.pdf'))
      .map(({ name, sha256 }) => ({
        path: free(`${folder}/${safeName(name.slice(0, -4))}`, '.pdf'),
        sha256,
      }));
  });
};

export interface ZipProgress {
  /** Files done, and in all. */
  readonly done: number;
  readonly total: number;
}

/**
 * Fetches the files one after the other and puts them into a ZIP. PDFs are compressed already.
 *
 * @param most bytes of all files together, see `LIMITS`
 * @throws what `fetch` throws; the signal's reason when a person cancels; RangeError beyond `most`
 */
export const zipOf = async (
  entries: readonly Entry[],
  fetch: (sha256: string) => Promise<Uint8Array>,
  report: (progress: ZipProgress) => void,
  { signal, most }: { readonly signal: AbortSignal; readonly most: number },
): Promise<Uint8Array<ArrayBuffer>> => {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    chunks.push(new Uint8Array(chunk));
  });
  let bytes = 0;
  for (const [done, { path, sha256 }] of entries.entries()) {
    report({ done, total: entries.length });
    signal.throwIfAborted();
    const file = await fetch(sha256);
    bytes += file.length;
    if (bytes > most) throw new RangeError('所选文件合计过大，请减少工单后分批导出。');
    const entry = new ZipPassThrough(path);
    zip.add(entry);
    entry.push(file, true);
  }
  zip.end();
  report({ done: entries.length, total: entries.length });
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
};
