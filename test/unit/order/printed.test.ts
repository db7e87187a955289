import { describe, expect, it } from 'vitest';
import { DOCUMENTS, PRINTABLE } from '../../../domain/documents/index.ts';
import {
  type DocumentId,
  EXTENSION_FACTS,
  EXTENSION_KEYS,
  FACT_KEYS,
  type FactType,
  type FactValue,
  factDefinition,
  MEMBER_FACTS,
  MEMBER_KEYS,
} from '../../../domain/order/dictionary.ts';
import type { Extension, Member, Order } from '../../../domain/order/order.ts';
import { readPack } from '../../../server/cli/packs.ts';
import { fixture } from './fixtures.ts';

/** A value of the type that differs from the one given. */
function another(type: FactType, value: FactValue | undefined): FactValue {
  switch (type.kind) {
    case 'number':
    case 'money':
      return Number(value ?? 0) + 1;
    case 'boolean':
      return value !== true;
    case 'date':
      return '2031-12-30';
    case 'month':
      return '2031-12';
    case 'time':
      return '23:58';
    case 'choice':
      return Object.keys(type.options).find((option) => option !== value) ?? '';
    case 'choices':
      return Object.keys(type.options).filter((option) => !Object(value)?.includes?.(option));
    case 'text':
      return '另一段文字';
  }
}

const reference = { devices: [], canPrint: () => true };
const pack = await readPack();
if (!('hash' in pack)) throw new Error(pack.join('\n'));
// Everything filled, so that every blank is in use; no signatures, which print on their own.
const clinic = fixture('clinic-21');
const filled: Order = {
  ...clinic,
  facts: { ...clinic.facts, 'roster.action': 'other', 'roster.actionOther': '合并' },
};

const onPaper = (document: DocumentId, order: Order) =>
  JSON.stringify(DOCUMENTS[document](order, { reference, signatures: [], pack }));

// The evidence page prints digests of everything, and so changes with everything.
const FACTUAL = PRINTABLE.filter((document) => document !== 'evidence');

/** The documents that can be printed and that look different after a change. */
const changedBy = (after: Order) =>
  FACTUAL.filter((document) => onPaper(document, after) !== onPaper(document, filled));

const printable = (printed: readonly DocumentId[]) =>
  FACTUAL.filter((document) => printed.includes(document));

describe('the dictionary says which documents print a fact, and they do', () => {
  it.each(FACT_KEYS)('%s', (key) => {
    const { type, printed } = factDefinition(key);
    const facts = { ...filled.facts, [key]: another(type, filled.facts[key]) };
    expect(changedBy({ ...filled, facts })).toEqual(printable(printed));
  });

  it.each(EXTENSION_KEYS)('extensions[].%s', (key) => {
    const { type, printed } = EXTENSION_FACTS[key];
    const [first, ...rest] = filled.extensions;
    const row: Extension = { ...first, [key]: another(type, first?.[key]) };
    expect(changedBy({ ...filled, extensions: [row, ...rest] })).toEqual(printable(printed));
  });

  it.each(MEMBER_KEYS)('members[].%s', (key) => {
    const { type, printed } = MEMBER_FACTS[key];
    const [first, ...rest] = filled.members;
    const row: Member = {
      ...first,
      [key]: key === 'slot' ? 128 + 127 : another(type, first?.[key]),
    };
    expect(changedBy({ ...filled, members: [row, ...rest] })).toEqual(printable(printed));
  });
});
