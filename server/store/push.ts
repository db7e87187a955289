import { randomBytes } from 'node:crypto';
import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { type Rejection, replacedBy } from '../../domain/sync/change.ts';
import {
  byFieldKey,
  emptyLog,
  fieldKey,
  type Log,
  type LoggedChange,
  namedOrder,
  type Recollected,
} from '../../domain/sync/log.ts';
import { takePush } from '../../domain/sync/serve.ts';
import { type ChangesDetail, changesDigest } from '../audit/entry.ts';
import { type Home, type Scope, within } from '../rights.ts';
import { note } from './audit.ts';
import { insertRows, isOneOf } from './bulk.ts';
import { type Database, LOCKS } from './database.ts';
import { chainOf } from './organisations.ts';
import { beside, changes, fields, orders, records } from './schema.ts';
import type { Sender } from './sessions.ts';

type StoredChange = typeof changes.$inferSelect;

export interface Push {
  /** Changes whose form, size and device have been checked. */
  readonly changes: readonly Recollected[];
  /** Where the device saw the log end. */
  readonly position: string | null;
  /** Server clock − device clock, ms. */
  readonly offset: number;
  readonly sender: Sender;
  /** The orders that the sender may write: `server/rights.ts`. */
  readonly scope: Scope;
  /** The server's clock, ms. */
  readonly now: number;
}

/** Takes the changes into the log, each judged on its own; one verdict for each, in their order. */
export function push(db: Database, request: Push): ReturnType<typeof takePush> {
  return db.transaction(async (tx) => {
    // By order, whose it is.
    const homes = new Map<string, Home>();
    // By field, the seqs of what stood beside it.
    const stood = new Map<string, readonly number[]>();
    const { position, offset, sender, scope, now } = request;
    const { end, markAt } = positions(tx);
    let last = 0;
    return takePush(
      {
        markAt,
        end: async () => {
          const found = await end();
          last = found?.seq ?? 0;
          return found;
        },
        // The first statement: under read committed, what follows sees all that earlier pushes
        // committed. In all copies of the service, until the transaction ends.
        lock: async () => {
          await tx.execute(sql`select pg_advisory_xact_lock(${LOCKS.push})`);
        },
        read: async (pushed) => {
          const log = await readLog(tx, pushed, homes, last);
          for (const [key, { others }] of log.fields) {
            stood.set(
              key,
              others.map(({ seq }) => seq),
            );
          }
          return log;
        },
        write: async (log, mark) => {
          const common = { sender: sender.user, receivedAt: now, mark };
          const added = log.added.map((change) => storedChange(change, common));
          await writeLog(tx, log, added, { homes, stood }, request);
          await noteAccepted(tx, added, request);
        },
      },
      {
        ...{ position, offset, now, changes: request.changes },
        mark: randomBytes(8).toString('hex'),
        mayWrite: (order) => within(scope, homes.get(order) ?? sender.home),
      },
    );
  });
}

/** Where the log ends, and whether it is still the one that a device knew. */
export const positions = (db: Database) => ({
  end: async () => {
    const [end] = await db
      .select({ seq: changes.seq, mark: changes.mark })
      .from(changes)
      .orderBy(desc(changes.seq))
      .limit(1);
    return end ?? null;
  },
  markAt: async (seq: number) => {
    const [found] = await db
      .select({ mark: changes.mark })
      .from(changes)
      .where(eq(changes.seq, seq));
    return found?.mark ?? null;
  },
});

async function readLog(
  tx: Database,
  pushed: readonly Recollected[],
  homes: Map<string, Home>,
  last: number,
): Promise<Log> {
  const ids = pushed.flatMap((change) => [change.id, ...replacedBy(change)]);
  const recordIds = pushed.flatMap((change) => [change.record, namedOrder(change) ?? []].flat());
  const fieldNames = [...new Set(pushed.map((change) => change.field))];
  const knownRecords = await tx
    .select({
      id: records.id,
      order: records.order,
      kind: records.kind,
      team: orders.team,
      branch: orders.branch,
    })
    .from(records)
    .innerJoin(orders, eq(orders.id, records.order))
    .where(isOneOf(records.id, recordIds));
  const winners = await tx
    .select({ change: changes, at: fields.at, past: fields.past })
    .from(fields)
    .innerJoin(changes, eq(changes.seq, fields.seq))
    .where(and(isOneOf(fields.record, recordIds), inArray(fields.field, fieldNames)));
  const others = await tx
    .select({ change: changes })
    .from(beside)
    .innerJoin(changes, eq(changes.seq, beside.seq))
    .where(and(isOneOf(beside.record, recordIds), inArray(beside.field, fieldNames)))
    .orderBy(asc(beside.seq));
  // Most changes replace the one that counts, which has just been read.
  const read = new Map([...winners, ...others].map(({ change }) => [change.id, change]));
  const unread = ids.filter((id) => !read.has(id));
  const known = await tx.select().from(changes).where(isOneOf(changes.id, unread));

  const log = emptyLog(last);
  for (const change of [...read.values(), ...known]) {
    log.changes.set(change.id, loggedChange(change));
  }
  for (const { id, order, kind, team, branch } of knownRecords) {
    log.records.set(id, { order, kind });
    log.records.set(order, { order, kind: 'order' });
    homes.set(order, { team, branch });
  }
  const kept = byFieldKey(others.map(({ change }) => loggedChange(change)));
  for (const { change, at, past } of winners) {
    log.fields.set(fieldKey(change), {
      ...{ at, past, winner: loggedChange(change) },
      others: kept.get(fieldKey(change)) ?? [],
    });
  }
  return log;
}

