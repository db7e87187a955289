/** Wrapping the data key: it is encrypted under a key that something outside of the device gives. */
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { createCipher } from './cipher.ts';

/** What a wrap opens with. */
export type WrapKind = 'pin' | 'recovery' | 'office';

/** @param vault the key file's id; @param under 32 bytes; hex */
export const wrapKey = (
  dataKey: Uint8Array,
  under: Uint8Array,
  vault: string,
  kind: WrapKind,
): string => bytesToHex(createCipher(under).encrypt(dataKey, `onsite vault ${vault} ${kind}`));

/** @throws {DamagedError} when `under` is not the key it was wrapped with */
export const unwrapKey = (
  wrap: string,
  under: Uint8Array,
  vault: string,
  kind: WrapKind,
): Uint8Array<ArrayBuffer> =>
  createCipher(under).decrypt(hexToBytes(wrap), `onsite vault ${vault} ${kind}`);

/** The wrapping key of a secret that is long and random: it needs no stretching. */
export const keyOfSecret = (secret: Uint8Array, vault: string, kind: WrapKind): Uint8Array =>
  hkdf(sha256, secret, utf8ToBytes(vault), utf8ToBytes(`onsite ${kind} 1`), 32);
