/** Installers who come back online at about the same time, each with a device of his own. */
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { v7 as uuid } from 'uuid';
import { enrolAnswerSchema } from '../../../domain/accounts/wire.ts';
import type { Change, FieldValue } from '../../../domain/sync/change.ts';
import { LIMITS } from '../../../domain/sync/limits.ts';
import { RECEIPT_HEADER } from '../../../domain/sync/uploads.ts';
import { pullAnswerSchema, pushAnswerSchema } from '../../../domain/sync/wire.ts';
import { ensureUser } from '../../../server/accounts/local.ts';
import type { Store } from '../../../server/store/index.ts';

export interface Load {
  readonly installers: number;
  /** Of each. */
  readonly orders: number;
  readonly photos: number;
  readonly photoBytes: number;
  /** How long it takes until the last one is back, ms. */
  readonly within: number;
}

export interface Loaded {
  /** How long each push that was taken took, ms, from the shortest to the longest. */
  readonly pushes: readonly number[];
  readonly changes: number;
  /** How often a push was asked to come again. */
  readonly busy: number;
  /** What else was answered, or came instead of an answer. */
  readonly errors: readonly string[];
  /** Changes and photos with a receipt that are not at the service afterwards. */
  readonly lost: number;
  /** From the first that was back until all was sent, ms. */
  readonly took: number;
}

interface Installer {
  readonly headers: Readonly<Record<string, string>>;
  readonly changes: readonly Change[];
  readonly photos: readonly Photo[];
}

/** Bytes are made when they are needed: of thousands of photos, those of one moment are in memory. */
interface Photo {
  readonly order: string;
  readonly sha256: string;
  bytes(): Uint8Array<ArrayBuffer>;
}

const takePhoto = (order: string, size: number): Photo => {
  const seed = randomBytes(16);
  const bytes = () => Buffer.alloc(size, seed);
  return { order, sha256: createHash('sha256').update(bytes()).digest('hex'), bytes };
};

/** Does the same for groups of people at once, and for each of a group in turn. */
const byTeam = async <T>(
  people: readonly T[],
  work: (team: readonly T[], first: number) => Promise<void>,
): Promise<void> => {
  const starts = people.flatMap((_, index) => (index % TEAM === 0 ? index : []));
  await Promise.all(starts.map((first) => work(people.slice(first, first + TEAM), first)));
};

/** What a device tries again, with the wait of its first back-off, ms. */
const PATIENCE = { attempts: 100, least: 500, most: 1_000 };

/** Installers of one team; what a device sends is its own team's. All teams share a branch. */
const TEAM = 10;
const placeOf = (index: number) => ['样例省公司', '样例分公司', `班组${Math.floor(index / TEAM)}`];

async function prepare(url: string, store: Store, load: Load, index: number): Promise<Installer> {
  const [device, name] = [uuid(), `装维${index}`];
  const user = await ensureUser(store, name, 'installer', placeOf(index));
  const code = await store.createCode(user, { actor: null, now: Date.now() });
  const answer = await fetch(`${url}/enrol`, {
    method: 'POST',
    body: JSON.stringify({ code, device, name }),
  });
  const { token } = enrolAnswerSchema.parse(await answer.json());
  const change = (record: string, field: string, value: FieldValue): Change => ({
    ...{ id: uuid(), record, field, value, was: null, time: Date.now(), device, by: name },
  });
  const orders = Array.from({ length: load.orders }, () => uuid());
  const photos = Array.from({ length: load.photos }, (_, count) =>
    takePhoto(orders[count % orders.length] ?? '', load.photoBytes),
  );
  const changes = [
    ...orders.flatMap((order, count) =>
      Object.entries(fieldsOf(`${index}-${count}`)).map(([field, value]) =>
        change(order, field, value),
      ),
    ),
    ...photos.flatMap(({ order, sha256 }) => {
      const record = uuid();
      return [
        change(record, 'attachment.order', order),
        change(record, 'attachment.name', '照片.jpg'),
        change(record, 'attachment.sha256', sha256),
      ];
    }),
  ];
  return { headers: { authorization: `Bearer ${token}` }, changes, photos };
}

