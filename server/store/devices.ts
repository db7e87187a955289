import { and, asc, eq, gt, inArray, isNotNull, isNull, or } from 'drizzle-orm';
import { type Home, type Scope, scopeOf } from '../rights.ts';
import { note } from './audit.ts';
import type { By, Database } from './database.ts';
import { hashOfCode, makeCode, SECOND_CHANCE } from './enrolment.ts';
import { tellNudge } from './nudges.ts';
import {
  above,
  chainOf,
  homeOf,
  lineColumns,
  lineFrom,
  lineOf,
  ofAbove,
  ofTop,
  top,
} from './organisations.ts';
import { devices, deviceTokens, organisations, sessions, unlockCodes, users } from './schema.ts';

/** A code for a forgotten PIN is told over the phone and used at once, ms. */
const UNLOCK_CODE_LASTS = 3_600_000;

/** Which devices an administrator means: one, or all of a person. */
export type WhichDevices = { readonly device: string } | { readonly username: string };

const those = (which: WhichDevices) =>
  'device' in which
    ? eq(devices.id, which.device)
    : eq(users.username, which.username.trim().toLowerCase());

/** Devices with whose they are; moments in ms by the server's clock. */
const listed = (db: Database) =>
  db
    .select({
      id: devices.id,
      name: devices.name,
      user: devices.user,
      username: users.username,
      owner: users.name,
      role: users.role,
      organisation: devices.organisation,
      enrolledAt: devices.enrolledAt,
      /** Null when nobody is signed in on it. */
      contactAt: sessions.lastContactAt,
      wipeOrderedAt: devices.wipeOrderedAt,
      wipedAt: devices.wipedAt,
      /** The secret that opens its vault: whether it is here is all that leaves this file. */
      escrow: devices.escrow,
    })
    .from(devices)
    .innerJoin(users, eq(users.id, devices.user))
    .leftJoin(sessions, eq(sessions.device, devices.id));

type Listed = Awaited<ReturnType<typeof listed>>[number];

/** A device as an administrator sees it. */
export type DeviceEntry = Omit<Listed, 'escrow'> & { readonly canUnlock: boolean };

const shown = ({ escrow, ...device }: Listed): DeviceEntry => ({
  ...device,
  canUnlock: escrow !== null && device.wipeOrderedAt === null,
});

/** The devices of some organisations, or all. */
export async function listDevices(
  db: Database,
  within: readonly string[] | null = null,
): Promise<DeviceEntry[]> {
  const found = await listed(db)
    .where(within === null ? undefined : inArray(devices.organisation, [...within]))
    .orderBy(asc(users.name), asc(devices.enrolledAt));
  return found.map(shown);
}

/** The devices that are meant. */
export async function findDevices(db: Database, which: WhichDevices): Promise<DeviceEntry[]> {
  return (await listed(db).where(those(which)).orderBy(asc(devices.id))).map(shown);
}

/**
 * Orders a device wiped at its next contact, or (`cancelled`) takes the order back while it has not
 * been carried out. One that is online is told to ask now.
 */
export async function orderWipe(
  db: Database,
  device: string,
  cancelled: boolean,
  { actor, now }: By,
): Promise<void> {
  const home = await db.transaction(async (tx) => {
    const from = cancelled ? isNotNull(devices.wipeOrderedAt) : isNull(devices.wipeOrderedAt);
    const [changed] = await tx
      .update(devices)
      .set({ wipeOrderedAt: cancelled ? null : now })
      .where(and(eq(devices.id, device), from, isNull(devices.wipedAt)))
      .returning();
    if (!changed) return null;
    const home = homeOf(await lineOf(tx, changed.organisation));
    await note(tx, {
      organisation: chainOf(home),
      ...{ at: now, actor, device, action: cancelled ? 'wipe-cancelled' : 'wipe-ordered' },
      detail: { user: changed.user },
    });
    return home;
  });
  if (home && !cancelled) await tellNudge(db, { home, device: '' });
}

