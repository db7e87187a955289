/** The moment of signing: digest, and the pages with all signatures that stand. */
import type { Seals } from '../../../domain/documents/blanks.ts';
import { claimOf } from '../../../domain/evidence/claim.ts';
import type { DocumentId } from '../../../domain/order/dictionary.ts';
import type {
  Order,
  SignatoryRole,
  Signature,
  SigningDevice,
  Stroke,
} from '../../../domain/order/order.ts';
import { signatureDigest } from '../../../domain/order/signature.ts';
import { templatesOf } from '../../../domain/order/templates.ts';
import { printDocument } from '../../documents/printer.ts';
import { withStandingSignatures } from '../../documents/sign-documents.ts';
import { isoWithOffset, type Pdfs, sha256Hex } from '../../documents/sign-record.ts';
import { seal } from '../../seal/seal.ts';
import type { SealingKey } from '../../seal/sealing-key.ts';
import type { OnsiteStore } from '../../store/index.ts';
import { type Reading, readingKey } from './use-reading.ts';

/** What the signed pages are made from. */
export interface Signing {
  readonly order: Order;
  readonly seals: Seals;
}

export interface Signatory {
  readonly role: SignatoryRole;
  readonly name: string;
  readonly strokes: readonly Stroke[];
  readonly device: SigningDevice;
}

/** This device, as a signature given on it says. */
export const signingDevice = async (store: OnsiteStore): Promise<SigningDevice> => {
  const [{ device, owner, clockOffset }, { installer }, key] = await Promise.all([
    store.sealed.identity(),
    store.deviceSettings(),
    store.sealingKey(),
  ]);
  const fingerprint = key?.fingerprint ?? null;
  return { id: device, installer: installer || (owner ?? ''), clockOffset, key: fingerprint };
};

/** The order without a role's signatures, and without those that no longer stand. */
export const withoutRole = (order: Order, role: SignatoryRole): Order => ({
  ...order,
  signatures: withStandingSignatures(order).signatures.filter((each) => each.role !== role),
});

/**
 * The file as it is closed: every document that somebody signed, with the signatures and seals in
 * place, and the evidence page behind them; each sealed. Empty when nobody signed.
 */
export const closedFile = async (
  { order, seals }: Signing,
  documents: readonly DocumentId[],
  key: SealingKey | null,
): Promise<Pdfs> => {
  const pdfs = new Map<DocumentId, Uint8Array>();
  const add = async (document: DocumentId) => {
    const files = Object.fromEntries([...pdfs].map(([id, bytes]) => [id, sha256Hex(bytes)]));
    const printed = await printDocument(document, order, { signatures: true, files, seals });
    pdfs.set(document, await seal(printed, claimOf(order, document), key));
  };
  for (const document of documents) {
    if (order.signatures.some((each) => each.documents.includes(document))) await add(document);
  }
  // It names the sealed files, and so comes last.
  if (pdfs.size > 0) await add('evidence');
  return pdfs;
};

/**
 * Signs what was read.
 *
 * @param key what this device seals with; null where it cannot
 * @param now the order as it is at that moment
 * @returns null when the order no longer says what was read
 */
export const sign = async (
  { order: read, documents, pdfs, pack }: Reading,
  { role, name, strokes, device }: Signatory,
  key: SealingKey | null,
  now: () => Signing,
): Promise<{ signature: Signature; pdfs: Pdfs } | null> => {
  const given: Omit<Signature, 'digest'> = {
    role,
    name,
    documents,
    strokes,
    signedAt: isoWithOffset(new Date()),
    pdfs: Object.fromEntries([...pdfs].map(([document, bytes]) => [document, sha256Hex(bytes)])),
    templates: templatesOf(documents, pack),
    device,
  };
  const signature: Signature = { ...given, digest: signatureDigest(read, given) };
  const isAsRead = () => readingKey(now().order) === readingKey(read);
  if (!isAsRead()) return null;
  const { order, seals } = now();
  const others = withoutRole(order, role);
  const closed = { ...order, signatures: [...others.signatures, signature] };
  const signed = await closedFile({ order: closed, seals }, documents, key);
  return isAsRead() ? { signature, pdfs: signed } : null;
};
