/** What a new order starts with. */
import { FACT_KEYS, factDefinition } from '../../domain/order/dictionary.ts';
import type { FieldValue } from '../../domain/sync/change.ts';
import type { Edit } from '../../domain/sync/record.ts';
import type { DeviceSettings } from './store.ts';

/** Crockford's base 32: no letter that is read as a digit over the phone. */
const BASE32 = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The local date as `YYYY-MM-DD`. */
export const localDate = (time: Date): string =>
  [time.getFullYear(), time.getMonth() + 1, time.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');

/** `GD20261122-7K3Q`: the local date, and four characters from the random end of the order's id. */
export const orderNumberOf = (id: string, made: Date): string => {
  const random = Number.parseInt(id.slice(-5), 16);
  const tail = [15, 10, 5, 0].map((shift) => BASE32[(random >> shift) & 31]).join('');
  return `GD${localDate(made).replaceAll('-', '')}-${tail}`;
};

/** The edits that make an order: number, dates, the usual values, and the settings' facts. */
export const editsOfNewOrder = (
  order: string,
  made: Date,
  { carrier }: Pick<DeviceSettings, 'carrier'>,
): Edit[] => {
  const fromSettings = FACT_KEYS.filter((key) => factDefinition(key).source === 'settings');
  const values: Record<string, FieldValue | undefined> = {
    'order.createdAt': made.getTime(),
    orderNumber: orderNumberOf(order, made),
    'survey.appliedOn': localDate(made),
    'acceptance.business': 'IMS语音专线业务',
    'agreement.copies': 4,
    ...Object.fromEntries(fromSettings.map((key) => [key, Object(carrier)[key]])),
  };
  return Object.entries(values).flatMap(([field, value]) =>
    value === undefined || value === '' ? [] : [{ record: order, order, field, value }],
  );
};
