/**
 * The service's tables. After a change here: `npx drizzle-kit generate --dialect postgresql
 * --schema server/store/schema.ts --out server/store/migrations`. The same migrations run on PGlite
 * and on PostgreSQL.
 */
import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  bigint,
  boolean,
  customType,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import type { OrganisationKind, Role } from '../../domain/accounts/roles.ts';
import type { FieldValue } from '../../domain/sync/change.ts';
import type { RecordKind } from '../../domain/sync/record.ts';
import type { AuditAction } from '../audit/entry.ts';

/** A moment by the server's clock, ms since the epoch. */
const moment = () => bigint({ mode: 'number' });

/** The same as better-auth keeps it. */
const date = () => timestamp({ withTimezone: true });

/**
 * A JSON value, kept as its text: exactly what came in comes out again. (Drizzle's own `json` parses
 * a string twice, which turns the phone number "13900000001" into a number; `jsonb` reorders keys.)
 */
const jsonText = customType<{ data: FieldValue; driverData: string }>({
  dataType: () => 'text',
  toDriver: (value) => JSON.stringify(value),
  fromDriver: (text) => JSON.parse(text),
});

/** A list as the text of a JSON array. */
const list = <T extends string | number>() =>
  customType<{ data: T[]; driverData: string }>({
    dataType: () => 'text',
    toDriver: (value) => JSON.stringify(value),
    fromDriver: (text) => JSON.parse(text),
  })();

/** One row: the random name of this database. A client that sees another one starts its cursor anew. */
export const epochs = pgTable('epochs', {
  id: integer().primaryKey(),
  epoch: uuid().notNull(),
});

/** 省公司, 分公司, 班组: a tree that only grows. */
export const organisations = pgTable(
  'organisations',
  {
    id: uuid().primaryKey(),
    kind: text().$type<OrganisationKind>().notNull(),
    name: text().notNull(),
    parent: uuid().references((): AnyPgColumn => organisations.id),
    /** Days a device may go without contact; null: as the organisation above says. */
    offlineDays: integer(),
  },
  (table) => [unique().on(table.parent, table.name).nullsNotDistinct()],
);

/** People. The tables `users`, `credentials`, `sessions` and `verifications` are better-auth's, with columns of ours. */
export const users = pgTable('users', {
  id: uuid().primaryKey(),
  name: text().notNull(),
  /** better-auth wants one; nothing is ever sent there. */
  email: text().notNull().unique(),
  emailVerified: boolean().notNull().default(false),
  image: text(),
  username: text().notNull().unique(),
  role: text().$type<Role>().notNull(),
  organisation: uuid()
    .notNull()
    .references(() => organisations.id),
  /** Whoever has left cannot sign in, and stays as the author of what was done. */
  active: boolean().notNull().default(true),
  createdAt: date().notNull().defaultNow(),
  updatedAt: date().notNull().defaultNow(),
});

/** Passwords, hashed by better-auth (scrypt). Whoever has none signs in by an administrator's code. */
export const credentials = pgTable('credentials', {
  id: uuid().primaryKey(),
  userId: uuid()
    .notNull()
    .references(() => users.id),
  accountId: text().notNull(),
  providerId: text().notNull(),
  password: text(),
  accessToken: text(),
  refreshToken: text(),
  idToken: text(),
  accessTokenExpiresAt: date(),
  refreshTokenExpiresAt: date(),
  scope: text(),
  createdAt: date().notNull().defaultNow(),
  updatedAt: date().notNull().defaultNow(),
});

/** Devices that somebody has signed in on. One holds its team's orders, so it stays with that team. */
export const devices = pgTable('devices', {
  id: uuid().primaryKey(),
  /** What the device calls itself. */
  name: text().notNull(),
  /** Who signed in last, and whose orders it may hold. */
  user: uuid()
    .notNull()
    .references(() => users.id),
  organisation: uuid()
    .notNull()
    .references(() => organisations.id),
  enrolledAt: moment().notNull(),
  /** When an administrator ordered it wiped, and when it said that it had done so. */
  wipeOrderedAt: moment(),
  wipedAt: moment(),
  /** The secret that opens the device's vault, kept for one who forgets the PIN. */
  escrow: text(),
});

