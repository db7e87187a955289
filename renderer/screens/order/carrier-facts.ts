import type { SettingsKey } from '../../store/store.ts';

/** The carrier's facts as they are laid out, each with its columns of twelve. */
export const CARRIER_FACTS: readonly (readonly [SettingsKey, number])[] = [
  ['carrier.name', 8],
  ['carrier.representative', 4],
  ['carrier.address', 8],
  ['carrier.postcode', 4],
  ['carrier.contact.name', 4],
  ['carrier.contact.phone', 4],
  ['carrier.contact.email', 4],
  ['carrier.payee.accountName', 4],
  ['carrier.payee.bank', 4],
  ['carrier.payee.accountNumber', 4],
  ['carrier.accountManager', 4],
];
