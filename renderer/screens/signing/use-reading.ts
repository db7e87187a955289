/** What a signatory reads: the unsigned PDFs of the documents, and the order they say it of. */
import { useCallback, useEffect, useState } from 'react';
import type { TemplatePack } from '../../../domain/documents/template/ast.ts';
import type { DocumentId } from '../../../domain/order/dictionary.ts';
import type { Order } from '../../../domain/order/order.ts';
import { documentDigest } from '../../../domain/order/signature.ts';
import { packOf } from '../../documents/packs.ts';
import { type PrintProblem, printProblem } from '../../documents/print-problem.ts';
import { printDocument } from '../../documents/printer.ts';
import { documentsToSign } from '../../documents/sign-documents.ts';
import type { Pdfs } from '../../documents/sign-record.ts';

export interface Reading {
  /** The order as it was when the pages were made. */
  readonly order: Order;
  readonly documents: readonly DocumentId[];
  readonly pdfs: Pdfs;
  /** Where the pages have their text from. */
  readonly pack: TemplatePack;
}

/** Equal exactly when both orders have the same documents to sign and these say the same. */
export const readingKey = (order: Order): string =>
  JSON.stringify(documentsToSign(order).map((id) => [id, documentDigest(order, id)]));

const prepare = async (order: Order): Promise<Reading> => {
  const documents = documentsToSign(order);
  const pack = await packOf(order);
  const pdfs = new Map<DocumentId, Uint8Array>();
  for (const document of documents)
    pdfs.set(document, await printDocument(document, order, { signatures: false, pack }));
  return { order, documents, pdfs, pack };
};

/**
 * The pages of the order as it is when this starts, or when `again` is called: what is being read
 * never changes under the reader.
 */
export const useReading = (order: Order) => {
  const [subject, setSubject] = useState(order);
  const [reading, setReading] = useState<Reading | null>(null);
  const [problem, setProblem] = useState<PrintProblem | null>(null);
  useEffect(() => {
    let current = true;
    prepare(subject).then(
      (next) => current && setReading(next),
      (error: unknown) => current && setProblem(printProblem(subject, error)),
    );
    return () => {
      current = false;
    };
  }, [subject]);
  const again = useCallback((next: Order) => {
    setReading(null);
    setProblem(null);
    setSubject({ ...next });
  }, []);
  return { reading, problem, again };
};