/** The facts that every order has. */
const fieldsOf = (name: string): Readonly<Record<string, FieldValue>> => ({
  orderNumber: `GD-${name}`,
  'order.createdAt': Date.now(),
  'customer.name': `样例诊所${name}`,
  'customer.address': `样例市样例路${name}号`,
  'customer.type': 'A',
  'customer.contact.name': '张样例',
  'customer.contact.phone': '13900000001',
  'survey.lineCount': 12,
});

/** @param store that of the service at `url`, for making its people */
export async function runLoad(url: string, store: Store, load: Load): Promise<Loaded> {
  // The branch is there before all teams of it are made at once.
  await store.ensureOrganisation(placeOf(0), { actor: null, now: Date.now() });
  const installers: Installer[] = [];
  await byTeam(Array.from({ length: load.installers }), async (team, first) => {
    for (const [index] of team.entries()) {
      installers[first + index] = await prepare(url, store, load, first + index);
    }
  });
  const pushes: number[] = [];
  const errors: string[] = [];
  const acknowledged = new Set<string>();
  const stored = new Set<string>();
  let busy = 0;

  /** Asks until there is an answer to go on with, as a device does. */
  const insist = async (path: string, init: RequestInit): Promise<Response | null> => {
    for (let attempt = 0; attempt < PATIENCE.attempts; attempt += 1) {
      let wait = PATIENCE.least + Math.random() * (PATIENCE.most - PATIENCE.least);
      const began = performance.now();
      try {
        const answer = await fetch(url + path, { method: 'POST', ...init });
        if (answer.ok) {
          if (path === '/sync/push') pushes.push(performance.now() - began);
          return answer;
        }
        const retryAfter = Number(answer.headers.get('retry-after'));
        if (answer.status === 429 && retryAfter > 0) busy += 1;
        else errors.push(`${path.slice(0, 12)} ${answer.status} ${await answer.text()}`);
        wait += retryAfter * 1000;
      } catch (error) {
        errors.push(String(error));
      }
      await pause(wait);
    }
    return null;
  };

  const comeBack = async ({ headers, changes, photos }: Installer): Promise<void> => {
    await pause(Math.random() * load.within);
    for (let at = 0; at < changes.length; at += LIMITS.pushChanges) {
      const batch = changes.slice(at, at + LIMITS.pushChanges);
      const body = JSON.stringify({ now: Date.now(), changes: batch });
      const answer = await insist('/sync/push', { headers, body });
      const { receipts = [] } = answer ? pushAnswerSchema.parse(await answer.json()) : {};
      for (const { change } of receipts) acknowledged.add(change);
    }
    for (const { order, sha256, bytes } of photos) {
      const body = bytes();
      const answer = await insist(`/uploads/${sha256}?order=${order}`, {
        headers: {
          ...headers,
          'tus-resumable': '1.0.0',
          'upload-length': String(body.length),
          'content-type': 'application/offset+octet-stream',
        },
        body,
      });
      if (answer?.headers.get(RECEIPT_HEADER) === sha256) stored.add(sha256);
    }
  };

  const began = performance.now();
  await Promise.all(installers.map(comeBack));
  const took = performance.now() - began;

  let lost = 0;
  await byTeam(installers, async (people) => {
    const there = await pullAll(url, people[0]?.headers ?? {});
    for (const { changes, photos, headers } of people) {
      lost += changes.filter(({ id }) => !acknowledged.has(id) || !there.has(id)).length;
      for (const { sha256 } of photos) {
        const answer = await fetch(`${url}/uploads/${sha256}`, { method: 'HEAD', headers });
        const size = Number(answer.headers.get('upload-length'));
        if (!stored.has(sha256) || size !== load.photoBytes) lost += 1;
      }
    }
  });
  const changes = installers.flatMap((installer) => installer.changes).length;
  return { pushes: pushes.sort((a, b) => a - b), changes, busy, errors, lost, took };
}

/** Ids of all changes that a device is shown. */
async function pullAll(url: string, headers: Readonly<Record<string, string>>) {
  const there = new Set<string>();
  for (let cursor = 0, more = true; more; ) {
    const answer = await fetch(`${url}/sync/pull?cursor=${cursor}`, { headers });
    const page = pullAnswerSchema.parse(await answer.json());
    for (const { change } of page.fields) there.add(change);
    ({ cursor, more } = page);
  }
  return there;
}
