import type { Context, Hono, MiddlewareHandler } from 'hono';
import { BundleError } from '../../domain/sync/bundle-error.ts';
import { BUNDLE_HEADERS } from '../../domain/sync/wire.ts';
import type { Store } from '../store/index.ts';
import type { Env } from './app.ts';
import type { AttachmentFiles } from './attachment-files.ts';
import type { Carrier } from './carried-changes.ts';
import { ServiceError } from './errors.ts';
import { importBundle } from './import-bundle.ts';
import { isStorable } from './storable.ts';
import type { WrongCodes } from './wrong-codes.ts';

/** A header that carries a text by `encodeURIComponent`; null when there is none. */
const headerText = (c: Context, name: string, max: number): string | null => {
  try {
    const text = decodeURIComponent(c.req.header(name) ?? '').trim();
    if (text.length <= max && isStorable(text)) return text || null;
  } catch {
    // Not what `encodeURIComponent` gives.
  }
  throw new ServiceError('bad-request');
};

/** What a request brings of a bundle; `carrier` says who brings it. */
export const bundleOf = (c: Context, sender: Carrier['sender']) => ({
  file: c.req.raw.body ?? new Blob([]).stream(),
  passphrase: headerText(c, BUNDLE_HEADERS.passphrase, 200),
  carrier: {
    sender,
    // A device speaks for nobody but its own person.
    strangersOwner: sender?.role === 'installer' ? null : headerText(c, BUNDLE_HEADERS.owner, 60),
  },
});

/** `POST /bundles`: any enrolled device may bring one. */
export function bundleRoutes(
  app: Hono<Env>,
  enrolled: MiddlewareHandler<Env>,
  { store, files, wrongCodes }: { store: Store; files: AttachmentFiles; wrongCodes: WrongCodes },
): void {
  app.post('/bundles', enrolled, async (c) => {
    const { device, owner, role } = c.get('sender');
    const bundle = bundleOf(c, { owner, role });
    const now = Date.now();
    if (bundle.passphrase !== null && wrongCodes.tooMany(device, now)) {
      throw new ServiceError('too-many');
    }
    try {
      return c.json(await importBundle(store, files, bundle));
    } catch (error) {
      if (error instanceof BundleError && error.code === 'wrong-passphrase') {
        wrongCodes.add(device, now);
      }
      throw error;
    }
  });
}
