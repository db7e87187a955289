import { memberCount } from '../order/derived.ts';
import { MEMBER_FACTS } from '../order/dictionary.ts';
import type { Order } from '../order/order.ts';
import { blank, checks, type Given, label, labelCell, signingLine, titled } from './blanks.ts';
import type { Block, Cell, DocumentModel, Inline, Row } from './model.ts';

/** Numbered down the columns: 1–32, 33–64, 65–96, 97–128. */
const ROWS = 32;
const COLUMNS = 4;
export const SLOTS_PER_PAGE = ROWS * COLUMNS;

/** 附件5 集团成员受理/变更单: as many pages as the highest slot needs, one at least. */
export function roster(order: Order, given: Given): DocumentModel {
  const { name, heading } = titled('roster');
  const numbers = numbersBySlot(order);
  const highest = [...numbers.keys()].reduce((high, slot) => Math.max(high, slot), 1);
  const pages = Math.ceil(highest / SLOTS_PER_PAGE);
  return {
    name,
    orderNumber: order.facts.orderNumber ?? '',
    sections: Array.from({ length: pages }, (_, page) => [
      heading,
      ...facts(order),
      slots(numbers, page * SLOTS_PER_PAGE),
      signingLine(order, given),
    ]),
  };
}

/** What each slot holds. Two numbers in one slot are a mistake, which the sheet must not hide. */
function numbersBySlot(order: Order): ReadonlyMap<number, readonly Inline[]> {
  const numbers = new Map<number, Inline[]>();
  const { min, max } = MEMBER_FACTS.slot.type;
  order.members.forEach(({ slot, number }, index) => {
    if (!number || slot === undefined || !Number.isInteger(slot)) return;
    if (slot < min || slot > max) return;
    const held = numbers.get(slot) ?? [];
    const value: Inline = { kind: 'value', text: number, field: `members[${index}].number` };
    numbers.set(slot, held.length > 0 ? [...held, '、', value] : [value]);
  });
  return numbers;
}

const facts = (order: Order): Block[] => [
  {
    kind: 'paragraph',
    content: [
      `${label('customer.name')}：`,
      blank(order, 'customer.name', 80),
      `　${label('groupNumber')}：`,
      blank(order, 'groupNumber', 32),
    ],
  },
  {
    kind: 'paragraph',
    above: 1.5,
    content: [
      `${label('roster.action')}：`,
      ...checks(order, 'roster.action'),
      '：',
      blank(order, 'roster.actionOther', 26),
      '　集团成员数：',
      {
        kind: 'blank',
        text: String(memberCount(order) || ''),
        field: 'members',
        width: 14,
      },
    ],
  },
];

function slots(numbers: ReadonlyMap<number, readonly Inline[]>, before: number): Block {
  const head: Row = {
    height: 6,
    cells: Array.from({ length: COLUMNS }, (): Cell[] =>
      [MEMBER_FACTS.slot.label, MEMBER_FACTS.number.label].map((text) => ({
        ...labelCell(text),
        face: 'sans',
      })),
    ).flat(),
  };
  const row = (line: number): Row => ({
    height: 5.6,
    cells: Array.from({ length: COLUMNS }, (_, column): Cell[] => {
      const slot = before + column * ROWS + line + 1;
      return [
        { kind: 'text', content: [String(slot)], align: 'centre' },
        { kind: 'text', content: numbers.get(slot) ?? [], align: 'centre' },
      ];
    }).flat(),
  });
  return {
    kind: 'table',
    columns: Array.from({ length: COLUMNS }, () => [12, 30.5]).flat(),
    fill: true,
    above: 3,
    size: 10,
    smallest: 6,
    rows: [head, ...Array.from({ length: ROWS }, (_, line) => row(line))],
  };
}
