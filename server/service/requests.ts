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

export type Env = { Bindings: HttpBindings; Variables: { sender: Sender } };

/** Bytes of a body that holds a form. */
export const SMALL_BODY = LIMITS.formBytes;

/** Checks what a request brought; `code` is the error when it does not fit. */
export function parse<T>(schema: z.ZodType<T>, value: unknown, code: ErrorCode = 'bad-request'): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new ServiceError(code);
  return parsed.data;
}

const gunzipped = promisify(gunzip);

/**
 * The request's JSON body, which may come compressed by gzip.
 *
 * @param most bytes that it may unpack to: a bomb of a few kilobytes would unpack to gigabytes
 */
export const readJson = async (c: Context, most = SMALL_BODY): Promise<unknown> => {
  const encoding = c.req.header('content-encoding') ?? 'identity';
  if (!['gzip', 'identity'].includes(encoding)) throw new ServiceError('bad-request');
  // A body cut off by the route's limit throws that limit's own error.
  const sent = Buffer.from(await c.req.arrayBuffer());
  try {
    const read = encoding === 'gzip' ? await gunzipped(sent, { maxOutputLength: most }) : sent;
    return JSON.parse(read.toString());
  } catch (error) {
    const isBomb = error instanceof RangeError;
    throw new ServiceError(isBomb ? 'too-large' : 'bad-request');
  }
};

export const limit = (maxSize: number) =>
  bodyLimit({
    maxSize,
    onError: () => {
      throw new ServiceError('too-large');
    },
  });

/** Lets in only whoever is signed in; `sender` says who that is. */
export const signedIn = (store: Pick<Store, 'senderOf'>) =>
  createMiddleware<Env>(async (c, next) => {
    const token = /^Bearer ([\w-]{20,100})$/.exec(c.req.header('authorization') ?? '')?.[1];
    const sender = token ? await store.senderOf(token, Date.now()) : null;
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
