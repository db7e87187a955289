/** Seals a PDF: a PAdES signature (ETSI EN 319 142-1, B-B) appended to it, with what it claims. */
import { PDF, type Signer } from '@libpdf/core';
import { type Claim, claimText, SEAL_FIELD } from './claim.ts';

/** Room for the signature and a certificate, in bytes; both together take about 750. */
const ROOM = 2048;

/**
 * The PDF with a seal behind it; the bytes before stay as they were.
 *
 * @param signer ECDSA on P-256 with SHA-256: `verify.ts` knows no other
 * @param at by the device's clock
 */
export async function sealPdf(
  pdf: Uint8Array,
  claim: Claim,
  signer: Signer,
  at: Date,
): Promise<Uint8Array> {
  const opened = await PDF.load(pdf);
  const { bytes } = await opened.sign({
    signer,
    reason: claimText(claim),
    fieldName: SEAL_FIELD,
    signingTime: at,
    estimatedSize: ROOM,
  });
  return bytes;
}
