/** The order's documents as PDF bytes, kept current while a screen shows them. */
import { useEffect, useEffectEvent, useMemo, useState } from 'react';
import type { Files } from '../../../domain/documents/blanks.ts';
import type { PrintOptions } from '../../../domain/documents/index.ts';
import { claimOf } from '../../../domain/evidence/claim.ts';
import { verifyFile } from '../../../domain/evidence/verify.ts';
import type { DocumentId } from '../../../domain/order/dictionary.ts';
import type { Order } from '../../../domain/order/order.ts';
import { documentDigest, recordDigest } from '../../../domain/order/signature.ts';
import { openPdf } from '../../documents/preview-pdf.ts';
import { type PrintProblem, printProblem } from '../../documents/print-problem.ts';
import { printDocument } from '../../documents/printer.ts';
import { withStandingSignatures } from '../../documents/sign-documents.ts';
import { useSeals } from '../../seal/use-seals.ts';
import { useServices } from '../../services.tsx';
import { useOrder } from '../order/open-order.tsx';

/** Typing goes on for a while; a document is printed again when it pauses (ms). */
const PAUSE = 400;

/** A document printed, or why it could not be. */
export type Printed = { readonly key: string } & (
  | { readonly bytes: Uint8Array; readonly pages: number; readonly problem: null }
  | { readonly bytes: null; readonly problem: PrintProblem }
);

/** Changes when, and only when, the printed document would. */
const keyOf = (order: Order, document: DocumentId): string =>
  [
    documentDigest(order, document),
    ...order.signatures
      .filter(({ documents }) => documents.includes(document))
      .map(({ digest }) => digest),
  ].join();

type Beside = Pick<PrintOptions, 'files' | 'seals'>;

/** Times and ms: a file signed a moment ago is still on its way to the disk. */
const LOOKS = 4;
const BETWEEN_LOOKS = 300;

/**
 * The sealed file, when it still says what the order says: what was signed is shown, printed and
 * saved byte for byte, and never made again.
 */
const sealedFile = async (
  order: Order,
  document: DocumentId,
  bytesOf: () => Promise<Uint8Array | null>,
): Promise<Uint8Array | null> => {
  let bytes = await bytesOf();
  for (let look = 1; !bytes && look < LOOKS; look++) {
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS));
    bytes = await bytesOf();
  }
  const verdict = bytes && verifyFile(bytes, order);
  const isCurrent =
    verdict?.state === 'intact' &&
    verdict.document === document &&
    verdict.claim?.signatures.join() === claimOf(order, document).signatures.join();
  return isCurrent ? bytes : null;
};

const print = async (
  order: Order,
  document: DocumentId,
  key: string,
  beside: Beside,
  stored: () => Promise<Uint8Array | null>,
): Promise<Printed> => {
  try {
    const bytes =
      (await sealedFile(order, document, stored)) ??
      (await printDocument(document, order, { signatures: true, ...beside }));
    const pdf = await openPdf(bytes);
    const pages = pdf.pages.length;
    pdf.close();
    return { key, bytes, pages, problem: null };
  } catch (error) {
    return { key, bytes: null, problem: printProblem(order, error) };
  }
};

/**
 * Prints the documents with the signatures that stand, one after the other, and again when what
 * they say has changed. A document is missing from the answer until it was printed once.
 */
export const usePrinted = (
  order: Order,
  documents: readonly DocumentId[],
): ReadonlyMap<DocumentId, Printed> => {
  const standing = useMemo(() => withStandingSignatures(order), [order]);
  const seals = useSeals();
  const { attachments } = useOrder();
  const { store } = useServices();
  const files: Files = Object.fromEntries(
    attachments
      .filter(({ purpose }) => purpose === 'signed')
      .map(({ document, sha256 }) => [document, sha256]),
  );
  const keyFor = (document: DocumentId) =>
    [
      keyOf(standing, document),
      // The evidence page names the files that were sealed.
      document === 'evidence' ? recordDigest(standing) + JSON.stringify(files) : files[document],
      Object.values(seals).map(({ url }) => url.slice(-64)),
    ].join();
  const [printed, setPrinted] = useState<ReadonlyMap<DocumentId, Printed>>(new Map());
  const wanted = JSON.stringify(documents.map(keyFor));

  const run = useEffectEvent(async (isCurrent: () => boolean) => {
    for (const document of documents) {
      const key = keyFor(document);
      if (printed.get(document)?.key === key) continue;
      const sha256 = files[document];
      const stored = async () => (sha256 ? store.attachmentBytes(sha256) : null);
      const result = await print(standing, document, key, { files, seals }, stored);
      if (!isCurrent()) return;
      setPrinted((before) => new Map(before).set(document, result));
    }
  });
  const isFirst = printed.size === 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is wanted says when to run
  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => void run(() => current), isFirst ? 0 : PAUSE);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [wanted]);
  return printed;
};
