/** What of an order is signed, by whom, and whether it still stands. */
import { PRINTABLE } from '../../domain/documents/index.ts';
import type { DocumentId } from '../../domain/order/dictionary.ts';
import { DOCUMENT_TITLES } from '../../domain/order/dictionary.ts';
import {
  type Order,
  SIGNATORY_ROLES,
  type SignatoryRole,
  type Signature,
} from '../../domain/order/order.ts';
import { needsOf } from '../../domain/order/requirements.ts';
import { signatureState } from '../../domain/order/signature.ts';

export const SIGNATORIES = Object.keys(SIGNATORY_ROLES).filter((role): role is SignatoryRole =>
  Object.hasOwn(SIGNATORY_ROLES, role),
);

/** `附件3 IMS资源确认表` */
export const documentTitle = (document: DocumentId): string => {
  const { annex, title } = DOCUMENT_TITLES[document];
  return annex ? `${annex} ${title}` : title;
};

/**
 * The documents that this order needs signed, of those that can be printed: the agreement and its
 * text annexes when one is made or renewed, the survey when there is something to survey, the roster
 * when it says something, the acceptance form always. The evidence page closes the file unsigned.
 */
export const documentsToSign = (order: Order): readonly DocumentId[] => {
  const needs = needsOf(order);
  const needed: Readonly<Record<DocumentId, boolean>> = {
    agreement: needs.has('agreement'),
    'access-agreement': needs.has('agreement'),
    commitment: needs.has('agreement'),
    survey: needs.has('survey'),
    acceptance: true,
    roster: order.members.length > 0 || order.facts['roster.action'] !== undefined,
    evidence: false,
  };
  return PRINTABLE.filter((document) => needed[document]);
};

/** The order with only the signatures that stand: a void one is never drawn on a document. */
export const withStandingSignatures = (order: Order): Order => ({
  ...order,
  signatures: order.signatures.filter(
    (signature) => signatureState(order, signature) === 'standing',
  ),
});

/** A signatory's place: empty, or taken by a signature. */
export interface SignaturePlace {
  readonly role: SignatoryRole;
  /** The latest of this role; null while unsigned. */
  readonly signature: Signature | null;
  readonly state: 'unsigned' | 'standing' | 'void';
  /** Documents to be signed that the standing signature does not cover. */
  readonly uncovered: readonly DocumentId[];
}

/** The three signatories and how far each is. */
export const signaturePlaces = (order: Order): SignaturePlace[] => {
  const documents = documentsToSign(order);
  return SIGNATORIES.map((role) => {
    const signature = order.signatures.findLast((each) => each.role === role) ?? null;
    const state = signature ? signatureState(order, signature) : 'unsigned';
    return {
      role,
      signature,
      state,
      uncovered: documents.filter((document) => !signature?.documents.includes(document)),
    };
  });
};

/** How far a document is signed: by how many it stands, and by how many it no longer does. */
export const documentSignatures = (
  places: readonly SignaturePlace[],
  document: DocumentId,
): { standing: number; voided: number } => {
  const on = places.filter(({ signature }) => signature?.documents.includes(document));
  return {
    standing: on.filter(({ state }) => state === 'standing').length,
    voided: on.filter(({ state }) => state === 'void').length,
  };
};
