import { v7 as uuid } from 'uuid';
import type { FactKey, FactValue } from '../../../domain/order/dictionary.ts';
import type { Edit } from '../../../domain/sync/record.ts';

/** `YYYY-MM-DD` of a moment on this device's calendar. */
export const localDate = (at: Date): string =>
  [at.getFullYear(), at.getMonth() + 1, at.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');

/**
 * A number that people can say on the phone and that two offline devices will not give twice: the
 * day and the last six characters of the order's random id.
 */
export const orderNumberFor = (id: string, at: Date): string =>
  `KQ${localDate(at).replaceAll('-', '')}-${id.slice(-6).toUpperCase()}`;

/** The edits that make a new order, with what is known before anybody types. */
export const newOrder = (
  defaults: Readonly<Partial<Record<FactKey, FactValue>>>,
  now = new Date(),
): { id: string; edits: Edit[] } => {
  const id = uuid();
  const facts: Partial<Record<FactKey, FactValue>> = {
    ...defaults,
    orderNumber: orderNumberFor(id, now),
    'survey.appliedOn': localDate(now),
    'acceptance.business': 'IMS语音专线业务',
    'agreement.copies': 4,
  };
  const edit = (field: string, value: Edit['value']): Edit => ({
    record: id,
    order: id,
    field,
    value,
  });
  return {
    id,
    edits: [
      edit('order.createdAt', now.getTime()),
      ...Object.entries(facts).map(([field, value]) =>
        edit(field, typeof value === 'object' ? [...value] : value),
      ),
    ],
  };
};
