import { createHash } from 'node:crypto';
import { desc, eq, inArray } from 'drizzle-orm';
import type { Actor, Home } from '../rights.ts';
import { note } from './audit.ts';
import type { By, Database } from './database.ts';
import {
  above,
  chainOf,
  homeOf,
  type Line,
  lineColumns,
  lineFrom,
  lineOf,
  ofAbove,
  offlineDaysOf,
  ofTop,
  pathOf,
  top,
} from './organisations.ts';
import { codes, devices, deviceTokens, organisations, sessions, users } from './schema.ts';
import { type User, userByName } from './users.ts';

/** Who a request comes from. */
export interface Sender extends Actor {
  readonly session: string;
  readonly device: string;
  readonly user: string;
  /** The person's name. */
  readonly name: string;
  /** Where what this person begins belongs; its names, from the province down. */
  readonly home: Home;
  readonly path: readonly string[];
  readonly offlineDays: number;
}

export const DAY = 86_400_000;
/** How exactly the last contact is kept, ms: not every request writes. */
const CONTACT = 5 * 60_000;

/** What is kept of a token or a code. Both are random enough to need no salt. */
export const tokenHash = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Who a token belongs to; `expired` when its device was away for longer than its organisation allows,
 * `wipe` when the device was ordered wiped (also by a token whose session has ended), null when nobody
 * knows it. What is compared is the token's hash, whose bytes a guesser cannot steer:
 * how long the look-up takes says nothing about the token.
 */
export async function senderOf(
  db: Database,
  token: string,
  now: number,
): Promise<Sender | 'expired' | 'wipe' | null> {
  const hash = tokenHash(token);
  const [found] = await db
    .select({ session: sessions, user: users, wipe: devices.wipeOrderedAt, ...lineColumns })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .innerJoin(devices, eq(devices.id, sessions.device))
    .innerJoin(organisations, eq(organisations.id, users.organisation))
    .leftJoin(above, ofAbove)
    .leftJoin(top, ofTop)
    .where(eq(sessions.token, hash));
  if (!found) return (await isOfLostDevice(db, hash)) ? 'wipe' : null;
  if (found.wipe !== null) return 'wipe';
  if (!found.user.active || found.session.device === null) return null;
  const { session, user } = found;
  const line = lineFrom(found);
  if (isExpired(session, line, now)) return 'expired';
  if (now - (session.lastContactAt ?? 0) > CONTACT) {
    await db.update(sessions).set({ lastContactAt: now }).where(eq(sessions.id, session.id));
  }
  return {
    session: session.id,
    device: found.session.device,
    user: user.id,
    name: user.name,
    role: user.role,
    organisation: found.organisations,
    home: homeOf(line),
    path: pathOf(line),
    offlineDays: offlineDaysOf(line),
  };
}

/** Whether a token whose session has ended was given to a device that is ordered wiped. */
async function isOfLostDevice(db: Database, hash: string): Promise<boolean> {
  const [found] = await db
    .select({ wipe: devices.wipeOrderedAt })
    .from(deviceTokens)
    .innerJoin(devices, eq(devices.id, deviceTokens.device))
    .where(eq(deviceTokens.hash, hash));
  return found?.wipe != null;
}

const isExpired = (
  { lastContactAt, expiresAt }: typeof sessions.$inferSelect,
  line: Line,
  now: number,
): boolean => now > (lastContactAt ?? 0) + offlineDaysOf(line) * DAY || now > expiresAt.getTime();

/** The signed-in devices of some users. */
export async function sessionsOf(db: Database, userIds: readonly string[], now: number) {
  const found = await db
    .select({ session: sessions, device: devices, ...lineColumns })
    .from(sessions)
    .innerJoin(devices, eq(devices.id, sessions.device))
    .innerJoin(users, eq(users.id, sessions.userId))
    .innerJoin(organisations, eq(organisations.id, users.organisation))
    .leftJoin(above, ofAbove)
    .leftJoin(top, ofTop)
    .where(inArray(sessions.userId, [...userIds]))
    .orderBy(desc(sessions.lastContactAt));
  return found.map((row) => ({
    id: row.session.id,
    user: row.session.userId,
    device: row.device.id,
    deviceName: row.device.name,
    signedInAt: row.session.createdAt.getTime(),
    lastContactAt: row.session.lastContactAt ?? 0,
    expired: isExpired(row.session, lineFrom(row), now),
  }));
}

/** The user of a session, or null. */
export async function userOfSession(db: Database, session: string): Promise<User | null> {
  const [found] = await db
    .select({ user: users })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.id, session));
  return found?.user ?? null;
}

/** Ends a session: the device keeps what it has, and cannot sync until somebody signs in on it. */
export function endSession(
  db: Database,
  session: string,
  action: 'signed-out' | 'session-revoked',
  { actor, now }: By,
): Promise<void> {
  return db.transaction(async (tx) => {
    const user = await userOfSession(tx, session);
    const [ended] = await tx.delete(sessions).where(eq(sessions.id, session)).returning();
    if (!user || !ended) return;
    // Nor may the device show its code once more.
    if (ended.device !== null) {
      await tx.update(codes).set({ usedAt: 0 }).where(eq(codes.device, ended.device));
    }
    await note(tx, {
      organisation: chainOf(homeOf(await lineOf(tx, user.organisation))),
      ...{ at: now, actor, device: ended.device, action },
      detail: { user: user.id, session },
    });
  });
}

/** Tells the audit trail of a sign-in that failed (by code: no name), where the user is when there is one. */
export function noteFailedSignIn(
  db: Database,
  failed: { username: string | null; address: string; now: number },
): Promise<void> {
  return db.transaction(async (tx) => {
    const { username, address, now } = failed;
    const user = username === null ? null : await userByName(tx, username.trim().toLowerCase());
    const home = user ? homeOf(await lineOf(tx, user.organisation)) : {};
    await note(tx, {
      organisation: chainOf(home),
      ...{ at: now, actor: user?.id ?? null, action: 'sign-in-failed' },
      // A name nobody has may be a password typed into the wrong box.
      detail: user ? { user: user.id, address } : { address },
    });
  });
}
