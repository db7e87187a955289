import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AuditEntry } from '../../../server/audit/entry.ts';
import { verifyAudit } from '../../../server/audit/verify.ts';
import { auditSource } from '../../../server/store/audit.ts';
import type { Database } from '../../../server/store/database.ts';
import { enrol, errorOf, signIn, type TestService, uuids } from './service.ts';

export const describeAudit = (service: () => TestService) =>
  describe('the audit trail', () => {
    const verify = () => verifyAudit(service().store.audit);
    /** All that the trail says, oldest first in each chain. */
    const told = async () => {
      const entries: AuditEntry[] = [];
      for (;;) {
        const page = await service().store.audit.entriesAfter(entries.at(-1) ?? null);
        if (page.length === 0) return entries;
        entries.push(...page);
      }
    };

    it('holds every accepted change, under its digest', async () => {
      const before = await verify();
      expect(before.broken).toBeNull();
      const device = await service().device('样例审');
      const [order = '', ...members] = uuids(40);
      await device.push([device.change(order, 'customer.name', '样例诊所')]);
      await device.push(members.map((id) => device.change(id, 'member.order', order)));
      const after = await verify();
      expect(after.broken).toBeNull();
      expect(after.changes).toBe(before.changes + 40);
      expect(after.changes).toBe(await service().store.audit.lastSeq());
    });

    it('tells who did what: sign-ins, failed ones, refusals, changes of people', async () => {
      const before = new Set((await told()).map(({ hash }) => hash));
      const { store } = service();
      const person = await service().person('reviewer');
      await signIn(service(), person.username, person.password);
      await signIn(service(), person.username, 'not-this-one');
      await enrol(service(), 'XXXX-XXXX-XXXX');
      const device = await service().device('样例拒');
      const other = await service().device('样例主');
      const [order = ''] = uuids(1);
      await other.push([other.change(order, 'customer.name', '样例诊所')]);
      const refused = device.change(order, 'customer.name', '别人');
      await device.push([refused]);
      await store.changeUser(person.id, { name: '改名' }, { actor: null, now: Date.now() });

      const entries = (await told()).filter(({ hash }) => !before.has(hash));
      const of = (action: string) =>
        entries.filter((entry) => entry.action === action).map(({ detail }) => JSON.parse(detail));
      expect(of('signed-in')).toContainEqual(expect.objectContaining({ means: 'password' }));
      expect(of('sign-in-failed')).toHaveLength(2);
      expect(of('rejected')).toEqual([[[refused.id, 'not-yours']]]);
      expect(of('changes')).toHaveLength(1);
      expect(of('user-changed')).toEqual([
        expect.objectContaining({
          user: person.id,
          after: expect.objectContaining({ name: '改名' }),
        }),
      ]);
      const all = JSON.stringify(entries);
      for (const secret of [person.password, 'not-this-one', 'XXXX-XXXX-XXXX']) {
        expect(all).not.toContain(secret);
      }
    });

    it('takes nothing back: no entry and no change can be altered or removed', async () => {
      const device = await service().device('样例改');
      const [order = ''] = uuids(1);
      await device.push([device.change(order, 'customer.name', '样例诊所')]);
      await service().inDatabase(async (db) => {
        for (const [table, column] of [
          ['audit', 'at'],
          ['changes', 'time'],
        ]) {
          for (const statement of [
            `update ${table} set "${column}" = 0`,
            `delete from ${table}`,
            `truncate ${table} cascade`,
          ]) {
            const refused = db.execute(sql.raw(statement)).then(
              () => 'done',
              (error: Error) => String(error.cause),
            );
            expect(await refused).toMatch('append-only');
          }
        }
      });
      expect((await verify()).broken).toBeNull();
    });

    it('names the first entry that somebody with the database changed, removed or put in', async () => {
      const device = await service().device('样例链');
      const [order = ''] = uuids(1);
      for (const name of ['甲', '乙', '丙', '丁']) {
        await device.push([device.change(order, 'customer.name', name)]);
      }
      const [{ organisation, number, detail } = { organisation: '', number: 0, detail: '' }] = (
        await told()
      ).filter(({ action, device: by }) => action === 'changes' && by === device.id);
      const { from } = z.object({ from: z.int() }).parse(JSON.parse(detail));
      const place = sql`organisation = ${organisation}::uuid and number = ${number}`;
      const tampering: [(db: Database) => Promise<unknown>, string | null, number][] = [
        [
          (db) => db.execute(sql`update audit set actor = null where ${place}`),
          organisation,
          number,
        ],
        [(db) => db.execute(sql`delete from audit where ${place}`), organisation, number],
        [
          (db) => db.execute(sql`update changes set time = 0 where seq = ${from}`),
          organisation,
          number,
        ],
        [
          (db) => db.execute(sql`update audit set hash = repeat('0', 64) where ${place}`),
          organisation,
          number,
        ],
      ];
      for (const [tamper, chain, at] of tampering) {
        await service().inDatabase(async (db) => {
          await expect(
            db.transaction(async (tx) => {
              await tx.execute(sql`alter table audit disable trigger append_only`);
              await tx.execute(sql`alter table changes disable trigger append_only`);
              await tamper(tx);
              const { broken } = await verifyAudit(auditSource(tx));
              expect(broken).toMatchObject({ organisation: chain, number: at });
              throw new Error('as it was');
            }),
          ).rejects.toThrow('as it was');
        });
      }
    });

    it('sees a change that no entry covers', async () => {
      const device = await service().device('样例漏');
      const [order = '', fresh = ''] = uuids(2);
      const { receipts } = await device.push([device.change(order, 'customer.name', '样例诊所')]);
      const seq = receipts[0]?.seq ?? 0;
      await service().inDatabase(async (db) => {
        await expect(
          db.transaction(async (tx) => {
            await tx.execute(
              sql`insert into changes select * from json_populate_record(null::changes,
                (select jsonb_set(jsonb_set(to_jsonb(c), '{seq}', to_jsonb(${seq}::bigint + 1)),
                  '{id}', to_jsonb(${fresh}::text))::json from changes c where seq = ${seq}))`,
            );
            const { broken } = await verifyAudit(auditSource(tx));
            expect(broken).toMatchObject({ organisation: null, number: seq + 1 });
            throw new Error('as it was');
          }),
        ).rejects.toThrow('as it was');
      });
    });

    it('keeps one chain although many write to it at the same moment', async () => {
      const [device, other] = [
        await service().device('样例同甲'),
        await service().device('样例同乙'),
      ];
      const wrong = Array.from({ length: 4 }, () => enrol(service(), 'XXXX-XXXX-XXXX'));
      const pushes = uuids(12).flatMap((order) =>
        [device, other].map((one) => one.push([one.change(order, 'customer.name', '样例')])),
      );
      await Promise.all([...wrong, ...pushes]);
      expect((await verify()).broken).toBeNull();
    });

    it('is checked only for somebody on this machine who can read the secret', async () => {
      const refused = fetch(`${service().url}/admin/audit`, { method: 'POST', body: '{}' });
      expect(await errorOf(refused)).toEqual([403, 'forbidden']);
    });
  });
