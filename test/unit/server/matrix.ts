import { createHash, randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../../domain/accounts/roles.ts';
import { accountsSchema, enrolAnswerSchema } from '../../../domain/accounts/wire.ts';
import { officeListSchema } from '../../../domain/review/wire.ts';
import { carry, markKey } from '../../../domain/sync/carried.ts';
import {
  bundleAnswerSchema,
  pullAnswerSchema,
  pushAnswerSchema,
} from '../../../domain/sync/wire.ts';
import { written } from '../bundle/bundles.ts';
import { enrol, type TestService } from './service.ts';

/** Everybody who may ask. The records asked for belong to 甲省 / 甲分公司 / 一班. */
const ACTORS = {
  nobody: null,
  /** Of the same team: whoever began an order, and a colleague. */
  installer: ['installer', '甲省/甲分公司/一班'],
  colleague: ['installer', '甲省/甲分公司/一班'],
  /** Of another team of the same branch; of another branch of the same province; of another province. */
  neighbour: ['installer', '甲省/甲分公司/二班'],
  outsider: ['installer', '甲省/乙分公司/一班'],
  stranger: ['installer', '乙省/甲分公司/一班'],
  reviewer: ['reviewer', '甲省/甲分公司'],
  otherReviewer: ['reviewer', '甲省/乙分公司'],
  administrator: ['administrator', '甲省/甲分公司'],
  otherAdministrator: ['administrator', '甲省/乙分公司'],
  province: ['administrator', '甲省'],
  otherProvince: ['administrator', '乙省'],
} as const satisfies Record<string, readonly [Role, string] | null>;
type ActorName = keyof typeof ACTORS;
const NAMES = Object.keys(ACTORS) as ActorName[];

/**
 * The table of rights: for each endpoint, what each actor above is answered for a record of 一班.
 * 2xx: done (of lists: the record is in them). 401: not signed in. 403: the role never may.
 * 404: not of the own organisation, as if there were no such record (of lists: it is not in them).
 * Of a push it is the answer to the change: a receipt, `read-only` 403, `not-yours` 404.
 *
 * nobody | installer colleague | neighbour outsider stranger | reviewer other | administrator other | province other
 */
const TABLE: Readonly<Record<string, readonly number[]>> = {
  'POST /sync/push': [401, 200, 200, 404, 404, 404, 403, 403, 403, 403, 403, 403],
  'GET /sync/pull': [401, 200, 200, 404, 404, 404, 200, 404, 403, 403, 403, 403],
  'GET /sync/events': [401, 200, 200, 200, 200, 200, 200, 200, 403, 403, 403, 403],
  // To a neighbour's order one may bring the bytes that it names: they came with a file.
  'PUT /attachments/:sha256': [401, 200, 200, 200, 404, 404, 403, 403, 403, 403, 403, 403],
  'POST /uploads/:sha256': [401, 201, 201, 201, 404, 404, 403, 403, 403, 403, 403, 403],
  'GET /uploads/:sha256': [401, 200, 200, 200, 404, 404, 403, 403, 403, 403, 403, 403],
  'PATCH /uploads/:sha256': [401, 204, 204, 204, 404, 404, 403, 403, 403, 403, 403, 403],
  // What another device exported: `not-yours` of its changes counts as 404.
  'POST /bundles': [401, 200, 200, 200, 404, 404, 200, 404, 200, 404, 403, 403],
  'GET /attachments/:sha256': [401, 200, 200, 404, 404, 404, 200, 404, 403, 403, 403, 403],
  'GET /office/orders': [401, 200, 200, 404, 404, 404, 200, 404, 403, 403, 403, 403],
  'GET /office/orders/:id': [401, 200, 200, 404, 404, 404, 200, 404, 403, 403, 403, 403],
  'GET /office/orders/:id/rounds': [401, 200, 200, 404, 404, 404, 200, 404, 403, 403, 403, 403],
  'GET /office/orders/:id/rounds/:round': [
    401, 200, 200, 404, 404, 404, 200, 404, 403, 403, 403, 403,
  ],
  'POST /office/orders/:id/review': [401, 403, 403, 403, 403, 403, 200, 404, 403, 403, 403, 403],
  'POST /office/exports': [401, 403, 403, 403, 403, 403, 200, 404, 403, 403, 403, 403],
  'GET /accounts': [401, 403, 403, 403, 403, 403, 403, 403, 200, 404, 200, 404],
  'POST /accounts/users': [401, 403, 403, 403, 403, 403, 403, 403, 201, 404, 201, 404],
  'POST /accounts/users/:id': [401, 403, 403, 403, 403, 403, 403, 403, 204, 404, 204, 404],
  'POST /accounts/users/:id/code': [401, 403, 403, 403, 403, 403, 403, 403, 201, 404, 201, 404],
  'POST /accounts/sessions/:id/revoke': [
    401, 403, 403, 403, 403, 403, 403, 403, 204, 404, 204, 404,
  ],
  'POST /accounts/devices/:id/wipe': [401, 403, 403, 403, 403, 403, 403, 403, 204, 404, 204, 404],
  'POST /accounts/devices/:id/unlock-code': [
    401, 403, 403, 403, 403, 403, 403, 403, 201, 404, 201, 404,
  ],
  'POST /accounts/organisations': [401, 403, 403, 403, 403, 403, 403, 403, 201, 404, 201, 404],
  'POST /accounts/organisations/:id': [401, 403, 403, 403, 403, 403, 403, 403, 204, 404, 204, 404],
  // One's own, whoever one is.
  'POST /accounts/password': [401, 204, 204, 204, 204, 204, 204, 204, 204, 204, 204, 204],
  'PUT /device/escrow': [401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200],
  'GET /accounts/me': [401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200],
  'POST /accounts/sign-out': [401, 204, 204, 204, 204, 204, 204, 204, 204, 204, 204, 204],
};

/** Open to everybody, since it is how one becomes somebody; its own tests say what it does. */
const OPEN = [
  'GET /docs',
  'GET /docs/openapi.json',
  'GET /health',
  'POST /enrol',
  'POST /accounts/sign-in',
  'POST /device/unlock',
  'POST /device/contact',
  'POST /device/wiped',
  'GET /*',
];
/** Only with the data folder's secret; no account opens it. */
const LOCAL = [
  ...['here', 'codes', 'users', 'passwords', 'people', 'audit'],
  ...['bundles', 'devices', 'wipe', 'reset-pin', 'office-key', 'office-key/restore'],
].map((name) => `POST /admin/${name}`);

const PASSWORD = 'a long password';

export const describeMatrix = (service: () => TestService) =>
  describe('the table of rights', () => {
    interface Caller {
      readonly user: string;
      readonly device: string;
      readonly token: string;
      readonly request: (path: string, init?: RequestInit) => Promise<Response>;
    }
    const callers = new Map<ActorName, Caller>();
    const by = () => ({ actor: null, now: Date.now() });
    const ensure = (path: string) => service().store.ensureOrganisation(path.split('/'), by());
    const post = (caller: Caller, path: string, body: object = {}) =>
      caller.request(path, { method: 'POST', body: JSON.stringify(body) });

    const code = async (user: string): Promise<string> => {
      const found = await service().store.userById(user);
      if (!found) throw new Error('no such user');
      return service().store.createCode(found, by());
    };

    let counted = 0;
    let passwordHash = '';
    /** A new person with a password, on a new device. */
    const newCaller = async (role: Role, path: string): Promise<Caller> => {
      counted += 1;
      const { store } = service();
      const [username, device] = [`matrix${counted}.${Date.now()}`, uuidv7()];
      const user = { username, name: username, role, organisation: await ensure(path) };
      const added = await store.addUser({ ...user, passwordHash }, by());
      if ('refusal' in added) throw new Error(added.refusal);
      const answer = await enrol(service(), await code(added.id), device);
      const { token } = enrolAnswerSchema.parse(await answer.json());
      return {
        ...{ user: added.id, device, token },
        request: (path, init = {}) =>
          fetch(service().url + path, {
            ...init,
            headers: { ...init.headers, authorization: `Bearer ${token}` },
          }),
      };
    };

    const [order, bytes] = [uuidv7(), randomBytes(100)];
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const change = (caller: Caller, record: string, field: string, value: string) => ({
      ...{ id: uuidv7(), record, field, value, was: null, time: Date.now() },
      ...{ device: caller.device, by: '样例' },
    });
    const push = async (caller: Caller, changes: object[]) =>
      post(caller, '/sync/push', { now: Date.now(), changes });
    const put = (caller: Caller, hash: string, body: Uint8Array<ArrayBuffer>) =>
      caller.request(`/attachments/${hash}?order=${order}`, { method: 'PUT', body });

    const tus = (caller: Caller, method: string, headers: Record<string, string> = {}) =>
      caller.request(`/uploads/${sha256}?order=${order}`, {
        method,
        headers: { 'tus-resumable': '1.0.0', ...headers },
      });

    beforeAll(async () => {
      // Once: it is made to take long.
      passwordHash = await service().hash(PASSWORD);
      callers.set('nobody', {
        ...{ user: uuidv7(), device: uuidv7(), token: '' },
        request: (path, init) => fetch(service().url + path, init),
      });
      for (const name of NAMES) {
        const [role, path] = ACTORS[name] ?? [];
        if (role && path) callers.set(name, await newCaller(role, path));
      }
      const owner = callers.get('installer');
      if (!owner) throw new Error('no installer');
      const attachment = uuidv7();
      const answer = await push(owner, [
        change(owner, order, 'customer.name', '样例诊所'),
        change(owner, attachment, 'attachment.order', order),
        change(owner, attachment, 'attachment.sha256', sha256),
      ]);
      expect(pushAnswerSchema.parse(await answer.json()).rejections).toEqual([]);
      expect((await put(owner, sha256, bytes)).status).toBe(200);
    });

    /** A list's answer counts as 404 where the record is not in it. */
    const listed = async (answer: Response, holds: (body: unknown) => boolean) =>
      !answer.ok || holds(await answer.json()) ? answer.status : 404;
    const target = () => newCaller('installer', '甲省/甲分公司/一班');

    /** How each endpoint is asked for a record of 一班; the status that it is answered with. */
    const ASK: Readonly<Record<string, (caller: Caller) => Promise<number>>> = {
      'POST /sync/push': async (caller) => {
        const answer = await push(caller, [change(caller, order, 'customer.name', '样例诊所')]);
        if (!answer.ok) return answer.status;
        const { rejections } = pushAnswerSchema.parse(await answer.json());
        const codes: Record<string, number> = { 'read-only': 403, 'not-yours': 404 };
        return rejections[0] ? (codes[rejections[0].code] ?? 500) : 200;
      },
      'GET /sync/pull': async (caller) => {
        for (let cursor = 0; ; ) {
          const answer = await caller.request(`/sync/pull?cursor=${cursor}`);
          if (!answer.ok) return answer.status;
          const page = pullAnswerSchema.parse(await answer.json());
          if (page.fields.some(({ record }) => record === order)) return 200;
          if (!page.more) return 404;
          ({ cursor } = page);
        }
      },
      // What each of them is told of, `events.ts` says.
      'GET /sync/events': async (caller) => {
        const answer = await caller.request('/sync/events');
        await answer.body?.cancel();
        return answer.status;
      },
      'PUT /attachments/:sha256': async (caller) => (await put(caller, sha256, bytes)).status,
      'POST /uploads/:sha256': async (caller) =>
        (await tus(caller, 'POST', { 'upload-length': '100' })).status,
      'GET /uploads/:sha256': async (caller) => (await tus(caller, 'HEAD')).status,
      'PATCH /uploads/:sha256': async (caller) =>
        (
          await tus(caller, 'PATCH', {
            ...{ 'upload-offset': '100', 'content-type': 'application/offset+octet-stream' },
          })
        ).status,
      'POST /bundles': async (caller) => {
        const maker = await target();
        const made = change(maker, order, 'customer.type', 'A');
        const content = { changes: [carry(made, null, markKey(maker.token))], attachments: [] };
        const { publicKey: office } = service().store.officeKey();
        const body = await written(content, { office });
        const answer = await caller.request('/bundles', { method: 'POST', body });
        if (!answer.ok) return answer.status;
        const { rejections } = bundleAnswerSchema.parse(await answer.json());
        return rejections[0] ? (rejections[0].code === 'not-yours' ? 404 : 500) : 200;
      },
      'GET /attachments/:sha256': async (caller) =>
        (await caller.request(`/attachments/${sha256}`)).status,
      'GET /office/orders': async (caller) =>
        listed(await caller.request('/office/orders'), (body) =>
          officeListSchema.parse(body).orders.some(({ id }) => id === order),
        ),
      'GET /office/orders/:id': async (caller) =>
        (await caller.request(`/office/orders/${order}`)).status,
      'GET /office/orders/:id/rounds': async (caller) =>
        (await caller.request(`/office/orders/${order}/rounds`)).status,
      'GET /office/orders/:id/rounds/:round': async (caller) => {
        const reviewer = callers.get('reviewer');
        if (reviewer) await post(reviewer, `/office/orders/${order}/review`, { act: 'start' });
        return (await caller.request(`/office/orders/${order}/rounds/1`)).status;
      },
      'POST /office/orders/:id/review': async (caller) =>
        (await post(caller, `/office/orders/${order}/review`, { act: 'start' })).status,
      'POST /office/exports': async (caller) =>
        (await post(caller, '/office/exports', { format: 'csv', orders: [order] })).status,
      'GET /accounts': async (caller) => {
        const { user } = await target();
        return listed(await caller.request('/accounts'), (body) =>
          accountsSchema.parse(body).users.some(({ id }) => id === user),
        );
      },
      'POST /accounts/users': async (caller) => {
        counted += 1;
        const organisation = await ensure('甲省/甲分公司/一班');
        const body = { username: `made${counted}.${Date.now()}`, name: '新人', role: 'installer' };
        return (await post(caller, '/accounts/users', { ...body, organisation })).status;
      },
      'POST /accounts/users/:id': async (caller) => {
        const { user } = await target();
        return (await post(caller, `/accounts/users/${user}`, { active: false })).status;
      },
      'POST /accounts/users/:id/code': async (caller) => {
        const { user } = await target();
        return (await post(caller, `/accounts/users/${user}/code`)).status;
      },
      'POST /accounts/sessions/:id/revoke': async (caller) => {
        const { user } = await target();
        const [session] = await service().store.sessionsOf([user], Date.now());
        return (await post(caller, `/accounts/sessions/${session?.id}/revoke`)).status;
      },
      'POST /accounts/devices/:id/wipe': async (caller) => {
        const { device } = await target();
        return (await post(caller, `/accounts/devices/${device}/wipe`, { cancelled: false }))
          .status;
      },
      'POST /accounts/devices/:id/unlock-code': async (caller) => {
        const { device } = await target();
        await service().store.keepEscrow(device, 'c2VjcmV0LXNhbXBsZS1zYW1wbGU');
        return (await post(caller, `/accounts/devices/${device}/unlock-code`)).status;
      },
      'POST /accounts/organisations': async (caller) => {
        const parent = await ensure('甲省/甲分公司');
        return (await post(caller, '/accounts/organisations', { parent, name: uuidv7() })).status;
      },
      'POST /accounts/organisations/:id': async (caller) => {
        const id = await ensure(`甲省/甲分公司/${uuidv7()}`);
        return (await post(caller, `/accounts/organisations/${id}`, { offlineDays: 7 })).status;
      },
      'POST /accounts/password': async (caller) =>
        (await post(caller, '/accounts/password', { current: PASSWORD, next: PASSWORD })).status,
      'PUT /device/escrow': async (caller) => {
        const body = JSON.stringify({ secret: 'c2VjcmV0LXNhbXBsZS1zYW1wbGU' });
        return (await caller.request('/device/escrow', { method: 'PUT', body })).status;
      },
      'GET /accounts/me': async (caller) => (await caller.request('/accounts/me')).status,
      'POST /accounts/sign-out': async (caller) =>
        (await post(caller, '/accounts/sign-out')).status,
    };

    it.for(Object.keys(TABLE))('%s', async (endpoint) => {
      const ask = ASK[endpoint];
      if (!ask) throw new Error(`the test does not know how to ask ${endpoint}`);
      const answered: [string, number][] = [];
      for (const name of NAMES) {
        const caller = callers.get(name);
        if (caller) answered.push([name, await ask(caller)]);
      }
      const expected = NAMES.map((name, column) => [name, TABLE[endpoint]?.[column]]);
      expect(Object.fromEntries(answered)).toEqual(Object.fromEntries(expected));
    });

    it('has a line for every endpoint there is', () => {
      const routes = service()
        .routes()
        .filter(({ method }) => method !== 'ALL')
        .map(({ method, path }) => `${method} ${path}`);
      const known = [...Object.keys(TABLE), ...OPEN, ...LOCAL];
      expect([...new Set(routes)].sort()).toEqual(known.sort());
    });

    it('opens nothing below /admin to any account', async () => {
      const administrator = await newCaller('administrator', '甲省');
      for (const path of LOCAL.map((name) => name.slice('POST '.length))) {
        expect((await post(administrator, path)).status).toBe(403);
      }
    });

    it('takes away what a person may no longer do at once: another role or team, or none', async () => {
      const moves = [
        { role: 'reviewer', organisation: await ensure('甲省/甲分公司') },
        { organisation: await ensure('甲省/甲分公司/二班') },
        { active: false },
      ] as const;
      for (const change of moves) {
        const caller = await target();
        expect((await caller.request('/sync/pull')).status).toBe(200);
        await service().store.changeUser(caller.user, change, by());
        expect((await caller.request('/sync/pull')).status).toBe(401);
      }
    });

    it('gives nobody a place that the role has no rights in', async () => {
      const administrator = await newCaller('administrator', '甲省');
      const wrong: [Role, string][] = [
        ['installer', '甲省/甲分公司'],
        ['reviewer', '甲省/甲分公司/一班'],
        ['reviewer', '甲省'],
        ['administrator', '甲省/甲分公司/一班'],
      ];
      for (const [role, path] of wrong) {
        const body = { username: `wrong${Date.now()}`, name: '错', role };
        const organisation = await ensure(path);
        const answer = await post(administrator, '/accounts/users', { ...body, organisation });
        expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'wrong-level' }]);
      }
      // Nor more than the administrator's own.
      const branch = await newCaller('administrator', '甲省/甲分公司');
      const above = { username: `above${Date.now()}`, name: '上', role: 'administrator' };
      const organisation = await ensure('甲省');
      expect((await post(branch, '/accounts/users', { ...above, organisation })).status).toBe(404);
    });

    it('lets no administrator shut himself out', async () => {
      const administrator = await newCaller('administrator', '甲省/甲分公司');
      const path = `/accounts/users/${administrator.user}`;
      expect((await post(administrator, path, { active: false })).status).toBe(403);
      expect((await post(administrator, path, { role: 'reviewer' })).status).toBe(403);
      expect((await post(administrator, path, { name: '改名' })).status).toBe(204);
    });

    it('keeps a device with its team: nobody of another one signs in on it', async () => {
      const [owner, colleague] = [await target(), await target()];
      const stranger = await newCaller('installer', '甲省/甲分公司/二班');
      const refused = await enrol(service(), await code(stranger.user), owner.device);
      expect([refused.status, await refused.json()]).toMatchObject([403, { code: 'device-taken' }]);
      expect((await owner.request('/sync/pull')).status).toBe(200);
      expect((await enrol(service(), await code(colleague.user), owner.device)).status).toBe(200);
      expect((await owner.request('/sync/pull')).status).toBe(401);
      // Whoever is above the team may, which does not open it to another team.
      const reviewer = await newCaller('reviewer', '甲省/甲分公司');
      expect((await enrol(service(), await code(reviewer.user), owner.device)).status).toBe(200);
      expect((await enrol(service(), await code(stranger.user), owner.device)).status).toBe(403);
      expect((await enrol(service(), await code(stranger.user), reviewer.device)).status).toBe(200);
    });
  });
