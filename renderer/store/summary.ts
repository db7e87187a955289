import { signatureState } from '../../domain/order/signature.ts';
import { reviewOf } from '../../domain/review/review.ts';
import { assembleOrder } from '../../domain/sync/assemble.ts';
import { timeOfId } from '../../domain/sync/change.ts';
import type { StoredRecord } from '../../domain/sync/record.ts';
import type { OrderSummary } from './store.ts';

/** What of an order has no receipt. */
export type UnsentCounts = Pick<OrderSummary, 'unsent' | 'unsentAttachments' | 'rejected'>;

/** When the last of the records' values was given, by the device that gave it: ms since the epoch. */
export const lastChange = (records: readonly StoredRecord[]): number =>
  Math.max(0, ...records.flatMap(({ changes }) => Object.values(changes).map(timeOfId)));

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/**
 * An order's line in the list; null when the order was removed, or when its own record has not arrived.
 *
 * @param records all of the order's; its own record is enough when it has no signatures
 * @param updatedAt ms since the epoch
 */
export const summarise = (
  records: readonly StoredRecord[],
  counts: UnsentCounts,
  updatedAt: number,
): OrderSummary | null => {
  const head = records.find(({ kind }) => kind === 'order');
  if (!head || head.values['order.deleted'] === true) return null;
  const { order } = assembleOrder(records);
  const standing = order.signatures.filter(
    (signature) => signatureState(order, signature) === 'standing',
  ).length;
  const review = reviewOf(head.values);
  const createdAt = head.values['order.createdAt'];
  return {
    id: head.id,
    orderNumber: text(head.values.orderNumber),
    customer: text(head.values['customer.name']),
    phone: text(head.values['customer.contact.phone']),
    createdAt: typeof createdAt === 'number' ? createdAt : timeOfId(head.id),
    updatedAt,
    signed: standing,
    voided: order.signatures.length - standing,
    ...counts,
    ...(review ? { review: review.state } : {}),
  };
};
