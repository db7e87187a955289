import { createHash, randomBytes, randomInt } from 'node:crypto';
import { and, eq, gt, isNull, or, sql } from 'drizzle-orm';
import type { DeviceRole } from '../../domain/sync/wire.ts';
import type { Database } from './database.ts';
import { codes, devices, tokens } from './schema.ts';

/** Who a request comes from. */
export interface Sender {
  readonly device: string;
  readonly owner: string;
  readonly role: DeviceRole;
}

/** A sender, and what is known of its device. */
export interface KnownSender extends Sender {
  /** Whether an administrator ordered the device wiped. */
  readonly wipe: boolean;
  /** The device's last request that was noted. */
  readonly contactAt: number | null;
}

/** Letters and digits that cannot be taken for one another when read on a phone. */
const CODE_LETTERS = '23456789ACDEFGHJKMNPQRTVWXY';
/** How long a device whose answer was lost may show its used code again, ms. */
export const SECOND_CHANCE = 10 * 60_000;

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A one-time code like `K7QF-3M2X-9TRD` (57 random bits). */
export const makeCode = (): string => {
  const letters = Array.from({ length: 12 }, () => CODE_LETTERS[randomInt(CODE_LETTERS.length)]);
  return letters.join('').replace(/(.{4})(?=.)/g, '$1-');
};

/** What is kept of a code. */
export const hashOfCode = (code: string): string => sha256(bareCode(code));

/** Typed with small or full-width letters, with or without dashes: it is the same code. */
const bareCode = (code: string) =>
  code
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '');

/** Makes a one-time code. Only its hash is kept. */
export async function createCode(
  db: Database,
  { owner, role, now }: { owner: string; role: DeviceRole; now: number },
): Promise<string> {
  const code = makeCode();
  await db.insert(codes).values({ hash: hashOfCode(code), owner, role, createdAt: now });
  return code;
}

/**
 * Gives a device a token for its code; null when the code is wrong or used. The device that used it
 * gets another token for ten minutes: an answer lost on the way must not lock it out.
 */
export function enrol(
  db: Database,
  { code, device, name, now }: { code: string; device: string; name: string; now: number },
): Promise<(Sender & { token: string }) | null> {
  return db.transaction(async (tx) => {
    // The update takes the code and checks it in one statement, so two devices cannot both have it.
    const [taken] = await tx
      .update(codes)
      .set({ device })
      .where(
        and(
          eq(codes.hash, hashOfCode(code)),
          or(
            isNull(codes.usedAt),
            and(eq(codes.device, device), gt(codes.usedAt, now - SECOND_CHANCE)),
          ),
        ),
      )
      .returning();
    if (!taken) return null;
    const { hash, owner, role } = taken;
    if (taken.usedAt === null) {
      await tx.update(codes).set({ usedAt: now }).where(eq(codes.hash, hash));
    }
    const token = randomBytes(32).toString('base64url');
    await tx
      .insert(tokens)
      .values({ hash: sha256(token), code: hash, device, name, owner, role, createdAt: now });
    // A new code is an administrator's word: an order to wipe the device ends with it.
    const known = { owner, role, name, enrolledAt: now, wipeOrderedAt: null, wipedAt: null };
    await tx
      .insert(devices)
      .values({ id: device, ...known })
      .onConflictDoUpdate({ target: devices.id, set: known });
    return { token, device, owner, role };
  });
}

/**
 * Who a token belongs to, or null. What is compared is the token's hash, whose bytes a guesser
 * cannot steer: how long the look-up takes says nothing about the token.
 */
export async function senderOf(db: Database, token: string): Promise<KnownSender | null> {
  const [found] = await db
    .select({
      device: tokens.device,
      owner: tokens.owner,
      role: tokens.role,
      wipe: sql<boolean>`${devices.wipeOrderedAt} is not null`,
      contactAt: devices.contactAt,
    })
    .from(tokens)
    .innerJoin(devices, eq(devices.id, tokens.device))
    .where(eq(tokens.hash, sha256(token)));
  return found ?? null;
}
