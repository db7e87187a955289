import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { vi } from 'vitest';
import type { Role } from '../../../domain/accounts/roles.ts';
import { enrolAnswerSchema } from '../../../domain/accounts/wire.ts';
import { officeListSchema } from '../../../domain/review/wire.ts';
import type { Change, FieldValue } from '../../../domain/sync/change.ts';
import {
  errorSchema,
  officeOrderFieldsSchema,
  pullAnswerSchema,
  pushAnswerSchema,
} from '../../../domain/sync/wire.ts';
import { ensureUser } from '../../../server/accounts/local.ts';
import type { Config } from '../../../server/service/config.ts';
import { startService } from '../../../server/service/start.ts';
import { type Database, openDatabase } from '../../../server/store/database.ts';
import type { Store } from '../../../server/store/index.ts';
import { giveDatabase } from '../../prepared-database.ts';
import { startCopies, startRoundRobin } from './copies.ts';
import { type Kept, keptInS3, keptOnDisk } from './kept.ts';
import { BUCKET, type S3Double } from './s3-double.ts';

/** A real service on a real socket, in a temporary folder. */
export interface TestService {
  readonly url: string;
  readonly data: string;
  /** Its attachments. */
  readonly kept: Kept;
  /** How many processes take turns. */
  readonly processes: number;
  /** A code for a person of this name: an installer in a team of that name, anybody else in the branch. */
  code(owner: string, role?: Role): Promise<string>;
  /** A new device of such a person, enrolled. */
  device(owner: string, role?: Role): Promise<TestDevice>;
  readonly store: Store;
  /** What is kept of a password. */
  hash(password: string): Promise<string>;
  /** Every route of the service. */
  routes(): readonly { readonly method: string; readonly path: string }[];
  /** A new person with a password, an installer in a team of his own. */
  person(role: Role): Promise<{ id: string; username: string; password: string }>;
  readonly config: Config;
  /** Lets the clock go on for a while, ms, for the service too. */
  later(ms: number, work: () => Promise<void>): Promise<void>;
  /** Does something while the service stands still. */
  pausedFor(work: () => Promise<void>): Promise<void>;
  /** Works on the database, for which an embedded one's service stands still. */
  inDatabase(work: (db: Database) => Promise<void>): Promise<void>;
  /** Stops it and starts it again on the same data. */
  restart(): Promise<void>;
  /** Stops it and removes its folder. */
  end(): Promise<void>;
}

/**
 * @param processes further ones on the same database, behind a proxy that gives each request to another
 * @param s3 where attachments lie instead of on the disk
 */
export async function startTestService(
  databaseUrl: string | null,
  processes = 0,
  s3: S3Double | null = null,
): Promise<TestService> {
  const folder = mkdtempSync(join(tmpdir(), 'onsite-service-'));
  const web = join(folder, 'web');
  mkdirSync(join(web, 'assets'), { recursive: true });
  writeFileSync(join(web, 'index.html'), '<!doctype html><title>勘签</title>');
  writeFileSync(join(web, 'assets/index-0a1b2c3d.js'), 'export {};');
  const data = join(folder, 'data');
  const config = {
    host: '127.0.0.1',
    port: 0,
    data,
    databaseUrl,
    s3: s3 && { bucket: BUCKET, endpoint: s3.endpoint },
    web,
    ...{ demo: false, trustProxy: false },
  };
  if (databaseUrl === null) giveDatabase(data);
  let service = await startService(config);
  let copies = await startCopies(config, processes);
  const proxy =
    processes > 0 ? await startRoundRobin(data, () => [service.url, ...copies.urls]) : null;
  const stop = async () => {
    await Promise.all([copies.stop(), service.close()]);
  };
  const start = async () => {
    service = await startService(config);
    copies = await startCopies(config, processes);
  };
  const code = async (owner: string, role: Role = 'installer') => {
    const path = ['样例省公司', '样例分公司', ...(role === 'installer' ? [owner] : [])];
    const user = await ensureUser(service.store, owner, role, path);
    return service.store.createCode(user, { actor: null, now: Date.now() });
  };
  let people = 0;
  const running: TestService = {
    get url() {
      return proxy?.url ?? service.url;
    },
    data,
    kept: s3 ? keptInS3(data, s3) : keptOnDisk(data),
    processes: 1 + processes,
    code,
    // Through `running`, which knows the port of the next start too.
    device: async (owner, role) => enrolDevice(running, await code(owner, role)),
    get store() {
      return service.store;
    },
    hash: (password) => service.auth.hash(password),
    routes: () => service.routes,
    async person(role) {
      people += 1;
      const [username, password] = [`person${people}.${Date.now()}`, 'a long password'];
      const path = ['样例省公司', '样例分公司', ...(role === 'installer' ? [username] : [])];
      const by = { actor: null, now: Date.now() };
      const organisation = await service.store.ensureOrganisation(path, by);
      const passwordHash = await service.auth.hash(password);
      const user = { username, name: '样例', role, organisation, passwordHash };
      const added = await service.store.addUser(user, by);
      if ('refusal' in added) throw new Error(added.refusal);
      return { id: added.id, username, password };
    },
    config,
    async later(ms, work) {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
      await copies.shiftClocks(ms);
      try {
        await work();
      } finally {
        vi.useRealTimers();
        await copies.shiftClocks(0);
      }
    },
    async pausedFor(work) {
      await stop();
      try {
        await work();
      } finally {
        await start();
      }
    },
    inDatabase(work) {
      const open = async () => {
        const { db, close } = await openDatabase(databaseUrl, data);
        await work(db).finally(close);
      };
      return databaseUrl === null ? running.pausedFor(open) : open();
    },
    async restart() {
      await stop();
      await start();
    },
    async end() {
      await stop();
      await proxy?.stop();
      rmSync(folder, { recursive: true });
    },
  };
  return running;
}

