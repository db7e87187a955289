import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kill, runScript, startProcess } from './process.ts';
import { enrol, enrolDevice, errorOf, signIn } from './service.ts';

describe('the service as a process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'onsite-process-'));
  const data = join(folder, 'data');
  let service: Awaited<ReturnType<typeof startProcess>>;
  beforeAll(async () => {
    service = await startProcess(data, { ONSITE_DEMO: '1' }, { isFirst: true });
  }, 60_000);
  afterAll(async () => {
    if (service.child.exitCode === null) await kill(service.child);
    rmSync(folder, { recursive: true });
  });
  const onsite = (args: string[], env: Record<string, string> = {}) => run(['enrol', ...args], env);
  const run = (args: string[], env: Record<string, string> = {}) =>
    runScript('server/cli.ts', args, { ONSITE_DATA: data, ...env }).ended;

  it('prints codes and passwords for a trial, then where it listens', async () => {
    const lines = service.printed().trim().split('\n');
    expect(lines.at(-1)).toBe(`onsite service ready ${service.url}`);
    const told = lines.slice(0, -1).map((line) => line.split(' '));
    expect(told.map(([word, role]) => [word, role])).toEqual(
      ['installer', 'reviewer', 'administrator'].flatMap((role) => [
        ['enrolment', role],
        ['account', role],
      ]),
    );
    for (const [word, role, shown = '', password = ''] of told) {
      const answer =
        word === 'enrolment' ? await enrol(service, shown) : await signIn(service, shown, password);
      expect(await answer.json()).toMatchObject({ role });
    }
  });

  it('keeps its folder from other users of the machine', () => {
    const modes = ['', 'service.json', 'pglite', 'attachments'].map(
      (name) => statSync(join(data, name)).mode & 0o077,
    );
    expect(modes).toEqual([0, 0, 0, 0]);
  });

  it('lets `onsite enrol` make codes while it runs', async () => {
    for (const role of ['installer', 'reviewer']) {
      const { code, out } = await onsite(['--owner', '样例乙', '--role', role]);
      expect(code).toBe(0);
      expect(out).toMatch(/^([2-9A-Z]{4}-){2}[2-9A-Z]{4}\n$/);
      expect((await enrolDevice(service, out.trim())).owner).toBe('样例乙');
    }
  });

  it('says what to do when `onsite enrol` cannot make one', async () => {
    const wrong = [[], ['--owner', ' '], ['--owner', '样例', '--role', 'king'], ['--what']];
    for (const { code, out, error } of await Promise.all(wrong.map((args) => onsite(args)))) {
      expect([code, out]).toEqual([2, '']);
      expect(error).toMatch('--owner');
    }
    const alone = await onsite(['--owner', '样例'], { ONSITE_DATA: join(folder, 'nothing') });
    expect(alone.code).toBe(1);
    expect(alone.error).toMatch('npm start');
  });

  it('lets `onsite users` make the first administrator and give out new passwords', async () => {
    const person = ['--username', 'first.one', '--name', '张样例'];
    const place = ['--role', 'administrator', '--organisation', '新省公司/新分公司'];
    const added = await run(['users', 'add', ...person, ...place]);
    expect(added).toMatchObject({ code: 0, error: '' });
    expect((await signIn(service, 'first.one', added.out.trim())).status).toBe(200);
    expect((await run(['users', 'list'])).out).toContain(
      'first.one\t张样例\t管理\t新省公司/新分公司',
    );

    const renewed = await run(['users', 'password', '--username', 'first.one']);
    expect((await signIn(service, 'first.one', added.out.trim())).status).toBe(401);
    expect((await signIn(service, 'first.one', renewed.out.trim())).status).toBe(200);

    const wrong = await Promise.all([
      run(['users', 'add', ...person, ...place]),
      run(['users', 'add', '--username', '张', '--name', '张', ...place]),
      run(['users', 'password', '--username', 'nobody']),
      run(['users']),
    ]);
    expect(wrong.map(({ code, out }) => [code, out])).toEqual([
      [1, ''],
      [2, ''],
      [1, ''],
      [2, ''],
    ]);
  });

  it('lets `onsite audit verify` check the trail', async () => {
    const { code, out } = await run(['audit', 'verify']);
    expect(code).toBe(0);
    expect(out).toMatch(/^[0-9a-f-]{36}\t\d+\t[0-9a-f]{64}\n/);
    expect(out).toMatch(/审计记录完整：\d+ 条，覆盖 \d+ 处变更\n$/);
    expect((await run(['audit'])).code).toBe(2);
  });

  it('refuses a port or a data folder in use, in one line', async () => {
    const second = (env: Record<string, string>) =>
      runScript('server/main.ts', [], { ONSITE_DATA: data, ONSITE_PORT: '0', ...env }).ended;
    const port = new URL(service.url).port;
    const other = join(folder, 'other');
    const [taken, samePort, noPort] = await Promise.all([
      second({}),
      second({ ONSITE_PORT: port, ONSITE_DATA: other }),
      second({ ONSITE_PORT: 'x', ONSITE_DATA: other }),
    ]);
    expect(taken).toMatchObject({
      code: 1,
      out: '',
      error: expect.stringMatching(/^.*already runs on.*\n$/),
    });
    expect(samePort).toMatchObject({
      code: 1,
      error: `onsite service: port ${port} is in use; set ONSITE_PORT to a free port or stop its user\n`,
    });
    expect(noPort).toMatchObject({
      code: 1,
      error: 'onsite service: ONSITE_PORT is not a port number: x\n',
    });
  });

  it('closes cleanly when asked to, and leaves nothing that claims it runs', async () => {
    service.child.kill('SIGTERM');
    expect(await service.ended).toMatchObject({ code: 0, error: '' });
    expect(readdirSync(data)).not.toContain('service.json');
    await expect(errorOf(fetch(`${service.url}/sync/pull`))).rejects.toThrow();
  });
});
