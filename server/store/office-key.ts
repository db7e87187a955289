import { desc } from 'drizzle-orm';
import { makeOfficeKey, publicKeyOf } from '../../domain/sync/bundle-key.ts';
import type { Database } from './database.ts';
import { officeKeys } from './schema.ts';

/** A key pair of the office, hex. */
export interface OfficeKey {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** The key that bundles are encrypted to now; made when there is none. */
export async function currentOfficeKey(db: Database): Promise<OfficeKey> {
  const latest = () =>
    db
      .select({ publicKey: officeKeys.publicKey, privateKey: officeKeys.privateKey })
      .from(officeKeys)
      .orderBy(desc(officeKeys.createdAt), desc(officeKeys.publicKey))
      .limit(1);
  const [known] = await latest();
  if (known) return known;
  // Two copies that start at once make two keys: either opens what was encrypted to it.
  await db.insert(officeKeys).values({ ...makeOfficeKey(), createdAt: Date.now() });
  const [made] = await latest();
  if (!made) throw new Error('the office key was not kept');
  return made;
}

/** All keys of the office, the older ones too: what was encrypted to them must open. */
export const officeKeyRing = async (db: Database): Promise<ReadonlyMap<string, string>> =>
  new Map(
    (await db.select().from(officeKeys)).map(({ publicKey, privateKey }) => [
      publicKey,
      privateKey,
    ]),
  );

/** Takes in a key from a backup; it becomes the current one. Returns its public key. */
export async function restoreOfficeKey(
  db: Database,
  privateKey: string,
  now: number,
): Promise<string> {
  const publicKey = publicKeyOf(privateKey);
  await db
    .insert(officeKeys)
    .values({ publicKey, privateKey, createdAt: now })
    .onConflictDoUpdate({
      target: officeKeys.publicKey,
      set: { createdAt: now },
    });
  return publicKey;
}
