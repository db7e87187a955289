/** A conflict in the words of the form, and an order as each side has it. */
import {
  EXTENSION_FACTS,
  FACT_KEYS,
  type FactType,
  factDefinition,
  MEMBER_FACTS,
} from '../../../domain/order/dictionary.ts';
import { hasType } from '../../../domain/order/value.ts';
import { type AssembledOrder, assembleOrder } from '../../../domain/sync/assemble.ts';
import type { FieldValue } from '../../../domain/sync/change.ts';
import type { Conflict } from '../../../domain/sync/conflict.ts';
import type { StoredRecord, Version } from '../../../domain/sync/record.ts';
import { valueText } from '../../documents/print-names.ts';
import { partOf, placeOf } from '../upload/refusals.ts';
import { labelOf } from './words.ts';

type Open = AssembledOrder & { readonly id: string };

export interface ConflictWords {
  /** What the form calls the field. */
  readonly name: string;
  /** As problems name it; null when there is none to go to. */
  readonly field: string | null;
  textOf(value: FieldValue): string;
}

export const wordsOf = ({ record, field }: Conflict, open: Open): ConflictWords => {
  const place = placeOf({ record: record.id, field }, open);
  const removal = field.endsWith('.deleted');
  return {
    name: place ? labelOf(place.field) : `${partOf(field)}${removal ? '的去留' : ''}`,
    field: place?.field ?? null,
    textOf: (value) => {
      if (removal) return value === true ? '移除' : '保留';
      if (value === null || value === '') return '（空白）';
      if (place && hasType(place.type, value)) return valueText(place.type, value);
      return typeof value === 'object' ? '（另一份内容）' : String(value);
    },
  };
};

/** When it was written: by the service's reckoning where that is known, else by the device's clock. */
export const timeOf = ({ order, time }: Version): string =>
  new Date(order ?? time).toLocaleString('zh-CN', {
    month: 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  });

/** The order as the other side has it: with what stands beside in place of what is shown. */
export const otherSide = (
  records: ReadonlyMap<string, StoredRecord>,
  conflicts: readonly Conflict[],
): AssembledOrder => {
  const sides = new Map(records);
  for (const { record, field, others } of conflicts) {
    const row = sides.get(record.id) ?? record;
    const [other] = others;
    if (other) sides.set(row.id, { ...row, values: { ...row.values, [field]: other.value } });
  }
  return assembleOrder(sides.values());
};

/** One line of the comparison: a fact, or a row of a table. */
export interface Line {
  readonly key: string;
  readonly name: string;
  /** What is shown now, and what the other side has. */
  readonly texts: readonly [string, string];
}

const NOTHING = '';

const rowText = (
  table: Readonly<Record<string, { label: string; type: FactType }>>,
  row: Readonly<Record<string, unknown>> | undefined,
): string =>
  Object.entries(table)
    .flatMap(([key, { label, type }]) => {
      const value = row?.[key];
      return value !== null && hasType(type, value) ? [`${label} ${valueText(type, value)}`] : [];
    })
    .join('，');

const rowLines = (
  title: string,
  table: Readonly<Record<string, { label: string; type: FactType }>>,
  sides: readonly [Rows, Rows],
): Line[] => {
  const [shown, other] = sides;
  return [...new Set([...shown.keys(), ...other.keys()])].map((id, index) => ({
    key: id,
    name: `${title}第 ${index + 1} 行`,
    texts: [rowText(table, shown.get(id)), rowText(table, other.get(id))],
  }));
};

type Rows = ReadonlyMap<string, Readonly<Record<string, unknown>>>;
const rowsById = <T extends object>(ids: readonly string[], rows: readonly T[]): Rows =>
  new Map(ids.flatMap((id, index) => [[id, { ...rows[index] }] as const]));

/** The whole order, side by side: everything that at least one side has filled. */
export const linesOf = (shown: AssembledOrder, other: AssembledOrder): Line[] => {
  const facts = FACT_KEYS.map((key): Line => {
    const { label, type } = factDefinition(key);
    const text = ({ order }: AssembledOrder) => {
      const value = order.facts[key];
      return value === undefined ? NOTHING : valueText(type, value);
    };
    return { key, name: label, texts: [text(shown), text(other)] };
  });
  const extensions = (side: AssembledOrder) => rowsById(side.extensionIds, side.order.extensions);
  const members = (side: AssembledOrder) => rowsById(side.memberIds, side.order.members);
  return [
    ...facts,
    ...rowLines('分机', EXTENSION_FACTS, [extensions(shown), extensions(other)]),
    ...rowLines('成员', MEMBER_FACTS, [members(shown), members(other)]),
  ].filter(({ texts: [left, right] }) => left !== NOTHING || right !== NOTHING);
};
