import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { attemptsOf, countAttempt, forgetAttempts, hasFailedTooOften } from './attempts.ts';
import { auditSource, note } from './audit.ts';
import { openDatabase } from './database.ts';
import {
  authors,
  createUnlockCode,
  findDevices,
  keepEscrow,
  listDevices,
  makers,
  noteWiped,
  orderWipe,
  unlock,
  wipeIsOrdered,
} from './devices.ts';
import { createCode, enrolByCode, enrolBySignIn } from './enrolment.ts';
import { CHANNEL, type Nudge, readNudge, tellAnything } from './nudges.ts';
import { exportOrders, officeOrders } from './office.ts';
import { currentOfficeKey, officeKeyRing, restoreOfficeKey } from './office-key.ts';
import {
  addOrganisation,
  changeOrganisation,
  ensureOrganisation,
  listOrganisations,
} from './organisations.ts';
import { noteRejections, push } from './push.ts';
import {
  addAttachment,
  homeNaming,
  homeOfOrder,
  isNamedBy,
  lastSeq,
  mayReadAttachment,
  pull,
  readOrder,
} from './read.ts';
import { fieldsOfRound, review, roundsOf } from './review.ts';
import { epochs } from './schema.ts';
import { endSession, noteFailedSignIn, senderOf, sessionsOf, userOfSession } from './sessions.ts';
import { signInTables } from './sign-in.ts';
import { hasAttachment } from './uploaded.ts';
import { addUser, changeUser, passwordHash, userById, userByName, usersIn } from './users.ts';

export type { By } from './database.ts';
export type { Author, DeviceEntry, Maker, WhichDevices } from './devices.ts';
export { type Enrolled, isEnrolled } from './enrolment.ts';
export type { Nudge } from './nudges.ts';
export type { Organisation } from './organisations.ts';
export type { Carrier, Push, Pushed } from './push.ts';
export type { Sender } from './sessions.ts';
export type { Refusal, User } from './users.ts';

/** What the service keeps in its database; SQL stays behind this. */
export type Store = Awaited<ReturnType<typeof openStore>>;

/** Opens the store: PostgreSQL at `url`, or PGlite in `folder`. */
export async function openStore(url: string | null, folder: string) {
  const { db, listen, close } = await openDatabase(url, folder);
  const on =
    <A extends unknown[], R>(work: (database: typeof db, ...args: A) => R) =>
    (...args: A) =>
      work(db, ...args);
  await db.insert(epochs).values({ id: 1, epoch: randomUUID() }).onConflictDoNothing();
  const [row] = await db.select().from(epochs).where(eq(epochs.id, 1));
  if (!row) throw new Error('the database has no epoch');
  /** Devices ask for the public key with every pull. */
  let officeKey = await currentOfficeKey(db);
  const readOfficeKey = async () => {
    officeKey = await currentOfficeKey(db);
  };
  return {
    /** The random name of this database. */
    epoch: row.epoch,
    /** Where better-auth finds people and opens sessions. */
    signInTables: signInTables(db),
    ensureOrganisation: on(ensureOrganisation),
    listOrganisations: on(listOrganisations),
    addOrganisation: on(addOrganisation),
    changeOrganisation: on(changeOrganisation),
    addUser: on(addUser),
    changeUser: on(changeUser),
    passwordHash: on(passwordHash),
    userById: on(userById),
    userByName: on(userByName),
    usersIn: on(usersIn),
    createCode: on(createCode),
    enrolByCode: on(enrolByCode),
    enrolBySignIn: on(enrolBySignIn),
    senderOf: on(senderOf),
    sessionsOf: on(sessionsOf),
    userOfSession: on(userOfSession),
    endSession: on(endSession),
    hasFailedTooOften: on(hasFailedTooOften),
    attemptsOf: on(attemptsOf),
    countAttempt: on(countAttempt),
    forgetAttempts: on(forgetAttempts),
    audit: auditSource(db),
    noteFailedSignIn: on(noteFailedSignIn),
    noteRejections: on(noteRejections),
    push: on(push),
    /** Hears of every push of every copy of the service; null when some may have been missed. */
    onNudge: (heard: (nudge: Nudge | null) => void) =>
      listen(CHANNEL, (told) => {
        const nudge = readNudge(told);
        // A key that another copy took in is one of those that may have been missed.
        if (!nudge) readOfficeKey().catch((error) => console.error(`office key: ${error.message}`));
        heard(nudge);
      }),
    pull: on(pull),
    readOrder: on(readOrder),
    homeOfOrder: on(homeOfOrder),
    addAttachment: on(addAttachment),
    hasAttachment: on(hasAttachment),
    homeNaming: on(homeNaming),
    isNamedBy: on(isNamedBy),
    mayReadAttachment: on(mayReadAttachment),
    officeOrders: on(officeOrders),
    exportOrders: on(exportOrders),
    review: on(review),
    roundsOf: on(roundsOf),
    fieldsOfRound: on(fieldsOfRound),
    lastSeq: on(lastSeq),
    note: on(note),
    makers: on(makers),
    authors: on(authors),
    listDevices: on(listDevices),
    findDevices: on(findDevices),
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
      await readOfficeKey();
      await tellAnything(db);
    },
    close,
  };
}
