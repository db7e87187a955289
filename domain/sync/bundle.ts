/**
 * A bundle: a device's changes and attachments as one encrypted file, for a USB stick. Whatever takes
 * it in merges it as it would merge a pull or a push. `bundle-key.ts` has its beginning; then come
 * chunks of `CHUNK` bytes under AES-256-GCM (the last one shorter), each under the nonce
 * `number (11 bytes) | 1 for the last chunk`: chunks that were swapped, left out or cut off at the end
 * do not open (STREAM, Hoang et al. 2015, as in age). What they hold is a row of frames,
 *
 *     kind (1 byte) | length (4 bytes, big-endian) | content
 *
 * Reading gives out items as they come. Nobody may act on them before all have been read: only the
 * end shows that the file is whole.
 */
import { gcm } from '@noble/ciphers/aes.js';
import { bytesToUtf8 } from '@noble/ciphers/utils.js';
import { gcm as gcmOfSystem } from '@noble/ciphers/webcrypto.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { BundleError } from './bundle-error.ts';
import { type BundleOpener, type BundleRecipient, lockBundle, unlockBundle } from './bundle-key.ts';
import { type ByteSource, byteSource } from './bytes.ts';
import { type CarriedChange, carriedChangeSchema, fieldStateSchema, LIMITS } from './wire.ts';

/** Bytes that one chunk holds. */
const CHUNK = 256 * 1024;
const TAG = 16;

/** A frame's length on the wire: the largest is an attachment. */
const LONGEST_FRAME = LIMITS.attachmentBytes + 64;

const count = z.int().min(0).max(LIMITS.bundleChanges);

/** What a bundle says of itself. */
export const bundleManifestSchema = z.strictObject({
  id: z.uuidv7(),
  /** The device that made it, and whose it is, for people. */
  device: z.uuidv7(),
  by: z.string().max(60),
  /** ms since the epoch, by the device's clock. */
  madeAt: z.int(),
  orders: count,
  changes: count,
  states: count,
  attachments: count,
});
export type BundleManifest = z.infer<typeof bundleManifestSchema>;

/**
 * The value of a field that the service has already, and the change that gave it. What stood beside it,
 * and what it replaced, the service tells whoever merges the bundle.
 */
export const heldStateSchema = fieldStateSchema
  .pick({ record: true, field: true, value: true })
  .extend({ change: z.uuidv7() });
export type HeldState = z.infer<typeof heldStateSchema>;

export interface BundleAttachment {
  readonly sha256: string;
  readonly bytes: Uint8Array;
  /** Whether the service has yet to get it. */
  readonly waiting: boolean;
}

/** A part of a bundle. `changes` and `states` stand in the order in which they were made. */
export type BundleItem =
  | { readonly changes: readonly CarriedChange[] }
  | { readonly states: readonly HeldState[] }
  | { readonly attachment: BundleAttachment };

const KIND = { manifest: 1, changes: 2, states: 3, attachment: 4, end: 5 } as const;

const frame = (kind: number, content: Uint8Array): Uint8Array => {
  const head = new Uint8Array(5);
  head[0] = kind;
  new DataView(head.buffer).setUint32(1, content.length);
  return concatBytes(head, content);
};
const json = (value: unknown) => utf8ToBytes(JSON.stringify(value));

const frameOf = (item: BundleItem): Uint8Array => {
  if ('changes' in item) return frame(KIND.changes, json(item.changes));
  if ('states' in item) return frame(KIND.states, json(item.states));
  const { sha256: name, bytes, waiting } = item.attachment;
  const flag = new Uint8Array([waiting ? 1 : 0]);
  return frame(KIND.attachment, concatBytes(flag, hexToBytes(name), bytes));
};

async function* framesOf(manifest: BundleManifest, items: AsyncIterable<BundleItem>) {
  yield frame(KIND.manifest, json(manifest));
  for await (const item of items) yield frameOf(item);
  yield frame(KIND.end, new Uint8Array());
}

const nonceOf = (index: number, last: boolean): Uint8Array => {
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setUint32(7, index);
  nonce[11] = last ? 1 : 0;
  return nonce;
};

const cryptoSchema = z.object({ subtle: z.object({}) });

/** The system's AES is many times faster; a page over plain HTTP has none. */
const aes = (key: Uint8Array, nonce: Uint8Array) =>
  cryptoSchema.safeParse(Reflect.get(globalThis, 'crypto')).success
    ? gcmOfSystem(key, nonce)
    : gcm(key, nonce);

/**
 * Writes a bundle, piece by piece.
 *
 * @param items as many as the manifest counts
 */
