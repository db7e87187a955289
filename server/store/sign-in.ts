import { drizzleAdapter } from 'better-auth/adapters/drizzle';
import type { Database } from './database.ts';
import { credentials, sessions, users, verifications } from './schema.ts';

/** The tables of ours that better-auth works on, by its names for them. */
export const signInTables = (db: Database) =>
  drizzleAdapter(db, {
    provider: 'pg',
    schema: { user: users, session: sessions, account: credentials, verification: verifications },
  });
