/** What the service takes of the disk and of memory, for whoever plans a machine. */
import { readFileSync } from 'node:fs';
import pg from 'pg';

/**
 * Bytes of a table with its indexes, for each of its rows, after a vacuum.
 *
 * @param database a PostgreSQL connection string
 * @param table one of ours, taken as it is
 */
export async function bytesOfRow(database: string, table: string): Promise<number> {
  const client = new pg.Client(database);
  await client.connect();
  try {
    await client.query(`vacuum ${table}`);
    const { rows } = await client.query(
      `select pg_total_relation_size('${table}')::float8 / count(*) as bytes from ${table}`,
    );
    return Number(rows[0]?.bytes);
  } finally {
    await client.end();
  }
}

/** The most that a running process has had in memory at once, MB. */
export const mostMemory = (pid: number): number => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1000;
};
