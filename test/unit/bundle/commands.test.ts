import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { publicKeyOf } from '../../../domain/sync/bundle-key.ts';
import { carry, contactOf, markKey } from '../../../domain/sync/carried.ts';
import { kill, runScript, startProcess } from '../server/process.ts';
import { enrolDevice, type TestDevice } from '../server/service.ts';
import { hashOf, written } from './bundles.ts';

vi.setConfig({ testTimeout: 120_000 });

const PASSPHRASE = '样例口令-2026';

describe('the onsite command, beside the service', () => {
  let folder = '';
  let service: Awaited<ReturnType<typeof startProcess>>;
  let device: TestDevice;
  const onsite = (args: string[], env: Record<string, string> = {}) =>
    runScript('server/cli.ts', args, { ONSITE_DATA: join(folder, 'data'), ...env }).ended;
  const addPerson = (username: string, env = {}) => {
    const who = ['--username', username, '--name', `样例 ${username}`, '--role', 'installer'];
    const where = ['--organisation', '样例省公司/样例分公司/样例一班'];
    return onsite(['users', 'add', ...who, ...where], env);
  };
  /** A device of a person, who is added where missing. */
  const enrolled = async (username: string) => {
    await addPerson(username);
    const { out } = await onsite(['enrol', '--username', username]);
    return enrolDevice(service, out.trim());
  };
  const file = (name: string, bytes: Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  };
  /** An order with a file, as its device exports it. */
  const content = (maker: TestDevice, order = uuidv7()) => {
    const attachment = uuidv7();
    const photo = randomBytes(300_000);
    const changes = [
      maker.change(order, 'customer.name', '样例诊所'),
      maker.change(attachment, 'attachment.order', order),
      maker.change(attachment, 'attachment.sha256', hashOf(photo)),
    ];
    const key = markKey(maker.token);
    return { changes: changes.map((change) => carry(change, 0, key)), attachments: [photo] };
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'onsite-bundle-'));
    service = await startProcess(join(folder, 'data'));
    device = await enrolled('zhuang');
  }, 120_000);
  afterAll(async () => {
    await kill(service.child);
    rmSync(folder, { recursive: true });
  });

  it('imports a file for the office, twice with one effect', async () => {
    const { out: key } = await onsite(['office-key']);
    const path = file('a.onsite', await written(content(device), { office: key.trim() }));
    const first = await onsite(['import', path]);
    expect([first.code, first.error]).toEqual([0, '']);
    expect(first.out).toBe(`${path}：1 份工单，3 项内容（新 3 项），1 个文件（新 1 个）\n`);
    const again = await onsite(['import', path]);
    expect(again.out).toBe(`${path}：1 份工单，3 项内容（新 0 项），1 个文件（新 0 个）\n`);
    expect((await device.office())[0]?.attachments).toMatchObject([{ stored: true }]);
  });

  it('imports a file with a passphrase, and orders of a stranger only with their owner', async () => {
    const own = file('b.onsite', await written(content(device), { passphrase: PASSPHRASE }));
    const env = { ONSITE_PASSPHRASE: PASSPHRASE };
    expect((await onsite(['import', own], env)).code).toBe(0);
    const without = await onsite(['import', own]);
    expect([without.code, without.error]).toEqual([1, expect.stringContaining('请输入导出时')]);
    const wrong = await onsite(['import', own], { ONSITE_PASSPHRASE: '别的口令别的口令' });
    expect([wrong.code, wrong.error]).toEqual([1, expect.stringContaining('口令不对')]);

    const { changes, attachments } = content(device);
    const stranger = uuidv7();
    const strange = changes.map((change) => ({ ...change, device: stranger, mark: null }));
    const path = file(
      'c.onsite',
      await written({ changes: strange, attachments }, { passphrase: PASSPHRASE }),
    );
    const unnamed = await onsite(['import', path], env);
    expect([unnamed.code, unnamed.error]).toEqual([1, expect.stringContaining('没有登记过')]);
    const nobody = await onsite(['import', path, '--username', 'nobody'], env);
    expect([nobody.code, nobody.error]).toEqual([1, expect.stringContaining('没有这个用户')]);
    await addPerson('newcomer');
    const named = await onsite(['import', path, '--username', 'newcomer'], env);
    expect([named.code, named.out]).toEqual([0, expect.stringContaining('新 3 项')]);
  });

  it('says why a file is refused, and what of one', async () => {
    const { out: key } = await onsite(['office-key']);
    const bytes = await written(content(device), { office: key.trim() });
    const cases: [string, number, string][] = [
      [file('x.onsite', Buffer.from('{"order":{}}')), 1, '不是勘签导出的文件'],
      [file('y.onsite', bytes.subarray(0, 200_000)), 1, '不完整或已损坏'],
      [join(folder, 'none.onsite'), 2, '没有这个文件'],
    ];
    for (const [path, code, message] of cases) {
      const { error, ...ended } = await onsite(['import', path]);
      expect([ended.code, ended.out, error]).toEqual([code, '', expect.stringContaining(message)]);
    }
    const [good] = content(device).changes;
    if (!good) throw new Error('no change');
    const forged = { changes: [good, { ...good, id: uuidv7(), value: '改过' }], attachments: [] };
    const path = file('z.onsite', await written(forged, { office: key.trim() }));
    const partly = await onsite(['import', path]);
    expect([partly.code, partly.out]).toEqual([1, expect.stringContaining('新 1 项')]);
    expect(partly.error).toContain('有 1 项没有收下');
    expect((await onsite(['import'])).code).toBe(2);
  });

  it('backs up the office’s key, and opens old files with it on a new service', async () => {
    const { out } = await onsite(['office-key']);
    const bytes = await written(content(device), { office: out.trim() });
    const backup = join(folder, 'office.key');
    expect((await onsite(['office-key', '--backup', backup])).out).toBe(out);
    expect(publicKeyOf(JSON.parse(readFileSync(backup, 'utf8')).privateKey)).toBe(out.trim());
    if (process.platform !== 'win32') expect(statSync(backup).mode & 0o777).toBe(0o600);
    // An existing file is somebody's.
    expect((await onsite(['office-key', '--backup', backup])).code).toBe(1);

    const data = join(folder, 'new');
    const other = await startProcess(data);
    try {
      const env = { ONSITE_DATA: data };
      const path = file('old.onsite', bytes);
      await addPerson('zhuang', env);
      const args = ['import', path, '--username', 'zhuang'];
      const refused = await onsite(args, env);
      expect([refused.code, refused.error]).toEqual([1, expect.stringContaining('另一个后台')]);
      expect((await onsite(['office-key', '--restore', backup], env)).out).toBe(out);
      expect((await onsite(args, env)).code).toBe(0);
    } finally {
      await kill(other.child);
    }
  });

  it('orders devices wiped, and shows how that stands', async () => {
    const lost = await enrolled('lost.one');
    const line = async () => {
      const { out } = await onsite(['devices']);
      return out.split('\n').find((each) => each.startsWith(lost.id));
    };
    expect(await line()).toContain('样例 lost.one\tlost.one\t装维\t样例平板');
    expect((await onsite(['wipe', '--username', 'lost.one'])).out).toContain(`${lost.id}\t`);
    expect(await line()).toContain('等待清除');
    expect((await lost.request('/sync/pull')).status).toBe(410);
    const contact = { device: lost.id, contact: contactOf(markKey(lost.token)) };
    await fetch(`${service.url}/device/wiped`, { method: 'POST', body: JSON.stringify(contact) });
    expect(await line()).toContain('已清除');
    expect((await onsite(['wipe', '--device', uuidv7()])).code).toBe(1);
    for (const args of [[], ['--username', ''], ['--username', 'a', '--device', lost.id]]) {
      expect((await onsite(['wipe', ...args])).code).toBe(2);
    }
  });

  it('takes an order to wipe back', async () => {
    const found = await enrolled('found.one');
    await onsite(['wipe', '--device', found.id]);
    expect((await onsite(['wipe', '--device', found.id, '--cancel'])).out).toContain('已取消清除');
    expect((await found.request('/sync/pull')).status).toBe(200);
  });

  it('makes a code for a forgotten PIN', async () => {
    const [laptop, tablet] = [await enrolled('forgetful'), await enrolled('forgetful')];
    const none = await onsite(['reset-pin', '--username', 'forgetful']);
    expect([none.code, none.error]).toEqual([1, expect.stringContaining('没有可以重设口令')]);
    const secret = 'a'.repeat(64);
    const leave = (one: TestDevice) =>
      one.request('/device/escrow', { method: 'PUT', body: JSON.stringify({ secret }) });
    await leave(laptop);
    const { out: code } = await onsite(['reset-pin', '--username', 'forgetful']);
    const unlocked = await fetch(`${service.url}/device/unlock`, {
      method: 'POST',
      body: JSON.stringify({ device: laptop.id, code: code.trim() }),
    });
    expect(await unlocked.json()).toEqual({ secret });
    await leave(tablet);
    const both = await onsite(['reset-pin', '--username', 'forgetful']);
    expect([both.code, both.error]).toEqual([1, expect.stringContaining(tablet.id)]);
  });
});
