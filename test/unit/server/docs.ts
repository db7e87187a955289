import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { TestService } from './service.ts';

const operation = z.looseObject({
  operationId: z.string(),
  summary: z.string(),
  responses: z.record(z.string(), z.looseObject({ content: z.json().optional() })),
});
const openApi = z.looseObject({
  openapi: z.literal('3.1.0'),
  paths: z.record(z.string(), z.record(z.string(), operation)),
});

export const describeDocs = (service: () => TestService) =>
  describe('the description of the interface', () => {
    const get = (path: string) => fetch(service().url + path);
    const document = async () => openApi.parse(await (await get('/docs/openapi.json')).json());

    it('names every endpoint there is, and none that is not', async () => {
      const { paths } = await document();
      const described = Object.entries(paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
      );
      const routes = service()
        .routes()
        .filter(({ method, path }) => method !== 'ALL' && !/^\/(admin|docs|\*)/.test(path))
        // Hono answers HEAD by GET, and an upload's bytes are not for reading.
        .map(
          ({ method, path }) =>
            `${path.startsWith('/uploads') ? method.replace('GET', 'HEAD') : method} ${path}`,
        )
        .map((route) => route.replaceAll(/:(\w+)/g, '{$1}'));
      expect(described.sort()).toEqual([...new Set(routes)].sort());
      const ids = Object.values(paths).flatMap((methods) =>
        Object.values(methods).map(({ operationId }) => operationId),
      );
      expect(new Set(ids).size).toBe(ids.length);
    });

    it('describes what is really answered', async () => {
      const { paths } = await document();
      const device = await service().device('样例甲');
      await device.push([device.change(uuidv7(), 'customer.name', '样例诊所')]);
      const ajv = addFormats.default(new Ajv2020({ strict: false }));
      for (const path of ['/health', '/sync/pull', '/accounts/me', '/office/orders']) {
        const answered = await (await device.request(path)).json();
        const told = z
          .object({ 'application/json': z.object({ schema: z.record(z.string(), z.unknown()) }) })
          .parse(paths[path]?.get?.responses['200']?.content);
        const validate = ajv.compile(told['application/json'].schema);
        validate(answered);
        expect([path, validate.errors]).toEqual([path, null]);
      }
    });

    it('is a page that loads nothing from anywhere', async () => {
      const page = await get('/docs');
      expect(page.headers.get('content-type')).toMatch('text/html');
      const text = await page.text();
      expect(text).toContain('/sync/push');
      expect(text).not.toMatch(/<script|<link|<img|@import|url\(|src=|https?:\/\/(?!json-schema)/);
    });
  });
