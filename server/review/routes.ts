/** The office: what arrived, its rounds of review, and what is taken away in files. */
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { REVIEW_LIMITS } from '../../domain/review/review.ts';
import {
  exportRequestSchema,
  officeQuerySchema,
  reviewRequestSchema,
} from '../../domain/review/wire.ts';
import type { Act } from '../rights.ts';
import type { AttachmentFiles } from '../service/attachment-files.ts';
import { ServiceError } from '../service/errors.ts';
import { type Env, limit, parse, readJson, scopeFor, signedIn } from '../service/requests.ts';
import type { Store } from '../store/index.ts';

const uuid = z.uuid().lowercase();

/** Bytes of a body: remarks in UTF-8 with their names, or the ids of an export. */
const BODY = Math.max(REVIEW_LIMITS.remarks * (REVIEW_LIMITS.remarkText * 6 + 300), 1_000_000);

interface Parts {
  readonly store: Store;
  readonly files: Pick<AttachmentFiles, 'size'>;
}

/** `domain/review/wire.ts` says what is sent and answered. */
export function officeRoutes({ store, files }: Parts): Hono<Env> {
  const app = new Hono<Env>();
  const enrolled = signedIn(store);

  /** Whether bytes are there is what the disk says, not what was noted. */
  const withStored = <T extends { attachments: readonly Attachment[] }>(orders: readonly T[]) =>
    Promise.all(
      orders.map(async (order) => ({
        ...order,
        attachments: await Promise.all(
          order.attachments.map(async (attachment) => ({
            ...attachment,
            stored: attachment.stored && (await files.size(attachment.sha256)) !== null,
          })),
        ),
      })),
    );
  interface Attachment {
    readonly sha256: string;
    readonly stored: boolean;
  }

  /** The order that is asked for. */
  const asked = (c: Context<Env>, act: Act) => ({
    scope: scopeFor(c, act),
    order: parse(uuid, c.req.param('id'), 'unknown-order'),
  });
  const found = <T>(value: T | null): T => {
    if (value === null) throw new ServiceError('unknown-order');
    return value;
  };

  app.get('/office/orders', enrolled, async (c) => {
    const scope = scopeFor(c, 'order.read');
    const list = await store.officeOrders(scope, parse(officeQuerySchema, c.req.query()));
    return c.json({ ...list, orders: await withStored(list.orders) });
  });

  app.get('/office/orders/:id', enrolled, async (c) => {
    const { scope, order } = asked(c, 'order.read');
    return c.json({ fields: found(await store.readOrder(scope, order)) });
  });

  app.get('/office/orders/:id/rounds', enrolled, async (c) => {
    const { scope, order } = asked(c, 'order.read');
    return c.json(found(await store.roundsOf(scope, order)));
  });

  app.get('/office/orders/:id/rounds/:round', enrolled, async (c) => {
    const { scope, order } = asked(c, 'order.read');
    const round = parse(
      z.coerce.number().int().min(1).max(REVIEW_LIMITS.rounds),
      c.req.param('round'),
      'unknown-order',
    );
    return c.json({ fields: found(await store.fieldsOfRound(scope, order, round)) });
  });

  app.post('/office/orders/:id/review', enrolled, limit(BODY), async (c) => {
    const { scope, order } = asked(c, 'order.review');
    const request = parse(reviewRequestSchema, await readJson(c));
    const sender = c.get('sender');
    const refusal = await store.review({ order, scope, sender, now: Date.now() }, request);
    if (refusal) throw new ServiceError(refusal);
    return c.json(found(await store.roundsOf(scope, order)));
  });

  app.post('/office/exports', enrolled, limit(BODY), async (c) => {
    const scope = scopeFor(c, 'order.export');
    const request = parse(exportRequestSchema, await readJson(c));
    const exported = await store.exportOrders(scope, c.get('sender'), request, Date.now());
    return c.json({ orders: await withStored(found(exported)) });
  });

  return app;
}
