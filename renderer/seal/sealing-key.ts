/** The device's own key to seal with: how it lies in the encrypted store, and how it is used. */

export interface SealingKey {
  /** It can be used here but never read. */
  readonly privateKey: CryptoKey;
  /** X.509, DER. Signed with the key itself: it says which device, nobody vouches for more. */
  readonly certificate: Uint8Array;
  /** SHA-256 (hex) of the public key (SubjectPublicKeyInfo). */
  readonly fingerprint: string;
}

/** A key as it is made, to be kept encrypted. */
export interface NewSealingKey extends Omit<SealingKey, 'privateKey'> {
  /** PKCS #8. */
  readonly privateKey: Uint8Array;
}

export const SEALING_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };

/** @param bytes PKCS #8 */
export const importPrivateKey = (bytes: Uint8Array): Promise<CryptoKey> =>
  crypto.subtle.importKey('pkcs8', new Uint8Array(bytes), SEALING_ALGORITHM, false, ['sign']);
