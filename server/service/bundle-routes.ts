import { type Context, Hono } from 'hono';
import { BundleError } from '../../domain/sync/bundle-error.ts';
import { BUNDLE_HEADERS } from '../../domain/sync/wire.ts';
import { carryScopeOf, type Scope, within } from '../rights.ts';
import { ATTEMPTS, bundleKey } from '../store/attempts.ts';
import type { Author, Sender, Store } from '../store/index.ts';
import type { AttachmentFiles } from './attachment-files.ts';
import { authorOf } from './carried-changes.ts';
import { ServiceError } from './errors.ts';
import { type BundleImport, importBundle } from './import-bundle.ts';
import { type Env, signedIn } from './requests.ts';
import { isStorable } from './storable.ts';

interface Parts {
  readonly store: Store;
  readonly files: AttachmentFiles;
}

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

/** Whose the orders of devices that nobody knows become, by user name; one who writes orders in the scope. */
async function strangersOf(c: Context, store: Store, scope: Scope | null): Promise<Author | null> {
  const username = headerText(c, BUNDLE_HEADERS.owner, 60);
  if (username === null) return null;
  const user = await store.userByName(username.toLowerCase());
  const author = user && (await store.authors([user.id])).get(user.id);
  if (!author?.scope || (scope && !within(scope, author.home))) {
    throw new ServiceError('unknown-account');
  }
  return author;
}

/**
 * What a request brings of a bundle.
 *
 * @param sender who brings it; null at the service's own machine
 * @param scope the orders for which it may be brought; null: all
 */
export async function bundleOf(
  c: Context,
  store: Store,
  sender: Sender | null,
  scope: Scope | null,
): Promise<BundleImport> {
  return {
    file: c.req.raw.body ?? new Blob([]).stream(),
    passphrase: headerText(c, BUNDLE_HEADERS.passphrase, 200),
    scope,
    // A device speaks for nobody but its own person.
    bringer: {
      sender,
      strangers: sender && authorOf(sender).scope ? null : await strangersOf(c, store, scope),
    },
  };
}

/** `POST /bundles`: whoever may carry one need not be able to read it. */
export function bundleRoutes({ store, files }: Parts): Hono<Env> {
  const app = new Hono<Env>();
  app.post('/bundles', signedIn(store), async (c) => {
    const sender = c.get('sender');
    const scope = carryScopeOf(sender);
    if (!scope) throw new ServiceError('no-right');
    const bundle = await bundleOf(c, store, sender, scope);
    const tried = { key: bundleKey(sender.device), now: Date.now() };
    // Nobody tries many passphrases.
    if (bundle.passphrase !== null && (await store.attemptsOf(tried)) >= ATTEMPTS.asPerson) {
      throw new ServiceError('too-many');
    }
    try {
      return c.json(await importBundle(store, files, bundle));
    } catch (error) {
      if (error instanceof BundleError && error.code === 'wrong-passphrase') {
        await store.countAttempt(tried);
      }
      throw error;
    }
  });
  return app;
}
