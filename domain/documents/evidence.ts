import { DOCUMENT_IDS, DOCUMENT_TITLES, type DocumentId } from '../order/dictionary.ts';
import { type Order, SIGNATORY_ROLES, type Signature } from '../order/order.ts';
import { documentDigest, recordDigest, signatureState } from '../order/signature.ts';
import { dateText, type Given, labelCell, titled, valueCell } from './blanks.ts';
import type { Block, Content, DocumentModel, Row, Table } from './model.ts';

/** How a file is checked, and what the check can say and cannot. */
const HOW_TO_VERIFY = [
  '核验方法（可离线）：在勘签中打开“验证”，选择 PDF 文件，也可同时选择工单文件；命令行为 onsite verify。',
  '结果为“完整”“被追加”或“被改动”，并指出是哪一份文书。任何 PDF 签名软件也可查看封存是否有效。',
  '摘要均为 SHA-256。签名摘要由所签文书的内容、模板、阅读时的 PDF、签署人、时间、笔迹和设备算出；其中任何一项有改动，摘要就对不上。',
  '本页记录签署过程的证据，供核对之用；不代替第三方电子认证，也不对签署人的身份作保证。',
];

/** 签署证据页: ours. Closes the file: who signed what, when, where, and the digests to check it by. */
export function evidence(order: Order, given: Given): DocumentModel {
  const { name, heading } = titled('evidence');
  return {
    name,
    orderNumber: order.facts.orderNumber ?? '',
    sections: [
      [
        heading,
        {
          kind: 'paragraph',
          content: ['集团名称：', value(order.facts['customer.name'] ?? '', 'customer.name')],
        },
        ...order.signatures.map((signature, index) => signatureTable(order, signature, index)),
        ...(order.signatures.length === 0
          ? [{ kind: 'paragraph', above: 4, content: ['还没有签名。'] } as const]
          : []),
        filesTable(order, given),
        ...HOW_TO_VERIFY.map(
          (text, index): Block => ({
            kind: 'paragraph',
            size: 8.5,
            above: index === 0 ? 4 : 1,
            content: [text],
          }),
        ),
      ],
    ],
  };
}

const value = (text: string, field = ''): Content[number] => ({ kind: 'value', text, field });

const documentName = (document: DocumentId): string => {
  const { annex, title } = DOCUMENT_TITLES[document];
  return annex ? `${annex} ${title}` : title;
};

/** `2026年1月31日 09:05:07（UTC+08:00）`, by the clock of the device. */
function timeText(iso: string): string {
  const [, day, time, zone] = /^(\S+)T([\d:]+)[\d.]*(\S+)$/.exec(iso) ?? [];
  return day && time && zone ? `${dateText(day)} ${time}（UTC${zone === 'Z' ? '' : zone}）` : iso;
}

/** How far the device's clock was off when it was last compared with the service's. */
function offsetText(offset: number | null): string {
  if (offset === null) return '没有与服务对过时';
  const seconds = (Math.abs(offset) / 1000).toFixed(1);
  if (seconds === '0.0') return '与服务一致（差不到 0.1 秒）';
  return `比服务${offset > 0 ? '快' : '慢'} ${seconds} 秒`;
}

const row = (label: string, content: Content): Row => ({
  height: 5.5,
  cells: [labelCell(label), valueCell(content)],
});

const TABLE = { kind: 'table', columns: [40, 130], size: 8, smallest: 6, above: 3 } as const;

function signatureTable(order: Order, signature: Signature, index: number): Table {
  const { name, role, signedAt, device, documents, templates, pdfs, digest } = signature;
  const stands = signatureState(order, signature) === 'standing';
  const at = `signatures[${index}]`;
  return {
    ...TABLE,
    // A name on one page and its strokes on the next could be taken for two signatures.
    whole: true,
    rows: [
      row(`签名 ${index + 1}`, [`${SIGNATORY_ROLES[role]}（${stands ? '有效' : '已失效'}）`]),
      row('签署人、时间', [value(name, `${at}.name`), `　${timeText(signedAt)}`]),
      row('设备、装维人员', [
        value(device?.id ?? '没有记录', `${at}.device.id`),
        '　',
        value(device?.installer ?? '', `${at}.device.installer`),
      ]),
      row('设备时钟', [device ? offsetText(device.clockOffset) : '没有记录']),
      row('封存公钥摘要', [device?.key ?? '没有封存']),
      {
        height: 24,
        cells: [
          labelCell('签名笔迹'),
          {
            kind: 'signing',
            label: '',
            strokes: signature.strokes,
            name: { text: '', field: '' },
            date: { text: '', field: '' },
          },
        ],
      },
      ...documents.map((document) =>
        row(documentName(document), [
          '模板　',
          value(templates[document] ?? '没有记录', `${at}.templates`),
          `\n内容　${documentDigest(order, document, templates[document])}`,
          `\n所读 PDF　${pdfs[document] ?? '没有记录'}`,
        ]),
      ),
      row('签名摘要', [digest]),
    ],
  };
}

/** The order as a whole, and the files that were sealed with it. */
const filesTable = (order: Order, { files }: Given): Table => ({
  ...TABLE,
  rows: [
    { height: 5.5, cells: [labelCell('工单记录与签署后各文件的 SHA-256', { columns: 2 })] },
    row('工单记录', [recordDigest(order)]),
    ...DOCUMENT_IDS.flatMap((document): Row[] => {
      const hash = files?.[document];
      return hash ? [row(documentName(document), [hash])] : [];
    }),
  ],
});