/**
 * Every token that a device ever got, hashed, and for whom. None of them lets anybody in (sessions do):
 * they are what the marks of a bundle's changes are checked by (`domain/sync/carried.ts`), and how a
 * lost device whose session has ended is known when it asks.
 */
export const deviceTokens = pgTable(
  'device_tokens',
  {
    hash: text().primaryKey(),
    device: uuid()
      .notNull()
      .references(() => devices.id),
    user: uuid()
      .notNull()
      .references(() => users.id),
    createdAt: moment().notNull(),
  },
  (table) => [index().on(table.device)],
);

/** Who is signed in where. `token` is the SHA-256 of what the device shows. */
export const sessions = pgTable(
  'sessions',
  {
    id: uuid().primaryKey(),
    token: text().notNull().unique(),
    userId: uuid()
      .notNull()
      .references(() => users.id),
    /** A device has one; null only until better-auth's new session is bound to its device. */
    device: uuid()
      .unique()
      .references(() => devices.id),
    lastContactAt: moment(),
    expiresAt: date().notNull(),
    ipAddress: text(),
    userAgent: text(),
    createdAt: date().notNull(),
    updatedAt: date().notNull(),
  },
  (table) => [index().on(table.userId)],
);

/** better-auth wants it for links by mail, which nobody here gets: it stays empty. */
export const verifications = pgTable('verifications', {
  id: uuid().primaryKey(),
  identifier: text().notNull(),
  value: text().notNull(),
  expiresAt: date().notNull(),
  createdAt: date().notNull(),
  updatedAt: date().notNull(),
});

/** One-time enrolment codes, hashed, and the device that used each. */
export const codes = pgTable('codes', {
  hash: text().primaryKey(),
  user: uuid()
    .notNull()
    .references(() => users.id),
  createdAt: moment().notNull(),
  usedAt: moment(),
  device: uuid(),
});

/** Failed attempts to get in, by address and by user name. */
export const attempts = pgTable('attempts', {
  key: text().primaryKey(),
  count: integer().notNull(),
  /** When the first of them was. */
  since: moment().notNull(),
});

/**
 * The audit trail, a chain of entries for each organisation. Triggers number and hash what is
 * inserted and refuse everything else: migration `audit`. `server/audit/entry.ts` says what is hashed.
 */
export const audit = pgTable(
  'audit',
  {
    organisation: uuid().notNull(),
    /** From 1, without gaps. */
    number: bigint({ mode: 'number' }).notNull(),
    at: moment().notNull(),
    /** The user; null where nobody is known, or the service itself acts. */
    actor: uuid(),
    device: uuid(),
    action: text().$type<AuditAction>().notNull(),
    /** JSON. */
    detail: text().notNull(),
    hash: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.organisation, table.number] })],
);

export const orders = pgTable(
  'orders',
  {
    id: uuid().primaryKey(),
    /** Whose order it is, for ever: `server/rights.ts`. */
    team: uuid()
      .notNull()
      .references(() => organisations.id),
    branch: uuid()
      .notNull()
      .references(() => organisations.id),
    /** The user whose change came first. */
    owner: uuid()
      .notNull()
      .references(() => users.id),
    /** When the last change of it arrived. */
    receivedAt: moment().notNull(),
  },
  (table) => [index().on(table.team), index().on(table.branch)],
);

/** Which order a record belongs to; for ever. An order is a record of itself. */
export const records = pgTable(
  'records',
  {
    id: uuid().primaryKey(),
    order: uuid()
      .notNull()
      .references(() => orders.id),
    kind: text().$type<RecordKind>().notNull(),
  },
  (table) => [index().on(table.order)],
);

