/**
 * Who may open a bundle, and the key that follows from it.
 *
 *     "ONSITE BUNDLE 1\n" | length (2 bytes, big-endian) | header (JSON) | check (16 bytes) | chunks
 *
 * The header names the office's public key (X25519, with a key of its own for each file) or how the
 * passphrase is stretched (argon2id). Key and check are HKDF-SHA-256 of that secret over everything in
 * front of the check: a header that was touched, like a wrong passphrase, gives another check.
 */
import { bytesToUtf8, equalBytes } from '@noble/ciphers/utils.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import {
  bytesToHex,
  concatBytes,
  hexToBytes,
  randomBytes,
  utf8ToBytes,
} from '@noble/hashes/utils.js';
import { argon2id } from 'hash-wasm';
import { z } from 'zod';
import { BundleError } from './bundle-error.ts';
import type { ByteSource } from './bytes.ts';
import { officeKeySchema } from './wire.ts';

/** Whom a bundle is encrypted to: the office's public key (hex), or all who know a passphrase. */
export type BundleRecipient = { readonly office: string } | { readonly passphrase: string };

/** What somebody who opens a bundle has. */
export interface BundleOpener {
  /** The private key of an office's public key (both hex); null when it is not this office's. */
  officeKey?(publicKey: string): string | null;
  readonly passphrase?: string;
}

/** Fewest characters of a passphrase. */
export const PASSPHRASE_LENGTH = 8;

const MAGIC = utf8ToBytes('ONSITE BUNDLE 1\n');
const FAMILY = 'ONSITE BUNDLE ';
const CHECK = 16;

/** What stretching costs: memory in KiB. A foreign file must not ask for more than `most`. */
const COST = { memory: 64 * 1024, iterations: 3 };
const MOST = { memory: 256 * 1024, iterations: 12 };

const salt = z.string().regex(/^[0-9a-f]{32}$/);
const headerSchema = z.discriminatedUnion('to', [
  z.strictObject({ to: z.literal('office'), office: officeKeySchema, ephemeral: officeKeySchema }),
  z.strictObject({
    to: z.literal('passphrase'),
    salt,
    memory: z.int().min(8).max(MOST.memory),
    iterations: z.int().min(1).max(MOST.iterations),
  }),
]);
type Header = z.infer<typeof headerSchema>;
type Passphrase = Extract<Header, { to: 'passphrase' }>;

/** Typed on another keyboard, it is the same passphrase. */
const stretch = (passphrase: string, { salt, memory, iterations }: Passphrase) =>
  argon2id({
    password: passphrase.normalize('NFKC').trim(),
    salt: hexToBytes(salt),
    memorySize: memory,
    iterations,
    parallelism: 1,
    hashLength: 32,
    outputType: 'binary',
  });

const keysOf = (secret: Uint8Array, front: Uint8Array) => {
  const derived = hkdf(sha256, secret, sha256(front), utf8ToBytes('onsite bundle 1'), 32 + CHECK);
  return { key: derived.slice(0, 32), check: derived.slice(32) };
};

const frontOf = (header: Header): Uint8Array => {
  const json = utf8ToBytes(JSON.stringify(header));
  return concatBytes(MAGIC, new Uint8Array([json.length >> 8, json.length & 0xff]), json);
};

/** The beginning of a new bundle and the key of its chunks. */
export const lockBundle = async (
  recipient: BundleRecipient,
): Promise<{ front: Uint8Array; key: Uint8Array }> => {
  let header: Header;
  let secret: Uint8Array;
  if ('office' in recipient) {
    const once = x25519.keygen();
    secret = x25519.getSharedSecret(once.secretKey, hexToBytes(recipient.office));
    header = { to: 'office', office: recipient.office, ephemeral: bytesToHex(once.publicKey) };
  } else {
    header = { to: 'passphrase', salt: bytesToHex(randomBytes(16)), ...COST };
    secret = await stretch(recipient.passphrase, header);
  }
  const front = frontOf(header);
  const { key, check } = keysOf(secret, front);
  return { front: concatBytes(front, check), key };
};

const readFront = async (source: ByteSource): Promise<{ header: Header; front: Uint8Array }> => {
  const start = await source.take(MAGIC.length + 2);
  const name = bytesToUtf8(start.subarray(0, FAMILY.length));
  if (name !== FAMILY || start.length < MAGIC.length + 2) throw new BundleError('foreign');
  if (!equalBytes(start.subarray(0, MAGIC.length), MAGIC)) throw new BundleError('newer');
  const json = await source.take(
    new DataView(start.buffer, start.byteOffset).getUint16(MAGIC.length),
  );
  try {
    const header = headerSchema.parse(JSON.parse(bytesToUtf8(json)));
    return { header, front: concatBytes(start, json) };
  } catch {
    throw new BundleError('damaged');
  }
};

const secretOf = async (header: Header, opener: BundleOpener): Promise<Uint8Array> => {
  if (header.to === 'passphrase') {
    if (!opener.passphrase) throw new BundleError('passphrase-needed');
    return stretch(opener.passphrase, header);
  }
  if (!opener.officeKey) throw new BundleError('office-only');
  const own = opener.officeKey(header.office);
  if (own === null) throw new BundleError('other-office');
  try {
    return x25519.getSharedSecret(hexToBytes(own), hexToBytes(header.ephemeral));
  } catch {
    // A point that leaves no secret.
    throw new BundleError('damaged');
  }
};

/** Reads the beginning of a bundle: the key of its chunks. @throws {BundleError} */
export const unlockBundle = async (
  source: ByteSource,
  opener: BundleOpener,
): Promise<Uint8Array> => {
  const { header, front } = await readFront(source);
  const { key, check } = keysOf(await secretOf(header, opener), front);
  if (equalBytes(await source.take(CHECK), check)) return key;
  throw new BundleError(header.to === 'passphrase' ? 'wrong-passphrase' : 'damaged');
};

/** Whom a bundle is for, without opening it. @throws {BundleError} */
export const bundleIsFor = async (source: ByteSource): Promise<'office' | 'passphrase'> =>
  (await readFront(source)).header.to;

/** A new key pair for an office, hex. */
export const makeOfficeKey = (): { publicKey: string; privateKey: string } => {
  const { publicKey, secretKey } = x25519.keygen();
  return { publicKey: bytesToHex(publicKey), privateKey: bytesToHex(secretKey) };
};

/** The public key of an office's private one, both hex. */
export const publicKeyOf = (privateKey: string): string =>
  bytesToHex(x25519.getPublicKey(hexToBytes(privateKey)));
