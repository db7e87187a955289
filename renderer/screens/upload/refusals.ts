/** A refused change in the words of the form: which field, what it holds, where to mend it. */
import {
  EXTENSION_FACTS,
  type FactType,
  factDefinition,
  MEMBER_FACTS,
} from '../../../domain/order/dictionary.ts';
import { hasType } from '../../../domain/order/value.ts';
import type { AssembledOrder } from '../../../domain/sync/assemble.ts';
import type { StoredRecord } from '../../../domain/sync/record.ts';
import {
  fieldName,
  isExtensionFact,
  isFact,
  isMemberFact,
  valueText,
} from '../../documents/print-names.ts';
import type { RejectedEntry } from '../../store/store.ts';

export interface Refusal {
  readonly change: string;
  /** What the form calls it. */
  readonly name: string;
  /** What it holds now, as it is read; empty when that says nothing. */
  readonly value: string;
  readonly message: string;
  /** The field to mend, as problems name it; null when there is none to go to. */
  readonly field: string | null;
}

/** The type of a fact and the field of the form that a change log's field is shown in. */
export const placeOf = (
  { record, field }: Pick<RejectedEntry, 'record' | 'field'>,
  { id, extensionIds, memberIds }: AssembledOrder & { readonly id: string },
): { type: FactType; field: string } | null => {
  if (record === id && isFact(field)) return { type: factDefinition(field).type, field };
  const [kind, key = ''] = field.split('.');
  const extension = extensionIds.indexOf(record);
  if (kind === 'extension' && extension >= 0 && isExtensionFact(key))
    return { type: EXTENSION_FACTS[key].type, field: `extensions[${extension}].${key}` };
  const member = memberIds.indexOf(record);
  if (kind === 'member' && member >= 0 && isMemberFact(key))
    return { type: MEMBER_FACTS[key].type, field: `members[${member}].${key}` };
  return null;
};

/** What the parts that nobody types are called, by the prefix of their fields. */
const KINDS: Readonly<Record<string, string>> = {
  signature: '签名',
  attachment: '文书文件',
  extension: '分机的一行',
  member: '成员的一个号码',
};

/** What the part is called that a field nobody types belongs to. */
export const partOf = (field: string): string =>
  KINDS[field.slice(0, field.indexOf('.'))] ?? '工单';

export const refusalOf = (
  entry: RejectedEntry,
  open: AssembledOrder & { readonly id: string },
  record: StoredRecord | undefined,
): Refusal => {
  const { change, field, message } = entry;
  const found = placeOf(entry, open);
  if (!found) {
    return { change, name: partOf(field), value: '', message, field: null };
  }
  const value: unknown = record?.values[field];
  return {
    change,
    name: fieldName(open.order, found.field),
    value: hasType(found.type, value) ? valueText(found.type, value) : '',
    message,
    field: found.field,
  };
};
