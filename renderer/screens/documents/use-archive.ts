/** The PDFs that were stored when they were signed. */
import { useEffect, useState } from 'react';
import { DOCUMENT_IDS, type DocumentId } from '../../../domain/order/dictionary.ts';
import { openPdf } from '../../documents/preview-pdf.ts';
import { useServices } from '../../services.tsx';
import { useOrder } from '../order/open-order.tsx';

/** A document ready to be printed. */
export interface Paper {
  readonly document: DocumentId;
  readonly bytes: Uint8Array;
  readonly pages: number;
}

const isDocument = (name: string): name is DocumentId => DOCUMENT_IDS.some((id) => id === name);

/**
 * The order's signed PDFs, byte for byte as they are stored on this device, in the order of the
 * paper file; empty until they are read. One that lies on another device only is left out.
 */
export const useArchive = (): readonly Paper[] => {
  const { attachments } = useOrder();
  const { store } = useServices();
  const [papers, setPapers] = useState<readonly Paper[]>([]);
  useEffect(() => {
    let current = true;
    const read = async () => {
      const signed = attachments.filter(({ purpose }) => purpose === 'signed');
      const found: Paper[] = [];
      for (const { document, sha256 } of signed) {
        const bytes = await store.attachmentBytes(sha256);
        if (!bytes || !isDocument(document)) continue;
        const pdf = await openPdf(bytes);
        found.push({ document, bytes, pages: pdf.pages.length });
        pdf.close();
      }
      const place = ({ document }: Paper) => DOCUMENT_IDS.indexOf(document);
      if (current) setPapers(found.sort((a, b) => place(a) - place(b)));
    };
    // Without the archive the documents as they are now can still be printed.
    read().catch(() => undefined);
    return () => {
      current = false;
    };
  }, [attachments, store]);
  return papers;
};
