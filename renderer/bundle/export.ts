/** Exports orders as a bundle: what is without a receipt goes, encrypted, to a USB stick. */
import {
  type BundleItem,
  type BundleManifest,
  inFrames,
  writeBundle,
} from '../../domain/sync/bundle.ts';
import type { BundleRecipient } from '../../domain/sync/bundle-key.ts';
import type { Services } from '../services.tsx';
import type { Gathered } from '../store/bundles.ts';

export interface BundleExport {
  /** Ids; null: all orders that have something without a receipt. */
  readonly orders: readonly string[] | null;
  readonly recipient: BundleRecipient;
  /** Hears how much is written, of how much. */
  progress(done: number, total: number): void;
}

/** What was written where. */
export interface Exported {
  readonly path: string;
  readonly manifest: BundleManifest;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** `勘签-20261122-2130.onsite`, by the device's local time. */
export const bundleName = (time: Date): string => {
  const date = `${time.getFullYear()}${two(time.getMonth() + 1)}${two(time.getDate())}`;
  return `勘签-${date}-${two(time.getHours())}${two(time.getMinutes())}.onsite`;
};

/** Asks where and writes it there, piece by piece; null when the person cancelled. */
export const exportBundle = async (
  { store, platform }: Pick<Services, 'store' | 'platform'>,
  { orders, recipient, progress }: BundleExport,
): Promise<Exported | null> => {
  let manifest: BundleManifest | null = null;

  async function* items({ changes, states, attachments }: Gathered): AsyncGenerator<BundleItem> {
    const total = attachments.length + 1;
    for (const some of inFrames(states)) yield { states: some };
    for (const some of inFrames(changes)) yield { changes: some };
    progress(1, total);
    for (const [done, { sha256, waiting }] of attachments.entries()) {
      const bytes = await store.attachmentBytes(sha256);
      if (!bytes) throw new Error('有一个文件在本机已经损坏，请在“文书”中重新生成后再导出');
      yield { attachment: { sha256, bytes, waiting } };
      progress(done + 2, total);
    }
  }

  /** Nothing is gathered before it is known where to. */
  async function* pieces(): AsyncGenerator<Uint8Array> {
    const gathered = await store.bundles.gather(orders);
    manifest = gathered.manifest;
    yield* writeBundle(gathered.manifest, items(gathered), recipient);
  }

  const path = await platform.savePieces(bundleName(new Date()), pieces());
  return path === null || manifest === null ? null : { path, manifest };
};
