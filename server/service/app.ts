import { existsSync } from 'node:fs';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { z } from 'zod';
import { BundleError } from '../../domain/sync/bundle-error.ts';
import { enrolRequestSchema, LIMITS, pushRequestSchema } from '../../domain/sync/wire.ts';
import type { Reader, Sender, Store } from '../store/index.ts';
import { adminRoutes } from './admin.ts';
import type { AttachmentFiles } from './attachment-files.ts';
import { bundleRoutes } from './bundle-routes.ts';
import { deviceRoutes } from './device-routes.ts';
import { ServiceError } from './errors.ts';
import { cors, safetyHeaders } from './headers.ts';
import { page } from './page.ts';
import { pushChanges } from './push-changes.ts';
import { limit, parse, readJson, SMALL_BODY } from './requests.ts';
import { isStorable } from './storable.ts';
import { WrongCodes } from './wrong-codes.ts';

export interface Parts {
  readonly store: Store;
  readonly files: AttachmentFiles;
  /** What the `onsite enrol` command shows to make codes. */
  readonly adminSecret: string;
  /** Folder of the built page. */
  readonly web: string;
  readonly version: string;
}

/** What an enrolled device's requests carry along. */
export type Env = { Bindings: HttpBindings; Variables: { sender: Sender } };

/** A device's contact is noted when the last note is older, ms. */
const NOTED = 5 * 60_000;

const uuid = z.uuid().lowercase();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const cursor = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** The sync service over HTTP; `domain/sync/wire.ts` says what is sent and answered. */
export function createApp({ store, files, adminSecret, web, version }: Parts): Hono<Env> {
  const app = new Hono<Env>();
  const wrongCodes = new WrongCodes();

  app.onError((error, c) => {
    if (error instanceof BundleError) {
      return c.json({ code: error.code, message: error.message }, 422);
    }
    const known = error instanceof ServiceError ? error : new ServiceError('failed');
    if (known.code === 'too-many') c.header('retry-after', '600');
    // Only the first cause: Drizzle's own error repeats the customer's data.
    if (known !== error) console.error(rootOf(error).stack);
    return c.json({ code: known.code, message: known.message }, known.status);
  });
  app.notFound(() => {
    throw new ServiceError('not-found');
  });
  app.use(safetyHeaders, cors);

  const enrolled = createMiddleware<Env>(async (c, next) => {
    const token = /^Bearer ([\w-]{20,100})$/.exec(c.req.header('authorization') ?? '')?.[1];
    const sender = token ? await store.senderOf(token) : null;
    if (!sender) throw new ServiceError('unauthorised');
    if (sender.wipe) throw new ServiceError('wipe');
    const now = Date.now();
    if (now - (sender.contactAt ?? 0) > NOTED) await store.noteContact(sender.device, now);
    c.set('sender', sender);
    c.header('cache-control', 'no-store');
    await next();
  });
  const reader = (c: Context<Env>): Reader => {
    const { role, owner } = c.get('sender');
    return role === 'office' ? null : owner;
  };

  app.get('/health', (c) => c.json({ ok: true, version }));

  app.post('/enrol', limit(SMALL_BODY), async (c) => {
    const request = parse(enrolRequestSchema, await readJson(c));
    const address = c.env.incoming.socket.remoteAddress ?? '';
    const now = Date.now();
    if (wrongCodes.tooMany(address, now)) throw new ServiceError('too-many');
    if (!isStorable(request.name)) throw new ServiceError('bad-request');
    const given = await store.enrol({ ...request, now });
    if (!given) {
      wrongCodes.add(address, now);
      throw new ServiceError('bad-code');
    }
    const { token, role, owner } = given;
    const { publicKey: officeKey } = store.officeKey();
    return c.json({ token, role, owner, epoch: store.epoch, officeKey });
  });

  app.post('/sync/push', enrolled, limit(LIMITS.pushBytes), async (c) =>
    c.json(await pushChanges(store, c.get('sender'), parse(pushRequestSchema, await readJson(c)))),
  );

  app.get('/sync/pull', enrolled, async (c) => {
    const from = parse(cursor, c.req.query('cursor') ?? 0);
    const page = await store.pull(reader(c), from);
    const { publicKey: officeKey } = store.officeKey();
    return c.json({ epoch: store.epoch, ...page, now: Date.now(), officeKey });
  });

  app.put('/attachments/:sha256', enrolled, async (c) => {
    const sender = c.get('sender');
    if (sender.role === 'office') throw new ServiceError('read-only');
    const hash = parse(sha256, c.req.param('sha256'));
    const order = parse(uuid, c.req.query('order'));
    const owner = await store.ownerOfOrder(order);
    // To another's order one may bring the bytes that it names already: they came by a bundle.
    if (owner === null || (owner !== sender.owner && !(await store.isNamedBy(order, hash)))) {
      throw new ServiceError('unknown-order');
    }
    if (Number(c.req.header('content-length')) > LIMITS.attachmentBytes) {
      throw new ServiceError('too-large');
    }
    const size = await files.put(hash, c.req.raw.body ?? new Blob([]).stream());
    // Only now: a row is the service's word that the bytes are on its disk.
    await store.addAttachment({ sha256: hash, owner, size, receivedAt: Date.now() });
    return c.json({ sha256: hash, size });
  });

  app.get('/attachments/:sha256', enrolled, async (c) => {
    const hash = parse(sha256, c.req.param('sha256'), 'unknown-attachment');
    const readable = await store.mayReadAttachment(reader(c), hash);
    const size = readable ? await files.size(hash) : null;
    if (size === null) throw new ServiceError('unknown-attachment');
    return c.body(files.read(hash), 200, {
      'content-type': 'application/octet-stream',
      'content-length': String(size),
      'content-disposition': 'attachment',
    });
  });

  app.get('/office/orders', enrolled, async (c) => {
    const found = await store.officeOrders(reader(c), c.req.query('search') ?? '');
    const stored = async (attachment: (typeof found)[number]['attachments'][number]) => ({
      ...attachment,
      stored: attachment.stored && (await files.size(attachment.sha256)) !== null,
    });
    const orders = await Promise.all(
      found.map(async (order) => ({
        ...order,
        attachments: await Promise.all(order.attachments.map(stored)),
      })),
    );
    return c.json({ orders });
  });

  app.get('/office/orders/:id', enrolled, async (c) => {
    const fields = await store.readOrder(
      reader(c),
      parse(uuid, c.req.param('id'), 'unknown-order'),
    );
    if (!fields) throw new ServiceError('unknown-order');
    return c.json({ fields });
  });

  deviceRoutes(app, enrolled, store, wrongCodes);
  bundleRoutes(app, enrolled, { store, files, wrongCodes });
  adminRoutes(app, { store, files, adminSecret });

  if (existsSync(web)) app.get('*', page(web));
  return app;
}

const rootOf = (error: Error): Error =>
  error.cause instanceof Error ? rootOf(error.cause) : error;
