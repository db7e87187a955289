import { and, eq, inArray, isNotNull, isNull, ne } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import { HOME_OF_ROLE, type Role } from '../../domain/accounts/roles.ts';
import { note } from './audit.ts';
import type { By, Database } from './database.ts';
import { chainOf, homeOf, lineOf } from './organisations.ts';
import { codes, credentials, sessions, users } from './schema.ts';

export type User = typeof users.$inferSelect;

/** Why a person cannot be so. */
export type Refusal = 'username-taken' | 'wrong-level';

export interface NewUser {
  readonly username: string;
  readonly name: string;
  readonly role: Role;
  readonly organisation: string;
  /** Hashed already; null for somebody who signs in by code only. */
  readonly passwordHash: string | null;
}

/** Adds a person; the id, or why not. */
export function addUser(
  db: Database,
  { passwordHash, ...user }: NewUser,
  { actor, now }: By,
): Promise<{ id: string } | { refusal: Refusal }> {
  return db.transaction(async (tx) => {
    const line = await lineOf(tx, user.organisation);
    if (!fits(user.role, line[0]?.kind)) return { refusal: 'wrong-level' };
    const id = uuidv7();
    const [added] = await tx
      .insert(users)
      .values({ ...user, id, email: `${user.username}@users.onsite.invalid` })
      .onConflictDoNothing()
      .returning({ id: users.id });
    if (!added) return { refusal: 'username-taken' };
    if (passwordHash !== null) await putPassword(tx, id, passwordHash);
    await note(tx, {
      organisation: chainOf(homeOf(line)),
      ...{ at: now, actor, action: 'user-added' },
      detail: { user: id, ...user },
    });
    return { id };
  });
}

const fits = (role: Role, kind: string | undefined): boolean =>
  HOME_OF_ROLE[role].some((one) => one === kind);

/** What changes about a person. */
export interface UserChange {
  readonly name?: string | undefined;
  readonly role?: Role | undefined;
  readonly organisation?: string | undefined;
  readonly active?: boolean | undefined;
  readonly passwordHash?: string | undefined;
  /** A session that does not end by it: the person's own. */
  readonly keep?: string | undefined;
}

/**
 * Changes a person. Whoever gets other rights or another password, or leaves, is signed out
 * everywhere, and codes not used yet are void: rights are read anew, and another team's orders pulled
 * from the start.
 *
 * @returns why not, or null
 */
export function changeUser(
  db: Database,
  id: string,
  { passwordHash, keep, ...given }: UserChange,
  { actor, now }: By,
): Promise<Refusal | null> {
  return db.transaction(async (tx) => {
    const [before] = await tx.select().from(users).where(eq(users.id, id)).for('update');
    if (!before) throw new Error('no such user');
    const after = {
      name: given.name ?? before.name,
      role: given.role ?? before.role,
      organisation: given.organisation ?? before.organisation,
      active: given.active ?? before.active,
    };
    const line = await lineOf(tx, after.organisation);
    if (!fits(after.role, line[0]?.kind)) return 'wrong-level';
    await tx
      .update(users)
      .set({ ...after, updatedAt: new Date(now) })
      .where(eq(users.id, id));
    if (passwordHash !== undefined) await putPassword(tx, id, passwordHash);
    const moved = after.role !== before.role || after.organisation !== before.organisation;
    if (moved || !after.active || passwordHash !== undefined) {
      const others = keep === undefined ? undefined : ne(sessions.id, keep);
      await tx.delete(sessions).where(and(eq(sessions.userId, id), others));
      await tx.delete(codes).where(and(eq(codes.user, id), isNull(codes.usedAt)));
    }
    await note(tx, {
      organisation: chainOf(homeOf(line)),
      ...{
        at: now,
        actor,
        action: passwordHash === undefined ? 'user-changed' : 'password-changed',
      },
      detail: { user: id, before: about(before), after },
    });
    return null;
  });
}

const about = ({ name, role, organisation, active }: User) => ({
  ...{ name, role, organisation, active },
});

/** Sets a password, hashed already, as better-auth keeps it. */
export async function putPassword(db: Database, userId: string, hash: string): Promise<void> {
  await db.delete(credentials).where(eq(credentials.userId, userId));
  await db.insert(credentials).values({
    ...{ id: uuidv7(), userId, accountId: userId, providerId: 'credential' },
    password: hash,
  });
}

export async function userById(db: Database, id: string): Promise<User | null> {
  const [found] = await db.select().from(users).where(eq(users.id, id));
  return found ?? null;
}

export async function userByName(db: Database, username: string): Promise<User | null> {
  const [found] = await db.select().from(users).where(eq(users.username, username));
  return found ?? null;
}

/** The people of some organisations, and whether each has a password. */
export async function usersIn(db: Database, organisations: readonly string[]) {
  const found = await db
    .select({ user: users, credential: credentials.id })
    .from(users)
    .leftJoin(credentials, and(eq(credentials.userId, users.id), isNotNull(credentials.password)))
    .where(inArray(users.organisation, [...organisations]))
    .orderBy(users.name, users.id);
  return found.map(({ user, credential }) => ({ ...user, hasPassword: credential !== null }));
}

/** What is kept of a user's password, or null. */
export async function passwordHash(db: Database, userId: string): Promise<string | null> {
  const [found] = await db
    .select({ password: credentials.password })
    .from(credentials)
    .where(eq(credentials.userId, userId));
  return found?.password ?? null;
}
