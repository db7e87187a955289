/** Takes in a bundle: merges it into this device, or hands it in at the service, which can read it. */
import { readBundle } from '../../domain/sync/bundle.ts';
import { BundleError } from '../../domain/sync/bundle-error.ts';
import { bundleIsFor } from '../../domain/sync/bundle-key.ts';
import { byteSource } from '../../domain/sync/bytes.ts';
import { checkFieldValue } from '../../domain/sync/fields.ts';
import type { BundleAnswer } from '../../domain/sync/wire.ts';
import type { Services } from '../services.tsx';
import type { ReadBundle, Taken } from '../store/bundles.ts';

/** Bytes of a file that are read at once. */
const PIECE = 1024 * 1024;

/** A file in pieces. `progress` hears how many bytes were read. */
async function* piecesOf(
  file: Blob,
  progress: (bytes: number) => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.size; at += PIECE) {
    yield new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer());
    progress(Math.min(file.size, at + PIECE));
  }
}

/** Whom a bundle is for. @throws {BundleError} */
export const recipientOf = (file: Blob): Promise<'office' | 'passphrase'> =>
  bundleIsFor(byteSource(piecesOf(file)));

/** What this device did not have yet, and where it came from. */
export interface Merged extends Taken {
  readonly by: string;
  /** ms since the epoch, by the clock of the device that exported it. */
  readonly madeAt: number;
}

/**
 * Merges a bundle that has a passphrase into this device. The file is read twice: first to its end,
 * which shows that it is whole, then for its files.
 *
 * @param progress hears a share from 0 to 1
 * @throws {BundleError}; nothing was merged then
 */
export const mergeBundle = async (
  { store }: Pick<Services, 'store'>,
  file: Blob,
  passphrase: string,
  progress: (share: number) => void,
): Promise<Merged> => {
  const open = (pass: 0 | 1) =>
    readBundle(
      piecesOf(file, (bytes) => progress((pass + bytes / file.size) / 2)),
      { passphrase },
    );
  const first = await open(0);
  const changes: ReadBundle['changes'][number][] = [];
  const states: ReadBundle['states'][number][] = [];
  const waiting = new Set<string>();
  for await (const item of first.items) {
    if ('changes' in item) changes.push(...item.changes);
    else if ('states' in item) states.push(...item.states);
    else if (item.attachment.waiting) waiting.add(item.attachment.sha256);
  }
  const isForeign = ({
    field,
    value,
  }: {
    field: string;
    value: ReadBundle['states'][number]['value'];
  }) => checkFieldValue(field, value) !== null;
  if (changes.some(isForeign) || states.some(isForeign)) throw new BundleError('newer');

  const { manifest } = first;
  if (manifest.attachments > 0) {
    for await (const item of (await open(1)).items) {
      if (!('attachment' in item)) continue;
      await store.bundles.keepBytes(item.attachment.sha256, item.attachment.bytes);
    }
  }
  const taken = await store.bundles.take({ manifest, changes, states, waiting });
  return { by: manifest.by, madeAt: manifest.madeAt, ...taken };
};

/** Hands a bundle in at the service. Online only. @throws {ServiceError} with a Chinese message */
export const handInBundle = async (
  { sync }: Pick<Services, 'sync'>,
  file: Blob,
  options: { passphrase: string | null; owner: string | null },
  progress: (share: number) => void,
): Promise<BundleAnswer> => {
  const answer = await sync.putBundle(file, {
    ...options,
    progress: (sent) => progress(Math.min(1, sent / file.size)),
  });
  // Of what was this device's own, the receipts can be had now.
  sync.tryNow();
  return answer;
};
