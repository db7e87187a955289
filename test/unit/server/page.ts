import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { errorSchema, SERVICE_HEADER } from '../../../domain/sync/wire.ts';
import { errorOf, type TestService } from './service.ts';

export const describePage = (service: () => TestService) =>
  describe('over HTTP', () => {
    const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
      fetch(service().url + path, { method, headers });

    it('says that it is well, to anybody', async () => {
      expect(await (await get('/health')).json()).toEqual({
        ok: true,
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
        now: expect.any(Number),
        unfinishedUploads: expect.any(Number),
      });
    });

    it('serves the built page, which may only run its own code and talk to this service', async () => {
      const page = await get('/?enrol=CODE');
      expect(await page.text()).toContain('勘签');
      expect(page.headers.get('cache-control')).toBe('no-cache');
      const policy = page.headers.get('content-security-policy') ?? '';
      const rules = new Map(policy.split('; ').map((rule) => [rule.split(' ')[0], rule]));
      expect(rules.get('default-src')).toBe("default-src 'none'");
      expect(rules.get('script-src')).toBe("script-src 'self' 'wasm-unsafe-eval'");
      expect(rules.get('connect-src')).toBe("connect-src 'self'");
      expect(rules.get('frame-ancestors')).toBe("frame-ancestors 'none'");
      expect(page.headers.get('x-content-type-options')).toBe('nosniff');
      expect(page.headers.get('referrer-policy')).toBe('no-referrer');
      const script = await get('/assets/index-0a1b2c3d.js');
      expect(script.headers.get('content-type')).toMatch('javascript');
      expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    });

    it('signs its answers, errors and parts of uploads included', async () => {
      for (const path of ['/health', '/', '/no/such', '/sync/pull', `/uploads/${'0'.repeat(64)}`]) {
        expect((await get(path)).headers.get(SERVICE_HEADER)).toBe('1');
      }
    });

    it('answers what is no HTTP with a code and a sentence too', async () => {
      const { hostname, port } = new URL(service().url);
      const socket = connect(Number(port), hostname);
      socket.write('GET /health HTTP/9\r\n\r\n');
      const answer = (await socket.toArray()).join('');
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(errorSchema.parse(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).code).toBe(
        'bad-request',
      );
    });

    it('serves nothing beside the page', async () => {
      for (const path of [
        '/no/such',
        '/%2e%2e/data/service.json',
        '/..%2fdata%2fservice.json',
        '/%00',
      ]) {
        expect(await errorOf(get(path))).toEqual([404, 'not-found']);
      }
      expect(await errorOf(get('/health', {}, 'DELETE'))).toEqual([404, 'not-found']);
    });

    it('lets the desktop app read its answers, errors included, and no other site', async () => {
      const ask = (origin: string) =>
        get(
          '/sync/push',
          {
            origin,
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'authorization,content-type',
            'access-control-request-private-network': 'true',
          },
          'OPTIONS',
        );
      const allowed = await ask('app://onsite');
      expect(allowed.status).toBe(204);
      expect(Object.fromEntries(allowed.headers)).toMatchObject({
        'access-control-allow-origin': 'app://onsite',
        'access-control-allow-methods': expect.stringContaining('PUT'),
        'access-control-allow-headers': expect.stringMatching(/authorization.*content-type/i),
        'access-control-allow-private-network': 'true',
      });
      const refused = await get('/sync/pull', { origin: 'app://onsite' });
      expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([
        401,
        'app://onsite',
      ]);
      for (const origin of ['https://example.com', 'null', 'app://onsite.example']) {
        for (const answer of [await ask(origin), await get('/health', { origin })]) {
          expect(answer.headers.get('access-control-allow-origin')).toBeNull();
          expect(answer.headers.get('access-control-allow-private-network')).toBeNull();
        }
      }
    });
  });
