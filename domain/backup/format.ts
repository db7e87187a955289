/**
 * A backup's file: a line that names the format, then frames, each `length (4 bytes, big endian) | payload`.
 *
 * - The first payload is the header, plain JSON without anything personal: whose vault it is, when it
 *   was made, and the key file, which opens with the recovery code.
 * - Each further one is a section, encrypted, and bound to the header's hash and its own place: none
 *   can be changed, left out, moved, or taken from another backup.
 * - The last section says what all the others hold. A file that ends before it was cut.
 *
 * Nothing of a file is believed that did not decrypt and parse; whatever is wrong is a `BackupError`.
 */
import { bytesToUtf8 } from '@noble/ciphers/utils.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { gunzipSync, gzipSync } from 'fflate';
import type { z } from 'zod';
import { CIPHER_OVERHEAD, type Cipher, DamagedError } from '../vault/cipher.ts';
import {
  type BackupEnd,
  type BackupHeader,
  type BackupSection,
  counted,
  headerSchema,
  jsonSchema,
  NOTHING,
} from './sections.ts';

const MAGIC = utf8ToBytes('onsite-backup 1\n');
const MAGIC_OF_ANY_VERSION = utf8ToBytes('onsite-backup ');
/** Bytes of the longest payload: an attachment of 32 MiB, with room. */
const LONGEST = 40 * 1024 * 1024;
const LONGEST_HEADER = 1024 * 1024;

/** What a section's first byte says of the rest. */
const JSON_SECTION = 1;
const BYTES_SECTION = 2;

/** Why a file cannot be used. */
export type BackupProblem = 'foreign' | 'newer' | 'cut' | 'damaged';

const PROBLEMS: Readonly<Record<BackupProblem, string>> = {
  foreign: '这不是勘签的备份文件',
  newer: '这个备份由更新版本的勘签制作，请先升级本应用再恢复',
  cut: '这个备份文件不完整，后面的部分缺失。请换一个更早的备份',
  damaged: '这个备份文件已损坏，里面的内容不能相信。请换一个备份',
};

export class BackupError extends Error {
  override readonly name = 'BackupError';
  constructor(
    readonly problem: BackupProblem,
    options?: ErrorOptions,
  ) {
    super(PROBLEMS[problem], options);
  }
}

const frame = (payload: Uint8Array): Uint8Array => {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, payload.length);
  return concatBytes(length, payload);
};

const contextOf = (header: string, place: number): string => `backup ${header} ${place}`;

/** Makes a backup piece by piece; the pieces, one behind the other, are the file. */
export interface BackupWriter {
  /** The format's name and the header: the first piece. */
  readonly start: Uint8Array;
  section(section: BackupSection): Uint8Array;
  /** The last piece. */
  end(attachments: BackupEnd['attachments']): {
    readonly piece: Uint8Array;
    readonly end: BackupEnd;
  };
}

/** @param cipher `keys.cipher('backup')` of the vault that the header names */
export const createBackupWriter = (header: BackupHeader, cipher: Cipher): BackupWriter => {
  const head = utf8ToBytes(JSON.stringify(header));
  const headHash = bytesToHex(sha256(head));
  const start = concatBytes(MAGIC, frame(head));
  const written = sha256.create().update(start);
  let counts = NOTHING;
  let place = 0;
  const piece = (plain: Uint8Array): Uint8Array => {
    const made = frame(cipher.encrypt(plain, contextOf(headHash, place)));
    written.update(made);
    place += 1;
    return made;
  };
  const json = (value: unknown) =>
    piece(concatBytes(Uint8Array.of(JSON_SECTION), gzipSync(utf8ToBytes(JSON.stringify(value)))));
  return {
    start,
    section: (section) => {
      counts = counted(counts, section);
      if (section.kind !== 'bytes') return json(section);
      return piece(
        concatBytes(Uint8Array.of(BYTES_SECTION), hexToBytes(section.sha256), section.bytes),
      );
    },
    end: (attachments) => {
      const hash = bytesToHex(written.clone().digest());
      const end: BackupEnd = { kind: 'end', counts, sha256: hash, attachments };
      return { piece: json(end), end };
    },
  };
};

