import { describe, expect, it } from 'vitest';
import { DOCUMENTS, PRINTABLE } from '../../../domain/documents/index.ts';
import type { DocumentModel } from '../../../domain/documents/model.ts';
import { type DocumentId, FACT_KEYS, factDefinition } from '../../../domain/order/dictionary.ts';
import { EMPTY_ORDER, type Facts, type Order } from '../../../domain/order/order.ts';
import { given } from './printing.ts';

const modelOf = (document: DocumentId, order: Order): DocumentModel =>
  DOCUMENTS[document](order, given(order));

/** Every object of a model, however deep. */
function parts(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(parts);
  return Array.isArray(value) ? inner : [{ ...value }, ...inner];
}

const ticked = (document: DocumentId, facts: Facts) =>
  parts(modelOf(document, { ...EMPTY_ORDER, facts })).flatMap(({ kind, label, ticked: on }) =>
    kind === 'check' && on ? [label] : [],
  );

describe('a document', () => {
  // What a signature covers is taken from the dictionary, what is read from the document.
  it.each(PRINTABLE)(
    '%s prints the facts that the dictionary says it prints, and no others',
    (id) => {
      const fields = new Set(parts(modelOf(id, EMPTY_ORDER)).map(({ field }) => field));
      // It stands on every page.
      fields.add('orderNumber');
      for (const key of FACT_KEYS) {
        const printed = factDefinition(key).printed.includes(id);
        expect([key, fields.has(key)]).toEqual([key, printed]);
      }
    },
  );

  it('has the boxes ticked that were chosen, and only those', () => {
    const facts: Facts = {
      'acceptance.actions': ['open', 'changeTariff'],
      'acceptance.effective': 'nextMonth',
      'customer.organisation': 'cluster',
      'service.accountType': 'prepaid',
    };
    expect(ticked('acceptance', facts)).toEqual(['开通', '变更资费', '聚类集团', '下月', '预付']);
    expect(ticked('survey', { 'survey.cabling': false, 'survey.transmission': 'MSTP' })).toEqual([
      'MSTP',
      '否',
    ]);
    expect(ticked('roster', { 'roster.action': 'other' })).toEqual(['其他']);
    for (const document of PRINTABLE) expect(ticked(document, {})).toEqual([]);
  });
});
