import { sql } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { accountSchema, enrolAnswerSchema } from '../../../domain/accounts/wire.ts';
import { createAuth } from '../../../server/accounts/auth.ts';
import { startService } from '../../../server/service/start.ts';
import { enrol, errorOf, signIn, type TestService } from './service.ts';

const DAY = 86_400_000;
const rowsSchema = z.object({ rows: z.array(z.object({ row: z.string() })) });

export const describeSignIn = (service: () => TestService) =>
  describe('signing in', () => {
    const me = (token: string, url = service().url) =>
      fetch(`${url}/accounts/me`, { headers: { authorization: `Bearer ${token}` } });
    const tokenOf = async (answer: Promise<Response>) =>
      enrolAnswerSchema.parse(await (await answer).json()).token;
    const later = (ms: number, work: () => Promise<void>) => service().later(ms, work);

    it('gives a device a token of its person, whichever letters the name is typed in', async () => {
      const { id, username, password } = await service().person('installer');
      const answer = await signIn(service(), ` ${username.toUpperCase()} `, password);
      const { token, ...account } = enrolAnswerSchema.parse(await answer.json());
      expect(account).toMatchObject({
        user: id,
        role: 'installer',
        owner: '样例',
        offlineDays: 30,
      });
      expect(account.organisation.path).toEqual(['样例省公司', '样例分公司', username]);
      expect(accountSchema.parse(await (await me(token)).json()).user).toBe(id);
      expect(answer.headers.get('set-cookie')).toBeNull();
    });

    it('says the same of a wrong password, an unknown name and somebody who has left', async () => {
      const { id, username, password } = await service().person('reviewer');
      const wrong = [401, 'bad-password'];
      expect(await errorOf(signIn(service(), username, `${password}x`))).toEqual(wrong);
      expect(await errorOf(signIn(service(), 'nobody.at.all', password))).toEqual(wrong);
      expect(await errorOf(signIn(service(), '张样例', password))).toEqual(wrong);
      await service().store.changeUser(id, { active: false }, { actor: null, now: Date.now() });
      expect(await errorOf(signIn(service(), username, password))).toEqual(wrong);
    });

    it('makes who tries many passwords of one person wait, many at once too, and nobody else', async () => {
      const [one, other] = [await service().person('reviewer'), await service().person('reviewer')];
      const tries = Array.from({ length: 14 }, () =>
        signIn(service(), one.username, 'a wrong one'),
      );
      const statuses = (await Promise.all(tries)).map(({ status }) => status);
      expect(statuses.sort()).toEqual([...Array(10).fill(401), ...Array(4).fill(429)]);
      const refused = await signIn(service(), one.username, one.password);
      expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([429, 600]);
      expect((await signIn(service(), other.username, other.password)).status).toBe(200);
      await later(11 * 60_000, async () => {
        expect((await signIn(service(), one.username, one.password)).status).toBe(200);
      });
    });

    it('lets a device go without contact for as long as its organisation says, then asks to sign in', async () => {
      const { id, username, password } = await service().person('installer');
      const { store } = service();
      const user = await store.userById(id);
      const device = uuidv7();
      const token = await tokenOf(signIn(service(), username, password, device));
      const start = Date.now();
      const shownAfter = async (days: number) => {
        const sender = await store.senderOf(token, start + days * DAY);
        return typeof sender === 'string' ? sender : sender?.user;
      };
      expect(await shownAfter(29)).toBe(id);
      // From that contact on it counts anew.
      expect(await shownAfter(58)).toBe(id);
      expect(await shownAfter(89)).toBe('expired');

      const again = await tokenOf(signIn(service(), username, password, device));
      const by = { actor: null, now: Date.now() };
      await store.changeOrganisation(user?.organisation ?? '', { offlineDays: 2 }, by);
      await later(1.9 * DAY, async () => expect((await me(again)).status).toBe(200));
      await later(4 * DAY, async () => {
        expect(await errorOf(me(again))).toEqual([401, 'sign-in-again']);
        const third = await tokenOf(signIn(service(), username, password, device));
        expect((await me(third)).status).toBe(200);
      });
    });

    it('ends the sessions of whoever gets another password, but not the own one', async () => {
      const { username, password } = await service().person('reviewer');
      const [here, there] = [
        await tokenOf(signIn(service(), username, password)),
        await tokenOf(signIn(service(), username, password)),
      ];
      const change = (current: string, next: string) =>
        fetch(`${service().url}/accounts/password`, {
          method: 'POST',
          headers: { authorization: `Bearer ${here}` },
          body: JSON.stringify({ current, next }),
        });
      expect(await errorOf(change('not this one', 'another password'))).toEqual([
        401,
        'bad-password',
      ]);
      expect(await errorOf(change(password, 'short'))).toEqual([400, 'bad-request']);
      expect((await change(password, 'another password')).status).toBe(204);
      expect([(await me(here)).status, (await me(there)).status]).toEqual([200, 401]);
      expect((await signIn(service(), username, password)).status).toBe(401);
      expect((await signIn(service(), username, 'another password')).status).toBe(200);
    });

    it('keeps no password and no token that would open anything, and logs none', async () => {
      const said = vi.spyOn(process.stdout, 'write');
      const complained = vi.spyOn(process.stderr, 'write');
      const { username, password } = await service().person('reviewer');
      const token = await tokenOf(signIn(service(), username, password));
      await signIn(service(), username, 'a wrong password');
      await signIn(service(), 'wrong.box.password', password);
      const logged = JSON.stringify([...said.mock.calls, ...complained.mock.calls]);
      said.mockRestore();
      complained.mockRestore();
      for (const secret of [password, token, 'a wrong password', 'wrong.box.password']) {
        expect(logged).not.toContain(secret);
      }
      await service().inDatabase(async (db) => {
        const tables = [
          'users',
          'credentials',
          'sessions',
          'codes',
          'attempts',
          'audit',
          'devices',
        ];
        for (const table of tables) {
          const found = await db.execute(
            sql.raw(`select row_to_json(t)::text as row from ${table} t`),
          );
          const kept = rowsSchema
            .parse(found)
            .rows.map(({ row }) => row)
            .join('\n');
          expect(kept).not.toContain(token);
          expect(kept).not.toContain(password);
        }
      });
    });

    it('counts failures by the address that a trusted proxy saw, not by one that anybody can write', async () => {
      const attempt = (url: string, forwarded: string) =>
        fetch(`${url}/enrol`, {
          method: 'POST',
          headers: { 'x-forwarded-for': forwarded },
          body: JSON.stringify({ code: 'XXXX-XXXX-XXXX', device: uuidv7(), name: '' }),
        });
      const { config } = service();
      // Two of them on one embedded database is not possible: this one takes its turn.
      await service().pausedFor(async () => {
        const proxied = await startService({ ...config, trustProxy: true });
        try {
          await proxied.store.forgetAttempts('address 127.0.0.1');
          for (let count = 0; count < 30; count += 1) {
            await attempt(proxied.url, `10.9.9.${count}, 10.0.0.7`);
          }
          expect((await attempt(proxied.url, '10.9.9.99, 10.0.0.7')).status).toBe(429);
          expect((await attempt(proxied.url, '10.0.0.7, 10.0.0.8')).status).toBe(401);
        } finally {
          await proxied.close();
        }
      });
      // Without a proxy the header is only something that a caller wrote.
      await service().store.forgetAttempts('address 127.0.0.1');
      for (let count = 0; count < 30; count += 1) await attempt(service().url, `10.8.8.${count}`);
      expect((await attempt(service().url, '10.8.8.99')).status).toBe(429);
      await service().store.forgetAttempts('address 127.0.0.1');
    });

    it('takes back with a session the code it came by, and with rights the codes not used yet', async () => {
      const { id } = await service().person('installer');
      const { store } = service();
      const by = () => ({ actor: null, now: Date.now() });
      const user = await store.userById(id);
      if (!user) throw new Error('no such user');
      const [used, device] = [await store.createCode(user, by()), uuidv7()];
      expect((await enrol(service(), used, device)).status).toBe(200);
      const [session] = await store.sessionsOf([id], Date.now());
      await store.endSession(session?.id ?? '', 'session-revoked', by());
      expect(await errorOf(enrol(service(), used, device))).toEqual([401, 'bad-code']);

      const unused = await store.createCode(user, by());
      await store.changeUser(id, { passwordHash: await service().hash('a new password') }, by());
      expect(await errorOf(enrol(service(), unused))).toEqual([401, 'bad-code']);
      await store.forgetAttempts('address 127.0.0.1');
    });

    it('knows a code for seven days', async () => {
      const code = await service().code('样例期');
      await later(7 * DAY + 1000, async () => {
        expect(await errorOf(enrol(service(), code))).toEqual([401, 'bad-code']);
      });
      await service().store.forgetAttempts('address 127.0.0.1');
      expect((await enrol(service(), code)).status).toBe(200);
    });

    it('lets better-auth alone open nothing: its own session is no key', async () => {
      const { username, password } = await service().person('reviewer');
      const opened = await createAuth(service().store).signIn(username, password);
      expect(opened).not.toBeNull();
      expect(await errorOf(me(opened ?? ''))).toEqual([401, 'unauthorised']);
    });
  });
