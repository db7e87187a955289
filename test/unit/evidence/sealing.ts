/** What the tests of sealing share: a real key, real printed documents, real seals. */
import { CryptoKeySigner } from '@libpdf/core';
import { claimOf } from '../../../domain/evidence/claim.ts';
import { sealPdf } from '../../../domain/evidence/seal.ts';
import type { DocumentId } from '../../../domain/order/dictionary.ts';
import type { Order, SignatoryRole, Signature } from '../../../domain/order/order.ts';
import { signatureDigest } from '../../../domain/order/signature.ts';
import { templatesOf } from '../../../domain/order/templates.ts';
import { makeSealingKey } from '../../../renderer/seal/device-key.ts';
import { importPrivateKey, type SealingKey } from '../../../renderer/seal/sealing-key.ts';
import { fixture, print } from '../documents/printing.ts';

export const DEVICE = '0192f5a0-0000-7000-8000-000000000001';

/** A new key, read back as the store keeps it. */
export async function newKey(): Promise<SealingKey> {
  const made = await makeSealingKey(DEVICE);
  return { ...made, privateKey: await importPrivateKey(made.privateKey) };
}
export const key = await newKey();

const strokes = [
  Array.from({ length: 40 }, (_, i) => ({
    x: 40 + 6 * i,
    y: 60 + 25 * Math.sin(i / 4),
    time: 1_772_500_000_000 + 8 * i,
    pressure: 0.5,
  })),
];

/** The order with one more signature, given on the device that seals. */
export function signed(
  order: Order,
  documents: readonly DocumentId[],
  role: SignatoryRole = 'customerRepresentative',
  name = '张样例',
): Order {
  const given: Omit<Signature, 'digest'> = {
    role,
    name,
    documents,
    strokes,
    signedAt: '2026-03-03T10:00:05+08:00',
    pdfs: Object.fromEntries(documents.map((document) => [document, 'c'.repeat(64)])),
    templates: templatesOf(documents),
    device: { id: DEVICE, installer: '王样例', clockOffset: -1234, key: key.fingerprint },
  };
  const signature = { ...given, digest: signatureDigest(order, given) };
  return { ...order, signatures: [...order.signatures, signature] };
}

export const clinic = signed(fixture('clinic-21'), ['survey', 'acceptance', 'roster']);

/** The document of the order, printed, and sealed on 2026-03-03. */
export async function sealed(
  document: DocumentId,
  order = clinic,
  by: SealingKey = key,
): Promise<Uint8Array> {
  const signer = new CryptoKeySigner(by.privateKey, by.certificate, 'EC', 'ECDSA');
  const at = new Date('2026-03-03T02:00:06Z');
  return sealPdf(await print(document, order), claimOf(order, document), signer, at);
}
