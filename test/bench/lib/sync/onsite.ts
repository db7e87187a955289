/** Ours: the service as a process, on PGlite or PostgreSQL, and the sync client on tables in memory. */
import { readFileSync } from 'node:fs';
import { v7 as uuid } from 'uuid';
import { LIMITS } from '../../../../domain/sync/limits.ts';
import { sendRound, syncRound } from '../../../../domain/sync/round.ts';
import { createHttp } from '../../../../renderer/sync/http.ts';
import { createService, type Service } from '../../../../renderer/sync/service.ts';
import { startPostgres } from '../../../unit/server/postgres.ts';
import { kill, startProcess } from '../../../unit/server/process.ts';
import { createMemoryStore, type MemoryStore } from './memory.ts';
import { type BenchOrder, type Device, newPhone, type Peer } from './orders.ts';

const PHONE = 'customer.contact.phone';

/** The process of a cluster, by the file that it keeps of itself. */
const postmaster = (url: string): number => {
  const folder = new URL(url).searchParams.get('host') ?? '';
  return Number(readFileSync(`${folder}/data/postmaster.pid`, 'utf8').split('\n')[0]);
};

/** @param devices how many share the edits, and push their part at the same time */
export async function onsite(
  engine: 'PGlite' | 'PostgreSQL',
  folder: string,
  orders: readonly BenchOrder[],
  devices = 1,
): Promise<Peer> {
  const cluster = engine === 'PostgreSQL' ? await startPostgres({ durable: true }) : null;
  const env = { DATABASE_URL: cluster?.url ?? '', ONSITE_DEMO: '1' };
  const service = await startProcess(folder, env);
  const { url, child } = service;
  const [, user = '', password = ''] =
    /account installer (\S+) (\S+)/.exec(service.printed()) ?? [];
  const signIn = async (through: string) => {
    const id = uuid();
    const answer = await createService(createHttp(through, null)).signIn(
      user,
      password,
      id,
      'bench',
    );
    return { id, owner: answer.owner, service: createService(createHttp(through, answer.token)) };
  };
  const rest = { now: Date.now, isStopped: () => false, report: () => {} };
  const pullAll = async (reading: Service, { store }: MemoryStore) => {
    while (await syncRound({ ...rest, service: reading, store }));
  };

  const { id: device, owner, service: filling } = await signIn(url);
  const changes = orders.flatMap(({ id, orderNumber, name, phone, lineCount }) =>
    Object.entries({
      orderNumber,
      'customer.name': name,
      [PHONE]: phone,
      'survey.lineCount': lineCount,
    }).map(([field, value]) => ({
      ...{ id: uuid(), record: id, field, value, was: null, time: Date.now(), device, by: owner },
    })),
  );
  for (let at = 0; at < changes.length; at += LIMITS.pushChanges) {
    await filling.push(changes.slice(at, at + LIMITS.pushChanges), null);
  }
  return {
    url,
    pids: [child.pid ?? 0, ...(cluster ? [postmaster(cluster.url)] : [])],
    async device(through) {
      const all = await Promise.all(
        Array.from({ length: devices }, async (_, nth): Promise<Device> => {
          const signed = await signIn(through);
          const memory = createMemoryStore(signed.id);
          return {
            async pull() {
              await pullAll(signed.service, memory);
              return memory.records.size;
            },
            async edit() {
              const edits = orders.flatMap(({ id }, index) =>
                index % devices === nth ? { record: id, field: PHONE, value: newPhone(index) } : [],
              );
              await memory.commit(edits, signed.owner);
            },
            async push() {
              await sendRound({ ...rest, service: signed.service, store: memory.store });
            },
            close: async () => {},
          };
        }),
      );
      return {
        pull: async () => Math.min(...(await Promise.all(all.map((each) => each.pull())))),
        edit: async () => void (await Promise.all(all.map((each) => each.edit()))),
        push: async () => void (await Promise.all(all.map((each) => each.push()))),
        close: async () => {},
      };
    },
    async phones() {
      const memory = createMemoryStore(device);
      await pullAll(filling, memory);
      return [...memory.records.values()].map(({ values }) => String(values[PHONE]));
    },
    async close() {
      await kill(child, 'SIGTERM');
      await cluster?.stop();
    },
  };
}
