/** Ours: the service as a process, on PGlite or PostgreSQL, and the sync client on tables in memory. */
import { readFileSync } from 'node:fs';
import { v7 as uuid } from 'uuid';
import { enrolAnswerSchema } from '../../../../domain/accounts/wire.ts';
import { LIMITS } from '../../../../domain/sync/limits.ts';
import { sendRound, syncRound } from '../../../../domain/sync/round.ts';
import { createHttp } from '../../../../renderer/sync/http.ts';
import { createService } from '../../../../renderer/sync/service.ts';
import { startPostgres } from '../../../unit/server/postgres.ts';
import { kill, startProcess } from '../../../unit/server/process.ts';
import { createMemoryStore } from './memory.ts';
import { type BenchOrder, newPhone, type Peer } from './orders.ts';

const PHONE = 'customer.contact.phone';

/** The process of a cluster, by the file that it keeps of itself. */
const postmaster = (url: string): number => {
  const folder = new URL(url).searchParams.get('host') ?? '';
  return Number(readFileSync(`${folder}/data/postmaster.pid`, 'utf8').split('\n')[0]);
};

export async function onsite(
  engine: 'PGlite' | 'PostgreSQL',
  folder: string,
  orders: readonly BenchOrder[],
): Promise<Peer> {
  const cluster = engine === 'PostgreSQL' ? await startPostgres({ durable: true }) : null;
  const env = { DATABASE_URL: cluster?.url ?? '', ONSITE_DEMO: '1' };
  const service = await startProcess(folder, env);
  const { url, child } = service;
  const code = /installer (\S+)/.exec(service.printed())?.[1];
  const device = uuid();
  const post = createHttp(url, null).post;
  const enrolled = await post('/enrol', { code, device, name: 'bench' });
  const { token, owner } = enrolAnswerSchema.parse(await enrolled.json());
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
  const filling = createService(createHttp(url, token));
  for (let at = 0; at < changes.length; at += LIMITS.pushChanges) {
    await filling.push(changes.slice(at, at + LIMITS.pushChanges), null);
  }
  return {
    url,
    pids: [child.pid ?? 0, ...(cluster ? [postmaster(cluster.url)] : [])],
    async device(through) {
      const { store, records, commit } = createMemoryStore(device);
      const parts = {
        service: createService(createHttp(through, token)),
        ...{ store, now: Date.now, isStopped: () => false, report: () => {} },
      };
      return {
        async pull() {
          while (await syncRound(parts));
          return records.size;
        },
        async edit() {
          const edits = orders.map(({ id }, index) => ({
            ...{ record: id, field: PHONE, value: newPhone(index) },
          }));
          await commit(edits, owner);
        },
        async push() {
          await sendRound(parts);
        },
        close: async () => {},
      };
    },
    async phones() {
      const { store, records } = createMemoryStore(device);
      const reading = createService(createHttp(url, token));
      const parts = { store, now: Date.now, isStopped: () => false, report: () => {} };
      while (await syncRound({ ...parts, service: reading }));
      return [...records.values()].map(({ values }) => String(values[PHONE]));
    },
    async close() {
      await kill(child, 'SIGTERM');
      await cluster?.stop();
    },
  };
}
