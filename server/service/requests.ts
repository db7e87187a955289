import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { z } from 'zod';
import { type ErrorCode, ServiceError } from './errors.ts';

/** Bytes of a request that carries a few words. */
export const SMALL_BODY = 16 * 1024;

/** Checks what a request brought; `code` is the error when it does not fit. */
export function parse<T>(schema: z.ZodType<T>, value: unknown, code: ErrorCode = 'bad-request'): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new ServiceError(code);
  return parsed.data;
}

/** The request's JSON body, no larger than the route's limit. */
export const readJson = async (c: Context): Promise<unknown> => {
  try {
    return await c.req.json();
  } catch (error) {
    // A body cut off by the limit ends here too, and has its own answer.
    if (error instanceof SyntaxError) throw new ServiceError('bad-request');
    throw error;
  }
};

export const limit = (maxSize: number) =>
  bodyLimit({
    maxSize,
    onError: () => {
      throw new ServiceError('too-large');
    },
  });
