import type { Order } from '../order/order.ts';
import type { Given } from './blanks.ts';
import type { DocumentModel } from './model.ts';
import { fromTemplate } from './prose.ts';

/** 附件1 集团客户入网服务协议: all of it is the pack's text. */
export const accessAgreement = (order: Order, given: Given): DocumentModel =>
  fromTemplate('access-agreement', order, given);
