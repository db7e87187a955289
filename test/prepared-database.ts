/**
 * A new embedded database costs a service five seconds of processor time, one that is there half a
 * second. So one is made for a whole run, with its tables and nothing in them, and the services of the
 * tests start from copies of it.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where it lies, for the processes of the tests. */
const PLACE = 'ONSITE_PREPARED_DATABASE';

/** Called by the test runners before all tests; what it gives, behind them. */
export default async (): Promise<() => void> => {
  // Here alone: Vitest's configuration loads this file too.
  const { openDatabase } = await import('../server/store/database.ts');
  const folder = mkdtempSync(join(tmpdir(), 'onsite-database-'));
  const { close } = await openDatabase(null, folder);
  await close();
  process.env[PLACE] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
};

/** Gives a service's data folder its copy, unless it has a database. */
export const giveDatabase = (data: string): void => {
  const prepared = process.env[PLACE];
  if (!prepared || existsSync(join(data, 'pglite'))) return;
  mkdirSync(data, { recursive: true, mode: 0o700 });
  cpSync(prepared, data, { recursive: true });
};
