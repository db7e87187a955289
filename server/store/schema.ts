/**
 * The service's tables. After a change here: `npx drizzle-kit generate --dialect postgresql
 * --schema server/store/schema.ts --out server/store/migrations`. The same migrations run on PGlite
 * and on PostgreSQL.
 */
import { sql } from 'drizzle-orm';
import {
  bigint,
  customType,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core';
import type { FieldValue } from '../../domain/sync/change.ts';
import type { RecordKind } from '../../domain/sync/record.ts';
import type { DeviceRole } from '../../domain/sync/wire.ts';

/** A moment by the server's clock, ms since the epoch. */
const moment = () => bigint({ mode: 'number' });

/**
 * A JSON value, kept as its text: exactly what came in comes out again. (Drizzle's own `json` parses
 * a string twice, which turns the phone number "13900000001" into a number; `jsonb` reorders keys.)
 */
const jsonText = customType<{ data: FieldValue; driverData: string }>({
  dataType: () => 'text',
  toDriver: (value) => JSON.stringify(value),
  fromDriver: (text) => JSON.parse(text),
});

/** One row: the random name of this database. A client that sees another one starts its cursor anew. */
export const epochs = pgTable('epochs', {
  id: integer().primaryKey(),
  epoch: uuid().notNull(),
});

/** One-time enrolment codes, hashed, and the device that used each. */
export const codes = pgTable('codes', {
  hash: text().primaryKey(),
  owner: text().notNull(),
  role: text().$type<DeviceRole>().notNull(),
  createdAt: moment().notNull(),
  usedAt: moment(),
  device: uuid(),
});

/** Tokens, hashed: who a request comes from. */
export const tokens = pgTable('tokens', {
  hash: text().primaryKey(),
  code: text()
    .notNull()
    .references(() => codes.hash),
  device: uuid().notNull(),
  /** What the device calls itself. */
  name: text().notNull(),
  owner: text().notNull(),
  role: text().$type<DeviceRole>().notNull(),
  createdAt: moment().notNull(),
});

export const orders = pgTable(
  'orders',
  {
    id: uuid().primaryKey(),
    owner: text().notNull(),
    /** When the last change of it arrived. */
    receivedAt: moment().notNull(),
  },
  (table) => [index().on(table.owner), index().on(table.receivedAt)],
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

/** The log: every accepted change, append-only, without gaps. The audit trail. */
export const changes = pgTable(
  'changes',
  {
    seq: bigint({ mode: 'number' }).primaryKey(),
    id: uuid().notNull().unique(),
    record: uuid()
      .notNull()
      .references(() => records.id),
    field: text().notNull(),
    value: jsonText().notNull(),
    was: uuid(),
    time: bigint({ mode: 'number' }).notNull(),
    device: uuid().notNull(),
    by: text().notNull(),
    /** Where the server placed it among the changes of its field, in ms: `domain/sync/order.ts`. */
    place: bigint({ mode: 'number' }).notNull(),
    /** The owner whose device sent it, by the server's own knowledge. */
    sender: text().notNull(),
    receivedAt: moment().notNull(),
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
    record: uuid()
      .notNull()
      .references(() => records.id),
    field: text().notNull(),
    seq: bigint({ mode: 'number' })
      .notNull()
      .unique()
      .references(() => changes.seq),
  },
  (table) => [primaryKey({ columns: [table.record, table.field] })],
);

/**
 * Whose bytes arrived. A file is stored once, but knowing a hash is no right to its bytes: only an
 * owner who sent them can read them through his orders (and the office).
 */
export const attachments = pgTable(
  'attachments',
  {
    sha256: text().notNull(),
    owner: text().notNull(),
    size: bigint({ mode: 'number' }).notNull(),
    receivedAt: moment().notNull(),
  },
  (table) => [primaryKey({ columns: [table.sha256, table.owner] })],
);

/** Enrolled devices: what is known of each beside its tokens. */
export const devices = pgTable(
  'devices',
  {
    id: uuid().primaryKey(),
    owner: text().notNull(),
    role: text().$type<DeviceRole>().notNull(),
    /** What the device calls itself. */
    name: text().notNull(),
    enrolledAt: moment().notNull(),
    /** Its last request, give or take some minutes. */
    contactAt: moment(),
    /** When an administrator ordered it wiped, and when it said that it had done so. */
    wipeOrderedAt: moment(),
    wipedAt: moment(),
    /** The secret that opens the device's vault, kept for one who forgets the PIN. */
    escrow: text(),
  },
  (table) => [index().on(table.owner)],
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
