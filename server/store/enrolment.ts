import { randomBytes, randomInt } from 'node:crypto';
import { and, eq, gt, isNull, ne, or } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
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
import { DAY, tokenHash } from './sessions.ts';
import type { User } from './users.ts';

/** Letters and digits that cannot be taken for one another when read on a phone. */
const CODE_LETTERS = '23456789ACDEFGHJKMNPQRTVWXY';
/** How long a code can be used, and a device whose answer was lost may show its used code again, ms. */
const CODE_LIFE = 7 * DAY;
export const SECOND_CHANCE = 10 * 60_000;
/** A session ends after so long even in daily use, ms. */
const SESSION_LIFE = 365 * DAY;

/** A one-time code like `K7QF-3M2X-9TRD` (57 random bits). */
export const makeCode = (): string => {
  const letters = Array.from({ length: 12 }, () => CODE_LETTERS[randomInt(CODE_LETTERS.length)]);
  return letters.join('').replace(/(.{4})(?=.)/g, '$1-');
};

/** What is kept of a code. */
export const hashOfCode = (code: string): string => tokenHash(bareCode(code));

/** Typed with small or full-width letters, with or without dashes: it is the same code. */
const bareCode = (code: string) =>
  code
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '');

/** Makes a one-time code for a user. Only its hash is kept. */
export async function createCode(db: Database, user: User, { actor, now }: By): Promise<string> {
  const code = makeCode();
  await db.transaction(async (tx) => {
    const line = await lineOf(tx, user.organisation);
    await tx.insert(codes).values({ hash: hashOfCode(code), user: user.id, createdAt: now });
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

/** Why a device does not get a session: a wrong code or a person who has left; a device of others, or given up for lost. */
export type EnrolRefusal = 'unknown' | 'device-taken' | 'wipe';

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
          eq(codes.hash, hashOfCode(code)),
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
    const given = await bind(tx, id, enrolment, taken);
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
    return session ? bind(tx, session.id, enrolment, null) : 'unknown';
  });
}

export const isEnrolled = (given: Enrolled | EnrolRefusal): given is Enrolled =>
  typeof given !== 'string';

/**
 * Binds a new session to the device, and gives it the token that the device shows from then on; where
 * that may not be, the session ends.
 *
 * @param code by which it was opened; null by a password
 */
async function bind(
  tx: Database,
  session: string,
  { device, name, address, now }: Enrolment,
  code: typeof codes.$inferSelect | null,
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
  // A code that was made since is an administrator's word: the order to wipe the device ends with it.
  const isGivenUp = known?.wipeOrderedAt != null && known.wipeOrderedAt > (code?.createdAt ?? 0);
  if (isGivenUp) return refuse('wipe');
  const row = {
    ...{ id: device, name, user: user.id, organisation, enrolledAt: now },
    ...{ wipeOrderedAt: null, wipedAt: null },
  };
  await tx.insert(devices).values(row).onConflictDoUpdate({ target: devices.id, set: row });
  await tx.delete(sessions).where(and(eq(sessions.device, device), ne(sessions.id, session)));
  const token = randomBytes(32).toString('base64url');
  await tx
    .update(sessions)
    .set({
      ...{ token: tokenHash(token), device, lastContactAt: now, ipAddress: address },
      expiresAt: new Date(now + SESSION_LIFE),
    })
    .where(eq(sessions.id, session));
  await tx
    .insert(deviceTokens)
    .values({ hash: tokenHash(token), device, user: user.id, createdAt: now });
  await note(tx, {
    organisation: chainOf(homeOf(line)),
    ...{ at: now, actor: user.id, device, action: 'signed-in' },
    detail: { means: code ? 'code' : 'password', session, name, address },
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
