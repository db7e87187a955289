import { type FileError, parseOrderFile, printOrderFile } from '../../../domain/order/file.ts';
import type { Order } from '../../../domain/order/order.ts';
import { assembleOrder } from '../../../domain/sync/assemble.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Services } from '../../services.tsx';

/** Lets the person save an order as a file; null when they cancelled. */
export const saveOrderFile = (platform: Platform, order: Order): Promise<string | null> =>
  platform.saveFile(
    `${order.facts.orderNumber ?? '工单'}.json`,
    new TextEncoder().encode(printOrderFile(order)),
    'application/json',
  );

/** The same for an order that is not open. */
export const exportOrder = async ({ store, platform }: Services, id: string) => {
  await store.openOrder(id);
  const records = store.working.getState().records.get(id);
  store.closeOrder(id);
  return records ? saveOrderFile(platform, assembleOrder(records.values()).order) : null;
};

/** A file's text; null when it is not UTF-8, so that no name arrives as question marks. */
const textOf = (bytes: ArrayBuffer): string | null => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
};

/** Makes an order of a file; the file's errors when it is not one, and then nothing is written. */
export const importOrder = async (
  { store }: Pick<Services, 'store'>,
  file: Blob,
): Promise<{ id: string } | { errors: readonly FileError[] }> => {
  const text = textOf(await file.arrayBuffer());
  if (text === null)
    return { errors: [{ field: '', message: '不是 UTF-8 编码的文件，请另存为 UTF-8' }] };
  const parsed = parseOrderFile(text);
  return 'errors' in parsed ? parsed : { id: await store.importOrder(parsed.order) };
};
