import { wrap } from 'comlink';
import { UnprintableError } from '../../domain/documents/text.ts';
import type { DocumentId } from '../../domain/order/dictionary.ts';
import type { Order } from '../../domain/order/order.ts';
import { reference } from '../reference.ts';
import type { PrintService } from './worker.ts';

let service: ReturnType<typeof wrap<PrintService>> | null = null;

/**
 * The PDF of a document, made in a worker. The same order gives the same bytes, here, in the
 * service and on the command line.
 *
 * @throws UnprintableError when no shipped font can draw a character
 */
export async function printDocument(
  document: DocumentId,
  order: Order,
  options: { readonly signatures: boolean },
): Promise<Uint8Array<ArrayBuffer>> {
  service ??= wrap<PrintService>(
    new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }),
  );
  const printed = await service.print(document, order, reference.devices, options);
  if ('bytes' in printed) return printed.bytes;
  throw new UnprintableError(printed.unprintable.field, printed.unprintable.codePoint);
}
