import { type Remote, wrap } from 'comlink';
import { UnprintableError } from '../../domain/documents/text.ts';
import type { DocumentId } from '../../domain/order/dictionary.ts';
import type { Order } from '../../domain/order/order.ts';
import { reference } from '../reference.ts';
import type { PrintService } from './worker.ts';

interface Running {
  readonly service: Remote<PrintService>;
  /** Rejects when the worker itself fails, which Comlink would wait out for ever. */
  readonly broken: Promise<never>;
}

let running: Running | null = null;

function start(): Running {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const broken = new Promise<never>((_, reject) => {
    worker.addEventListener('error', () => {
      running = null;
      worker.terminate();
      reject(new Error('打印程序没有启动，请再试一次。'));
    });
  });
  // Whoever is printing hears of it through the race below.
  broken.catch(() => undefined);
  return { service: wrap<PrintService>(worker), broken };
}

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
  running ??= start();
  const { service, broken } = running;
  const printed = await Promise.race([
    service.print(document, order, reference.devices, options),
    broken,
  ]);
  if ('bytes' in printed) return printed.bytes;
  throw new UnprintableError(printed.unprintable.field, printed.unprintable.codePoint);
}