/** A change as the rules know it. Spelt out, since hundreds at once are read, and `...rest` is slow. */
export const loggedChange = (stored: StoredChange): LoggedChange => {
  const { seq, id, record, field, value, was, settles, time, device, by, place } = stored;
  const change = { seq, id, record, field, value, was, time, device, by, place };
  return settles ? { ...change, settles } : change;
};

/** A change as the log keeps it: `sender`, `receivedAt` and `mark` are the same for a whole push. */
const storedChange = (
  { seq, id, record, field, value, was, settles, time, device, by, place }: LoggedChange,
  { sender, receivedAt, mark }: Pick<StoredChange, 'sender' | 'receivedAt' | 'mark'>,
): StoredChange => ({
  ...{ seq, id, record, field, value, was, time, device, by, place },
  ...{ settles: settles ? [...settles] : null, sender, receivedAt, mark },
});

async function writeLog(
  tx: Database,
  log: Log,
  added: readonly StoredChange[],
  {
    homes,
    stood,
  }: {
    readonly homes: ReadonlyMap<string, Home>;
    readonly stood: ReadonlyMap<string, readonly number[]>;
  },
  { sender, now }: Push,
): Promise<void> {
  if (added.length > 0) await writeChanges(tx, log, added, homes, { sender, now });
  const states = [...log.touched].flatMap((key) => log.fields.get(key) ?? []);
  const rows = states.map(({ at, winner: { record, field, seq }, past }) => ({
    ...{ record, field, seq, at },
    past: [...past],
  }));
  await tx.execute(
    sql`${insertRows(fields, rows)} on conflict (record, field)
      do update set seq = excluded.seq, at = excluded.at, past = excluded.past`,
  );
  // Most pushes meet no conflict, old or new, and spare these.
  const gone = [...log.touched].flatMap((key) => stood.get(key) ?? []);
  if (gone.length > 0) await tx.delete(beside).where(inArray(beside.seq, gone));
  const kept = states.flatMap(({ others }) => others);
  if (kept.length > 0) {
    const rows = kept.map(({ seq, record, field }) => ({ seq, record, field }));
    await tx.execute(insertRows(beside, rows));
  }
}

/** Appends to the log, and what the changes make known: orders and records. */
async function writeChanges(
  tx: Database,
  log: Log,
  added: readonly StoredChange[],
  homes: ReadonlyMap<string, Home>,
  { sender, now }: Pick<Push, 'sender' | 'now'>,
): Promise<void> {
  const ids = new Set(added.flatMap(({ record }) => log.records.get(record)?.order ?? []));
  const touched = [...ids].map((id) => {
    const { team, branch } = homes.get(id) ?? sender.home;
    if (!team || !branch) throw new Error('an order belongs to a team');
    return { id, team, branch, owner: sender.user, receivedAt: now };
  });
  await tx.execute(
    sql`${insertRows(orders, touched)} on conflict (id) do update set "receivedAt" = ${now}`,
  );
  if (log.addedRecords.length > 0) await tx.execute(insertRows(records, log.addedRecords));
  await tx.execute(insertRows(changes, added));
}

/** Tells the audit trail of what was accepted: one entry covers it all, by its digest. */
async function noteAccepted(
  tx: Database,
  added: readonly StoredChange[],
  { sender, now }: Push,
): Promise<void> {
  const [first, last] = [added[0], added.at(-1)];
  if (!first || !last) return;
  const { user: actor, device, home } = sender;
  const detail: ChangesDetail = { from: first.seq, to: last.seq, digest: changesDigest(added) };
  await note(tx, {
    organisation: chainOf(home),
    at: now,
    actor,
    device,
    action: 'changes',
    detail,
  });
}

/** Tells the audit trail what the service did not take, by id and reason. */
export const noteRejections = (
  db: Database,
  { user: actor, device, home }: Sender,
  rejections: readonly Rejection[],
  now: number,
): Promise<void> =>
  note(db, {
    organisation: chainOf(home),
    ...{ at: now, actor, device, action: 'rejected' },
    detail: rejections.map(({ change, code }) => [change, code]),
  });
