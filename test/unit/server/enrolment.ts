import { request as httpRequest } from 'node:http';
import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { enrolAnswerSchema } from '../../../domain/accounts/wire.ts';
import { readServiceFile } from '../../../server/service/service-file.ts';
import { enrol, enrolDevice, errorOf, type TestService } from './service.ts';

export const describeEnrolment = (service: () => TestService) =>
  describe('enrolment', () => {
    it('gives a device a token for its code, and everything else is refused without one', async () => {
      const answer = await enrol(service(), await service().code('样例甲'));
      expect(answer.status).toBe(200);
      expect(enrolAnswerSchema.parse(await answer.json())).toMatchObject({
        role: 'installer',
        owner: '样例甲',
      });
      const closed = [
        ['GET', '/sync/pull'],
        ['POST', '/sync/push'],
        ['GET', '/office/orders'],
        ['GET', `/office/orders/${uuidv7()}`],
        ['GET', `/attachments/${'a'.repeat(64)}`],
        ['PUT', `/attachments/${'a'.repeat(64)}?order=${uuidv7()}`],
      ];
      for (const [method = '', path] of closed) {
        for (const authorization of ['', 'Bearer ', `Bearer ${'A'.repeat(43)}`, 'Basic YTpi']) {
          const refused = fetch(service().url + path, { method, headers: { authorization } });
          expect(await errorOf(refused)).toEqual([401, 'unauthorised']);
        }
      }
    });

    it('takes a code as people type it: small or full-width letters, any dashes', async () => {
      const code = await service().code('样例甲');
      expect(code).toMatch(/^([2-9A-Z]{4}-){2}[2-9A-Z]{4}$/);
      const typed = ` ${code.toLowerCase().replace('-', ' ').replace('-', '－')} `;
      expect((await enrol(service(), typed)).status).toBe(200);
    });

    it('gives a code to one device only, even when two show it at the same moment', async () => {
      const code = await service().code('样例甲');
      const answers = await Promise.all([1, 2, 3].map(() => enrol(service(), code)));
      expect(answers.map((answer) => answer.status).sort()).toEqual([200, 401, 401]);
      expect(await errorOf(enrol(service(), code))).toEqual([401, 'bad-code']);
    });

    it('lets a device whose answer was lost show its code again, for ten minutes', async () => {
      const code = await service().code('样例甲');
      const device = uuidv7();
      const first = await enrolDevice(service(), code, device);
      const second = await enrolDevice(service(), code, device);
      expect(second.token).not.toBe(first.token);
      expect((await second.request('/sync/pull')).status).toBe(200);
      // One device, one session: whoever caught the lost answer has nothing.
      expect((await first.request('/sync/pull')).status).toBe(401);
      await service().later(11 * 60_000, async () => {
        expect(await errorOf(enrol(service(), code, device))).toEqual([401, 'bad-code']);
      });
    });

    it('makes an address that tries many wrong codes wait, and nobody else', async () => {
      const tries = [];
      for (let count = 0; count < 32; count += 1) {
        tries.push(
          await postFrom('127.0.0.2', '/enrol', { code: 'XXXX', device: uuidv7(), name: '' }),
        );
      }
      expect(tries.map(({ status }) => status)).toEqual([...Array(30).fill(401), 429, 429]);
      const right = { code: await service().code('样例甲'), device: uuidv7(), name: '' };
      expect((await postFrom('127.0.0.2', '/enrol', right)).body).toMatchObject({
        code: 'too-many',
      });
      expect((await postFrom('127.0.0.1', '/enrol', right)).status).toBe(200);
    });

    it('makes codes only for somebody on this machine who can read the secret', async () => {
      const secret = (await readServiceFile(service().data))?.secret ?? '';
      const body = { owner: '样例乙', role: 'reviewer' };
      const ask = (address: string, shown: string, asked: object = body) =>
        postFrom(address, '/admin/codes', asked, { authorization: `Bearer ${shown}` });
      expect((await ask('127.0.0.1', `${secret}x`)).status).toBe(403);
      expect((await ask('127.0.0.2', secret)).status).toBe(403);
      expect((await ask('127.0.0.1', secret, { owner: ' ', role: 'reviewer' })).status).toBe(400);
      expect((await ask('127.0.0.1', secret, { owner: '样例', role: 'king' })).status).toBe(400);
      expect((await ask('127.0.0.1', secret)).body).toMatchObject({ code: expect.any(String) });
    });

    it('refuses an enrolment that is none', async () => {
      const right = { code: await service().code('样例甲'), device: uuidv7(), name: '样例' };
      const wrong = [
        { device: 'x' },
        { name: 'a\u0000' },
        { name: '\ud800' },
        { more: 1 },
        { code: '' },
      ];
      for (const more of wrong) {
        const body = JSON.stringify({ ...right, ...more });
        const refused = fetch(`${service().url}/enrol`, { method: 'POST', body });
        expect(await errorOf(refused)).toEqual([400, 'bad-request']);
      }
      const large = fetch(`${service().url}/enrol`, { method: 'POST', body: ' '.repeat(100_000) });
      expect(await errorOf(large)).toEqual([413, 'too-large']);
    });

    /** A POST from another of this machine's addresses. */
    const postFrom = (localAddress: string, path: string, body: object, headers = {}) =>
      new Promise<{ status: number; body: unknown }>((resolve, reject) => {
        const options = { method: 'POST', localAddress, headers, agent: false };
        const sent = httpRequest(service().url + path, options, (answer) => {
          let text = '';
          answer.setEncoding('utf8');
          answer.on('data', (part) => {
            text += part;
          });
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text) }),
          );
        });
        sent.on('error', reject);
        sent.end(JSON.stringify(body));
      });
  });
