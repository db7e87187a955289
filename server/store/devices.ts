import { and, asc, eq, gt, inArray, isNotNull, isNull, or } from 'drizzle-orm';
import type { Database } from './database.ts';
import { hashOfCode, makeCode, SECOND_CHANCE } from './enrolment.ts';
import { devices, tokens, unlockCodes } from './schema.ts';

/** A code for a forgotten PIN is told over the phone and used at once, ms. */
const UNLOCK_CODE_LASTS = 3_600_000;

/** Which devices an administrator means: one, or all of a person. */
export type WhichDevices = { readonly device: string } | { readonly owner: string };

const those = (which: WhichDevices) =>
  'device' in which ? eq(devices.id, which.device) : eq(devices.owner, which.owner);

/** A device as an administrator sees it; moments in ms by the server's clock. */
export type DeviceEntry = Awaited<ReturnType<typeof listDevices>>[number];

export const listDevices = (db: Database) =>
  db
    .select({
      id: devices.id,
      owner: devices.owner,
      role: devices.role,
      name: devices.name,
      enrolledAt: devices.enrolledAt,
      contactAt: devices.contactAt,
      wipeOrderedAt: devices.wipeOrderedAt,
      wipedAt: devices.wipedAt,
    })
    .from(devices)
    .orderBy(asc(devices.owner), asc(devices.enrolledAt));

export async function noteContact(db: Database, device: string, now: number): Promise<void> {
  await db.update(devices).set({ contactAt: now }).where(eq(devices.id, device));
}

/**
 * Orders devices wiped at their next contact, or (`cancelled`) takes the order back from those that
 * have not carried it out.
 *
 * @returns the devices that are meant
 */
export async function orderWipe(
  db: Database,
  which: WhichDevices,
  order: { readonly now: number; readonly cancelled: boolean },
): Promise<{ id: string; name: string; owner: string }[]> {
  const [from, to] = order.cancelled
    ? [isNotNull(devices.wipeOrderedAt), null]
    : [isNull(devices.wipeOrderedAt), order.now];
  await db
    .update(devices)
    .set({ wipeOrderedAt: to })
    .where(and(those(which), from, isNull(devices.wipedAt)));
  return db
    .select({ id: devices.id, name: devices.name, owner: devices.owner })
    .from(devices)
    .where(those(which))
    .orderBy(asc(devices.id));
}

export const wipeIsOrdered = async (db: Database, device: string): Promise<boolean> => {
  const [found] = await db
    .select({ at: devices.wipeOrderedAt })
    .from(devices)
    .where(eq(devices.id, device));
  return found?.at != null;
};

/** Notes that a device says it has wiped itself; only what was ordered is noted, and once. */
export async function noteWiped(db: Database, device: string, now: number): Promise<void> {
  await db
    .update(devices)
    .set({ wipedAt: now, escrow: null })
    .where(and(eq(devices.id, device), isNotNull(devices.wipeOrderedAt), isNull(devices.wipedAt)));
}

export async function keepEscrow(db: Database, device: string, secret: string): Promise<void> {
  await db.update(devices).set({ escrow: secret }).where(eq(devices.id, device));
}

/**
 * Makes a one-time code for the one device that is meant; the devices to choose from when a person
 * has several that can be unlocked, or none.
 */
export async function createUnlockCode(
  db: Database,
  which: WhichDevices,
  now: number,
): Promise<{ code: string } | { devices: { id: string; name: string }[] }> {
  const found = await db
    .select({ id: devices.id, name: devices.name })
    .from(devices)
    .where(and(those(which), isNotNull(devices.escrow), isNull(devices.wipeOrderedAt)));
  const [device] = found;
  if (!device || found.length > 1) return { devices: found };
  const code = makeCode();
  await db
    .insert(unlockCodes)
    .values({ hash: hashOfCode(code), device: device.id, createdAt: now });
  return { code };
}

/**
 * The secret that opens a device's vault, against its code; null when the code is wrong, used or
 * old. For ten minutes the same code is answered again: the first answer may have been lost.
 */
export async function unlock(
  db: Database,
  { device, code, now }: { device: string; code: string; now: number },
): Promise<string | null> {
  return db.transaction(async (tx) => {
    const hash = hashOfCode(code);
    const usable = or(isNull(unlockCodes.usedAt), gt(unlockCodes.usedAt, now - SECOND_CHANCE));
    const [found] = await tx
      .select({ escrow: devices.escrow })
      .from(unlockCodes)
      .innerJoin(devices, eq(devices.id, unlockCodes.device))
      .where(
        and(
          eq(unlockCodes.hash, hash),
          eq(unlockCodes.device, device),
          gt(unlockCodes.createdAt, now - UNLOCK_CODE_LASTS),
          usable,
        ),
      );
    if (!found?.escrow) return null;
    await tx
      .update(unlockCodes)
      .set({ usedAt: now })
      .where(and(eq(unlockCodes.hash, hash), isNull(unlockCodes.usedAt)));
    return found.escrow;
  });
}

/** What the service knows of a device that made changes. */
export interface Maker {
  /** Whose it is now. */
  readonly owner: string;
  readonly wipe: boolean;
  /** The hashes (hex) of all its tokens, each with whom it was given to. */
  readonly tokens: readonly { readonly hash: string; readonly owner: string }[];
}

/** The devices of these that the service knows. */
export async function makers(
  db: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Maker>> {
  if (ids.length === 0) return new Map();
  const found = await db
    .select({
      id: devices.id,
      owner: devices.owner,
      wipeOrderedAt: devices.wipeOrderedAt,
      hash: tokens.hash,
      givenTo: tokens.owner,
    })
    .from(devices)
    .innerJoin(tokens, eq(tokens.device, devices.id))
    .where(inArray(devices.id, [...ids]));
  const known = new Map<string, Maker>();
  for (const { id, owner, wipeOrderedAt, hash, givenTo } of found) {
    const before = known.get(id)?.tokens ?? [];
    const all = [...before, { hash, owner: givenTo }];
    known.set(id, { owner, wipe: wipeOrderedAt !== null, tokens: all });
  }
  return known;
}
