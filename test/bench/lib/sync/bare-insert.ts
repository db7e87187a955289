/** The limit: the rows of a push written by bare multi-row INSERTs, each committed, with nothing around them. */
import { join } from 'node:path';
import pg from 'pg';
import { v7 as uuid } from 'uuid';
import { LIMITS } from '../../../../domain/sync/limits.ts';
import { createPglite } from '../../../../server/store/pglite.ts';
import { startPostgres } from '../../../unit/server/postgres.ts';
import { newPhone } from './orders.ts';

const TABLE = `create table bare (seq bigint primary key, id uuid, record uuid, field text,
  value text, was uuid, time bigint, device uuid, by text)`;
const COLUMNS = 9;

type Query = (text: string, values?: unknown[]) => Promise<unknown>;

/** @returns ms for `rows` rows, as many in a statement as changes are in a push */
export async function bareInsert(
  engine: 'PGlite' | 'PostgreSQL',
  folder: string,
  rows: number,
): Promise<number> {
  if (engine === 'PGlite') {
    const db = await createPglite(join(folder, 'pglite'));
    const took = await insert((text, values) => db.query(text, values), rows);
    await db.close();
    return took;
  }
  const cluster = await startPostgres({ durable: true });
  const client = new pg.Client(cluster.url);
  await client.connect();
  const took = await insert((text, values) => client.query(text, values), rows);
  await client.end();
  await cluster.stop();
  return took;
}

async function insert(query: Query, rows: number): Promise<number> {
  await query(TABLE);
  const device = uuid();
  const made = Array.from({ length: rows }, (_, index) => [
    ...[index + 1, uuid(), uuid(), 'customer.contact.phone', JSON.stringify(newPhone(index))],
    ...[uuid(), Date.now(), device, '样例'],
  ]);
  const began = performance.now();
  for (let at = 0; at < rows; at += LIMITS.pushChanges) {
    const batch = made.slice(at, at + LIMITS.pushChanges);
    const places = batch.map(
      (_, row) =>
        `(${Array.from({ length: COLUMNS }, (_, column) => `$${row * COLUMNS + column + 1}`)})`,
    );
    await query(`insert into bare values ${places}`, batch.flat());
  }
  return performance.now() - began;
}
