/** Names and values of facts as people read them, in messages and lists. */
import {
  EXTENSION_FACTS,
  type ExtensionKey,
  FACTS,
  type FactKey,
  type FactType,
  type FactValue,
  MEMBER_FACTS,
  type MemberKey,
} from '../../domain/order/dictionary.ts';
import type { Order } from '../../domain/order/order.ts';
import { extensionPlace, factPlace, memberPlace } from '../../domain/order/problem.ts';

export const isFact = (key: string): key is FactKey => Object.hasOwn(FACTS, key);
export const isExtensionFact = (key: string): key is ExtensionKey =>
  Object.hasOwn(EXTENSION_FACTS, key);
export const isMemberFact = (key: string): key is MemberKey => Object.hasOwn(MEMBER_FACTS, key);

/**
 * The name of a field as problems name it: `customer.name` → `“集团名称”`, `extensions[2].place` →
 * `分机第 3 行“位置”`, `signatures[0].name` → `“签署人姓名”`. A field that nobody knows is named as it is.
 */
export const fieldName = (order: Order, field: string): string => {
  if (isFact(field)) return factPlace(field).name;
  if (/^signatures\[\d+\]\.name$/.test(field)) return '“签署人姓名”';
  const [, table, row, key = ''] = /^(extensions|members)\[(\d+)\]\.(\w+)$/.exec(field) ?? [];
  const index = Number(row);
  if (table === 'extensions' && isExtensionFact(key)) return extensionPlace(index, key).name;
  if (table === 'members' && isMemberFact(key))
    return memberPlace(index, key, order.members[index]?.slot).name;
  return `“${field}”`;
};

/** A fact's value as it is read: labels of choices, yuan, 是/否, numbers with their unit. */
export const valueText = (type: FactType, value: FactValue): string => {
  switch (type.kind) {
    case 'choice':
      return type.options[String(value)] ?? String(value);
    case 'choices':
      return Array.isArray(value)
        ? value.map((each) => type.options[each] ?? each).join('、')
        : String(value);
    case 'boolean':
      return value === true ? type.yes : type.no;
    case 'money':
      return typeof value === 'number' ? `${(value / 100).toFixed(2)} 元` : String(value);
    case 'number':
      return type.unit ? `${value} ${type.unit}` : String(value);
    default:
      return String(value);
  }
};
