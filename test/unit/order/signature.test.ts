import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DOCUMENT_IDS,
  type DocumentId,
  FACT_KEYS,
  factDefinition,
} from '../../../domain/order/dictionary.ts';
import type { Order, Signature } from '../../../domain/order/order.ts';
import {
  documentDigest,
  signatureDigest,
  signatureState,
  signedPack,
} from '../../../domain/order/signature.ts';
import { isFilled } from '../../../domain/order/value.ts';
import { orderArbitrary, valueOfType } from './arbitraries.ts';
import { fixture } from './fixtures.ts';

const clinic = fixture('clinic-21');

function signed(order: Order, documents: readonly DocumentId[]): Signature {
  const signature = {
    role: 'customerRepresentative',
    name: '张样例',
    documents,
    strokes: [[{ x: 1, y: 2, time: 1_772_500_000_000, pressure: 0.5 }]],
    signedAt: '2026-03-03T10:00:00+08:00',
    pdfs: {},
    templates: {},
  } as const;
  return { ...signature, digest: signatureDigest(order, signature) };
}

/** The documents whose signature, given alone, is void after a change. */
const voidedBy = (before: Order, after: Order) =>
  DOCUMENT_IDS.filter((document) => signatureState(after, signed(before, [document])) === 'void');

const change = fc
  .constantFrom(...FACT_KEYS)
  .chain((key) => fc.tuple(fc.constant(key), valueOfType(factDefinition(key).type)));

/** What a value looks like on paper: nothing when it is blank, ticked boxes in the form's own order. */
const onPaper = (value: Parameters<typeof isFilled>[0]) =>
  JSON.stringify(isFilled(value) ? (Array.isArray(value) ? [...value].sort() : value) : null);

describe('a signature', () => {
  it('is void exactly when a fact changed that one of its documents prints, and stands again when it is turned back', () => {
    fc.assert(
      fc.property(orderArbitrary, change, (order, [key, value]) => {
        const after = { ...order, facts: { ...order.facts, [key]: value } };
        const same = onPaper(order.facts[key]) === onPaper(value);
        expect(voidedBy(order, after)).toEqual(
          same
            ? []
            : [...factDefinition(key).printed].sort(
                (a, b) => DOCUMENT_IDS.indexOf(a) - DOCUMENT_IDS.indexOf(b),
              ),
        );
        const back = { ...after, facts: order.facts };
        expect(voidedBy(order, back)).toEqual([]);
      }),
    );
  });

  it.each([
    ['an extension moved', { extensions: clinic.extensions.toReversed() }, ['survey']],
    ['an extension removed', { extensions: clinic.extensions.slice(1) }, ['survey']],
    [
      'a note on an extension',
      { extensions: clinic.extensions.map((e) => ({ ...e, note: '补' })) },
      [],
    ],
    // The acceptance form prints how many members there are.
    ['a member removed', { members: clinic.members.slice(1) }, ['acceptance', 'roster']],
    [
      'a member moved to another slot',
      { members: [{ ...clinic.members[0], slot: 900 }, ...clinic.members.slice(1)] },
      ['roster'],
    ],
    ["a member's name", { members: clinic.members.map((m) => ({ ...m, name: '李样例' })) }, []],
    ['members listed in another order', { members: clinic.members.toReversed() }, []],
    ['another signature', { signatures: [signed(clinic, ['roster'])] }, []],
  ] as const)('with %s is void on the documents that print it', (_, rest, documents) => {
    expect(voidedBy(clinic, { ...clinic, ...rest })).toEqual(documents);
  });

  it('is void when anything about itself was changed', () => {
    const signature = signed(clinic, ['survey']);
    const forged: Partial<Signature>[] = [
      { name: '李样例' },
      { role: 'carrierAgent' },
      { documents: ['survey', 'roster'] },
      { signedAt: '2026-03-04T10:00:00+08:00' },
      { strokes: [] },
      { pdfs: { survey: '0'.repeat(64) } },
      { templates: { survey: 'f'.repeat(64) } },
      { device: { id: 'another', installer: '王样例', clockOffset: null, key: null } },
    ];
    for (const part of forged) {
      expect(signatureState(clinic, { ...signature, ...part })).toBe('void');
    }
    expect(signatureState(clinic, signature)).toBe('standing');
  });

  it('stands whatever templates the app prints from today, and is void on another template', () => {
    const templates = { survey: '样本-0', agreement: 'a'.repeat(64) };
    const { digest: _, ...given } = { ...signed(clinic, ['survey', 'agreement']), templates };
    const signature = { ...given, digest: signatureDigest(clinic, given) };
    expect(signatureState(clinic, signature)).toBe('standing');
    const otherPack = { ...templates, agreement: 'b'.repeat(64) };
    expect(signatureState(clinic, { ...signature, templates: otherPack })).toBe('void');
    expect(signedPack({ ...clinic, signatures: [signature] }, ['agreement'])).toBe('a'.repeat(64));
  });

  it('of a day before templates were kept still stands', () => {
    // Made by the first version of this app.
    const signature = {
      ...signed(clinic, ['survey']),
      digest: '663536612f4b659deb035a0499226a2f80c8c16f909bb0e04f3bd07af5972ab4',
    };
    expect(signatureState(clinic, signature)).toBe('standing');
  });

  it('of several documents is void when one of them changed', () => {
    const signature = signed(clinic, ['survey', 'acceptance', 'roster']);
    const after = { ...clinic, facts: { ...clinic.facts, 'survey.other': '改' } };
    expect(signatureState(after, signature)).toBe('void');
  });
});

describe('the digest of a document', () => {
  it('does not depend on the order in which facts were typed or boxes ticked', () => {
    const facts = Object.fromEntries(Object.entries(clinic.facts).reverse());
    const [one, other] = [
      { ...clinic, facts: { ...clinic.facts, kinds: ['new', 'expansion'] as const } },
      { ...clinic, facts: { ...facts, kinds: ['expansion', 'new'] as const } },
    ];
    for (const document of DOCUMENT_IDS) {
      expect(documentDigest(one, document)).toBe(documentDigest(other, document));
    }
  });

  it('is never the same for two documents', () => {
    expect(new Set(DOCUMENT_IDS.map((id) => documentDigest(clinic, id))).size).toBe(
      DOCUMENT_IDS.length,
    );
  });
});
