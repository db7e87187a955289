import { existsSync } from 'node:fs';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { BundleError } from '../../domain/sync/bundle-error.ts';
import { LIMITS, positionSchema, pushRequestSchema } from '../../domain/sync/wire.ts';
import type { Auth } from '../accounts/auth.ts';
import { accountRoutes } from '../accounts/routes.ts';
import { docsRoutes } from '../docs/routes.ts';
import { officeRoutes } from '../review/routes.ts';
import { carryScopeOf, within } from '../rights.ts';
import type { Store } from '../store/index.ts';
import { adminRoutes } from './admin.ts';
import type { AttachmentFiles } from './attachment-files.ts';
import { bundleRoutes } from './bundle-routes.ts';
import { deviceRoutes } from './device-routes.ts';
import { ServiceError } from './errors.ts';
import type { Events } from './events.ts';
import { createGate } from './gate.ts';
import { cors, safetyHeaders, sendJson, signature, smaller } from './headers.ts';
import { page } from './page.ts';
import { pushChanges } from './push-changes.ts';
import { type Env, limit, parse, readJson, scopeFor, signedIn } from './requests.ts';
import { createUploads } from './uploads.ts';

export interface Parts {
  readonly store: Store;
  readonly files: AttachmentFiles;
  readonly events: Events;
  readonly auth: Auth;
  /** What the `onsite` command shows. */
  readonly adminSecret: string;
  readonly trustProxy: boolean;
  /** How many uploads wait for the rest. */
  readonly unfinishedUploads: () => number;
  /** Folder of the built page. */
  readonly web: string;
  readonly version: string;
}

const uuid = z.uuid().lowercase();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const cursor = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** The sync service over HTTP; `domain/sync/wire.ts` says what is sent and answered. */
export function createApp(parts: Parts): Hono<Env> {
  const { store, files, events, web, version } = parts;
  const app = new Hono<Env>();

  app.onError((error, c) => {
    if (error instanceof BundleError) {
      return c.json({ code: error.code, message: error.message }, 422);
    }
    const known = error instanceof ServiceError ? error : new ServiceError('failed');
    if (known.retryAfter !== null) c.header('retry-after', String(known.retryAfter));
    // Only the first cause: Drizzle's own error repeats the customer's data.
    if (known !== error) console.error(rootOf(error).stack);
    return c.json({ code: known.code, message: known.message }, known.status);
  });
  app.notFound(() => {
    throw new ServiceError('not-found');
  });
  app.use(safetyHeaders, cors, signature, smaller);

  const enrolled = signedIn(store);

  app.get('/health', (c) =>
    c.json({ ok: true, version, now: Date.now(), unfinishedUploads: parts.unfinishedUploads() }),
  );

  app.route('/', accountRoutes(parts));

  const gate = createGate();
  app.post('/sync/push', enrolled, limit(LIMITS.pushBytes), async (c) => {
    const sender = c.get('sender');
    const request = parse(pushRequestSchema, await readJson(c));
    const take = () => pushChanges(store, sender, request);
    const answer = await gate.pass(sender.device, request.changes.length, take);
    return sendJson(c, JSON.stringify(answer));
  });

  app.get('/sync/pull', enrolled, async (c) => {
    const from = parse(cursor, c.req.query('cursor') ?? 0);
    const position = parse(positionSchema.nullable(), c.req.query('position') ?? null);
    const scope = scopeFor(c, 'order.read');
    const { fields, ...page } = await store.pull(scope, { cursor: from, position });
    const { publicKey: officeKey } = store.officeKey();
    const head = JSON.stringify({ epoch: store.epoch, ...page, now: Date.now(), officeKey });
    return sendJson(c, `${head.slice(0, -1)},"fields":${fields}}`);
  });

  app.get('/sync/events', enrolled, (c) =>
    c.body(events.stream(c.get('sender'), scopeFor(c, 'order.read')), 200, {
      'content-type': 'text/event-stream',
      // A proxy that gathers answers would keep the word to itself.
      'x-accel-buffering': 'no',
    }),
  );

  /**
   * The team of the order that bytes are sent for. To another team's order of the own branch one may
   * bring the bytes that it names already: its changes came along with them.
   */
  const teamSentTo = async (c: Context<Env>, hash: string): Promise<string> => {
    const scope = scopeFor(c, 'order.write');
    const order = parse(uuid, c.req.query('order'));
    const home = await store.homeOfOrder(order);
    const carried = carryScopeOf(c.get('sender'));
    const may =
      home !== null &&
      (within(scope, home) ||
        (carried !== null && within(carried, home) && (await store.isNamedBy(order, hash))));
    if (!may) throw new ServiceError('unknown-order');
    return home.team;
  };

  app.put('/attachments/:sha256', enrolled, async (c) => {
    const hash = parse(sha256, c.req.param('sha256'));
    const team = await teamSentTo(c, hash);
    if (Number(c.req.header('content-length')) > LIMITS.attachmentBytes) {
      throw new ServiceError('too-large');
    }
    const size = await files.put(hash, c.req.raw.body ?? new Blob([]).stream());
    // Only now: a row is the service's word that the bytes are on its disk.
    await store.addAttachment({ sha256: hash, team, size, receivedAt: Date.now() });
    return c.json({ sha256: hash, size });
  });

  const uploads = createUploads(store, files);
  const upload = (c: Context<Env>, team: string) => {
    const hash = parse(sha256, c.req.param('sha256'), 'unknown-attachment');
    return uploads.answer({ team, sha256: hash }, c.req.raw);
  };
  app.post('/uploads/:sha256', enrolled, async (c) =>
    upload(c, await teamSentTo(c, c.req.param('sha256'))),
  );
  // What began for an order of the own team goes on without it. Hono answers HEAD by GET.
  app.on(['GET', 'PATCH'], '/uploads/:sha256', enrolled, async (c) => {
    const own = scopeFor(c, 'order.write').id;
    const isNamed = c.req.query('order') !== undefined;
    return upload(c, isNamed ? await teamSentTo(c, c.req.param('sha256')) : own);
  });

  app.get('/attachments/:sha256', enrolled, async (c) => {
    const hash = parse(sha256, c.req.param('sha256'), 'unknown-attachment');
    const readable = await store.mayReadAttachment(scopeFor(c, 'order.read'), hash);
    const size = readable ? await files.size(hash) : null;
    if (size === null) throw new ServiceError('unknown-attachment');
    return c.body(await files.read(hash), 200, {
      'content-type': 'application/octet-stream',
      'content-length': String(size),
      'content-disposition': 'attachment',
    });
  });

  app.route('/', officeRoutes(parts));
  app.route('/', deviceRoutes(parts));
  app.route('/', bundleRoutes(parts));
  app.route('/admin', adminRoutes(parts));
  app.route('/docs', docsRoutes(version));

  if (existsSync(web)) app.get('*', page(web));
  return app;
}

const rootOf = (error: Error): Error =>
  error.cause instanceof Error ? rootOf(error.cause) : error;
