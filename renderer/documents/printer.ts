import type { PrintOptions } from '../../domain/documents/index.ts';
import { UnprintableError } from '../../domain/documents/text.ts';
import type { DocumentId } from '../../domain/order/dictionary.ts';
import type { Order } from '../../domain/order/order.ts';
import { reference } from '../reference.ts';
import { packOf } from './packs.ts';
import { ask } from './print-worker.ts';

/**
 * The PDF of a document, made in a worker. The same order and pack give the same bytes, here, in
 * the service and on the command line.
 *
 * @param options.pack the order's own when it is not given: `packs.ts`
 * @throws UnprintableError when no shipped font can draw a character
 */
export async function printDocument(
  document: DocumentId,
  order: Order,
  options: PrintOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const pack = options.pack ?? (await packOf(order));
  const printed = await ask(async (service) =>
    service.print(document, order, reference.devices, { ...options, pack }),
  );
  if ('bytes' in printed) return printed.bytes;
  throw new UnprintableError(printed.unprintable.field, printed.unprintable.codePoint);
}
