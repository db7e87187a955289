/** Reads the signature of a seal (CMS SignedData, RFC 5652, as `seal.ts` has it made) and checks it. */
import { p256 } from '@noble/curves/nist.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { type Element, element, elements, TAG } from './der.ts';

export interface Sealed {
  /** The common name of the device's certificate. */
  readonly device: string;
  /** SHA-256 (hex) of its public key (SubjectPublicKeyInfo). */
  readonly key: string;
  /** ISO 8601, by the device's clock. */
  readonly at: string;
}

const der = (hex: string) => hexToBytes(hex);
const SIGNED_DATA = der('06092a864886f70d010702');
const DATA = der('06092a864886f70d010701');
const SHA_256 = der('300b0609608648016503040201');
const ECDSA_WITH_SHA_256 = der('300a06082a8648ce3d040302');
const ONE = der('020101');
const MESSAGE_DIGEST = der('06092a864886f70d010904');
const SIGNING_TIME = der('06092a864886f70d010905');
const SIGNING_CERTIFICATE = der('060b2a864886f70d010910022f');
const COMMON_NAME = der('0603550403');

const equal = (a: Uint8Array | undefined, b: Uint8Array): boolean =>
  a !== undefined && a.length === b.length && a.every((byte, index) => byte === b[index]);

/** The child at each place of a path. @throws when there is none */
function at(bytes: Uint8Array, ...path: readonly number[]): Element {
  let [found] = elements(bytes);
  for (const index of path) found = found && elements(found.content)[index];
  if (!found) throw new Error('no such element');
  return found;
}

/** `260131100507Z` or `20260131100507Z` as ISO 8601. */
function timeOf({ content }: Element): string {
  const text = String.fromCharCode(...content);
  const [, year, ...rest] = /^(\d{2}|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  const [month, day, hour, minute, second] = rest;
  return `${year?.length === 2 ? `20${year}` : year}-${month}-${day}T${hour}:${minute}:${second}Z`;
}

/**
 * The seal's parts when the signature holds over `signed`; null when anything about it is wrong.
 * The signature does not cover all of its own wrapping: so that is written again from its parts and
 * must come out the same, and no bit of it can be other than it was made.
 */
export function checkCms(cms: Uint8Array, signed: readonly Uint8Array[]): Sealed | null {
  try {
    const certificate = at(cms, 1, 0, 3, 0);
    const signer = at(cms, 1, 0, 4, 0);
    const attributes = at(signer.bytes, 3);
    const signature = at(signer.bytes, 5);
    const [issuer, serial] = [at(certificate.bytes, 0, 3), at(certificate.bytes, 0, 1)];
    const again = element(
      TAG.sequence,
      SIGNED_DATA,
      element(
        TAG.tagged0,
        element(
          TAG.sequence,
          ONE,
          element(TAG.set, SHA_256),
          element(TAG.sequence, DATA),
          element(TAG.tagged0, certificate.bytes),
          element(
            TAG.set,
            element(
              TAG.sequence,
              ONE,
              element(TAG.sequence, issuer.bytes, serial.bytes),
              SHA_256,
              element(TAG.tagged0, attributes.content),
              ECDSA_WITH_SHA_256,
              element(TAG.octets, signature.content),
            ),
          ),
        ),
      ),
    );
    const attribute = (type: Uint8Array) =>
      elements(attributes.content).find(({ bytes }) => equal(at(bytes, 0).bytes, type))?.bytes;
    const [digest, time, bound] = [MESSAGE_DIGEST, SIGNING_TIME, SIGNING_CERTIFICATE].map(
      attribute,
    );
    if (!digest || !time || !bound) return null;

    const hash = sha256.create();
    for (const part of signed) hash.update(part);
    const publicKey = at(certificate.bytes, 0, 6);
    // A BIT STRING begins with the number of its unused bits.
    const point = at(publicKey.bytes, 1).content.subarray(1);
    const holds =
      equal(cms, again) &&
      equal(at(digest, 1, 0).content, hash.digest()) &&
      equal(at(bound, 1, 0, 0, 0, 0).content, sha256(certificate.bytes)) &&
      p256.verify(signature.content, element(TAG.set, attributes.content), point, {
        format: 'der',
        lowS: false,
      });
    if (!holds) return null;
    const names = elements(at(certificate.bytes, 0, 5).content).map(({ bytes }) => at(bytes, 0));
    const name = names.find(({ bytes }) => equal(at(bytes, 0).bytes, COMMON_NAME));
    return {
      device: name ? utf8(at(name.bytes, 1).content) : '',
      key: bytesToHex(sha256(publicKey.bytes)),
      at: timeOf(at(time, 1, 0)),
    };
  } catch {
    // Not DER, another kind of signature, or a point that is not on the curve.
    return null;
  }
}

/** UTF-8 as text; the domain has no TextDecoder. */
function utf8(bytes: Uint8Array): string {
  const escaped = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  return decodeURIComponent(escaped);
}
