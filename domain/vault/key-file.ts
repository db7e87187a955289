/**
 * The key file: the data key, wrapped once for each way to open it. It holds nothing personal and,
 * of the data key, nothing that opens without a PIN, the printed recovery code or the office.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';

const hex = z.string().regex(/^([0-9a-f]{2})+$/);

/** How a PIN is stretched to a key: argon2id (RFC 9106) with one lane, 32 bytes. */
export const stretchingSchema = z.strictObject({
  salt: hex,
  /** KiB. */
  memory: z
    .int()
    .min(8 * 1024)
    .max(1024 * 1024),
  passes: z.int().min(1).max(1_000),
});
export type Stretching = z.infer<typeof stretchingSchema>;

const VERSION = 1;

const fields = {
  version: z.literal(VERSION),
  /** Names the vault: what was wrapped for another one does not open here. */
  id: z.uuid(),
  /** Tells the data key from others, and nothing else: see `fingerprintOf`. */
  fingerprint: hex,
  /** One more with each write; of two copies the higher one counts. */
  revision: z.int().min(1),
  /** By the PIN; null until one is set, after the vault was opened in another way. */
  pin: z
    .strictObject({
      stretching: stretchingSchema,
      /** Whether the wrap itself is encrypted by the system's keystore. */
      keystore: z.boolean(),
      wrap: hex,
    })
    .nullable(),
  /** By the printed code; null until somebody said that one is kept. */
  recovery: z.strictObject({ wrap: hex }).nullable(),
  /**
   * By the secret that the service keeps for this device. Until the service has it, it lies here,
   * encrypted under the data key (`undelivered`).
   */
  office: z
    .strictObject({
      /** The device's id, which the office knows it by. */
      device: z.string(),
      /** The service that keeps the secret. */
      epoch: z.string(),
      undelivered: hex.nullable(),
      wrap: hex,
    })
    .nullable(),
  /** Wrong PINs since the last right one, and when the last one was typed (ms since 1970). */
  wrongPins: z.strictObject({ count: z.int().min(0), at: z.number() }),
  /** Minutes without a touch after which the vault locks. */
  lockAfter: z.int().min(1).max(240),
};

export const keyFileSchema = z.strictObject(fields);
export type KeyFile = z.infer<typeof keyFileSchema>;

/** With a digest of the rest: a damaged wrap must not look like a wrong PIN. */
const writtenSchema = z.strictObject({ ...fields, digest: z.string() });

const digestOf = (file: KeyFile): string => {
  const { version, id, fingerprint, revision, pin, recovery, office, wrongPins, lockAfter } = file;
  const parts = [version, id, fingerprint, revision, pin, recovery, office, wrongPins, lockAfter];
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(parts))));
};

export const printKeyFile = (file: KeyFile): string => {
  const sorted = keyFileSchema.parse(file);
  return `${JSON.stringify({ ...sorted, digest: digestOf(sorted) }, null, 2)}\n`;
};

/** Null when the text is no key file, or a damaged one. */
export const parseKeyFile = (text: string): KeyFile | null => {
  try {
    const { digest, ...file } = writtenSchema.parse(JSON.parse(text));
    return digestOf(file) === digest ? file : null;
  } catch {
    return null;
  }
};

/** Both copies of the key file are damaged; neither was touched. */
export class KeyFileDamagedError extends Error {
  override readonly name = 'KeyFileDamagedError';
}

/** A newer version of the app wrote the key file: this one must not touch it. */
export class KeyFileNewerError extends Error {
  override readonly name = 'KeyFileNewerError';
}

const laterSchema = z.object({ version: z.number().gt(VERSION), digest: z.string() });

const isOfLaterVersion = (text: string): boolean => {
  try {
    return laterSchema.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
};

/**
 * The copy that counts: the newest whole one.
 *
 * @param copies texts of the copies; null where there is none
 * @returns null when there is no copy at all
 * @throws {KeyFileDamagedError} when there are copies, but no whole one
 * @throws {KeyFileNewerError}
 */
export const newestKeyFile = (copies: readonly (string | null)[]): KeyFile | null => {
  const texts = copies.filter((copy) => copy !== null);
  if (texts.some(isOfLaterVersion)) throw new KeyFileNewerError('a newer key file');
  const whole = texts.map(parseKeyFile).filter((file) => file !== null);
  if (texts.length > 0 && whole.length === 0) throw new KeyFileDamagedError('no whole key file');
  return whole.sort((a, b) => b.revision - a.revision)[0] ?? null;
};
