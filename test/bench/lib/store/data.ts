/** The invented records that every contender keeps: the same values, in the shape each of them asks for. */
import type { OrderSummary } from '../../../../renderer/store/store.ts';

export const ORDERS = 10_000;
export const MEMBERS = 1_000;

/** The fact that is saved over and over, as while a person types. */
export const TYPED = 'survey.installAddress';

export interface BenchOrder {
  readonly id: string;
  /** Fact → value. */
  readonly values: Readonly<Record<string, string | number>>;
}

export interface BenchMember {
  readonly id: string;
  readonly order: string;
  readonly slot: number;
  readonly number: string;
  readonly name: string;
}

const FIRST = Date.UTC(2026, 2, 2);

/** A UUIDv7 whose time and number are given, so that every contender keeps the same ids. */
const idOf = (time: number, number: number): string => {
  const hex = time.toString(16).padStart(12, '0');
  const tail = number.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${tail}`;
};

export const orderOf = (index: number): BenchOrder => {
  const count = String(index).padStart(5, '0');
  const createdAt = FIRST + index * 60_000;
  return {
    id: idOf(createdAt, index),
    values: {
      'order.createdAt': createdAt,
      orderNumber: `GD20260302-${count}`,
      'customer.name': `样例${['诊所', '酒店', '学校', '工厂'][index % 4]}${count}`,
      'customer.representative': `张样例${count}`,
      'customer.address': `样例省样例市样例区样例路${index}号`,
      'customer.contact.name': `李样例${count}`,
      'customer.contact.phone': `139000${count}`,
      'survey.appliedOn': '2026-03-02',
      'survey.lineCount': (index % 210) + 1,
      'acceptance.business': 'IMS语音专线业务',
      'agreement.copies': 4,
      [TYPED]: '',
    },
  };
};

export const summaryOf = ({ id, values }: BenchOrder): OrderSummary => ({
  id,
  orderNumber: String(values.orderNumber),
  customer: String(values['customer.name']),
  phone: String(values['customer.contact.phone']),
  createdAt: Number(values['order.createdAt']),
  updatedAt: Number(values['order.createdAt']),
  signed: 0,
  voided: 0,
  unsent: 0,
  unsentAttachments: 0,
  rejected: 0,
});

export const allOrders = (): BenchOrder[] =>
  Array.from({ length: ORDERS }, (_, index) => orderOf(index));

/** @param paste which paste it is: each one has members of its own */
export const membersOf = (order: string, paste: number): BenchMember[] =>
  Array.from({ length: MEMBERS }, (_, index) => ({
    id: idOf(FIRST + 1_000_000_000 + paste, index),
    order,
    slot: index + 1,
    number: `1390${String(paste).padStart(2, '0')}${String(index).padStart(5, '0')}`,
    name: `王样例${index}`,
  }));

/** The list as the screen asks for it: newest first. */
export const newestFirst = (rows: OrderSummary[]): OrderSummary[] =>
  rows.sort((a, b) => b.updatedAt - a.updatedAt);
