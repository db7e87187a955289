import { randomBytes } from 'node:crypto';
import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { type Recollected, type Rejection, replacedBy } from '../../domain/sync/change.ts';
import {
  byFieldKey,
  emptyLog,
  fieldKey,
  type Log,
  type LoggedChange,
  namedBytes,
  namedOrder,
} from '../../domain/sync/log.ts';
import { takePush } from '../../domain/sync/serve.ts';
import { type ChangesDetail, changesDigest } from '../audit/entry.ts';
import { type Home, type Scope, within } from '../rights.ts';
import { note } from './audit.ts';
import { insertRows, isOneOf } from './bulk.ts';
import { type Database, LOCKS } from './database.ts';
import type { Author } from './devices.ts';
import { chainOf } from './organisations.ts';
import { attachments, beside, changes, fields, orders, records } from './schema.ts';
import type { Sender } from './sessions.ts';

type StoredChange = typeof changes.$inferSelect;

/** A change whose form, size and device have been checked. */
export interface Pushed {
  readonly change: Recollected;
  /** The server's clock − the clock of the device that made it, ms. */
  readonly offset: number;
  /** In whose name it is made; null when that could not be shown, and then it has to be known. */
  readonly author: Author | null;
}

/** Whose device brings changes. */
export type Carrier = Pick<Sender, 'user' | 'device' | 'home'>;

export interface Push {
  readonly changes: readonly Pushed[];
  /** Where the device saw the log end. */
  readonly position: string | null;
  /** Null: somebody at the service's own machine. */
  readonly carrier: Carrier | null;
  /** The orders for which the carrier may bring changes: `carryScopeOf`; null: all. */
  readonly scope: Scope | null;
  /** The server's clock, ms. */
  readonly now: number;
}

/** What a push wrote, and where. */
interface Taken {
  /** By order, whose it is. */
  readonly homes: Map<string, Home>;
  /** By order that was not there yet, who begins it. */
  readonly begun: Map<string, Author>;
  /** By change. */
  readonly authors: ReadonlyMap<string, Author>;
  /** By field, the seqs of what stood beside it. */
  readonly stood: Map<string, readonly number[]>;
}

const NOT_PROVED = {
  code: 'not-proved',
  message: '无法确认这一项出自哪台设备，请在原来的设备上上传',
};

/**
 * Takes the changes into the log, each judged on its own; one verdict for each, in their order.
 *
 * @returns with them, whose orders were changed
 */
export function push(
  db: Database,
  request: Push,
): Promise<Awaited<ReturnType<typeof takePush>> & { readonly homes: readonly Home[] }> {
  return db.transaction(async (tx) => {
    const taken: Taken = {
      homes: new Map(),
      begun: new Map(),
      authors: new Map(
        request.changes.flatMap(({ change, author }) => (author ? [[change.id, author]] : [])),
      ),
      stood: new Map(),
    };
    const { homes, begun, stood } = taken;
    const touched = new Map<string, Home>();
    const { position, scope, now } = request;
    let records: Log['records'] = new Map();
    /** Whose an order is, or will be should this author's change begin it. */
    const homeOf = (order: string, author: Author): Home => {
      // Until one of its changes was taken, the next one may begin it.
      if (!homes.has(order) && !records.has(order)) begun.set(order, author);
      return homes.get(order) ?? begun.get(order)?.home ?? author.home;
    };
    const { end, markAt } = positions(tx);
    let last = 0;
    const { verdicts, ...answer } = await takePush(
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
          records = log.records;
          await readStored(tx, log, pushed, taken.authors.values());
          for (const [key, { others }] of log.fields) {
            stood.set(
              key,
              others.map(({ seq }) => seq),
            );
          }
          return log;
        },
        write: async (log, mark) => {
          const added = log.added.map((change) => {
            const sender = authorOf(taken, change).user;
            return storedChange(change, { sender, receivedAt: now, mark });
          });
          await writeLog(tx, log, added, taken, now);
          const homeOfChange = ({ record }: StoredChange): Home => {
            const order = log.records.get(record)?.order ?? '';
            return homes.get(order) ?? begun.get(order)?.home ?? {};
          };
          for (const change of added) {
            const home = homeOfChange(change);
            touched.set(home.team ?? '', home);
          }
          await noteAccepted(tx, added, homeOfChange, request);
        },
      },
      {
        position,
        changes: request.changes.map(({ change }) => change),
        mark: randomBytes(8).toString('hex'),
        judging: (index) => {
          const { offset = 0, author = null } = request.changes[index] ?? {};
          return {
            ...{ offset, now },
            mayWrite: (order) => {
              if (!author?.scope) return false;
              const home = homeOf(order, author);
              return within(author.scope, home) && (scope === null || within(scope, home));
            },
          };
        },
      },
    );
    return {
      ...answer,
      homes: [...touched.values()],
      verdicts: verdicts.map((verdict, index) =>
        // What is there already under this id needs no proof, and is no other.
        'code' in verdict && verdict.code !== 'id-reused' && !request.changes[index]?.author
          ? { ...verdict, ...NOT_PROVED }
          : verdict,
      ),
    };
  });
}

