import { useEffect, useState } from 'react';
import type { DocumentId } from '../../../domain/order/dictionary.ts';
import type { Order, Signature } from '../../../domain/order/order.ts';
import { printDocument } from '../../documents/printer.ts';
import { sha256Hex } from '../../documents/sign-record.ts';

/** Typing goes on for a while; what it changed is looked up when it pauses (ms). */
const PAUSE = 400;

/**
 * Which documents of a void signature say something else than what was read: their unsigned PDF is
 * made again and compared. Null while it is being looked up. A document that cannot be printed any
 * more has changed.
 */
export const useChangedDocuments = (
  order: Order,
  { documents, pdfs }: Signature,
): readonly DocumentId[] | null => {
  const [changed, setChanged] = useState<readonly DocumentId[] | null>(null);
  useEffect(() => {
    let current = true;
    const look = async () => {
      const found: DocumentId[] = [];
      for (const document of documents) {
        const bytes = await printDocument(document, order, { signatures: false }).catch(() => null);
        if (!bytes || sha256Hex(bytes) !== pdfs[document]) found.push(document);
      }
      if (current) setChanged(found);
    };
    const timer = setTimeout(() => void look(), PAUSE);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [order, documents, pdfs]);
  return changed;
};
