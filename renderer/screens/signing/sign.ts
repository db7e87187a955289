/** The moment of signing: digest, and the pages with all signatures that stand. */
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
import type { OnsiteStore } from '../../store/index.ts';
import { type Reading, readingKey } from './use-reading.ts';

export interface Signatory {
  readonly role: SignatoryRole;
  readonly name: string;
  readonly strokes: readonly Stroke[];
  readonly device: SigningDevice;
}

/** This device, as a signature given on it says. */
export const signingDevice = async (store: OnsiteStore): Promise<SigningDevice> => {
  const [{ device, owner, clockOffset }, { installer }] = await Promise.all([
    store.sealed.identity(),
    store.deviceSettings(),
  ]);
  return { id: device, installer: installer || (owner ?? ''), clockOffset };
};

/** The documents with the standing signatures in place, in which `role` signs with `signature` alone, or not at all. */
export const printSigned = async (
  order: Order,
  documents: readonly DocumentId[],
  role: SignatoryRole,
  signature?: Signature,
): Promise<Pdfs> => {
  const others = withStandingSignatures(order).signatures.filter((each) => each.role !== role);
  const signatures = signature ? [...others, signature] : others;
  const pdfs = new Map<DocumentId, Uint8Array>();
  for (const document of documents) {
    if (!signatures.some((each) => each.documents.includes(document))) continue;
    pdfs.set(
      document,
      await printDocument(document, { ...order, signatures }, { signatures: true }),
    );
  }
  return pdfs;
};

/**
 * Signs what was read.
 *
 * @param now the order as it is at that moment
 * @returns null when the order no longer says what was read
 */
export const sign = async (
  { order: read, documents, pdfs, pack }: Reading,
  { role, name, strokes, device }: Signatory,
  now: () => Order,
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
  const isAsRead = () => readingKey(now()) === readingKey(read);
  if (!isAsRead()) return null;
  const signed = await printSigned(now(), documents, role, signature);
  return isAsRead() ? { signature, pdfs: signed } : null;
};