/** A file that is read piece by piece. */
export interface BackupSource {
  /** Bytes. */
  readonly size: number;
  /** Up to `length` bytes from `offset`; fewer only where the file ends. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** The bytes of a file that is in memory. */
export const sourceOf = (bytes: Uint8Array): BackupSource => ({
  size: bytes.length,
  read: async (offset, length) => bytes.subarray(offset, offset + length),
});

const readFrame = async (source: BackupSource, offset: number, longest: number) => {
  const prefix = await source.read(offset, 4);
  if (prefix.length < 4) throw new BackupError('cut');
  const length = new DataView(prefix.buffer, prefix.byteOffset, 4).getUint32(0);
  if (length > longest) throw new BackupError('damaged');
  if (offset + 4 + length > source.size) throw new BackupError('cut');
  const payload = await source.read(offset + 4, length);
  if (payload.length < length) throw new BackupError('cut');
  return { prefix, payload, next: offset + 4 + length };
};

const startsWith = (bytes: Uint8Array, start: Uint8Array): boolean =>
  start.every((byte, i) => bytes[i] === byte);

const parsed = <T>(schema: z.ZodType<T>, text: () => string): T => {
  try {
    return schema.parse(JSON.parse(text()));
  } catch (cause) {
    throw new BackupError('damaged', { cause });
  }
};

interface Opened {
  readonly header: BackupHeader;
  /** SHA-256 (hex) of the header as it is written. */
  readonly hash: string;
  readonly start: Uint8Array;
}

const open = async (source: BackupSource): Promise<Opened> => {
  const magic = await source.read(0, MAGIC.length);
  if (!startsWith(magic, MAGIC_OF_ANY_VERSION)) throw new BackupError('foreign');
  if (startsWith(MAGIC, magic) && magic.length < MAGIC.length) throw new BackupError('cut');
  if (!startsWith(magic, MAGIC)) throw new BackupError('newer');
  const { prefix, payload } = await readFrame(source, MAGIC.length, LONGEST_HEADER);
  const header = parsed(headerSchema, () => bytesToUtf8(payload));
  return { header, hash: bytesToHex(sha256(payload)), start: concatBytes(magic, prefix, payload) };
};

/** Whose backup it is and when it was made; what it says is proven only by `readBackup`. @throws {BackupError} */
export const readBackupHeader = async (source: BackupSource): Promise<BackupHeader> =>
  (await open(source)).header;

/**
 * All sections in their order; returns what the last one says, after comparing it with what was read.
 *
 * @param cipher of the vault that the header names
 * @throws {BackupError} at the first thing that is wrong; sections given out before are as written
 */
export async function* readBackup(
  source: BackupSource,
  cipher: Cipher,
): AsyncGenerator<BackupSection, BackupEnd> {
  const { hash: header, start } = await open(source);
  const read = sha256.create().update(start);
  let counts = NOTHING;
  let offset = start.length;
  for (let place = 0; ; place += 1) {
    if (offset >= source.size) throw new BackupError('cut');
    const { prefix, payload, next } = await readFrame(source, offset, LONGEST);
    const section = decode(cipher, payload, contextOf(header, place));
    offset = next;
    if (section.kind === 'end') {
      const asCounted = JSON.stringify(section.counts) === JSON.stringify(counts);
      const asWritten = section.sha256 === bytesToHex(read.digest());
      if (offset !== source.size || !asCounted || !asWritten) throw new BackupError('damaged');
      return section;
    }
    read.update(prefix).update(payload);
    counts = counted(counts, section);
    yield section;
  }
}

/**
 * What the last section says, without reading the others; those may be damaged.
 *
 * @param cipher of the vault that the header names
 * @throws {BackupError} when the file's frames do not lead to one
 */
export const readBackupEnd = async (source: BackupSource, cipher: Cipher): Promise<BackupEnd> => {
  const { hash: header, start } = await open(source);
  let offset = start.length;
  for (let place = 0; ; place += 1) {
    const { payload, next } = await readFrame(source, offset, LONGEST);
    if (next === source.size) {
      const section = decode(cipher, payload, contextOf(header, place));
      if (section.kind !== 'end') throw new BackupError('cut');
      return section;
    }
    offset = next;
  }
};

const decode = (
  cipher: Cipher,
  payload: Uint8Array,
  context: string,
): BackupSection | BackupEnd => {
  if (payload.length < CIPHER_OVERHEAD + 1) throw new BackupError('damaged');
  const plain = opened(cipher, payload, context);
  const body = plain.subarray(1);
  if (plain[0] === BYTES_SECTION) {
    const [hash, bytes] = [bytesToHex(body.slice(0, 32)), body.slice(32)];
    if (bytesToHex(sha256(bytes)) !== hash) throw new BackupError('damaged');
    return { kind: 'bytes', sha256: hash, bytes };
  }
  // It decrypted, so it is whole: another kind of section is a later version's.
  if (plain[0] !== JSON_SECTION) throw new BackupError('newer');
  return parsed(jsonSchema, () => bytesToUtf8(gunzipSync(body)));
};

const opened = (cipher: Cipher, payload: Uint8Array, context: string): Uint8Array => {
  try {
    return cipher.decrypt(payload, context);
  } catch (cause) {
    if (cause instanceof DamagedError) throw new BackupError('damaged', { cause });
    throw cause;
  }
};