/** In whose name a change was taken. */
const authorOf = ({ authors }: Taken, { id }: { readonly id: string }): Author => {
  const author = authors.get(id);
  if (!author) throw new Error('a change without an author');
  return author;
};

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

/** Which of the bytes that the changes say to have arrived have. Most pushes name none. */
async function readStored(
  tx: Database,
  log: Log,
  pushed: readonly Recollected[],
  authors: Iterable<Author>,
): Promise<void> {
  const named = pushed.flatMap((change) => namedBytes(change) ?? []);
  const teams = [...new Set([...authors].flatMap(({ home }) => home.team ?? []))];
  if (named.length === 0 || teams.length === 0) return;
  const found = await tx
    .select({ sha256: attachments.sha256 })
    .from(attachments)
    .where(and(inArray(attachments.team, teams), inArray(attachments.sha256, named)));
  for (const { sha256 } of found) log.stored.add(sha256);
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
  taken: Taken,
  now: number,
): Promise<void> {
  if (added.length > 0) await writeChanges(tx, log, added, taken, now);
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
  const gone = [...log.touched].flatMap((key) => taken.stood.get(key) ?? []);
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
  { homes, begun, authors }: Taken,
  now: number,
): Promise<void> {
  const ids = new Map(
    added.flatMap(({ id, record }) => {
      const order = log.records.get(record)?.order;
      return order ? [[order, id]] : [];
    }),
  );
  const touched = [...ids].map(([id, change]) => {
    const { team, branch } = homes.get(id) ?? begun.get(id)?.home ?? {};
    // Of an order that is there already the database keeps the one who began it.
    const owner = begun.get(id)?.user ?? authors.get(change)?.user;
    if (!team || !branch || !owner) throw new Error('an order belongs to a team');
    return { id, team, branch, owner, receivedAt: now };
  });
  await tx.execute(
    sql`${insertRows(orders, touched)} on conflict (id) do update set "receivedAt" = ${now}`,
  );
  if (log.addedRecords.length > 0) await tx.execute(insertRows(records, log.addedRecords));
  await tx.execute(insertRows(changes, added));
}

/**
 * Tells the audit trail of what was accepted, where the orders belong: one entry covers it all, by its
 * digest; of a file with orders of several branches one for each row of changes in the same branch.
 */
async function noteAccepted(
  tx: Database,
  added: readonly StoredChange[],
  homeOfChange: (change: StoredChange) => Home,
  { carrier, now }: Push,
): Promise<void> {
  const runs: { readonly organisation: string | undefined; readonly changes: StoredChange[] }[] =
    [];
  for (const change of added) {
    const organisation = chainOf(homeOfChange(change));
    const run = runs.at(-1);
    if (run && run.organisation === organisation) run.changes.push(change);
    else runs.push({ organisation, changes: [change] });
  }
  for (const { organisation, changes } of runs) {
    const [first, last] = [changes[0], changes.at(-1)];
    if (!first || !last) continue;
    const detail: ChangesDetail = { from: first.seq, to: last.seq, digest: changesDigest(changes) };
    await note(tx, {
      ...{ organisation, at: now, action: 'changes', detail },
      ...{ actor: carrier?.user, device: carrier?.device },
    });
  }
}

/** Tells the audit trail what the service did not take, by id and reason. */
export const noteRejections = (
  db: Database,
  carrier: Carrier | null,
  rejections: readonly Rejection[],
  now: number,
): Promise<void> =>
  note(db, {
    organisation: chainOf(carrier?.home ?? {}),
    ...{ at: now, actor: carrier?.user, device: carrier?.device, action: 'rejected' },
    detail: rejections.map(({ change, code }) => [change, code]),
  });
