import { memberCount } from '../order/derived.ts';
import { MEMBER_FACTS } from '../order/dictionary.ts';
import type { Order } from '../order/order.ts';
import { blank, checks, type Given, label, labelCell, signingLine, titled } from './blanks.ts';
import type { Block, Cell, DocumentModel, Row } from './model.ts';

/** Numbered down the columns: 1–32, 33–64, 65–96, 97–128. */
const ROWS = 32;
const COLUMNS = 4;
export const SLOTS_PER_PAGE = ROWS * COLUMNS;

/** 附件5 集团成员受理/变更单: as many pages as the highest slot needs, one at least. */
export function roster(order: Order, given: Given): DocumentModel {
  const { name, heading } = titled('roster');
  const numbers = new Map(
    order.members.flatMap(({ slot, number }, index) =>
      slot && number ? [[slot, { number, index }] as const] : [],
    ),
  );
  const pages = Math.max(1, Math.ceil(Math.max(0, ...numbers.keys()) / SLOTS_PER_PAGE));
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
    above: 1,
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

function slots(
  numbers: ReadonlyMap<number, { number: string; index: number }>,
  before: number,
): Block {
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
      const member = numbers.get(slot);
      return [
        { kind: 'text', content: [String(slot)], align: 'centre' },
        {
          kind: 'text',
          align: 'centre',
          content: member
            ? [{ kind: 'value', text: member.number, field: `members[${member.index}].number` }]
            : [],
        },
      ];
    }).flat(),
  });
  return {
    kind: 'table',
    columns: Array.from({ length: COLUMNS }, () => [12, 30.5]).flat(),
    fill: true,
    size: 9,
    smallest: 6,
    rows: [head, ...Array.from({ length: ROWS }, (_, line) => row(line))],
  };
}
