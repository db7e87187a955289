/** What a seal says about its file: which document it is, and the digests to compare an order with. */
import { z } from 'zod';
import { DOCUMENT_IDS, DOCUMENT_TITLES, type DocumentId } from '../order/dictionary.ts';
import type { Order } from '../order/order.ts';
import { documentDigest, recordDigest, signatureState } from '../order/signature.ts';
import { TEMPLATE_VERSIONS } from '../order/templates.ts';

/** The name of the PDF field that holds the seal. */
export const SEAL_FIELD = '勘签封存';

const hash = z.string().regex(/^[0-9a-f]{64}$/);

const claimSchema = z.object({
  format: z.literal('onsite-evidence'),
  version: z.literal(1),
  document: z.enum(DOCUMENT_IDS),
  orderNumber: z.string(),
  /** The template that the document was printed from, as signatures keep it. */
  template: z.string(),
  /** `documentDigest` with that template. */
  facts: hash,
  /** The digests of the signatures drawn on it. */
  signatures: z.array(hash),
  /** `recordDigest` of the order: on the evidence page, which speaks for all of it. */
  record: hash.optional(),
});
export type Claim = z.infer<typeof claimSchema>;

export const documentName = (document: DocumentId): string => {
  const { annex, title } = DOCUMENT_TITLES[document];
  return annex ? `${annex} ${title}` : title;
};

/** The signatures that stand on a document; the evidence page speaks of all. */
const standingOn = (order: Order, document: DocumentId) =>
  order.signatures.filter(
    (signature) =>
      (document === 'evidence' || signature.documents.includes(document)) &&
      signatureState(order, signature) === 'standing',
  );

/** What the seal of a document of this order says. */
export function claimOf(order: Order, document: DocumentId): Claim {
  const signatures = standingOn(order, document);
  const template =
    signatures.flatMap(({ templates }) => templates[document] ?? []).at(-1) ??
    TEMPLATE_VERSIONS[document];
  return {
    format: 'onsite-evidence',
    version: 1,
    document,
    orderNumber: order.facts.orderNumber ?? '',
    template,
    facts: documentDigest(order, document, template),
    signatures: signatures.map(({ digest }) => digest),
    ...(document === 'evidence' ? { record: recordDigest(order) } : {}),
  };
}

/** The claim as the reason of a PDF signature: a sentence for people, then JSON. */
export const claimText = (claim: Claim): string =>
  `勘签文书封存：${documentName(claim.document)}\n${JSON.stringify(claim)}`;

/** The claim out of a signature's reason; null when it is no seal of ours. */
export function readClaim(reason: string): Claim | null {
  try {
    return claimSchema.parse(JSON.parse(reason.slice(reason.indexOf('{'))));
  } catch {
    return null;
  }
}

/**
 * What of an order does not agree with a claim about it, in Chinese; nothing when it is the order
 * that was sealed.
 *
 * @param key SHA-256 (hex) of the public key that sealed
 */
export function disagreements(claim: Claim, order: Order, key: string): string[] {
  const name = documentName(claim.document);
  const reasons: string[] = [];
  const facts = documentDigest(order, claim.document, claim.template);
  if (facts !== claim.facts) reasons.push(`工单中《${name}》的内容与封存的文件不一致`);
  if (claim.record !== undefined && recordDigest(order) !== claim.record) {
    reasons.push('工单记录与封存时不一致：封存之后有改动');
  }
  const claimed = order.signatures.filter(({ digest }) => claim.signatures.includes(digest));
  if (claimed.length < claim.signatures.length) {
    reasons.push('文件上的签名，工单里没有，或已被替换');
  }
  if (claimed.some((signature) => signatureState(order, signature) === 'void')) {
    reasons.push('工单里的签名已失效：签名之后内容有改动');
  }
  const devices = claimed.flatMap(({ device }) => device?.key ?? []);
  if (devices.length > 0 && !devices.includes(key)) {
    reasons.push('封存用的密钥不是工单所记的签署设备的密钥');
  }
  return reasons;
}
