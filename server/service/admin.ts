import { createHash, timingSafeEqual } from 'node:crypto';
import type { Hono } from 'hono';
import { z } from 'zod';
import type { Store } from '../store/index.ts';
import type { Env } from './app.ts';
import type { AttachmentFiles } from './attachment-files.ts';
import { bundleOf } from './bundle-routes.ts';
import { ServiceError } from './errors.ts';
import { importBundle } from './import-bundle.ts';
import { limit, parse, readJson, SMALL_BODY } from './requests.ts';
import { isStorable } from './storable.ts';

const ownerSchema = z.string().trim().min(1).max(60).refine(isStorable);

/** Body of `POST /admin/codes`. */
const codeRequestSchema = z.strictObject({
  owner: ownerSchema,
  role: z.enum(['installer', 'office']),
});

/** Which devices are meant. */
const whichSchema = z.union([
  z.strictObject({ device: z.uuid().lowercase() }),
  z.strictObject({ owner: ownerSchema }),
]);
const wipeSchema = z.strictObject({ which: whichSchema, cancelled: z.boolean() });
const keySchema = z.strictObject({ privateKey: z.string().regex(/^[0-9a-f]{64}$/) });

/** What the `onsite` command asks of the service that runs on its machine. */
export function adminRoutes(
  app: Hono<Env>,
  parts: { store: Store; files: AttachmentFiles; adminSecret: string },
): void {
  const { store, files, adminSecret } = parts;
  app.use('/admin/*', async (c, next) => {
    const { remoteAddress, localAddress } = c.env.incoming.socket;
    const shown = c.req.header('authorization') ?? '';
    // Both ends have the same address only when the caller is on this machine.
    if (remoteAddress !== localAddress || !sameSecret(shown, `Bearer ${adminSecret}`)) {
      throw new ServiceError('forbidden');
    }
    c.header('cache-control', 'no-store');
    await next();
  });
  const small = limit(SMALL_BODY);

  app.post('/admin/here', small, (c) => c.json({ ok: true }));
  app.post('/admin/codes', small, async (c) => {
    const request = parse(codeRequestSchema, await readJson(c));
    return c.json({ code: await store.createCode({ ...request, now: Date.now() }) });
  });
  app.post('/admin/bundles', async (c) =>
    c.json(await importBundle(store, files, bundleOf(c, null))),
  );
  app.post('/admin/devices', small, async (c) => c.json({ devices: await store.listDevices() }));
  app.post('/admin/wipe', small, async (c) => {
    const { which, cancelled } = parse(wipeSchema, await readJson(c));
    return c.json({ devices: await store.orderWipe(which, { now: Date.now(), cancelled }) });
  });
  app.post('/admin/reset-pin', small, async (c) =>
    c.json(await store.createUnlockCode(parse(whichSchema, await readJson(c)), Date.now())),
  );
  app.post('/admin/office-key', small, (c) => c.json(store.officeKey()));
  app.post('/admin/office-key/restore', small, async (c) => {
    const { privateKey } = parse(keySchema, await readJson(c));
    await store.restoreOfficeKey(privateKey, Date.now());
    return c.json(store.officeKey());
  });
}

/** Compares in constant time; hashing first makes the lengths equal. */
const sameSecret = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
const digest = (text: string) => createHash('sha256').update(text).digest();
