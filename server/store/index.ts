import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { openDatabase } from './database.ts';
import {
  createUnlockCode,
  keepEscrow,
  listDevices,
  makers,
  noteContact,
  noteWiped,
  orderWipe,
  unlock,
  wipeIsOrdered,
} from './devices.ts';
import { createCode, enrol, senderOf } from './enrolment.ts';
import { officeOrders } from './office.ts';
import { currentOfficeKey, officeKeyRing, restoreOfficeKey } from './office-key.ts';
import { push } from './push.ts';
import {
  addAttachment,
  isNamedBy,
  lastSeq,
  mayReadAttachment,
  ownerNaming,
  ownerOfOrder,
  pull,
  readOrder,
} from './read.ts';
import { epochs } from './schema.ts';

export type { Maker, WhichDevices } from './devices.ts';
export type { Sender } from './enrolment.ts';
export type { Push, Pushed } from './push.ts';
export type { Reader } from './read.ts';

/** What the service keeps in its database; SQL stays behind this. */
export type Store = Awaited<ReturnType<typeof openStore>>;

/** Opens the store: PostgreSQL at `url`, or PGlite in `folder`. */
export async function openStore(url: string | null, folder: string) {
  const { db, close } = await openDatabase(url, folder);
  const on =
    <A extends unknown[], R>(work: (database: typeof db, ...args: A) => R) =>
    (...args: A) =>
      work(db, ...args);
  await db.insert(epochs).values({ id: 1, epoch: randomUUID() }).onConflictDoNothing();
  const [row] = await db.select().from(epochs).where(eq(epochs.id, 1));
  if (!row) throw new Error('the database has no epoch');
  /** Devices ask for the public key with every pull. */
  let officeKey = await currentOfficeKey(db);
  return {
    /** The random name of this database. */
    epoch: row.epoch,
    createCode: on(createCode),
    enrol: on(enrol),
    senderOf: on(senderOf),
    push: on(push),
    pull: on(pull),
    readOrder: on(readOrder),
    ownerOfOrder: on(ownerOfOrder),
    addAttachment: on(addAttachment),
    isNamedBy: on(isNamedBy),
    ownerNaming: on(ownerNaming),
    mayReadAttachment: on(mayReadAttachment),
    officeOrders: on(officeOrders),
    lastSeq: on(lastSeq),
    makers: on(makers),
    listDevices: on(listDevices),
    noteContact: on(noteContact),
    orderWipe: on(orderWipe),
    wipeIsOrdered: on(wipeIsOrdered),
    noteWiped: on(noteWiped),
    keepEscrow: on(keepEscrow),
    createUnlockCode: on(createUnlockCode),
    unlock: on(unlock),
    officeKey: () => officeKey,
    officeKeyRing: on(officeKeyRing),
    restoreOfficeKey: async (privateKey: string, now: number) => {
      await restoreOfficeKey(db, privateKey, now);
      officeKey = await currentOfficeKey(db);
    },
    close,
  };
}
