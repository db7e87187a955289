/**
 * The journal: every committed change once more, outside IndexedDB, so that a lost or reset browser
 * database loses nothing. An append-only file of frames:
 *
 *     length (4 bytes, big-endian) | SHA-256(previous digest, length, payload) (32 bytes) | payload
 *
 * The digests form a chain from `JOURNAL_START`, so a frame is only believed behind the frames it was
 * written behind. Reading stops at the first frame that is torn or damaged; nothing behind it is
 * trusted, and writing continues at the end of what was read. What a payload says only the page can
 * read: it is encrypted before it comes here.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

const HEADER = 4 + 32;

/** The digest in front of the first frame; it names the format, so another one is never misread. */
export const JOURNAL_START: Uint8Array<ArrayBuffer> = new Uint8Array(
  sha256(utf8ToBytes('onsite-journal 2')),
);

/** The same of a file whose payloads are not encrypted: as the first versions wrote them. */
export const PLAIN_JOURNAL_START: Uint8Array<ArrayBuffer> = new Uint8Array(
  sha256(utf8ToBytes('onsite-journal 1')),
);

const digestOf = (
  previous: Uint8Array,
  length: Uint8Array,
  payload: Uint8Array,
): Uint8Array<ArrayBuffer> =>
  new Uint8Array(sha256.create().update(previous).update(length).update(payload).digest());

/** One frame to append behind `previous`, and the digest that the next frame stands behind. */
export const journalFrame = (
  previous: Uint8Array,
  payload: Uint8Array,
): { frame: Uint8Array<ArrayBuffer>; digest: Uint8Array<ArrayBuffer> } => {
  const frame = new Uint8Array(HEADER + payload.length);
  new DataView(frame.buffer).setUint32(0, payload.length);
  const digest = digestOf(previous, frame.subarray(0, 4), payload);
  frame.set(digest, 4);
  frame.set(payload, HEADER);
  return { frame, digest };
};

/** Bytes of the frame that begins here, as its header has it; null when even that is not whole. */
export const frameLength = (bytes: Uint8Array): number | null =>
  bytes.length < HEADER ? null : HEADER + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);

/** What a journal's bytes hold. */
export interface JournalContent {
  readonly entries: readonly Uint8Array<ArrayBuffer>[];
  /** Bytes that can be trusted; what lies behind is cut before the next frame is written. */
  readonly length: number;
  /** Digest of the last whole frame: the `previous` of the next one. */
  readonly digest: Uint8Array<ArrayBuffer>;
}

/** Reads all whole frames, oldest first. `previous` lets a reader go on where it stopped. */
export const readJournal = (
  bytes: Uint8Array,
  previous: Uint8Array<ArrayBuffer> = JOURNAL_START,
): JournalContent => {
  const entries: Uint8Array<ArrayBuffer>[] = [];
  let digest = previous;
  let at = 0;
  for (;;) {
    const length = frameLength(bytes.subarray(at));
    if (length === null || at + length > bytes.length) break;
    const payload = new Uint8Array(bytes.subarray(at + HEADER, at + length));
    const expected = digestOf(digest, bytes.subarray(at, at + 4), payload);
    if (!expected.every((byte, i) => byte === bytes[at + 4 + i])) break;
    entries.push(payload);
    digest = expected;
    at += length;
  }
  return { entries, length: at, digest };
};
