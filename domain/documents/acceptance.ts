import { memberCount, termMonths } from '../order/derived.ts';
import { FACTS } from '../order/dictionary.ts';
import type { Order } from '../order/order.ts';
import {
  checks,
  fact,
  type Given,
  label,
  labelCell,
  labelled,
  monthText,
  signing,
  titled,
  valueCell,
} from './blanks.ts';
import type { Cell, Content, DocumentModel, Row } from './model.ts';

const ROW = 10;
const row = (...cells: Cell[]): Row => ({ height: ROW, cells });

/** 附件4 集团客户业务受理/变更单: one page. */
export function acceptance(order: Order, given: Given): DocumentModel {
  const { name, heading } = titled('acceptance');
  const wide = { columns: 4 };
  return {
    name,
    orderNumber: order.facts.orderNumber ?? '',
    sections: [
      [
        heading,
        {
          kind: 'table',
          columns: [27, 26, 42, 30, 45],
          fill: true,
          smallest: 5.5,
          rows: [
            row(
              labelCell(label('acceptance.actions')),
              valueCell(checks(order, 'acceptance.actions'), wide),
            ),
            row(
              labelCell(label('customer.name')),
              valueCell([fact(order, 'customer.name'), `（${FACTS['customer.name'].hint}）`], wide),
            ),
            row(
              labelCell(label('customer.organisation')),
              valueCell(checks(order, 'customer.organisation'), wide),
            ),
            row(
              labelCell('法人代表'),
              valueCell(fact(order, 'customer.representative'), { columns: 2 }),
              labelCell('集团成员数'),
              valueCell(String(memberCount(order) || '')),
            ),
            row(
              ...labelled(order, 'customer.certificateType', { columns: 2 }),
              ...labelled(order, 'customer.certificateNumber'),
            ),
            row(...labelled(order, 'customer.address', wide)),
            row(
              labelCell('业务经办人', { rows: 3 }),
              labelCell('姓名'),
              valueCell(fact(order, 'acceptance.agent.name')),
              labelCell('身份证号码'),
              valueCell(fact(order, 'acceptance.agent.idNumber')),
            ),
            row(
              labelCell('职务'),
              valueCell(fact(order, 'acceptance.agent.title')),
              labelCell('电话'),
              valueCell(fact(order, 'acceptance.agent.phone')),
            ),
            row(labelCell('传真'), valueCell(fact(order, 'acceptance.agent.fax'), { columns: 3 })),
            row(
              labelCell('资费', { rows: 3 }),
              ...labelled(order, 'acceptance.business', { columns: 3 }),
            ),
            { height: 20, cells: labelled(order, 'acceptance.tariff', { columns: 3 }) },
            row(
              labelCell(label('acceptance.effective')),
              valueCell(checks(order, 'acceptance.effective'), { columns: 3 }),
            ),
            row(
              labelCell('产品属性', { rows: 2 }),
              labelCell(label('service.accountType')),
              valueCell(checks(order, 'service.accountType')),
              ...labelled(order, 'service.accountNumber'),
            ),
            row(
              ...labelled(order, 'service.circuits'),
              labelCell('带宽'),
              valueCell(fact(order, 'service.bandwidthMbps')),
            ),
            row(labelCell('业务使用期限'), valueCell(term(order), wide)),
            {
              height: 44,
              cells: [
                {
                  ...signing(order, given, {
                    label: '客户签字盖章',
                    roles: ['customerRepresentative'],
                    dated: 'agreement.signedOn',
                  }),
                  columns: 3,
                  seal: given.seals?.customer,
                },
                {
                  ...signing(order, given, {
                    label: label('carrier.accountManager'),
                    roles: ['carrierAgent', 'carrierRepresentative'],
                    dated: 'agreement.signedOn',
                  }),
                  columns: 2,
                },
              ],
            },
          ],
        },
      ],
    ],
  };
}

/** The agreement's term, as both documents state it. */
function term(order: Order): Content {
  const { 'agreement.termStart': start, 'agreement.termEnd': end } = order.facts;
  const months = termMonths(order);
  const gaps = '　　　年　　月';
  return [
    '自 ',
    { kind: 'value', field: 'agreement.termStart', text: monthText(start) || gaps },
    ' 起至 ',
    { kind: 'value', field: 'agreement.termEnd', text: monthText(end) || gaps },
    ' 止',
    ...(months === undefined ? [] : [`（共 ${months} 个月）`]),
  ];
}
