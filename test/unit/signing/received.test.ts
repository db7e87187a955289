import { v7 as uuid } from 'uuid';
import { describe, expect, test } from 'vitest';
import type { Order } from '../../../domain/order/order.ts';
import { editsOfOrder } from '../../../domain/sync/assemble.ts';
import type { FieldState } from '../../../domain/sync/wire.ts';
import { fieldName, valueText } from '../../../renderer/documents/print-names.ts';
import { receivedOrder } from '../../../renderer/screens/office/received.ts';
import { refusalOf } from '../../../renderer/screens/upload/refusals.ts';

const order: Order = {
  facts: { 'customer.name': '样例诊所', 'survey.lineCount': 2, 'survey.cabling': false },
  extensions: [
    { number: '04770000001', place: '一层' },
    { number: '04770000002', cabled: true },
  ],
  members: [{ slot: 7, number: '13900000001' }],
  signatures: [],
};
const id = uuid();
const fields: FieldState[] = editsOfOrder(order, id, uuid).map(
  ({ record, field, value }, index) => ({
    ...{ record, field, value, change: uuid(), seq: index + 1 },
    ...{ was: null, time: 0, device: id, by: '样例装维', order: index },
  }),
);

describe('a received order', () => {
  test('reads as the order that was sent, whatever order its fields came in', () => {
    expect(receivedOrder(id, fields).order).toEqual(order);
    expect(receivedOrder(id, [...fields].reverse()).order).toEqual(order);
  });
});

describe('a refused change', () => {
  const open = { id, ...receivedOrder(id, fields) };
  const refusal = (field: string, value: FieldState['value']) => {
    const state = fields.find((each) => each.field === field);
    const record = state?.record ?? id;
    const entry = { change: uuid(), order: id, record, field, code: 'bad', message: '太长' };
    const kind = record === id ? 'order' : 'extension';
    const values = { [field]: value };
    return refusalOf(entry, open, { id: record, order: id, kind, values, changes: {} });
  };

  test('of a fact says its label and what it holds, and goes to it', () => {
    expect(refusal('survey.cabling', false)).toMatchObject({
      name: '“用户处是否需要综合布线”',
      value: '否',
      field: 'survey.cabling',
      message: '太长',
    });
  });

  test('of a row says which row, and goes to its cell', () => {
    expect(refusal('extension.place', '一层')).toMatchObject({
      name: '分机第 1 行“位置”',
      value: '一层',
      field: 'extensions[0].place',
    });
    expect(refusal('member.number', '13900000001')).toMatchObject({
      name: '成员序号 7 “号码”',
      field: 'members[0].number',
    });
  });

  test('of a signature or a file is named without a field to go to', () => {
    const entry = { change: 'x', order: id, record: 'x', code: 'bad', message: '不符' };
    expect(refusalOf({ ...entry, field: 'signature.strokes' }, open, undefined)).toMatchObject({
      name: '签名',
      field: null,
    });
    expect(refusalOf({ ...entry, field: 'attachment.sha256' }, open, undefined).name).toBe(
      '文书文件',
    );
  });
});

describe('facts as they are read', () => {
  test('choices by their label, money in yuan, numbers with their unit', () => {
    expect(valueText({ kind: 'choices', options: { a: '甲', b: '乙' } }, ['a', 'b'])).toBe(
      '甲、乙',
    );
    expect(valueText({ kind: 'money', max: 1e9 }, 123_405)).toBe('1234.05 元');
    expect(valueText({ kind: 'number', min: 0, max: 9, integer: true, unit: '线' }, 2)).toBe(
      '2 线',
    );
  });

  test('an unknown field is named as it is', () => {
    expect(fieldName(order, 'customer.pet')).toBe('“customer.pet”');
  });
});
