import { timingSafeEqual } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { contactOf } from '../../domain/sync/carried.ts';
import {
  contactRequestSchema,
  escrowRequestSchema,
  unlockRequestSchema,
} from '../../domain/sync/wire.ts';
import { addressKey } from '../store/attempts.ts';
import type { Store } from '../store/index.ts';
import { addressOf } from './address.ts';
import { ServiceError } from './errors.ts';
import { type Env, limit, parse, readJson, SMALL_BODY, signedIn } from './requests.ts';

/** What a device asks about itself: its vault's escrow, and whether it was ordered wiped. */
export function deviceRoutes({
  store,
  trustProxy,
}: {
  readonly store: Store;
  readonly trustProxy: boolean;
}): Hono<Env> {
  const app = new Hono<Env>();

  /** Counts what is shown without a token, so that nobody can try many. */
  const counted = async <T>(
    c: Context<Env>,
    wrong: 'bad-code' | 'bad-contact',
    work: (now: number) => Promise<T | null>,
  ): Promise<T> => {
    const [address, now] = [addressOf(c, trustProxy), Date.now()];
    if (await store.hasFailedTooOften({ address, now })) throw new ServiceError('too-many');
    const found = await work(now);
    if (found !== null) return found;
    await store.countAttempt({ key: addressKey(address), now });
    throw new ServiceError(wrong);
  };

  /** The device of a contact, or an error. */
  const contacted = async (c: Context<Env>): Promise<string> => {
    const { device, contact } = parse(contactRequestSchema, await readJson(c));
    return counted(c, 'bad-contact', async () => {
      const maker = (await store.makers([device])).get(device);
      const shown = Buffer.from(contact, 'hex');
      const known = maker?.tokens.some(({ hash }) =>
        timingSafeEqual(shown, Buffer.from(contactOf(Buffer.from(hash, 'hex')), 'hex')),
      );
      return known ? device : null;
    });
  };

  app.use('/device/*', limit(SMALL_BODY), async (c, next) => {
    c.header('cache-control', 'no-store');
    await next();
  });

  app.put('/device/escrow', signedIn(store), async (c) => {
    const { secret } = parse(escrowRequestSchema, await readJson(c));
    await store.keepEscrow(c.get('sender').device, secret);
    return c.json({ ok: true });
  });

  app.post('/device/unlock', async (c) => {
    const { device, code } = parse(unlockRequestSchema, await readJson(c));
    const secret = await counted(c, 'bad-code', (now) => store.unlock({ device, code, now }));
    if (await store.wipeIsOrdered(device)) throw new ServiceError('wipe');
    return c.json({ secret });
  });

  app.post('/device/contact', async (c) => {
    const device = await contacted(c);
    if (await store.wipeIsOrdered(device)) throw new ServiceError('wipe');
    return c.json({ ok: true });
  });

  app.post('/device/wiped', async (c) => {
    await store.noteWiped(await contacted(c), Date.now());
    return c.json({ ok: true });
  });

  return app;
}
