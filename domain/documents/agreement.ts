import type { Order } from '../order/order.ts';
import { blank, checks, type Given, label, titled } from './blanks.ts';
import type { Block, Content, DocumentModel, Paragraph } from './model.ts';
import { fromTemplate } from './prose.ts';

/** 客户IMS业务协议: a cover, and behind it the pack's text. */
export const agreement = (order: Order, given: Given): DocumentModel =>
  fromTemplate('agreement', order, given, [cover(order)]);

const line = (content: Content, above: number, size = 14): Paragraph => ({
  kind: 'paragraph',
  content,
  size,
  above,
  leading: 1.5,
});

/** 集团编号, the kinds as check boxes, the carrier, the title and both parties. */
const cover = (order: Order): Block[] => [
  {
    ...line([`${label('groupNumber')}：`, blank(order, 'groupNumber', 40)], 2, 12),
    align: 'right',
  },
  { ...line(['业务类型：', ...checks(order, 'kinds')], 8, 12), align: 'right' },
  {
    ...line(
      [{ kind: 'value', text: order.facts['carrier.name'] ?? '', field: 'carrier.name' }],
      48,
      18,
    ),
    align: 'centre',
    face: 'sans',
  },
  { ...line([titled('agreement').name], 8, 30), align: 'centre', face: 'sans' },
  line(['甲方：', blank(order, 'customer.name', 120)], 62),
  line(['乙方：', blank(order, 'carrier.name', 120)], 8),
];