/** A service that is already running somewhere: what a device needs to know of it. */
export type Reachable = Pick<TestService, 'url'>;

export const enrol = (service: Reachable, code: string, device = uuidv7()) =>
  fetch(`${service.url}/enrol`, {
    method: 'POST',
    body: JSON.stringify({ code, device, name: '样例平板' }),
  });

export const signIn = (service: Reachable, username: string, password: string, device = uuidv7()) =>
  fetch(`${service.url}/accounts/sign-in`, {
    method: 'POST',
    body: JSON.stringify({ username, password, device, name: '样例平板' }),
  });

/** A device that has enrolled, as a client would use the service. */
export type TestDevice = Awaited<ReturnType<typeof enrolDevice>>;

export async function enrolDevice(service: Reachable, code: string, device = uuidv7()) {
  const { token, owner } = enrolAnswerSchema.parse(
    await (await enrol(service, code, device)).json(),
  );
  const request = (path: string, init: RequestInit = {}) =>
    fetch(service.url + path, { ...init, headers: { authorization: `Bearer ${token}` } });
  return {
    id: device,
    token,
    owner,
    request,
    change: (
      record: string,
      field: string,
      value: FieldValue,
      more: Partial<Change> = {},
    ): Change => ({
      id: uuidv7(),
      record,
      field,
      value,
      was: null,
      time: Date.now(),
      device,
      by: owner,
      ...more,
    }),
    async push(changes: readonly unknown[], now = Date.now(), through = service) {
      const answer = await fetch(`${through.url}/sync/push`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify({ now, changes }),
      });
      return pushAnswerSchema.parse(await answer.json());
    },
    /** The rejections of a push, as change and code. */
    async rejections(changes: readonly unknown[]) {
      const { rejections } = await this.push(changes);
      return rejections.map(({ change, code: reason }) => [change, reason]);
    },
    /** What the service shows of an order's own field now. */
    async shownValue(order: string, field: string) {
      const answer = await (await request(`/office/orders/${order}`)).json();
      const { fields } = officeOrderFieldsSchema.parse(answer);
      return fields.find((state) => state.record === order && state.field === field)?.value;
    },
    async pull(cursor = 0) {
      return pullAnswerSchema.parse(await (await request(`/sync/pull?cursor=${cursor}`)).json());
    },
    async office(search = '') {
      return (await this.officeList({ search })).orders;
    },
    async officeList(query: Readonly<Record<string, string>>) {
      const answer = await request(`/office/orders?${new URLSearchParams(query)}`);
      return officeListSchema.parse(await answer.json());
    },
  };
}

/** Status and code of an error answer; its body must be one. */
export async function errorOf(answer: Promise<Response>): Promise<[number, string]> {
  const response = await answer;
  return [response.status, errorSchema.parse(await response.json()).code];
}

export const uuids = (count: number): string[] => Array.from({ length: count }, () => uuidv7());
