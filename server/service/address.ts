import type { Context } from 'hono';
import type { Env } from './requests.ts';

/**
 * Where a request comes from, for counting failed attempts: the connection's other end or, behind a
 * proxy that is trusted to say so, the last address that the proxy saw (earlier ones anybody can write).
 */
export function addressOf(c: Context<Env>, trustProxy: boolean): string {
  const told = trustProxy ? c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined;
  return (told || c.env.incoming.socket.remoteAddress || '').slice(0, 60);
}