export const wipeIsOrdered = async (db: Database, device: string): Promise<boolean> => {
  const [found] = await db
    .select({ at: devices.wipeOrderedAt })
    .from(devices)
    .where(eq(devices.id, device));
  return found?.at != null;
};

/** Notes that a device says it has wiped itself; only what was ordered is noted, and once. */
export function noteWiped(db: Database, device: string, now: number): Promise<void> {
  return db.transaction(async (tx) => {
    const [wiped] = await tx
      .update(devices)
      .set({ wipedAt: now, escrow: null })
      .where(and(eq(devices.id, device), isNotNull(devices.wipeOrderedAt), isNull(devices.wipedAt)))
      .returning();
    if (!wiped) return;
    await note(tx, {
      organisation: chainOf(homeOf(await lineOf(tx, wiped.organisation))),
      ...{ at: now, device, action: 'wiped' },
      detail: { user: wiped.user },
    });
  });
}

export async function keepEscrow(db: Database, device: string, secret: string): Promise<void> {
  await db.update(devices).set({ escrow: secret }).where(eq(devices.id, device));
}

/** Makes a one-time code with which the PIN of a device can be set anew. Only its hash is kept. */
export function createUnlockCode(
  db: Database,
  { id, user, organisation }: Pick<DeviceEntry, 'id' | 'user' | 'organisation'>,
  { actor, now }: By,
): Promise<string> {
  return db.transaction(async (tx) => {
    const code = makeCode();
    await tx.insert(unlockCodes).values({ hash: hashOfCode(code), device: id, createdAt: now });
    await note(tx, {
      organisation: chainOf(homeOf(await lineOf(tx, organisation))),
      ...{ at: now, actor, device: id, action: 'unlock-code-made' },
      detail: { user },
    });
    return code;
  });
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
      .select({ escrow: devices.escrow, user: devices.user, organisation: devices.organisation })
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
    await note(tx, {
      organisation: chainOf(homeOf(await lineOf(tx, found.organisation))),
      ...{ at: now, device, action: 'unlocked' },
      detail: { user: found.user },
    });
    return found.escrow;
  });
}

/** What the service knows of a device that made changes. */
export interface Maker {
  /** Whose it is now. */
  readonly user: string;
  readonly wipe: boolean;
  /** The hashes (hex) of all its tokens, each with whom it was given to. */
  readonly tokens: readonly { readonly hash: string; readonly user: string }[];
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
      user: devices.user,
      wipeOrderedAt: devices.wipeOrderedAt,
      hash: deviceTokens.hash,
      givenTo: deviceTokens.user,
    })
    .from(devices)
    .innerJoin(deviceTokens, eq(deviceTokens.device, devices.id))
    .where(inArray(devices.id, [...ids]));
  const known = new Map<string, Maker>();
  for (const { id, user, wipeOrderedAt, hash, givenTo } of found) {
    const before = known.get(id)?.tokens ?? [];
    const all = [...before, { hash, user: givenTo }];
    known.set(id, { user, wipe: wipeOrderedAt !== null, tokens: all });
  }
  return known;
}

/** In whose name a change is made: what it begins belongs to this person's team. */
export interface Author {
  readonly user: string;
  readonly home: Home;
  /** The orders that this person may write; null for none. */
  readonly scope: Scope | null;
}

/** People as the authors of changes that others bring. Who has left is one still. */
export async function authors(
  db: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Author>> {
  if (ids.length === 0) return new Map();
  const found = await db
    .select({ user: users, ...lineColumns })
    .from(users)
    .innerJoin(organisations, eq(organisations.id, users.organisation))
    .leftJoin(above, ofAbove)
    .leftJoin(top, ofTop)
    .where(inArray(users.id, [...ids]));
  return new Map(
    found.map(({ user: { id, role }, ...line }) => {
      const actor = { role, organisation: line.organisations };
      const home = homeOf(lineFrom(line));
      return [id, { user: id, home, scope: scopeOf(actor, 'order.write') }];
    }),
  );
}
