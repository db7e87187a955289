import { describe, expect, test } from 'vitest';
import { EMPTY_ORDER, type Order, type Signature } from '../../../domain/order/order.ts';
import { signatureDigest } from '../../../domain/order/signature.ts';
import {
  documentSignatures,
  documentsToSign,
  signaturePlaces,
  withStandingSignatures,
} from '../../../renderer/documents/sign-documents.ts';

const order: Order = {
  ...EMPTY_ORDER,
  facts: { 'customer.name': '样例诊所', 'acceptance.actions': ['open'], kinds: ['new'] },
};
const signedBy = (
  signing: Order,
  role: Signature['role'],
  documents: Signature['documents'],
): Signature => {
  const given = {
    role,
    name: '张样例',
    documents,
    strokes: [[{ x: 1, y: 2, time: 3, pressure: 0.5 }]],
    signedAt: '2026-03-02T10:00:00.000+08:00',
    pdfs: {},
    templates: {},
  };
  return { ...given, digest: signatureDigest(signing, given) };
};
const renamed = (signed: Order, name: string): Order => ({
  ...signed,
  facts: { ...signed.facts, 'customer.name': name },
});

const TO_SIGN = ['agreement', 'access-agreement', 'commitment', 'survey', 'acceptance'] as const;

describe('the documents to sign', () => {
  test('of a new service without members are the agreement, its text annexes, the survey and the acceptance', () => {
    expect(documentsToSign(order)).toEqual(TO_SIGN);
  });

  test('of a change of attributes leave the agreement out', () => {
    const actions = { 'acceptance.actions': ['changeAttributes'] } as const;
    expect(documentsToSign({ ...EMPTY_ORDER, facts: actions })).toEqual(['acceptance']);
  });

  test('of a cancellation are the acceptance alone', () => {
    const cancelled: Order = { ...EMPTY_ORDER, facts: { 'acceptance.actions': ['cancel'] } };
    expect(documentsToSign(cancelled)).toEqual(['acceptance']);
  });

  test('have the roster as soon as it has a member', () => {
    const members = [{ slot: 1, number: '13900000001' }];
    expect(documentsToSign({ ...order, members })).toContain('roster');
  });
});

describe('a signatory’s place', () => {
  const signed: Order = {
    ...order,
    signatures: [signedBy(order, 'carrierAgent', TO_SIGN)],
  };
  const stateOf = (each: Order) =>
    signaturePlaces(each).find(({ role }) => role === 'carrierAgent')?.state;

  test('is void while a signed fact differs, and stands again when it is turned back', () => {
    expect(stateOf(signed)).toBe('standing');
    expect(stateOf(renamed(signed, '样例医院'))).toBe('void');
    expect(stateOf(renamed(renamed(signed, '样例医院'), '样例诊所'))).toBe('standing');
  });

  test('is unsigned for the roles that did not sign', () => {
    expect(signaturePlaces(signed).map(({ state }) => state)).toEqual([
      'unsigned',
      'unsigned',
      'standing',
    ]);
  });

  test('says which documents came to be needed after it was signed', () => {
    const members = [{ slot: 1, number: '13900000001' }];
    const place = signaturePlaces({ ...signed, members }).find(({ signature }) => signature);
    expect(place?.uncovered).toEqual(['roster']);
  });

  test('counts on each document that it covers, as standing or as void', () => {
    expect(documentSignatures(signaturePlaces(signed), 'survey')).toEqual({
      standing: 1,
      voided: 0,
    });
    expect(documentSignatures(signaturePlaces(renamed(signed, '样例医院')), 'survey')).toEqual({
      standing: 0,
      voided: 1,
    });
    expect(documentSignatures(signaturePlaces(signed), 'roster')).toEqual({
      standing: 0,
      voided: 0,
    });
  });

  test('that is void is not drawn', () => {
    expect(withStandingSignatures(signed).signatures).toHaveLength(1);
    expect(withStandingSignatures(renamed(signed, '样例医院')).signatures).toHaveLength(0);
  });
});
