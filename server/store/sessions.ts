import { createHash, randomBytes, randomInt } from 'node:crypto';
import { and, desc, eq, gt, inArray, isNull, ne, or } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
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
import { codes, devices, organisations, sessions, users } from './schema.ts';
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

const DAY = 86_400_000;
/** Letters and digits that cannot be taken for one another when read on a phone. */
const CODE_LETTERS = '23456789ACDEFGHJKMNPQRTVWXY';
/** How long a code can be used, and a device whose answer was lost may show its used code again, ms. */
const CODE_LIFE = 7 * DAY;
const SECOND_CHANCE = 10 * 60_000;
/** A session ends after so long even in daily use, ms. */
const SESSION_LIFE = 365 * DAY;
/** How exactly the last contact is kept, ms: not every request writes. */
const CONTACT = 5 * 60_000;

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Typed with small or full-width letters, with or without dashes: it is the same code. */
const bareCode = (code: string) =>
  code
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '');

/** Makes a one-time code like `K7QF-3M2X-9TRD` (57 random bits) for a user. Only its hash is kept. */
export async function createCode(db: Database, user: User, { actor, now }: By): Promise<string> {
  const letters = Array.from({ length: 12 }, () => CODE_LETTERS[randomInt(CODE_LETTERS.length)]);
  const code = letters.join('').replace(/(.{4})(?=.)/g, '$1-');
  await db.transaction(async (tx) => {
    const line = await lineOf(tx, user.organisation);
    await tx.insert(codes).values({ hash: sha256(bareCode(code)), user: user.id, createdAt: now });
    await note(tx, {
      organisation: chainOf(homeOf(line)),
      ...{ at: now, actor, action: 'code-made' },
      detail: { user: user.id },
    });
  });
  return code;
}

/** A device that wants to act for somebody. */
export interface Enrolment {
  readonly device: string;
  readonly name: string;
  readonly address: string;
  readonly now: number;
}

/** What a device gets when it has enrolled. */
export interface Enrolled {
  readonly token: string;
  readonly user: User;
  readonly path: readonly string[];
  readonly offlineDays: number;
}

/** Why a device does not get a session: a wrong code or a person who has left; a device of others. */
export type EnrolRefusal = 'unknown' | 'device-taken';

/**
 * Gives a device a session for its code. The device that used the code gets another one for ten
 * minutes: an answer lost on the way must not lock it out.
 */
export function enrolByCode(
  db: Database,
  code: string,
  enrolment: Enrolment,
): Promise<Enrolled | EnrolRefusal> {
  const { device, now } = enrolment;
  return db.transaction(async (tx) => {
    // The update takes the code and checks it in one statement, so two devices cannot both have it.
    const [taken] = await tx
      .update(codes)
      .set({ device })
      .where(
        and(
          eq(codes.hash, sha256(bareCode(code))),
          gt(codes.createdAt, now - CODE_LIFE),
          or(
            isNull(codes.usedAt),
            and(eq(codes.device, device), gt(codes.usedAt, now - SECOND_CHANCE)),
          ),
        ),
      )
      .returning();
    if (!taken) return 'unknown';
    const [id, at] = [uuidv7(), new Date(now)];
    await tx.insert(sessions).values({
      ...{ id, token: id, userId: taken.user, createdAt: at, updatedAt: at, expiresAt: at },
    });
    const given = await bind(tx, id, enrolment, 'code');
    if (isEnrolled(given) && taken.usedAt === null) {
      await tx.update(codes).set({ usedAt: now }).where(eq(codes.hash, taken.hash));
    }
    return given;
  });
}

/** Makes the session that a sign-in has just opened (known by better-auth's token) a device's own. */
export function enrolBySignIn(
  db: Database,
  opened: string,
  enrolment: Enrolment,
): Promise<Enrolled | EnrolRefusal> {
  return db.transaction(async (tx) => {
    const [session] = await tx.select().from(sessions).where(eq(sessions.token, opened));
    return session ? bind(tx, session.id, enrolment, 'password') : 'unknown';
  });
}

export const isEnrolled = (given: Enrolled | EnrolRefusal): given is Enrolled =>
  typeof given !== 'string';

/**
 * Binds a new session to the device, and gives it the token that the device shows from then on; where
 * that may not be, the session ends.
 */
async function bind(
  tx: Database,
  session: string,
  { device, name, address, now }: Enrolment,
  means: 'code' | 'password',
): Promise<Enrolled | EnrolRefusal> {
  const refuse = async (why: EnrolRefusal) => {
    await tx.delete(sessions).where(eq(sessions.id, session));
    return why;
  };
  const [found] = await tx
    .select({ user: users, ...lineColumns })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .innerJoin(organisations, eq(organisations.id, users.organisation))
    .leftJoin(above, ofAbove)
    .leftJoin(top, ofTop)
    .where(eq(sessions.id, session));
  if (!found?.user.active) return refuse('unknown');
  const { user } = found;
  const line = lineFrom(found);
  const [known] = await tx.select().from(devices).where(eq(devices.id, device)).for('update');
  const organisation = known ? await placeOf(tx, known, user, line) : user.organisation;
  if (organisation === null) return refuse('device-taken');
  const row = { id: device, name, user: user.id, organisation };
  await tx.insert(devices).values(row).onConflictDoUpdate({ target: devices.id, set: row });
  await tx.delete(sessions).where(and(eq(sessions.device, device), ne(sessions.id, session)));
  const token = randomBytes(32).toString('base64url');
  await tx
    .update(sessions)
    .set({
      ...{ token: sha256(token), device, lastContactAt: now, ipAddress: address },
      expiresAt: new Date(now + SESSION_LIFE),
    })
    .where(eq(sessions.id, session));
  await note(tx, {
    organisation: chainOf(homeOf(line)),
    ...{ at: now, actor: user.id, device, action: 'signed-in' },
    detail: { means, session, name, address },
  });
  return { token, user, path: pathOf(line), offlineDays: offlineDaysOf(line) };
}

/**
 * Where a device belongs once somebody has signed in on it: it holds its team's orders, so another
 * team's people may not (null). Whoever is above the team may, and the device stays the team's; one
 * that only people above had, and the own one of a person who has moved, comes to the new team.
 */
async function placeOf(
  tx: Database,
  known: typeof devices.$inferSelect,
  user: User,
  line: Line,
): Promise<string | null> {
  const isAbove = (above: Line, id: string) => above.some((one) => one.id === id);
  if (known.user === user.id || isAbove(line, known.organisation)) return user.organisation;
  const theirs = await lineOf(tx, known.organisation);
  return isAbove(theirs, user.organisation) ? known.organisation : null;
}

/**
 * Who a token belongs to; `expired` when its device was away for longer than its organisation allows,
 * null when nobody knows it. What is compared is the token's hash, whose bytes a guesser cannot steer:
 * how long the look-up takes says nothing about the token.
 */
export async function senderOf(
  db: Database,
  token: string,
  now: number,
): Promise<Sender | 'expired' | null> {
  const [found] = await db
    .select({ session: sessions, user: users, ...lineColumns })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .innerJoin(organisations, eq(organisations.id, users.organisation))
    .leftJoin(above, ofAbove)
    .leftJoin(top, ofTop)
    .where(eq(sessions.token, sha256(token)));
  if (!found?.user.active || found.session.device === null) return null;
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