/**
 * The log: every accepted change, append-only, without gaps. The audit trail holds its digests. What it
 * refers to is written in the same transaction, under the lock of all pushes: a foreign key would look
 * it up again for every row of the busiest tables, here and in `fields`.
 */
export const changes = pgTable(
  'changes',
  {
    seq: bigint({ mode: 'number' }).primaryKey(),
    id: uuid().notNull().unique(),
    record: uuid().notNull(),
    field: text().notNull(),
    value: jsonText().notNull(),
    was: uuid(),
    /** The changes that a person's pick names besides `was`; null for any other change. */
    settles: list<string>(),
    time: bigint({ mode: 'number' }).notNull(),
    device: uuid().notNull(),
    by: text().notNull(),
    /** Where the server placed it among the changes of its field, in ms: `domain/sync/order.ts`. */
    place: bigint({ mode: 'number' }).notNull(),
    /** The user whose device sent it, by the server's own knowledge. */
    sender: uuid().notNull(),
    receivedAt: moment().notNull(),
    /** Random digits of the push that brought it: no other history has them at this seq. */
    mark: text().notNull().default(''),
  },
  (table) => [
    // Finds the orders that refer to some bytes.
    index('changes_attachment_index').on(table.value).where(sql`field = 'attachment.sha256'`),
  ],
);

/** The current state: for each field of each record, the change that won. */
export const fields = pgTable(
  'fields',
  {
    record: uuid().notNull(),
    field: text().notNull(),
    seq: bigint({ mode: 'number' }).notNull(),
    /** The last change of the field, whether it won or not: where a pull finds the field. */
    at: bigint({ mode: 'number' }).notNull(),
    /** What was replaced: `domain/sync/past.ts`. */
    past: list<string>().notNull().default(sql`'[]'`),
    /** Seqs of the changes made without knowledge of the one that won, kept beside it until a person picks. */
    others: list<number>().notNull().default(sql`'[]'`),
    /** That of the order, so that a pull reads a row of an index for each field and no other. */
    team: uuid().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.record, table.field] }),
    unique().on(table.team, table.at),
  ],
);

/**
 * Whose bytes arrived. A file is stored once, but knowing a hash is no right to its bytes: only the
 * team that sent them can read them through its orders (and who reviews these).
 */
export const attachments = pgTable(
  'attachments',
  {
    sha256: text().notNull(),
    team: uuid()
      .notNull()
      .references(() => organisations.id),
    size: bigint({ mode: 'number' }).notNull(),
    receivedAt: moment().notNull(),
  },
  (table) => [primaryKey({ columns: [table.sha256, table.team] })],
);

/**
 * Rounds of review, from 1. What an order was when it was decided on is kept as the seqs of the changes
 * that counted then; the log has their values for ever.
 */
export const reviews = pgTable(
  'reviews',
  {
    order: uuid()
      .notNull()
      .references(() => orders.id),
    round: integer().notNull(),
    /** Who took it up, or over. */
    reviewer: uuid()
      .notNull()
      .references(() => users.id),
    startedAt: moment().notNull(),
    decidedAt: moment(),
    decision: text().$type<'passed' | 'returned'>(),
    /** `Remark[]`, a draft until the decision. */
    remarks: jsonText().notNull(),
    shown: jsonText().notNull(),
    /** The last seq of the order that was decided on. */
    seq: bigint({ mode: 'number' }),
  },
  (table) => [primaryKey({ columns: [table.order, table.round] })],
);

/** One-time codes for a forgotten PIN, hashed; each is for one device. */
export const unlockCodes = pgTable('unlock_codes', {
  hash: text().primaryKey(),
  device: uuid()
    .notNull()
    .references(() => devices.id),
  createdAt: moment().notNull(),
  usedAt: moment(),
});

/** The office's X25519 keys, hex; the latest is the one that devices encrypt bundles to. */
export const officeKeys = pgTable('office_keys', {
  publicKey: text().primaryKey(),
  privateKey: text().notNull(),
  createdAt: moment().notNull(),
});
