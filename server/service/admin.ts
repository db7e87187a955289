import { createHash, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import { usernameSchema } from '../../domain/accounts/wire.ts';
import type { Auth } from '../accounts/auth.ts';
import { localRoutes } from '../accounts/local.ts';
import type { Store, WhichDevices } from '../store/index.ts';
import type { AttachmentFiles } from './attachment-files.ts';
import { bundleOf } from './bundle-routes.ts';
import { ServiceError } from './errors.ts';
import { importBundle } from './import-bundle.ts';
import { type Env, limit, parse, readJson, SMALL_BODY } from './requests.ts';

/** Which devices are meant. */
const whichSchema = z.union([
  z.strictObject({ device: z.uuid().lowercase() }),
  z.strictObject({ username: usernameSchema }),
]) satisfies z.ZodType<WhichDevices>;
const wipeSchema = z.strictObject({ which: whichSchema, cancelled: z.boolean() });
const keySchema = z.strictObject({ privateKey: z.string().regex(/^[0-9a-f]{64}$/) });

/**
 * What the `onsite` command asks of the running service, below `/admin`: only from the service's own
 * machine, and only with the secret that its data folder holds.
 */
export function adminRoutes(parts: {
  readonly store: Store;
  readonly files: AttachmentFiles;
  readonly auth: Auth;
  readonly adminSecret: string;
}): Hono<Env> {
  const { store, files, adminSecret } = parts;
  const app = new Hono<Env>();
  const by = () => ({ actor: null, now: Date.now() });
  app.use('*', async (c, next) => {
    const { remoteAddress, localAddress } = c.env.incoming.socket;
    const shown = c.req.header('authorization') ?? '';
    // Both ends have the same address only when the caller is on this machine.
    if (remoteAddress !== localAddress || !sameSecret(shown, `Bearer ${adminSecret}`)) {
      throw new ServiceError('forbidden');
    }
    c.header('cache-control', 'no-store');
    await next();
  });

  app.post('/bundles', async (c) =>
    c.json(await importBundle(store, files, await bundleOf(c, store, null, null))),
  );

  // All that follow are asked with a few words.
  app.use('*', limit(SMALL_BODY));
  app.post('/here', (c) => c.json({ ok: true }));
  app.post('/devices', async (c) => c.json({ devices: await store.listDevices() }));
  app.post('/wipe', async (c) => {
    const { which, cancelled } = parse(wipeSchema, await readJson(c));
    const devices = await store.findDevices(which);
    for (const { id } of devices) await store.orderWipe(id, cancelled, by());
    return c.json({ devices: devices.map(({ id, name, owner }) => ({ id, name, owner })) });
  });
  app.post('/reset-pin', async (c) => {
    const found = await store.findDevices(parse(whichSchema, await readJson(c)));
    const devices = found.filter(({ canUnlock }) => canUnlock);
    const [device] = devices;
    // Of several the person at the service has to say which.
    if (!device || devices.length > 1) {
      return c.json({ devices: devices.map(({ id, name }) => ({ id, name })) });
    }
    return c.json({ code: await store.createUnlockCode(device, by()) });
  });
  app.post('/office-key', (c) => c.json(store.officeKey()));
  app.post('/office-key/restore', async (c) => {
    const { privateKey } = parse(keySchema, await readJson(c));
    await store.restoreOfficeKey(privateKey, Date.now());
    return c.json(store.officeKey());
  });

  app.route('/', localRoutes(parts));
  return app;
}

/** Compares in constant time; hashing first makes the lengths equal. */
const sameSecret = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
const digest = (text: string) => createHash('sha256').update(text).digest();
