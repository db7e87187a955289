/** Bundles for tests: written into memory, and read to their end. */
import { createHash } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import {
  type BundleItem,
  type BundleManifest,
  inFrames,
  readBundle,
  writeBundle,
} from '../../../domain/sync/bundle.ts';
import type { BundleOpener, BundleRecipient } from '../../../domain/sync/bundle-key.ts';
import type { CarriedChange } from '../../../domain/sync/wire.ts';

export interface Content {
  readonly changes: readonly CarriedChange[];
  readonly attachments: readonly Uint8Array[];
}

export const hashOf = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

async function* itemsOf({ changes, attachments }: Content): AsyncGenerator<BundleItem> {
  for (const some of inFrames(changes)) yield { changes: some };
  for (const bytes of attachments)
    yield { attachment: { sha256: hashOf(bytes), bytes, waiting: true } };
}

export const manifestOf = (content: Content, more: Partial<BundleManifest> = {}) => ({
  id: uuid(),
  device: uuid(),
  by: '样例装维',
  madeAt: Date.now(),
  orders: 1,
  changes: content.changes.length,
  states: 0,
  attachments: content.attachments.length,
  ...more,
});

export const written = async (
  content: Content,
  recipient: BundleRecipient,
  more: Partial<BundleManifest> = {},
): Promise<Buffer<ArrayBuffer>> => {
  const pieces: Uint8Array[] = [];
  const bytes = writeBundle(manifestOf(content, more), itemsOf(content), recipient);
  for await (const piece of bytes) pieces.push(piece);
  return Buffer.concat(pieces);
};

/** Comes in pieces of `size` bytes, as from a disk or a network. */
export async function* pieces(bytes: Uint8Array, size = 50_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** All that a bundle holds. @throws {BundleError} */
export const contentOf = async (
  bytes: Uint8Array,
  opener: BundleOpener,
  size?: number,
): Promise<Content & { manifest: BundleManifest }> => {
  const { manifest, items } = await readBundle(pieces(bytes, size), opener);
  const changes: CarriedChange[] = [];
  const attachments: Uint8Array[] = [];
  for await (const item of items) {
    if ('changes' in item) changes.push(...item.changes);
    if ('attachment' in item) attachments.push(item.attachment.bytes);
  }
  return { manifest, changes, attachments };
};
