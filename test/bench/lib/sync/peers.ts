/** The peers: what each one's own client does, with its data in memory. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import { type BenchOrder, type Device, newPhone, type Peer } from './orders.ts';

type Open = (
  url: string,
  orders: readonly BenchOrder[],
  arrived: () => Promise<unknown>,
) => Promise<Device>;

/** Documents in one request of RxDB, whose default of 100 is slower. */
const RX_BATCH = { pull: 5_000, push: 500 };

const pouchdb: Open = async (url, orders) => {
  const { default: PouchDB } = await import('pouchdb');
  const { default: memory } = await import('pouchdb-adapter-memory');
  PouchDB.plugin(memory);
  const local = new PouchDB(uuid(), { adapter: 'memory' });
  const remote = new PouchDB(`${url}/orders`);
  const options = { batch_size: 500 };
  return {
    async pull() {
      await local.replicate.from(remote, options);
      return (await local.info()).doc_count;
    },
    async edit() {
      const { rows } = await local.allDocs({ include_docs: true });
      const place = new Map(orders.map(({ id }, index) => [id, index]));
      await local.bulkDocs(
        rows.map(({ id, doc }) => ({ ...doc, phone: newPhone(place.get(id) ?? 0) })),
      );
    },
    async push() {
      const { ok } = await local.replicate.to(remote, options);
      if (!ok) throw new Error('PouchDB could not push');
    },
    close: () => local.destroy(),
  };
};

const rxdb: Open = async (url, orders) => {
  const { createRxDatabase } = await import('rxdb');
  const { getRxStorageMemory } = await import('rxdb/plugins/storage-memory');
  const { replicateRxCollection } = await import('rxdb/plugins/replication');
  const db = await createRxDatabase({ name: uuid(), storage: getRxStorageMemory() });
  const text = { type: 'string' } as const;
  const { orders: collection } = await db.addCollections({
    orders: {
      schema: {
        ...{ version: 0, primaryKey: 'id', type: 'object', required: ['id'] },
        properties: {
          id: { type: 'string', maxLength: 36 },
          ...{ orderNumber: text, name: text, phone: text },
          lineCount: { type: 'number' },
        },
      },
    },
  });
  if (!collection) throw new Error('RxDB made no collection');
  const ask = async (path: string, body?: unknown) => {
    const init = body ? { method: 'POST', body: JSON.stringify(body) } : {};
    return (await fetch(url + path, init)).json();
  };
  const replicate = async () => {
    const replication = replicateRxCollection<object, { seq: number }>({
      ...{ collection, replicationIdentifier: 'bench', live: false, retryTime: 1_000 },
      pull: {
        batchSize: RX_BATCH.pull,
        handler: (checkpoint, limit) => ask(`/pull?seq=${checkpoint?.seq ?? 0}&limit=${limit}`),
      },
      push: { batchSize: RX_BATCH.push, handler: (rows) => ask('/push', rows) },
    });
    await replication.awaitInitialReplication();
    await replication.cancel();
  };
  return {
    async pull() {
      await replicate();
      return collection.count().exec();
    },
    async edit() {
      await collection.bulkUpsert(
        orders.map((order, index) => ({ ...order, phone: newPhone(index) })),
      );
    },
    push: replicate,
    async close() {
      await db.close();
    },
  };
};

const tinybase: Open = async (url, orders, arrived) => {
  const { createMergeableStore } = await import('tinybase');
  const { createWsSynchronizer } = await import('tinybase/synchronizers/synchronizer-ws-client');
  const { WebSocket } = await import('ws');
  const store = createMergeableStore();
  // Seconds: its default of one is too short for ten thousand orders.
  const open = () => createWsSynchronizer(store, new WebSocket(url.replace('http', 'ws')), 120);
  let synchronizer: Awaited<ReturnType<typeof open>> | null = null;
  return {
    async pull() {
      synchronizer = await open();
      await synchronizer.startSync();
      while (store.getRowCount('orders') < orders.length) await pause(5);
      return store.getRowCount('orders');
    },
    async edit() {
      await synchronizer?.destroy();
      store.transaction(() => {
        for (const [index, { id }] of orders.entries()) {
          store.setCell('orders', id, 'phone', newPhone(index));
        }
      });
    },
    async push() {
      synchronizer = await open();
      await synchronizer.startSync();
      await arrived();
    },
    async close() {
      await synchronizer?.destroy();
    },
  };
};

const DEVICES: Readonly<Record<string, Open>> = { pouchdb, rxdb, tinybase };

/** Starts a peer's server with the orders in it. */
export async function peer(
  name: string,
  folder: string,
  orders: readonly BenchOrder[],
): Promise<Peer> {
  const open = DEVICES[name];
  if (!open) throw new Error(`no peer ${name}`);
  const script = fileURLToPath(new URL('peer-server.ts', import.meta.url));
  const child = fork(script, [name, folder], { execArgv: ['--import', 'tsx'] });
  const ask = async (message: string | BenchOrder[]): Promise<unknown> => {
    const answered = once(child, 'message');
    child.send(message);
    return (await answered)[0];
  };
  const url = z.string().parse(await ask([...orders]));
  const phones = async () => z.array(z.string()).parse(await ask('phones'));
  return {
    url,
    phones,
    pids: [child.pid ?? 0],
    device: (through) => open(through, orders, () => ask('arrived')),
    async close() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}
