import { timingSafeEqual } from 'node:crypto';
import type { Context, Hono, MiddlewareHandler } from 'hono';
import { contactOf } from '../../domain/sync/carried.ts';
import {
  contactRequestSchema,
  escrowRequestSchema,
  unlockRequestSchema,
} from '../../domain/sync/wire.ts';
import type { Store } from '../store/index.ts';
import type { Env } from './app.ts';
import { ServiceError } from './errors.ts';
import { limit, parse, readJson, SMALL_BODY } from './requests.ts';
import type { WrongCodes } from './wrong-codes.ts';

/** What a device asks about itself: its vault's escrow, and whether it was ordered wiped. */
export function deviceRoutes(
  app: Hono<Env>,
  enrolled: MiddlewareHandler<Env>,
  store: Store,
  wrongCodes: WrongCodes,
): void {
  /** Counts what is shown without a token, so that nobody can try many. */
  const counted = async <T>(
    c: Context<Env>,
    wrong: 'bad-code' | 'bad-contact',
    work: (now: number) => Promise<T | null>,
  ): Promise<T> => {
    const address = c.env.incoming.socket.remoteAddress ?? '';
    const now = Date.now();
    if (wrongCodes.tooMany(address, now)) throw new ServiceError('too-many');
    const found = await work(now);
    if (found !== null) return found;
    wrongCodes.add(address, now);
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

  app.put('/device/escrow', enrolled, limit(SMALL_BODY), async (c) => {
    const { secret } = parse(escrowRequestSchema, await readJson(c));
    await store.keepEscrow(c.get('sender').device, secret);
    return c.json({ ok: true });
  });

  app.post('/device/unlock', limit(SMALL_BODY), async (c) => {
    const { device, code } = parse(unlockRequestSchema, await readJson(c));
    const secret = await counted(c, 'bad-code', (now) => store.unlock({ device, code, now }));
    if (await store.wipeIsOrdered(device)) throw new ServiceError('wipe');
    c.header('cache-control', 'no-store');
    return c.json({ secret });
  });

  app.post('/device/contact', limit(SMALL_BODY), async (c) => {
    const device = await contacted(c);
    if (await store.wipeIsOrdered(device)) throw new ServiceError('wipe');
    return c.json({ ok: true });
  });

  app.post('/device/wiped', limit(SMALL_BODY), async (c) => {
    await store.noteWiped(await contacted(c), Date.now());
    return c.json({ ok: true });
  });
}
