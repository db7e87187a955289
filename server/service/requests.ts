/** What every route needs: who asks, what they may, and what their request brought. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { createMiddleware } from 'hono/factory';
import type { z } from 'zod';
import { LIMITS } from '../../domain/sync/limits.ts';
import { type Act, type Scope, scopeOf } from '../rights.ts';
import type { Sender, Store } from '../store/index.ts';
import { type ErrorCode, ServiceError } from './errors.ts';

export type Env = { Bindings: HttpBindings; Variables: { sender: Sender; most?: number } };

/** Bytes of a body that holds a form. */
export const SMALL_BODY = LIMITS.formBytes;

/** Checks what a request brought; `code` is the error when it does not fit. */
export function parse<T>(schema: z.ZodType<T>, value: unknown, code: ErrorCode = 'bad-request'): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new ServiceError(code);
  return parsed.data;
}

const gunzipped = promisify(gunzip);

/** Who is still sending when the connection closes never reads why: what is not far too large is let in. */
async function drain(c: Context): Promise<void> {
  const { body, bodyUsed } = c.req.raw;
  if (bodyUsed || !body || body.locked) return;
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > LIMITS.drainedBytes) return;
  }
}

/** Cuts a body off that is larger than this many bytes. */
export const limit = (most: number) => {
  const cut = bodyLimit({
    maxSize: most,
    onError: async (c) => {
      await drain(c);
      throw new ServiceError('too-large');
    },
  });
  return createMiddleware<Env>((c, next) => {
    c.set('most', most);
    return cut(c, next);
  });
};

/**
 * The request's JSON body, which may come compressed by gzip. What it unpacks to is held to the route's
 * limit too: a bomb of a few kilobytes would unpack to gigabytes.
 */
export const readJson = async (c: Context<Env>): Promise<unknown> => {
  const encoding = c.req.header('content-encoding') ?? 'identity';
  if (!['gzip', 'identity'].includes(encoding)) throw new ServiceError('bad-request');
  // A body cut off by the route's limit throws that limit's own error.
  const sent = Buffer.from(await c.req.arrayBuffer());
  const maxOutputLength = c.get('most') ?? SMALL_BODY;
  try {
    const read = encoding === 'gzip' ? await gunzipped(sent, { maxOutputLength }) : sent;
    return JSON.parse(read.toString());
  } catch (error) {
    const isBomb = error instanceof RangeError;
    throw new ServiceError(isBomb ? 'too-large' : 'bad-request');
  }
};

/** Lets in only whoever is signed in; `sender` says who that is. */
export const signedIn = (store: Pick<Store, 'senderOf'>) =>
  createMiddleware<Env>(async (c, next) => {
    const token = /^Bearer ([\w-]{20,100})$/.exec(c.req.header('authorization') ?? '')?.[1];
    const sender = token ? await store.senderOf(token, Date.now()) : null;
    if (sender === 'wipe') throw new ServiceError('wipe');
    if (sender === 'expired') throw new ServiceError('sign-in-again');
    if (!sender) throw new ServiceError('unauthorised');
    c.set('sender', sender);
    c.header('cache-control', 'no-store');
    await next();
  });

/** The records on which the sender may do something. @throws ServiceError `no-right` */
export function scopeFor(c: Context<Env>, act: Act): Scope {
  const scope = scopeOf(c.get('sender'), act);
  if (!scope) throw new ServiceError('no-right');
  return scope;
}
