import { devicePlace } from '../order/derived.ts';
import type { ExtensionKey } from '../order/dictionary.ts';
import { EXTENSION_FACTS, type FactKey } from '../order/dictionary.ts';
import type { Order } from '../order/order.ts';
import {
  checks,
  dateContent,
  fact,
  type Given,
  label,
  labelCell,
  labelled,
  signingLine,
  titled,
  valueCell,
} from './blanks.ts';
import type { Block, Content, DocumentModel, Row } from './model.ts';

const ROW = 12;

/** 附件3 IMS资源确认表: one page, and behind it the plan of the extensions when there are any. */
export function survey(order: Order, given: Given): DocumentModel {
  const { name, heading } = titled('survey');
  return {
    name,
    orderNumber: order.facts.orderNumber ?? '',
    sections: [
      [
        heading,
        customerTable(order),
        serviceTable(order),
        signingLine(order, given, { named: 'carrier.accountManager' }),
      ],
      ...(order.extensions.length > 0 ? [extensionPlan(order, given)] : []),
    ],
  };
}

const customerTable = (order: Order): Block => ({
  kind: 'table',
  columns: [28, 32, 14, 32, 19, 45],
  fill: true,
  smallest: 5.5,
  rows: [
    {
      height: ROW,
      cells: [
        labelCell('客户名称'),
        valueCell(fact(order, 'customer.name'), { columns: 3 }),
        labelCell(label('survey.appliedOn')),
        valueCell(dateContent(order.facts['survey.appliedOn'], 'survey.appliedOn')),
      ],
    },
    {
      height: ROW,
      cells: [
        labelCell(label('customer.type')),
        valueCell(checks(order, 'customer.type'), { columns: 3 }),
        ...labelled(order, 'customer.postcode'),
      ],
    },
    { height: ROW, cells: labelled(order, 'survey.installAddress', { columns: 5 }) },
    {
      height: ROW,
      cells: [
        ...labelled(order, 'customer.contact.name'),
        labelCell('电话'),
        valueCell(fact(order, 'customer.contact.phone')),
        labelCell('Email'),
        valueCell(fact(order, 'customer.contact.email')),
      ],
    },
  ],
});

/** The seven service rows, each with its remark. */
const serviceTable = (order: Order): Block => {
  const row = (key: FactKey, remark: FactKey, content?: Content): Row => ({
    height: ROW,
    cells: [
      labelCell(label(key)),
      valueCell(content ?? fact(order, key)),
      valueCell(fact(order, remark)),
    ],
  });
  return {
    kind: 'table',
    columns: [45, 63, 62],
    fill: true,
    smallest: 5.5,
    rows: [
      {
        height: 9,
        cells: ['服务项目', '描述', '备注'].map((text) => ({ ...labelCell(text), face: 'sans' })),
      },
      row('survey.lineCount', 'survey.remarks.lineCount'),
      row(
        'survey.transmission',
        'survey.remarks.transmission',
        checks(order, 'survey.transmission'),
      ),
      row('survey.bandwidthMbps', 'survey.remarks.bandwidthMbps'),
      row('survey.accessDevice', 'survey.remarks.accessDevice'),
      row('survey.deviceCount', 'survey.remarks.deviceCount'),
      row('survey.cabling', 'survey.remarks.cabling', checks(order, 'survey.cabling')),
      row('survey.other', 'survey.remarks.other'),
      { height: 28, cells: [labelCell('相关说明'), valueCell([NOTES], { columns: 2 })] },
    ],
  };
};

const NOTES = [
  '1. 本表由客户经理现场核实后如实填写。',
  '2. 用户侧传输资源类型填写 PON、SDH 或 PTN/MSTP。',
  '3. 用户侧传输资源状态填写该传输资源目前在用的带宽。',
  '4. 用户需求和安装地址须写得明确具体，足以据此进行设计。',
].join('\n');

/** 分机规划表: one row an extension, over as many pages as it takes. */
function extensionPlan(order: Order, { reference }: Given): Block[] {
  const columns: { key: ExtensionKey; label: string; width: number }[] = [
    { key: 'number', label: EXTENSION_FACTS.number.label, width: 34 },
    { key: 'shortNumber', label: EXTENSION_FACTS.shortNumber.label, width: 18 },
    { key: 'place', label: EXTENSION_FACTS.place.label, width: 46 },
    { key: 'user', label: EXTENSION_FACTS.user.label, width: 30 },
    { key: 'port', label: '设备及端口', width: 28 },
  ];
  const head: Row = {
    height: 9,
    cells: ['序号', ...columns.map((column) => column.label)].map((text) => ({
      ...labelCell(text),
      face: 'sans',
    })),
  };
  const rows = order.extensions.map(
    (extension, index): Row => ({
      height: 6.6,
      cells: [
        { ...valueCell(String(index + 1)), align: 'centre' },
        ...columns.map(({ key }) => {
          const text =
            key === 'port' ? devicePlace(order, index, reference) : String(extension[key] ?? '');
          return valueCell({ kind: 'value', text, field: `extensions[${index}].${key}` });
        }),
      ],
    }),
  );
  return [
    { kind: 'heading', text: '分机规划表', bookmark: true },
    {
      kind: 'table',
      columns: [14, ...columns.map(({ width }) => width)],
      size: 9.5,
      smallest: 7,
      head: 1,
      rows: [head, ...rows],
    },
  ];
}
