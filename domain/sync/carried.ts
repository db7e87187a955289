/**
 * A change that travels by a bundle instead of by the device that made it, and that device's mark on
 * it: who carries the change cannot alter it, nor make one up in another's name.
 *
 * The mark is an HMAC under a key that the device and the service share without exchanging another:
 * the SHA-256 of the device's token, which is what the service keeps of it.
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Change } from './change.ts';
import type { CarriedChange } from './wire.ts';

/** @param tokenHash SHA-256 of the device's token */
const marked = (tokenHash: Uint8Array, text: string): string =>
  bytesToHex(hmac(sha256, tokenHash, utf8ToBytes(text)));

/** The key of a device's marks. */
export const markKey = (token: string): Uint8Array => sha256(utf8ToBytes(token));

/** @param key SHA-256 of the device's token */
export const markOf = (key: Uint8Array, change: Change, offset: number | null): string => {
  const { id, record, field, value, was, settles = [], time, device, by, past } = change;
  const told = [id, record, field, value, was, settles, time, device, by, offset];
  if (past) told.push([...past]);
  const content = JSON.stringify(told);
  return marked(key, `onsite change 1 ${content}`);
};

/** A change of this device, made ready to travel; without a mark when the device has no token. */
export const carry = (
  change: Change,
  offset: number | null,
  key: Uint8Array | null,
): CarriedChange => ({ ...change, offset, mark: key && markOf(key, change, offset) });

/** The change itself, and what came with it. */
export const unpack = ({
  offset,
  mark,
  ...change
}: CarriedChange): {
  readonly change: Change;
  readonly offset: number | null;
  readonly mark: string | null;
} => ({ change, offset, mark });

/** What a locked device shows to ask whether it was ordered wiped; says nothing of the token. */
export const contactOf = (key: Uint8Array): string => marked(key, 'onsite contact 1');
