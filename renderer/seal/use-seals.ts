import { useEffect, useState } from 'react';
import type { Seals } from '../../domain/documents/blanks.ts';
import { useOrder } from '../screens/order/open-order.tsx';
import { useServices } from '../services.tsx';
import { readSeals, sealAttachment } from './photos.ts';

const NONE: Seals = {};

/** The photos of the seals of the open order; none until they are read. */
export const useSeals = (): Seals => {
  const { attachments } = useOrder();
  const { store } = useServices();
  const [seals, setSeals] = useState(NONE);
  const wanted = (['customer', 'carrier'] as const)
    .map((party) => sealAttachment(attachments, party)?.sha256)
    .join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again when a photo is another
  useEffect(() => {
    let current = true;
    readSeals(attachments, (sha256) => store.attachmentBytes(sha256)).then(
      (read) => current && setSeals(read),
      () => undefined, // a damaged photo is left out; the screen shows an empty place
    );
    return () => {
      current = false;
    };
  }, [wanted, store]);
  return seals;
};
