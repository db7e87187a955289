import type { Order } from '../order/order.ts';
import type { Given } from './blanks.ts';
import type { DocumentModel } from './model.ts';
import { fromTemplate } from './prose.ts';

/** 附件2 IMS业务信息安全责任承诺书: all of it is the pack's text. */
export const commitment = (order: Order, given: Given): DocumentModel =>
  fromTemplate('commitment', order, given);
