/** What is different between an order as it was decided on and as it is now, field by field. */
import {
  EXTENSION_FACTS,
  FACT_KEYS,
  type FactType,
  factDefinition,
  MEMBER_FACTS,
} from '../../../domain/order/dictionary.ts';
import { hasType } from '../../../domain/order/value.ts';
import type { AssembledOrder } from '../../../domain/sync/assemble.ts';
import { valueText } from '../../documents/print-names.ts';

export interface Difference {
  readonly key: string;
  /** What the form calls the field, with its row. */
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

type Row = Readonly<Record<string, unknown>>;

const textOf = (type: FactType, value: unknown): string =>
  value !== undefined && value !== null && hasType(type, value) ? valueText(type, value) : '';

const differencesOfRow = (
  key: string,
  title: string,
  table: Readonly<Record<string, { label: string; type: FactType }>>,
  [before, after]: readonly [Row | undefined, Row | undefined],
): Difference[] => {
  if (!before || !after) {
    const texts = Object.entries(table).flatMap(([field, { label, type }]) => {
      const text = textOf(type, (before ?? after)?.[field]);
      return text ? [`${label} ${text}`] : [];
    });
    const whole = texts.join('，') || '（空白行）';
    const none = before ? '（已移除）' : '（没有这一行）';
    return [{ key, name: title, before: before ? whole : none, after: after ? whole : none }];
  }
  return Object.entries(table).flatMap(([field, { label, type }]) => {
    const texts = { before: textOf(type, before[field]), after: textOf(type, after[field]) };
    const name = title ? `${title} · ${label}` : label;
    return texts.before === texts.after ? [] : [{ key: `${key} ${field}`, name, ...texts }];
  });
};

const rowsOf = (ids: readonly string[], rows: readonly object[]): ReadonlyMap<string, Row> =>
  new Map(ids.map((id, index) => [id, { ...rows[index] }]));

const FACT_TABLE = Object.fromEntries(FACT_KEYS.map((key) => [key, factDefinition(key)]));

/** Rows are told by their records, so that one that only moved is not another one. */
export const differencesOf = (before: AssembledOrder, after: AssembledOrder): Difference[] => {
  const tables = [
    ['分机', EXTENSION_FACTS, 'extensionIds', 'extensions'],
    ['成员', MEMBER_FACTS, 'memberIds', 'members'],
  ] as const;
  const rows = tables.flatMap(([title, table, ids, list]) => {
    const [then, now] = [
      rowsOf(before[ids], before.order[list]),
      rowsOf(after[ids], after.order[list]),
    ];
    return [...new Set([...now.keys(), ...then.keys()])].flatMap((id) => {
      const place = (now.has(id) ? after : before)[ids].indexOf(id) + 1;
      return differencesOfRow(id, `${title}第 ${place} 行`, table, [then.get(id), now.get(id)]);
    });
  });
  const names = ({ order, attachments }: AssembledOrder) => ({
    signatures: order.signatures.map(({ name }) => name).join('、'),
    files: attachments.map(({ name }) => name).join('、'),
  });
  const [then, now] = [names(before), names(after)];
  const kept = [
    { key: 'signatures', name: '签名', before: then.signatures, after: now.signatures },
    { key: 'files', name: '文书文件', before: then.files, after: now.files },
  ].filter(({ before, after }) => before !== after);
  const facts = differencesOfRow('facts', '', FACT_TABLE, [before.order.facts, after.order.facts]);
  return [...facts, ...rows, ...kept];
};