export async function* writeBundle(
  manifest: BundleManifest,
  items: AsyncIterable<BundleItem>,
  recipient: BundleRecipient,
): AsyncGenerator<Uint8Array> {
  const { front, key } = await lockBundle(recipient);
  yield front;
  const source = byteSource(framesOf(manifest, items));
  let chunk = await source.take(CHUNK);
  for (let index = 0; chunk.length > 0; index += 1) {
    const next = await source.take(CHUNK);
    yield await aes(key, nonceOf(index, next.length === 0)).encrypt(chunk);
    chunk = next;
  }
}

async function* openChunks(source: ByteSource, key: Uint8Array): AsyncGenerator<Uint8Array> {
  let chunk = await source.take(CHUNK + TAG);
  let last = false;
  for (let index = 0; !last; index += 1) {
    const next = await source.take(CHUNK + TAG);
    last = next.length === 0;
    try {
      yield await aes(key, nonceOf(index, last)).decrypt(chunk);
    } catch {
      throw new BundleError('damaged');
    }
    chunk = next;
  }
}

interface Frame {
  readonly kind: number;
  readonly content: Uint8Array;
}

const readFrame = async (source: ByteSource): Promise<Frame> => {
  const head = await source.take(5);
  if (head.length < 5) throw new BundleError('damaged');
  const length = new DataView(head.buffer, head.byteOffset).getUint32(1);
  if (length > LONGEST_FRAME) throw new BundleError('damaged');
  const content = await source.take(length);
  if (content.length < length) throw new BundleError('damaged');
  return { kind: head[0] ?? 0, content };
};

/** What was written by somebody who has the key, but is not what this version writes. */
const parse = <T>(schema: z.ZodType<T>, content: Uint8Array): T => {
  try {
    return schema.parse(JSON.parse(bytesToUtf8(content)));
  } catch {
    throw new BundleError('newer');
  }
};

const itemOf = ({ kind, content }: Frame): BundleItem => {
  if (kind === KIND.changes) return { changes: parse(z.array(carriedChangeSchema), content) };
  if (kind === KIND.states) return { states: parse(z.array(heldStateSchema), content) };
  if (kind !== KIND.attachment) throw new BundleError('newer');
  const [name, bytes] = [bytesToHex(content.subarray(1, 33)), content.slice(33)];
  if (bytesToHex(sha256(bytes)) !== name) throw new BundleError('damaged');
  return { attachment: { sha256: name, bytes, waiting: content[0] === 1 } };
};

export interface OpenBundle {
  readonly manifest: BundleManifest;
  /** To be read to its end, which throws when the file turns out not to be whole. */
  readonly items: AsyncGenerator<BundleItem>;
}

/** Opens a bundle. @throws {BundleError} */
export const readBundle = async (
  bytes: AsyncIterable<Uint8Array>,
  opener: BundleOpener,
): Promise<OpenBundle> => {
  const file = byteSource(bytes);
  try {
    const key = await unlockBundle(file, opener);
    const source = byteSource(openChunks(file, key));
    const first = await readFrame(source);
    if (first.kind !== KIND.manifest) throw new BundleError('newer');
    const manifest = parse(bundleManifestSchema, first.content);
    return { manifest, items: readItems(file, source, manifest) };
  } catch (error) {
    await file.close();
    throw error;
  }
};

async function* readItems(
  file: ByteSource,
  source: ByteSource,
  manifest: BundleManifest,
): AsyncGenerator<BundleItem> {
  const left = { ...manifest };
  try {
    for (;;) {
      const next = await readFrame(source);
      if (next.kind === KIND.end) break;
      const item = itemOf(next);
      if ('changes' in item) left.changes -= item.changes.length;
      else if ('states' in item) left.states -= item.states.length;
      else left.attachments -= 1;
      yield item;
    }
    const rest = await source.take(1);
    const over = [rest.length, left.changes, left.states, left.attachments];
    if (over.some((count) => count !== 0)) throw new BundleError('damaged');
  } finally {
    await file.close();
  }
}

/** A row of things in pieces that fit into a frame. */
export function* inFrames<T>(things: readonly T[]): Generator<readonly T[]> {
  let from = 0;
  let bytes = 0;
  for (const [at, thing] of things.entries()) {
    const size = JSON.stringify(thing).length * 3;
    if (at > from && bytes + size > LIMITS.pushBytes) {
      yield things.slice(from, at);
      [from, bytes] = [at, 0];
    }
    bytes += size;
  }
  if (things.length > from) yield things.slice(from);
}
