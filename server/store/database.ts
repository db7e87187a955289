import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres';
import { migrate as migratePg } from 'drizzle-orm/node-postgres/migrator';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator';
import pg from 'pg';
import { createPglite } from './pglite.ts';

/** The database or a transaction in it; which engine it is makes no difference here. */
export type Database = PgDatabase<PgQueryResultHKT>;

/** Who does something and when, for the audit trail. */
export interface By {
  /** A user's id; null for somebody at the service's own machine. */
  readonly actor: string | null;
  /** By the server's clock, ms. */
  readonly now: number;
}

const MIGRATIONS = { migrationsFolder: fileURLToPath(new URL('migrations', import.meta.url)) };

/** Keys of the advisory locks; any two numbers that nothing else in the database uses. */
export const LOCKS = { push: 862_001, migrate: 862_002, audit: 862_003 } as const;

export interface OpenDatabase {
  readonly db: Database;
  /**
   * Hears what any copy of the service notifies on a channel, until the database is closed; an empty
   * text after a connection was lost, since something may have been missed.
   */
  listen(channel: string, heard: (told: string) => void): Promise<void>;
  close(): Promise<void>;
}

/** Opens the database and brings its tables up to date. `url` null: PGlite in `folder`. */
export const openDatabase = (url: string | null, folder: string): Promise<OpenDatabase> =>
  url === null ? openPglite(join(folder, 'pglite')) : openPostgres(url);

async function openPglite(folder: string): Promise<OpenDatabase> {
  const client = await createPglite(folder);
  const db = drizzlePglite(client);
  await migratePglite(db, MIGRATIONS);
  return {
    db,
    listen: async (channel, heard) => {
      await client.listen(channel, heard);
    },
    close: () => client.close(),
  };
}

async function openPostgres(url: string): Promise<OpenDatabase> {
  const pool = new pg.Pool({
    connectionString: url,
    // Of queries that take milliseconds, compiling one takes longer than running it.
    options: '-c jit=off',
    // Statements of one transaction can be sent without waiting for the answer to the one before.
    pipeline: true,
    statement_timeout: 30_000,
    // A copy of the service that hangs must not hold the push lock for ever.
    idle_in_transaction_session_timeout: 30_000,
  });
  // Without a listener, a database restart would end the process; the next query reconnects.
  pool.on('error', (error) => console.error(`database connection lost: ${error.message}`));
  try {
    await migrateOneAtATime(pool);
  } catch (error) {
    await pool.end();
    throw error;
  }
  let ended = false;
  let listener: pg.Client | null = null;
  const listen = async (channel: string, heard: (told: string) => void): Promise<void> => {
    // A connection of its own: those of the pool come and go.
    const client = new pg.Client({ connectionString: url, keepAlive: true });
    listener = client;
    client.on('notification', ({ payload }) => heard(payload ?? ''));
    const again = () => {
      if (ended || listener !== client) return;
      listener = null;
      setTimeout(() => {
        if (!ended) listen(channel, heard).then(() => heard(''), again);
      }, LISTEN_AGAIN).unref();
    };
    client.on('error', again).on('end', again);
    await client.connect();
    await client.query(`listen ${client.escapeIdentifier(channel)}`);
  };
  const close = async () => {
    ended = true;
    await listener?.end();
    await pool.end();
  };
  return { db: drizzlePg(pool), listen, close };
}

/** How long a lost connection for listening is left alone, ms. Nudges only save waiting. */
const LISTEN_AGAIN = 2_000;

/** Several copies of the service may start at once; Drizzle's migrator does not lock by itself. */
async function migrateOneAtATime(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    const db = drizzlePg(client);
    await db.execute(sql`select pg_advisory_lock(${LOCKS.migrate})`);
    await migratePg(db, MIGRATIONS);
  } finally {
    // Ends the session, and with it the lock.
    client.release(true);
  }
}
