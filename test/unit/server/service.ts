import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import type { Change, FieldValue } from '../../../domain/sync/change.ts';
import {
  type DeviceRole,
  enrolAnswerSchema,
  errorSchema,
  officeOrderFieldsSchema,
  officeOrdersSchema,
  pullAnswerSchema,
  pushAnswerSchema,
} from '../../../domain/sync/wire.ts';
import { startService } from '../../../server/service/start.ts';
import type { Store } from '../../../server/store/index.ts';

/** A real service on a real socket, in a temporary folder. */
export interface TestService {
  readonly url: string;
  readonly data: string;
  /** Its store, for what only the command line can ask. */
  store(): Store;
  code(owner: string, role?: DeviceRole): Promise<string>;
  /** A new device of an owner, enrolled. */
  device(owner: string, role?: DeviceRole): Promise<TestDevice>;
  /** Stops it and starts it again on the same data. */
  restart(): Promise<void>;
  /** Stops it and removes its folder. */
  end(): Promise<void>;
}

export async function startTestService(databaseUrl: string | null): Promise<TestService> {
  const folder = mkdtempSync(join(tmpdir(), 'onsite-service-'));
  const web = join(folder, 'web');
  mkdirSync(join(web, 'assets'), { recursive: true });
  writeFileSync(join(web, 'index.html'), '<!doctype html><title>勘签</title>');
  writeFileSync(join(web, 'assets/index-0a1b2c3d.js'), 'export {};');
  const data = join(folder, 'data');
  const config = { host: '127.0.0.1', port: 0, data, databaseUrl, web, demoCodes: false };
  let service = await startService(config);
  const code = (owner: string, role: DeviceRole = 'installer') =>
    service.store.createCode({ owner, role, now: Date.now() });
  const running: TestService = {
    get url() {
      return service.url;
    },
    data,
    store: () => service.store,
    code,
    // Through `running`, which knows the port of the next start too.
    device: async (owner, role) => enrolDevice(running, await code(owner, role)),
    async restart() {
      await service.close();
      service = await startService(config);
    },
    async end() {
      await service.close();
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
      const path = `/office/orders?search=${encodeURIComponent(search)}`;
      return officeOrdersSchema.parse(await (await request(path)).json()).orders;
    },
  };
}

/** Status and code of an error answer; its body must be one. */
export async function errorOf(answer: Promise<Response>): Promise<[number, string]> {
  const response = await answer;
  return [response.status, errorSchema.parse(await response.json()).code];
}

export const uuids = (count: number): string[] => Array.from({ length: count }, () => uuidv7());
