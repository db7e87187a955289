import type { Claim } from '../../domain/evidence/claim.ts';
import { ask } from '../documents/print-worker.ts';
import type { SealingKey } from './sealing-key.ts';

/** The PDF sealed in the print worker; as it is where this device cannot seal. */
export const seal = (pdf: Uint8Array, claim: Claim, key: SealingKey | null): Promise<Uint8Array> =>
  key === null ? Promise.resolve(pdf) : ask((service) => service.seal(pdf, claim, key, new Date()));
