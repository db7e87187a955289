/** Makes the device's own key to seal with, and a certificate that names the device. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { Integer, Utf8String } from 'asn1js';
import { AttributeTypeAndValue, Certificate } from 'pkijs';
import { type NewSealingKey, SEALING_ALGORITHM } from './sealing-key.ts';

const COMMON_NAME = '2.5.4.3';
const VALID_YEARS = 20;

/** A new key and its certificate; without a network. @param device the device's id */
export async function makeSealingKey(device: string, now = new Date()): Promise<NewSealingKey> {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(SEALING_ALGORITHM, true, [
    'sign',
    'verify',
  ]);
  const certificate = new Certificate();
  certificate.version = 2; // X.509 v3
  const serial = crypto.getRandomValues(new Uint8Array(8));
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40; // positive, and always eight bytes
  certificate.serialNumber = new Integer({ valueHex: serial.buffer });
  for (const name of [certificate.issuer, certificate.subject]) {
    const value = new Utf8String({ value: `勘签设备 ${device}` });
    name.typesAndValues.push(new AttributeTypeAndValue({ type: COMMON_NAME, value }));
  }
  certificate.notBefore.value = now;
  const end = new Date(now);
  end.setFullYear(now.getFullYear() + VALID_YEARS);
  certificate.notAfter.value = end;
  await certificate.subjectPublicKeyInfo.importKey(publicKey);
  await certificate.sign(privateKey, 'SHA-256');
  const info = await crypto.subtle.exportKey('spki', publicKey);
  return {
    privateKey: new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey)),
    certificate: new Uint8Array(certificate.toSchema(true).toBER()),
    fingerprint: bytesToHex(sha256(new Uint8Array(info))),
  };
}
