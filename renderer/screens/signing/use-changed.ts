import { useEffect, useState } from 'react';
import { TEMPLATE_DOCUMENTS } from '../../../domain/documents/template/ast.ts';
import type { DocumentId } from '../../../domain/order/dictionary.ts';
import type { Order, Signature } from '../../../domain/order/order.ts';
import { packNamed } from '../../documents/packs.ts';
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
  { documents, pdfs, templates }: Signature,
): readonly DocumentId[] | null => {
  const [changed, setChanged] = useState<readonly DocumentId[] | null>(null);
  useEffect(() => {
    let current = true;
    const look = async () => {
      const found: DocumentId[] = [];
      // What was read was printed from its own pack, whatever is chosen today.
      const hash = TEMPLATE_DOCUMENTS.map((document) => templates[document]).find(Boolean);
      const pack = hash === undefined ? undefined : await packNamed(hash).catch(() => undefined);
      for (const document of documents) {
        const options = { signatures: false, pack };
        const bytes = await printDocument(document, order, options).catch(() => null);
        if (!bytes || sha256Hex(bytes) !== pdfs[document]) found.push(document);
      }
      if (current) setChanged(found);
    };
    const timer = setTimeout(() => void look(), PAUSE);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [order, documents, pdfs, templates]);
  return changed;
};
